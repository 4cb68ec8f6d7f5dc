"""Sources of leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.owned import Owned
from amocrm_mockserver.behaviour.stages import main_pipeline
from amocrm_mockserver.problems import Flaw, too_long, unprocessable, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Sources", "source_row"]

_MOST: Final = 100
_LONGEST_ID: Final = 40
"""The docs name 36 on one page and 40 on another."""
_LONGEST_CODE: Final = 20


class Sources(Owned):
    """Where leads come from; each integration knows its own."""

    noun = "Source"
    missing = "sources.missing"
    ignored = frozenset({"external_id"})

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """The pipeline must be there, archived or not, and the caller's own id be new."""
        pipeline = item.get("pipeline_id")
        if pipeline is not None and pipeline not in exchange.account.table("pipelines").rows:
            flaws.append(unsupported("pipeline_id"))
        code: str = item.get("origin_code") or ""
        if len(code) > _LONGEST_CODE or code.isdecimal():
            flaws.append(unsupported("origin_code"))
        if len(item.get("external_id") or "") > _LONGEST_ID:
            flaws.append(too_long(exchange.account, "external_id"))
        if row is not None or exchange.seeding:
            return
        own = list(self.rows(exchange))
        if any(other["external_id"] == item.get("external_id") for other in own):
            flaws.append(unsupported("external_id"))
        if len(own) >= _MOST:
            raise unprocessable(f"Sources limit of {_MOST} is exceeded")

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A source leads to the main pipeline unless it says otherwise."""
        row = self.blank(exchange, item)
        row.update(source_row(exchange.account, {**item, "id": row["id"]}))
        row["_client_id"] = exchange.caller.client_id
        if exchange.account.guesses["sources.case_of_external_id"] == "lowered":
            row["external_id"] = row["external_id"].lower()
        self.home(exchange).add(row)
        self._settle_default(exchange, row)
        return row

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Change the source; at most one is the default."""
        if "services" in item:
            item = {**item, "services": _services(item)}
        super().update(exchange, row, item)
        self._settle_default(exchange, row)

    def _settle_default(self, exchange: Exchange, row: Row) -> None:
        if not row["default"]:
            return
        for other in self.rows(exchange):
            if other is not row and other["default"]:
                self.home(exchange).change(other, {"default": False})


def source_row(account: Account, item: Row) -> Row:
    """A source as it is kept; what is not said is filled in."""
    number: int = item.get("id") or account.next_id("sources")
    pipeline = item.get("pipeline_id")
    return {
        "id": number,
        "name": "",
        "external_id": str(number),
        "default": False,
        "origin_code": None,
        "_client_id": None,
        **item,
        "pipeline_id": main_pipeline(account)["id"] if pipeline is None else pipeline,
        "services": _services(item),
    }


def _services(item: Row) -> list[Row]:
    given: list[Row] = item.get("services") or []
    return [
        {
            "type": service["type"],
            "params": service.get("params") or [],
            "pages": service.get("pages") or [],
        }
        for service in given
    ]
