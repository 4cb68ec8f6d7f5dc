"""Rate limits: how many requests a second are answered, and when an account is shut out."""

from __future__ import annotations

from collections import deque
from typing import Any

from attrs import define, evolve, field, frozen

from amocrm_mockserver import checks
from amocrm_mockserver.problems import ProblemError, blocked, too_many_requests

__all__ = ["Limits", "Rates"]


@frozen(kw_only=True)
class Rates:
    """The numbers; those of the block are a guess, since amoCRM tells none."""

    enabled: bool = field(default=True, validator=checks.flag())
    per_integration: int = field(default=7, validator=checks.whole(1))
    """Requests of one integration in one account in a window."""
    per_account: int = field(default=50, validator=checks.whole(1))
    """Requests of all integrations in one account in a window."""
    window: float = field(default=1.0, validator=checks.number(above=0))
    """Seconds."""
    block_after: int = field(default=30, validator=checks.whole(1))
    """Answers 429 to one account in `block_window` after which it is blocked."""
    block_window: float = field(default=60.0, validator=checks.number(above=0))
    """Seconds."""
    block_seconds: float | None = field(
        default=None, validator=checks.number(above=0, optional=True)
    )
    """How long a block lasts; None is until it is lifted, as amoCRM's support does."""
    json: bool = field(default=False, validator=checks.flag())
    """Whether answers 429 are problems instead of the usual HTML page."""


@define
class Limits:
    """Who asked how often, by the clock that is passed in."""

    rates: Rates = field(factory=Rates)
    _accepted: dict[tuple[str, ...], deque[float]] = field(
        factory=dict[tuple[str, ...], deque[float]]
    )
    _refused: dict[str, deque[float]] = field(factory=dict[str, deque[float]])
    _blocked_at: dict[str, float] = field(factory=dict[str, float])

    def take(self, subdomain: str, client_id: str | None, now: float) -> ProblemError | None:
        """Count a request; the refusal if it is one too many. Refused requests do not count."""
        rates = self.rates
        if not rates.enabled:
            return None
        if self.is_blocked(subdomain, now):
            return blocked()
        rings = [self._ring((subdomain,), rates.per_account)]
        if client_id is not None:
            rings.append(self._ring((subdomain, client_id), rates.per_integration))
        if any(len(r) == r.maxlen and now - r[0] < rates.window for r in rings):
            return self._refuse(subdomain, now)
        for ring in rings:
            ring.append(now)
        return None

    def is_blocked(self, subdomain: str, now: float) -> bool:
        """Whether every call to the account is answered with the block page."""
        since = self._blocked_at.get(subdomain)
        if since is None:
            return False
        seconds = self.rates.block_seconds
        if seconds is not None and now - since >= seconds:
            self.unblock(subdomain)
            return False
        return True

    def block(self, subdomain: str, now: float) -> None:
        """Shut an account out."""
        self._blocked_at[subdomain] = now

    def unblock(self, subdomain: str) -> None:
        """Let an account in again, with its refusals forgotten."""
        self._blocked_at.pop(subdomain, None)
        self._refused.pop(subdomain, None)

    def blocked(self) -> list[str]:
        """The subdomains that are shut out."""
        return sorted(self._blocked_at)

    def change(self, **numbers: Any) -> None:  # Any: the rates check themselves
        """Set some of the rates; raises ValueError, and changes nothing, if one is wrong."""
        self.rates = evolve(self.rates, **numbers)
        self._accepted.clear()

    def _ring(self, key: tuple[str, ...], size: int) -> deque[float]:
        ring = self._accepted.get(key)
        if ring is None:
            ring = self._accepted[key] = deque(maxlen=size)
        return ring

    def _refuse(self, subdomain: str, now: float) -> ProblemError:
        rates = self.rates
        refused = self._refused.setdefault(subdomain, deque(maxlen=rates.block_after))
        refused.append(now)
        if len(refused) == rates.block_after and now - refused[0] < rates.block_window:
            self.block(subdomain, now)
        return too_many_requests(as_json=rates.json)
