"""Customers: stages, segments, and the modes by which they are sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.cards import Cards, elements_of, refs_of
from amocrm_mockserver.behaviour.customer_modes import PERIODICITY, demand_mode
from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.tags import attached
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.jsonvalue import array_at, object_at
from amocrm_mockserver.problems import (
    Flaw,
    bad_request,
    invalid,
    missing,
    not_found,
    payment_required,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = ["Customers", "change_bonus_points", "log_stage", "set_mode"]

_SEGMENTS: Final = "segments"
_ORDINARY: Final = 0


class Customers(Cards):
    """Those who buy again."""

    noun = "Customer"

    def admit(self, exchange: Exchange) -> None:
        """The account must have customers, except to turn them on."""
        if exchange.operation.name != "set_mode":
            demand_mode(exchange.account)

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """In the periodicity mode there are stages, and times of the next purchase."""
        super().check(exchange, item, row, flaws)
        account = exchange.account
        if account.row["customers_mode"] != PERIODICITY:
            return
        if row is None and "next_date" not in item and not exchange.seeding:
            flaws.append(missing("next_date"))
        if "status_id" in item and not account.has("customer_statuses", item["status_id"]):
            flaws.append(unsupported("status_id"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the customer; what it begins with in segments is logged."""
        row = super().create(exchange, item)
        _log_segments(exchange, row, [], row["_segments"])
        return row

    def complete(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Stage, segments and points of a new customer."""
        row["bonus_points"] = 0
        row["_segments"] = _segments(item, [])
        if "status_id" not in item:
            row["status_id"] = _first_stage(exchange.account)

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """Segments are replaced as a whole."""
        changes = super().changes(exchange, row, item)
        return {**changes, "_segments": _segments(item, row["_segments"])}

    def log_changes(self, exchange: Exchange, row: Row, old: Row) -> None:
        """Stages and segments are events of their own."""
        if "status_id" in old:
            log_stage(exchange, row, old["status_id"])
        _log_segments(exchange, row, old["_segments"], row["_segments"])
        super().log_changes(exchange, row, old)

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {
            "segments": _shown_segments,
            "tags": attached("customers"),
            "contacts": _contacts,
            "companies": refs_of("customers", "companies"),
            "catalog_elements": elements_of("customers"),
        }


def log_stage(exchange: Exchange, row: Row, former: int) -> None:
    """The event of a customer who has moved to another stage, if so."""
    if former == row["status_id"]:
        return
    exchange.tell("customers", "period", row, {"status_id": former})
    record(
        exchange,
        "customer_status_changed",
        "customers",
        row["id"],
        before=[{"customer_status": {"id": former}}],
        after=[{"customer_status": {"id": row["status_id"]}}],
        by=row["updated_by"],
    )


def _first_stage(account: Account) -> int:
    """Where a customer begins: the first stage that the system does not fill by itself."""
    rows = sorted(account.table("customer_statuses").rows.values(), key=lambda row: row["sort"])
    ordinary = [row for row in rows if row["type"] == _ORDINARY]
    number: int = (ordinary or rows)[0]["id"]
    return number


def _segments(item: Row, held: list[int]) -> list[int]:
    embedded = object_at(item, "_embedded")
    if _SEGMENTS not in embedded:
        return held
    return list(dict.fromkeys(ref["id"] for ref in array_at(embedded, _SEGMENTS)))


def _log_segments(exchange: Exchange, row: Row, before: list[int], after: list[int]) -> None:
    by = row["updated_by"]
    for kind, numbers, others in (
        ("entity_segment_attached", after, before),
        ("entity_segment_detached", before, after),
    ):
        if any(number not in others for number in numbers):
            record(exchange, kind, "customers", row["id"], by=by)


def _shown_segments(exchange: Exchange, row: Row) -> Json:
    return [
        {"id": n, "_links": {"self": {"href": exchange.url(f"customers/segments/{n}")}}}
        for n in row["_segments"]
    ]


def _contacts(exchange: Exchange, row: Row) -> Json:
    linked = exchange.account.links.of("customers", row["id"], "contacts")
    return [
        {
            "id": number,
            "is_main": metadata["main_contact"],
            "_links": {"self": {"href": exchange.url(f"contacts/{number}")}},
        }
        for number, metadata in linked.items()
    ]


def _body(engine: Engine, exchange: Exchange) -> Row:
    [given] = read_items(exchange)
    flaws: list[Flaw] = []
    check = engine.validator.check(exchange.operation.takes or "")
    item: Row = check(given.raw, "", flaws, exchange.account) or {}
    if flaws:
        raise invalid([{"request_id": given.request_id, "errors": flaws}])
    return item


def set_mode(engine: Engine, exchange: Exchange) -> Response:
    """Turn customers on or off, and choose how they are sorted."""
    item = _body(engine, exchange)
    row = exchange.account.row
    if row["customers_mode"] == "unavailable":
        raise payment_required()
    row["customers_mode"] = item["mode"] if item["is_enabled"] else "disabled"
    return hal(200, {"mode": item["mode"], "is_enabled": item["is_enabled"]})


def change_bonus_points(engine: Engine, exchange: Exchange) -> Response:
    """Give points or take them; nobody can owe any."""
    table = exchange.account.table("customers")
    row = table.rows.get(exchange.variables["id"])
    if row is None or row["is_deleted"]:
        raise not_found("Customer not found")
    item = _body(engine, exchange)
    if len(item) != 1:
        raise bad_request("Either earn or redeem must be given")
    if min(item.values()) < 0:
        raise bad_request("Bonus points can not be negative")
    points: int = row["bonus_points"] + item.get("earn", 0) - item.get("redeem", 0)
    if points < 0:
        if exchange.account.guesses.refuses("bonus_points.beyond_balance"):
            raise bad_request("Not enough bonus points")
        points = 0
    table.change(row, {"bonus_points": points})
    return hal(200, {"bonus_points": points})
