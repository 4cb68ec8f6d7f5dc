"""Tokens as text, for stores that keep text."""

from datetime import UTC, datetime
from typing import Final

from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["dump_token", "load_token", "plain_token", "read_json", "read_token"]

_ADVICE: Final = "move it away and authorise the account again"


def dump_token(token: Token) -> str:
    """Return a token as JSON, secrets included; `load_token` reads it."""
    return dumps(plain_token(token)).decode()


def load_token(text: str | bytes, *, place: str = "the token store") -> Token:
    """Return the token of a JSON text; an error names the place and not the content."""
    return read_token(read_json(text, place=place), place=place)


def read_json(text: str | bytes, *, place: str) -> object:
    """Return the value of a JSON text; an error names the place and not the content."""
    try:
        content: object = loads(text)
    except JSONDecodeError:
        content = None
    if content is None:
        # Outside of the handler: the decoder's error holds the text, and the text the tokens.
        raise ConfigurationError(f"{place} is damaged", advice=_ADVICE)
    return content


def plain_token(token: Token) -> dict[str, object]:
    """Return a token as a JSON object, secrets included."""
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


def read_token(found: object, *, place: str) -> Token:
    """Return the token of a JSON object; an error names the place and not the content."""
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
