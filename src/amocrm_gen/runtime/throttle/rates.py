"""How much may be sent, and who counts together."""

import math
from typing import Any, Final

from attrs import Attribute, define, field, frozen

from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["Limit", "Rates"]

_PER_INTEGRATION: Final = 7.0
_PER_ACCOUNT: Final = 50.0
_MARGIN: Final = 0.020
_WARM_UP: Final = 0.150


@frozen
class Limit:
    """So many sends in any window of so many seconds, counted under a name."""

    name: str
    group: str
    """Limits of one group are kept in one place, so that one step can look at all of them."""
    count: int
    window: float


# Any: the rate of the account may be None, the other not
def _positive(_: object, attribute: "Attribute[Any]", value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise ConfigurationError(
            f"{attribute.name} is {value}; it is a number of requests a second above 0",
            advice="to switch the throttle off, give the client throttle=None",
        )


def _not_negative(_: object, attribute: "Attribute[float]", value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ConfigurationError(f"{attribute.name} is {value}; it is a number of seconds from 0")


@define(kw_only=True)
class Rates:
    """What amoCRM allows, unless told otherwise."""

    rate: float = field(default=_PER_INTEGRATION, validator=_positive)
    """Requests a second of one integration; 2.5 is two in any 0.8 seconds, 0.5 one in two."""
    account_rate: float | None = field(default=_PER_ACCOUNT, validator=_positive)
    """Requests a second of all integrations in one account; None for no such limit."""
    margin: float = field(default=_MARGIN, validator=_not_negative)
    """Seconds added to each window: the way to the server is not always equally long."""
    warm_up: float = field(default=_WARM_UP, validator=_not_negative)
    """Seconds that the first requests of a process may take longer: they open connections."""
    over_all_accounts: bool = False
    """Whether an integration has one rate over all accounts instead of one in each."""

    def limits(self, account: str, integration: str) -> tuple[Limit, ...]:
        """Return the limits of an integration in an account; that of the account is the last."""
        alone = self.over_all_accounts
        own = f"* {integration}" if alone else f"{account} {integration}"
        limits = (self._limit(own, own if alone else account, self.rate),)
        if self.account_rate is None:
            return limits
        return (*limits, self._limit(account, account, self.account_rate))

    def _limit(self, name: str, group: str, rate: float) -> Limit:
        count = max(1, math.floor(rate))
        return Limit(name, group, count, count / rate + self.margin)
