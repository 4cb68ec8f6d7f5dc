"""A token and what can be read from it without asking anybody."""

from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import field, frozen
from orjson import JSONDecodeError, loads

__all__ = ["Token", "claims_of"]

_EARLY: Final = 300.0
_EARLY_SHARE: Final = 0.1


@frozen(kw_only=True)
class Token:
    """An access token, and the refresh token that renews it once."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    """When the access token ends, if known."""
    issued_at: datetime | None = None
    """When both were issued; an unused refresh token dies three months later."""
    domain: str | None = None
    """The account: `example.amocrm.ru`."""

    @classmethod
    def issued(
        cls, *, access_token: str, refresh_token: str | None, lasts: float, now: float, domain: str
    ) -> "Token":
        """Return a token that was issued just now."""
        start = datetime.fromtimestamp(now, UTC)
        return cls(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=start + timedelta(seconds=lasts),
            issued_at=start,
            domain=domain,
        )

    def is_stale(self, now: float) -> bool:
        """Tell whether the access token is over, or so nearly that it is better renewed first."""
        if self.expires_at is None:
            return False
        end = self.expires_at.timestamp()
        start = self.issued_at.timestamp() if self.issued_at else end
        # A tenth of a short life is early enough; five minutes of it would be all of it.
        return now >= end - min(_EARLY, max(0.0, end - start) * _EARLY_SHARE)


def claims_of(access_token: str) -> Mapping[str, object]:
    """Return the claims of a JWT, unchecked; nothing for a token of another kind."""
    _, _, rest = access_token.partition(".")
    payload = rest.partition(".")[0]
    try:
        found: object = loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (Error, JSONDecodeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType] - JSON has text keys
