"""What an account that has no customers, or sorts them otherwise, refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.problems import function_off, payment_required, unprocessable

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account

__all__ = ["PERIODICITY", "SEGMENTS", "demand_mode"]

SEGMENTS: Final = "segments"
PERIODICITY: Final = "periodicity"


def demand_mode(account: Account, mode: str | None = None) -> None:
    """The account must have customers, in this mode if one is given."""
    held: str = account.row["customers_mode"]
    if held == "unavailable":
        raise payment_required()
    if held == "disabled" or mode not in {None, held}:
        detail = "Customers are disabled" if mode is None else f"The {mode} mode is off"
        # The docs have 422 at stages and segments, and nothing at the other methods.
        if mode is None and account.guesses["customers.mode_off"] == "426":
            raise function_off(detail)
        raise unprocessable(detail)
