"""The addresses of amoCRM's hosts beside the account's own."""

from collections.abc import Mapping
from typing import Final

from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.call import Call, Host, Operation
from amocrm_gen.runtime.domains import home_of
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["drive_in", "drive_question", "known_origin"]

_ACCOUNT: Final = Operation(
    name="account.get", method="GET", path="/api/v4/account", retry="safe", envelope="raw"
)
_BY_ZONE: Final[Mapping[Host, str]] = {
    host: f"https://{host}.{{}}" for host in ("www", "amojo", "forms", "gso", "piper")
}

drive_question: Final[Call[object]] = Call(_ACCOUNT, _ACCOUNT.path, (("with", "drive_url"),))
"""The call that tells where the account's files are."""


def known_origin(session: Session, host: Host, token: Token | None) -> str | None:
    """Return the address of a host; None for files, as long as the account was not asked.

    A stand-in for the account stands in for all hosts.
    """
    account = session.account
    if host == "account" or account.is_elsewhere:
        return account.origin
    if host == "drive":
        return session.drive
    if host == "api":
        return (None if token is None else home_of(session, token)) or account.origin
    return _BY_ZONE[host].format(account.zone)


def drive_in(session: Session, response: Response) -> str:
    """Read where the account's files are, and remember it."""
    try:
        content: object = loads(response.body)
    except JSONDecodeError:
        content = None
    found = content.get("drive_url") if is_object(content) else None
    if not isinstance(found, str) or not session.account.trusts(found):
        raise ResponseError(
            "$.drive_url: expected an address of amoCRM's",
            path="$.drive_url",
            operation=_ACCOUNT.name,
        )
    session.drive = found.rstrip("/")
    return session.drive
