"""Makes the request of a call: its address, headers and body."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from orjson import dumps

from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.effects import Now, Send, Talk
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.tokens.token import Token

if TYPE_CHECKING:
    from amocrm_gen.runtime.channel import ChatChannel

__all__ = ["request_of"]


def request_of(
    session: Session, call: Call[object], token: Token | None, origin: str
) -> Talk[Send]:
    """Return what is to be sent; `origin` is the address of the call's host."""
    operation = call.operation
    content_type, body = _body(call)
    headers = dict(session.headers)
    if content_type is not None:
        headers["Content-Type"] = content_type
    if token is not None:
        name, value = token.header
        headers[name] = value
    headers.update(operation.headers)
    headers.update(call.headers)
    url = _url(session, call.path, origin)
    if operation.auth == "signed":
        from amocrm_gen.runtime.channel import signed_headers  # noqa: PLC0415 - only chats sign

        now: float = yield Now()
        headers |= signed_headers(_channel(session), operation.method, url, body or b"", now)
    query = f"?{urlencode(call.query)}" if call.query else ""
    return Send(operation.method, url + query, headers, body, call.sink)


def _channel(session: Session) -> "ChatChannel":
    if session.channel is None:
        raise ConfigurationError(
            "calls of the chats API are signed by a channel, and the client has none",
            advice="pass channel=ChatChannel(id, secret)",
        )
    return session.channel


def _body(call: Call[object]) -> tuple[str | None, bytes | None]:
    if call.content is not None:
        return "application/octet-stream", call.content
    if call.form is not None:
        return "application/x-www-form-urlencoded", urlencode(call.form).encode()
    if call.body is None:
        return None, None
    try:
        return "application/json", dumps(call.body)
    except TypeError as error:
        raise ConfigurationError(
            f"{call.operation.name}: the body cannot be written as JSON: {error}",
            advice="give text, numbers, truth values, lists, mappings or models",
        ) from None


def _url(session: Session, path: str, origin: str) -> str:
    if path.startswith("/"):
        return origin + path
    if not session.account.trusts(path):
        raise ConfigurationError(
            f"{path.partition('?')[0]!r} is not an address of {session.account.domain}; "
            "its token is not sent there",
            advice="give a path that starts with / or an address of the account's own hosts",
        )
    return path
