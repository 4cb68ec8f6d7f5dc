"""One call of API v2, and the way from it to what API v4 does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from attrs import define, field

from amocrm_mockserver.body import read_form
from amocrm_mockserver.exchange import Exchange
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.happenings import Happenings
from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.contract import Operation
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Request
    from amocrm_mockserver.state import Table

__all__ = ["LegacyCall", "amount_of", "listed", "number_of"]


@define(kw_only=True)
class LegacyCall:
    """Who asks what of which account, by API v2."""

    engine: Engine
    """That of API v4, by whose rules everything is written."""
    account: Account
    caller: Caller
    operation: Operation
    request: Request
    query: Query
    now: int
    """Unix time, the same during the whole call."""
    happened: Happenings = field(factory=Happenings)
    _body: Row | None = field(default=None, init=False)

    @property
    def body(self) -> Row:
        """The body: JSON or a form; anything but an object is an empty one."""
        if self._body is None:
            self._body = {str(key): value for key, value in read_form(self.request.body).items()}
        return self._body

    @property
    def wanted(self) -> frozenset[str]:
        """The members of `with`."""
        given = self.query.get("with")
        texts = [] if given is None else scalars(given)
        return frozenset(name for text in texts for name in text.split(","))

    def table(self, name: str) -> Table:
        """A table of the account."""
        return self.account.table(name)

    def v4(self, operation_id: str) -> Exchange:
        """A call of API v4 by the same caller at the same time."""
        contract = self.engine.contract
        return Exchange(
            account=self.account,
            caller=self.caller,
            contract=contract,
            operation=contract.operations[operation_id],
            variables={},
            query={},
            body=b"",
            now=self.now,
            happened=self.happened,
        )


def listed(value: Json) -> list[Json]:
    """The members of a list, as a list, as an object with numbers for keys, or as one value.

    Text holds them with commas between.
    """
    if value is None or value in ("", {}):
        return []
    if is_array(value):
        return value
    if is_object(value):
        return list(value.values())
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value]


def amount_of(value: Json) -> int | float | None:
    """A number that need not be whole, and may come as text; None for anything else."""
    try:
        number = float(str(value).strip()) if not isinstance(value, bool) else math.nan
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def number_of(value: Json) -> int | None:
    """A whole number, which may come as text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    text = str(value).strip()
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() else None
