"""When a call is sent again, and after how long."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import define, frozen

from amocrm_gen.runtime.errors import AmoError, ApiError, RateLimited, ServerError, TransportError

if TYPE_CHECKING:
    from amocrm_gen.runtime.call import Retry

__all__ = ["Attempts", "Budget", "Policy"]


@frozen(kw_only=True)
class Policy:
    """How patient one call is."""

    max_retries: int = 4
    first_delay: float = 0.5
    """Seconds; each further delay is twice the one before, of which a random part is waited."""
    longest_delay: float = 30.0
    patience: float = 120.0
    """Seconds that one call may spend waiting between its attempts."""


@define
class Budget:
    """What all calls of a client may spend on retries: when everything fails, they stop early."""

    left: float = 100.0
    most: float = 100.0
    cost: float = 5.0

    def spend(self) -> bool:
        """Take the price of one retry, if it is there."""
        if self.left < self.cost:
            return False
        self.left -= self.cost
        return True

    def earn(self) -> None:
        """Put a part of the price back after a success."""
        self.left = min(self.most, self.left + 1.0)


@define
class Attempts:
    """The attempts of one call."""

    policy: Policy
    retry: "Retry"
    budget: Budget
    random: Callable[[], float]
    splittable: bool = False
    """Whether its sender cuts it in two after a 504, which is better than the same again."""
    made: int = 0
    waited: float = 0.0

    def delay_after(self, error: AmoError) -> float | None:
        """Return how long to wait before the next attempt; None is to give up."""
        if self.made >= self.policy.max_retries or not self._may_repeat(error):
            return None
        delay = self._delay(error)
        if self.waited + delay > self.policy.patience or not self.budget.spend():
            return None
        self.made += 1
        self.waited += delay
        return delay

    def _may_repeat(self, error: AmoError) -> bool:
        match error:
            case RateLimited():
                return True
            case TransportError():
                return not error.sent or self.retry != "refused_only"
            case ServerError():
                too_much = error.status == 504 and self.splittable
                return self.retry != "refused_only" and not too_much
            case _:
                return False

    def _delay(self, error: AmoError) -> float:
        longest = min(self.policy.longest_delay, self.policy.first_delay * 2.0**self.made)
        # At least half: a random zero would repeat at once what was just refused.
        delay = longest * (0.5 + self.random() / 2)
        named = error.retry_after if isinstance(error, ApiError) else None
        return delay if named is None else max(named, 0.0) + delay * 0.1
