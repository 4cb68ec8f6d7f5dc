"""Currencies that money fields may have; every account has the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Currencies"]

_CODES: Final = [
    "RUB",
    "USD",
    "EUR",
    "UAH",
    "KZT",
    "BYN",
    "UZS",
    "KGS",
    "AMD",
    "AZN",
    "GEL",
    "MDL",
    "TJS",
    "TMT",
    "GBP",
    "CHF",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "TRY",
    "ILS",
    "AED",
    "SAR",
    "INR",
    "CNY",
    "JPY",
    "KRW",
    "THB",
    "VND",
    "IDR",
    "MYR",
    "SGD",
    "HKD",
    "PHP",
    "AUD",
    "NZD",
    "CAD",
    "MXN",
    "BRL",
    "ARS",
    "CLP",
    "COP",
    "PEN",
    "UYU",
    "ZAR",
    "EGP",
    "NGN",
    "KES",
]
_ROWS: Final[list[Row]] = [{"id": place, "code": code} for place, code in enumerate(_CODES, 1)]


class Currencies(Behaviour):
    """A list that nobody changes."""

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:  # noqa: ARG002
        """All of them, whatever the account."""
        return _ROWS
