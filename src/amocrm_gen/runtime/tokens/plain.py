"""Tokens as text, for stores that keep text."""

from datetime import UTC, datetime
from typing import Final

from orjson import OPT_INDENT_2, JSONDecodeError, dumps, loads

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["dump_token", "dump_tokens", "load_token", "load_tokens"]

_ADVICE: Final = "move it away and authorise the account again"


def dump_token(token: Token) -> str:
    """Return a token as JSON, secrets included; `load_token` reads it."""
    return dumps(_plain(token)).decode()


def load_token(text: str | bytes, *, place: str = "the token store") -> Token:
    """Return the token of a JSON text; an error names the place and not the content."""
    return _token(_json(text, place), place)


def dump_tokens(tokens: dict[str, Token]) -> bytes:
    """Return the tokens of several accounts as JSON."""
    return dumps({name: _plain(token) for name, token in tokens.items()}, option=OPT_INDENT_2)


def load_tokens(text: bytes, *, place: str) -> dict[str, Token]:
    """Return the tokens of several accounts."""
    content = _json(text, place)
    if not is_object(content):
        raise ConfigurationError(f"{place} is damaged", advice=_ADVICE)
    return {name: _token(found, place) for name, found in content.items()}


def _json(text: str | bytes, place: str) -> object:
    try:
        content: object = loads(text)
    except JSONDecodeError:
        content = None
    if content is None:
        # Outside of the handler: the decoder's error holds the text, and the text the tokens.
        raise ConfigurationError(f"{place} is damaged", advice=_ADVICE)
    return content


def _plain(token: Token) -> dict[str, object]:
    plain: dict[str, object] = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_at": token.expires_at and token.expires_at.timestamp(),
        "issued_at": token.issued_at and token.issued_at.timestamp(),
        "domain": token.domain,
    }
    if token.scheme != "bearer":
        plain["scheme"] = token.scheme
    if token.renewing_since is not None:
        plain["renewing_since"] = token.renewing_since.timestamp()
    return plain


def _token(found: object, place: str) -> Token:
    if is_object(found) and isinstance(found.get("access_token"), str):
        return Token(
            access_token=str(found["access_token"]),
            refresh_token=_text(found.get("refresh_token")),
            expires_at=_moment(found.get("expires_at")),
            issued_at=_moment(found.get("issued_at")),
            domain=_text(found.get("domain")),
            scheme="cookie" if found.get("scheme") == "cookie" else "bearer",
            renewing_since=_moment(found.get("renewing_since")),
        )
    raise ConfigurationError(f"{place} holds something else than tokens", advice=_ADVICE)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
