"""A token and what can be read from it without asking anybody."""

from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

from attrs import field, frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.secret import Secret, conceal, conceal_optional

__all__ = ["REFRESH_LIFE", "Scheme", "Token", "claims_of", "is_header_text"]

Scheme: TypeAlias = Literal["bearer", "cookie"]

REFRESH_LIFE: Final = timedelta(days=90)
"""An unused refresh token dies after three months; amoCRM does not say of how many days."""
_EARLY: Final = 300.0
_EARLY_SHARE: Final = 0.1


@frozen(kw_only=True)
class Token:
    """An access token, and the refresh token that renews it once."""

    access_token: str = field(converter=conceal, repr=False)
    """For the scheme `cookie`: the session's cookies, as the header has them."""
    refresh_token: str | None = field(default=None, converter=conceal_optional, repr=False)
    expires_at: datetime | None = None
    """When the access token ends, if known."""
    issued_at: datetime | None = None
    """When both were issued; an unused refresh token dies three months later."""
    domain: str | None = None
    """The account: `example.amocrm.ru`; in a store, where the account is now."""
    scheme: Scheme = "bearer"
    renewing_since: datetime | None = field(default=None, eq=False)
    """When a renewal began of which nobody has told the end: what is left if it was cut short."""

    @classmethod
    def issued(  # noqa: PLR0913 - what an answer tells
        cls,
        *,
        access_token: str,
        refresh_token: str | None,
        lasts: float,
        now: float,
        domain: str,
        scheme: Scheme = "bearer",
    ) -> "Token":
        """Return a token that was issued just now."""
        start = datetime.fromtimestamp(now, UTC)
        return cls(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=start + timedelta(seconds=lasts),
            issued_at=start,
            domain=domain,
            scheme=scheme,
        )

    @classmethod
    def read(
        cls, access_token: str, refresh_token: str | None = None, domain: str | None = None
    ) -> "Token":
        """Return a token of which nothing else is known; a JWT tells its own times."""
        claims = claims_of(access_token)
        return cls(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=_moment(claims.get("exp")),
            issued_at=_moment(claims.get("iat")),
            domain=domain,
        )

    @property
    def header(self) -> tuple[str, str]:
        """The name and the value of the header that carries it."""
        if self.scheme == "cookie":
            return "Cookie", self.access_token
        return "Authorization", Secret(f"Bearer {self.access_token}")

    @property
    def secrets(self) -> list[str]:
        """What must not be shown of it."""
        found = [self.access_token, self.refresh_token or ""]
        if self.scheme == "cookie":
            pairs = self.access_token.split("; ")
            found += [Secret(pair.partition("=")[2]) for pair in pairs]
        return found

    @property
    def dies_at(self) -> datetime | None:
        """When nothing can be done with it any more, if it is not used; None if unknown.

        With a refresh token this is when that dies, else when the access token ends.
        """
        if self.refresh_token is None:
            return self.expires_at
        return None if self.issued_at is None else self.issued_at + REFRESH_LIFE

    def days_left(self, now: datetime | None = None) -> float | None:
        """Return how many days are left until a person has to grant access again."""
        end = self.dies_at
        if end is None:
            return None
        return (end - (now or datetime.now(UTC))) / timedelta(days=1)

    def is_stale(self, now: float) -> bool:
        """Tell whether the access token is over, or so nearly that it is better renewed first."""
        if self.expires_at is None:
            return False
        end = self.expires_at.timestamp()
        start = self.issued_at.timestamp() if self.issued_at else end
        # A tenth of a short life is early enough; five minutes of it would be all of it.
        return now >= end - min(_EARLY, max(0.0, end - start) * _EARLY_SHARE)

    def is_over(self, now: float) -> bool:
        """Tell whether the access token is over; what is not known to end is not."""
        return self.expires_at is not None and now >= self.expires_at.timestamp()

    def is_older_than(self, other: "Token") -> bool:
        """Tell whether the other one is known to be issued later."""
        # By the server's clock, if both tell it: that of this host may be another today.
        mine, theirs = (_moment(claims_of(one.access_token).get("iat")) for one in (self, other))
        if mine is None or theirs is None:
            mine, theirs = self.issued_at, other.issued_at
        return mine is not None and theirs is not None and mine < theirs


def claims_of(access_token: str) -> Mapping[str, object]:
    """Return the claims of a JWT, unchecked; nothing for a token of another kind."""
    _, _, rest = access_token.partition(".")
    payload = rest.partition(".")[0]
    try:
        found: object = loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (Error, JSONDecodeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType] - JSON has text keys


def is_header_text(token: str) -> bool:
    """Tell whether a header can carry a token: a line feed in it would start another header."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
