"""The log of events: newest first, with filters of its own."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.event_filters import event_tests, plural_of
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.envelope import listed
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.render import ABSENT
from amocrm_mockserver.selection import Page, asked_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = ["EventLog", "find_events"]

_TALKED_ABOUT: Final = frozenset({"lead", "customer"})
_OF_CATALOG: Final = re.compile(r"catalog_(\d+)")
_NOTED: Final = ("leads", "contacts", "companies", "customers")
"""Entities that have notes."""


class EventLog(Behaviour):
    """Events as they are shown; they are kept in a list, since the log only grows."""

    noun = "Event"

    def find(self, exchange: Exchange) -> Row | None:
        """The event of an id; later ones are asked for more often."""
        number = exchange.variables["id"]
        events = reversed(exchange.account.events)
        return next((event for event in events if event["id"] == number), None)

    def columns(self) -> Mapping[str, Show]:
        """Notes are told with their words to those who ask for them."""
        return {"value_after": _values("value_after"), "value_before": _values("value_before")}

    def embeds(self) -> Mapping[str, Show]:
        """What the event happened to."""
        return {"entity": _entity}


def find_events(engine: Engine, exchange: Exchange) -> Response:
    """A page of the log; only as much of it is read as the page needs."""
    number, size = asked_page(exchange)
    tests = event_tests(exchange)
    events = exchange.account.events
    is_newest_first = exchange.account.guesses["events.order"] == "newest_first"
    ordered = reversed(events) if is_newest_first else iter(events)
    passing = (event for event in ordered if all(test(event) for test in tests))
    rows = list(islice(passing, (number - 1) * size, number * size + 1))
    page = Page(rows[:size], number, size, len(rows) > size, 0)
    return listed(exchange, page, [engine.show(exchange, row) for row in page.rows])


def _values(side: str) -> Show:
    def show(exchange: Exchange, event: Row) -> Json:
        values: list[Row] = event[side]
        is_told = exchange.account.guesses["events.with_note"] == "told"
        if not is_told or "note" not in exchange.wanted:
            return values
        return [{key: _with_words(exchange, key, held) for key, held in v.items()} for v in values]

    return show


def _with_words(exchange: Exchange, key: str, held: Json) -> Json:
    """A note with what it says; a system note has nothing to say."""
    if key != "note" or not is_object(held):
        return held
    for kind in _NOTED:
        note = exchange.account.table(f"notes:{kind}").rows.get(held["id"])
        if note is not None:
            return {**held, "note_type": note["note_type"], "params": note["params"]}
    return held


def _entity(exchange: Exchange, event: Row) -> Json:
    kind, number = event["entity_type"], event["entity_id"]
    catalog = _OF_CATALOG.fullmatch(kind)
    table = "catalog_elements" if catalog else plural_of(kind)
    if table is None:
        return ABSENT
    entity: Row = {"id": number}
    if kind in _TALKED_ABOUT and "_talks_with" in event:
        entity["linked_talk_contact_id"] = event["_talks_with"]
    if f"{'catalog_element' if catalog else kind}_name" in exchange.wanted:
        entity["name"] = exchange.account.table(table).rows.get(number, {}).get("name", "")
    path = f"{table}/{number}"
    if catalog:
        entity["catalog_id"] = int(catalog[1])
        if "catalog_name" in exchange.wanted:
            row = exchange.account.table("catalogs").rows.get(int(catalog[1]), {})
            entity["catalog_name"] = row.get("name", "")
        path = f"catalogs/{catalog[1]}/elements/{number}"
    return {**entity, "_links": {"self": {"href": exchange.url(path)}}}
