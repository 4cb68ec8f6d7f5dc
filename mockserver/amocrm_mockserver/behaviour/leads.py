"""Leads: stages, closing, price, and what is linked when they are created."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.cards import Cards, elements_of, refs_of
from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.stages import LOST, UNSORTED_TYPE, WON, first_stage, main_pipeline
from amocrm_mockserver.behaviour.tags import attached
from amocrm_mockserver.filters import pairs
from amocrm_mockserver.jsonvalue import array_at, object_at
from amocrm_mockserver.problems import Flaw, unsupported
from amocrm_mockserver.render import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["Leads", "named_source", "pipeline_of"]

_PLACE: Final = ("pipeline_id", "status_id")
_CLOSED: Final = frozenset({WON, LOST})
_TOLD_OF_TRASH: Final = frozenset({"id", "updated_at", "updated_by", "is_deleted", "account_id"})


class Leads(Cards):
    """Deals."""

    noun = "Lead"

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """Leads in unsorted are shown to those who ask for that stage."""
        found = super().rows(exchange)
        if found is None and _asks_for_unsorted(exchange):
            rows = self.home(exchange).rows.values()
            return [row for row in rows if not row["is_deleted"]]
        return found

    def part(self, exchange: Exchange, row: Row) -> Row:  # noqa: ARG002
        """Of a lead in the trash little more is told than who changed it last, and when."""
        if not row["is_deleted"]:
            return row
        masked: Row = {name: row[name] if name in _TOLD_OF_TRASH else None for name in row}
        return masked

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """The stage must stand in the lead's pipeline."""
        super().check(exchange, item, row, flaws)
        account = exchange.account
        pipeline: Json = row["pipeline_id"] if row else pipeline_of(exchange, item)
        if "pipeline_id" in item:
            pipeline = item["pipeline_id"]
            if not account.has("pipelines", pipeline):
                flaws.append(unsupported("pipeline_id"))
        if "status_id" in item and not account.has("statuses", (pipeline, item["status_id"])):
            at = next((i for i, flaw in enumerate(flaws, 1) if flaw["path"] == "status_id"), None)
            flaws.insert(len(flaws) if at is None else at, unsupported("status_id"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the lead and link what was named with it."""
        row = super().create(exchange, item)
        embedded = object_at(item, "_embedded")
        for contact in array_at(embedded, "contacts"):
            self._link(exchange, row, "contacts", contact)
        for company in array_at(embedded, "companies"):
            self._link(exchange, row, "companies", company)
        return row

    def _link(self, exchange: Exchange, row: Row, kind: str, ref: Row) -> None:
        metadata = {"is_main": ref.get("is_main"), "updated_by": row["created_by"]}
        connect(exchange, ("leads", row["id"]), (kind, ref["id"]), metadata, fresh=True)

    def complete(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Name, stage, closing time and loss reason of a new lead."""
        account = exchange.account
        if not row["name"]:
            word = "Сделка" if account.speaks_russian else "Lead"
            row["name"] = f"{word} #{row['id']}"
        row["price"] = int(row["price"])
        row["is_price_computed"] = False
        source = named_source(exchange, item)
        if source is not None:
            row["source_id"] = source["id"]
        row["pipeline_id"] = pipeline_of(exchange, item)
        if "status_id" not in item:
            row["status_id"] = first_stage(account, row["pipeline_id"])
        if _is_unsorted(account, row):
            row["_hidden"] = True
        is_closed = row["status_id"] in _CLOSED
        row["closed_at"] = (item.get("closed_at") or exchange.now) if is_closed else None
        row["loss_reason_id"] = item.get("loss_reason_id") if row["status_id"] == LOST else None

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """A closed lead knows when it was closed, a lost one also why."""
        changes = super().changes(exchange, row, item)
        if "price" in item:
            changes["price"] = int(item["price"])
        if item.get("name") == "":
            del changes["name"]
        here: Row = {**row, **item}
        pipeline, status = here["pipeline_id"], here["status_id"]
        if pipeline != row["pipeline_id"] and "status_id" not in item:
            status = first_stage(exchange.account, pipeline)
            changes["status_id"] = status
        moved = (pipeline, status) != (row["pipeline_id"], row["status_id"])
        if moved:
            changes["_hidden"] = _is_unsorted(
                exchange.account, {"pipeline_id": pipeline, "status_id": status}
            )
        if status not in _CLOSED:
            changes["closed_at"] = None
        elif moved:
            changes["closed_at"] = item.get("closed_at") or exchange.now
        is_kept = exchange.account.guesses["leads.loss_reason_elsewhere"] == "kept"
        if status != LOST and not is_kept:
            changes["loss_reason_id"] = None
        return changes

    def log_changes(self, exchange: Exchange, row: Row, old: Row) -> None:
        """Moves and prices are events of their own."""
        by = row["updated_by"]
        former = {name: old.get(name, row[name]) for name in ("status_id", "pipeline_id")}
        if any(former[name] != row[name] for name in former):
            record(
                exchange,
                "lead_status_changed",
                "leads",
                row["id"],
                before=[_stage(former)],
                after=[_stage(row)],
                by=by,
            )
        if "price" in old and old["price"] != row["price"]:
            record(
                exchange,
                "sale_field_changed",
                "leads",
                row["id"],
                before=[{"sale_field_value": {"sale": old["price"]}}],
                after=[{"sale_field_value": {"sale": row["price"]}}],
                by=by,
            )
        super().log_changes(exchange, row, old)

    def tell_changes(self, exchange: Exchange, row: Row, old: Row) -> None:
        """A move is told by itself, too."""
        former = {name: old.get(name, row[name]) for name in ("status_id", "pipeline_id")}
        moved = {"status_id": former["status_id"]}
        if former["pipeline_id"] != row["pipeline_id"]:
            exchange.tell("leads", "status", row, former)
        elif former["status_id"] != row["status_id"]:
            exchange.tell("leads", "status", row, moved)
        else:
            moved = {}
        super().tell_changes(exchange, row, old)
        exchange.tell("leads", "update", row, moved)

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {
            "tags": attached("leads"),
            "companies": refs_of("leads", "companies"),
            "contacts": _contacts,
            "catalog_elements": elements_of("leads"),
            "loss_reason": _loss_reason,
            "source": _source,
        }


def pipeline_of(exchange: Exchange, item: Row) -> int:
    """The pipeline of a new lead: the one given, that of its source, or the main one."""
    number: int | None = item.get("pipeline_id")
    if number is None:
        number = (named_source(exchange, item) or {}).get("pipeline_id")
    return main_pipeline(exchange.account)["id"] if number is None else number


def named_source(exchange: Exchange, item: Row) -> Row | None:
    """The source that a new lead names; one that the integration does not have is none."""
    wanted: Json = object_at(object_at(item, "_embedded"), "source").get("external_id")
    if wanted is None:
        return None
    owners = {None, exchange.caller.client_id}
    rows = exchange.account.table("sources").rows.values()
    known = (row for row in rows if row["external_id"] == wanted and row["_client_id"] in owners)
    return next(known, None)


def _asks_for_unsorted(exchange: Exchange) -> bool:
    asked = exchange.query.get("filter")
    if not isinstance(asked, dict) or "statuses" not in asked:
        return False
    named = pairs(_PLACE, asked["statuses"])
    rows: list[Row] = [dict(zip(_PLACE, pair, strict=True)) for pair in named]
    return any(_is_unsorted(exchange.account, row) for row in rows)


def _is_unsorted(account: Account, row: Row) -> bool:
    """Whether a lead stands where lists do not look."""
    stage = account.table("statuses").rows.get((row["pipeline_id"], row["status_id"]))
    return stage is not None and stage["type"] == UNSORTED_TYPE


def _stage(row: Row) -> Json:
    return {"lead_status": {"id": row["status_id"], "pipeline_id": row["pipeline_id"]}}


def _contacts(exchange: Exchange, row: Row) -> Json:
    linked = exchange.account.links.of("leads", row["id"], "contacts")
    return [
        {
            "id": number,
            "is_main": metadata["main_contact"],
            "_links": {"self": {"href": exchange.url(f"contacts/{number}")}},
        }
        for number, metadata in linked.items()
    ]


def _loss_reason(exchange: Exchange, row: Row) -> Json:
    """A list of one, or empty."""
    reason = exchange.account.table("loss_reasons").rows.get(row["loss_reason_id"])
    if reason is None:
        return []
    href = exchange.url(f"leads/loss_reasons/{reason['id']}")
    keys = ("id", "name", "sort", "created_at", "updated_at")
    return [{**{key: reason[key] for key in keys}, "_links": {"self": {"href": href}}}]


def _source(exchange: Exchange, row: Row) -> Json:
    source = exchange.account.table("sources").rows.get(row.get("source_id"))
    return ABSENT if source is None else {"id": source["id"], "name": source["name"]}
