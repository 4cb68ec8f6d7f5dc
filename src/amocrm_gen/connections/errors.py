"""What can be wrong with connections."""

# ruff: noqa: N818 - the names say what happened, as in the runtime

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = [
    "ActionRequired",
    "ConnectionFault",
    "LoginCode",
    "LoginError",
    "NotConnected",
    "UnknownConnection",
]

LoginCode: TypeAlias = Literal[
    "login_account_unknown",
    "login_code_used",
    "login_code_wrong",
    "login_credentials_missing",
    "login_credentials_wrong",
    "login_denied",
    "login_expired",
    "login_failed",
    "login_not_started",
    "login_other_account",
    "login_port_taken",
    "login_redirect_uri_wrong",
    "login_state_mismatch",
    "login_timeout",
    "login_token_wrong",
    "login_unfinished",
    "mock_server_failed",
]
"""Why a login did not come to its end."""


class ConnectionFault(ConfigurationError):
    """A connection cannot be used as it is."""


class NotConnected(ConnectionFault):
    """There is no account to work with: nobody has logged in yet, or none of several is chosen."""

    advice = (
        "run `amocrm login`; or `amocrm login --mock` to practise without an account; "
        "or set AMOCRM_ACCOUNT and AMOCRM_TOKEN"
    )


class ActionRequired(ConnectionFault):
    """The connection is there, and a person has to grant it access first."""

    def __init__(
        self, message: str, *, advice: str, details: Mapping[str, JsonValue] | None = None
    ) -> None:
        super().__init__(message, advice=advice)
        self.details = dict(details or {})
        """`connectionId`, `state` and `clientAction`, as JSON."""

    def as_json(self) -> JsonObject:
        """Return what a program needs to go on."""
        return self.details


class UnknownConnection(ConnectionFault):
    """No connection has this id, domain or subdomain, or several have the subdomain."""

    advice = "run `amocrm connection list`; to add an account, run `amocrm login ACCOUNT`"

    def __init__(
        self,
        message: str,
        *,
        given: str,
        candidates: Sequence[str] = (),
        is_ambiguous: bool = False,
    ) -> None:
        super().__init__(message)
        self.given = given
        self.is_ambiguous = is_ambiguous
        self.candidates = tuple(candidates)
        """Ids of the connections that there are, the nearest first."""

    def as_json(self) -> JsonObject:
        """Return what a program needs to choose another one."""
        return {"given": self.given, "candidates": list(self.candidates)}


class LoginError(ConnectionFault):
    """A login did not come to its end; nothing that was kept before is changed."""

    def __init__(self, code: LoginCode, message: str, *, advice: str) -> None:
        super().__init__(message, advice=advice)
        self.code: LoginCode = code
