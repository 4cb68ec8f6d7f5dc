"""Everything that the server lists, against everything that the model holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from .difference import agree
from .model.anything import SOME_ID
from .model.cards import KINDS
from .model.shown import WITH, shown_card, shown_event, shown_links

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .contract import Json
    from .door import Door
    from .model.crm import Crm

__all__ = ["compare_all", "walk"]

_UNTOLD: Final = {
    "lead_added",
    "contact_added",
    "company_added",
    "customer_added",
    "task_result_added",
}
"""Their note is on no list, so only the server knows its id."""


def walk(door: Door, name: str, query: str = "", *, typed: bool = False, **over: Json) -> Json:
    """All items of a list, page after page; by the client's iteration, or by `next`."""
    if typed:
        return door.ask(name, query=query, typed=True, **over).items
    items: list[Json] = []
    number = 1
    while True:
        page = f"{query}&page={number}".lstrip("&")
        answer = door.ask(name, query=page, **over)
        if answer.status == 204:
            assert number == 1, f"{name}: next led to nothing"
            return items
        assert answer.status == 200, (name, answer)
        items += answer.items
        links = answer.body["_links"]
        assert ("prev" in links) == (number > 1), (name, links)
        if "next" not in links:
            return items
        number += 1
        assert f"page={number}" in links["next"]["href"], (name, links)


def compare_all(door: Door, crm: Crm, *, size: int, typed: bool) -> None:
    """Read all lists with all that they can show, and compare them with the model."""
    for kind in KINDS:
        _compare_tags(door, crm, kind)
        _compare_cards(door, crm, kind, size=size, typed=typed)
        _compare_links(door, crm, kind, typed=typed)
        _compare_notes(door, crm, kind, size=size, typed=typed)
        definitions = door.ask(f"custom_fields.find.{kind}", query="limit=250", typed=typed)
        _same(definitions.items, [one.row for one in crm.fields[kind].values()], kind)
    tasks = walk(door, "tasks.find", f"limit={size}&order[id]=asc", typed=typed)
    agree(tasks, [crm.tasks[number] for number in sorted(crm.tasks)], "tasks")
    pipelines = door.ask("pipelines.find", typed=typed).items
    _same(pipelines, crm.pipelines.values(), "pipelines")
    catalogs = walk(door, "catalogs.find", typed=typed)
    _same(catalogs, crm.catalogs.values(), "catalogs")
    for number in crm.catalogs:
        own = [row for row in crm.elements.values() if row["catalog_id"] == number]
        found = walk(door, "catalog_elements.find", f"limit={size}", catalog_id=number, typed=typed)
        _same(found, own, f"elements of {number}")
    _compare_unsorted(door, crm, typed=typed)
    found = walk(door, "transactions.find", f"limit={size}", typed=typed)
    _same(found, crm.transactions.values(), "transactions")
    compare_events(door, crm, typed=typed)


def _same(found: Iterable[Json], expected: Iterable[Json], what: str, key: str = "id") -> None:
    """Two lists of rows, in any order."""
    one = sorted(found, key=lambda row: row[key])
    two = sorted(expected, key=lambda row: row[key])
    agree(one, two, what)


def _compare_tags(door: Door, crm: Crm, kind: str) -> None:
    known = crm.tags[kind]
    found = walk(door, f"tags.find.{kind}", "limit=3")
    assert sorted(row["name"] for row in found) == sorted(known), f"tags of {kind}"
    for row in found:
        agree(row, known[row["name"]], f"tags of {kind}")
        known[row["name"]].update(row)
    ids = [row["id"] for row in known.values()]
    assert len(ids) == len(set(ids)), f"tags of {kind}"


def _compare_cards(door: Door, crm: Crm, kind: str, *, size: int, typed: bool) -> None:
    found = walk(door, f"{kind}.find", f"with={WITH[kind]}&limit={size}", typed=typed)
    cards = crm.listed(kind)
    if kind == "customers":
        found.sort(key=lambda row: row["id"])
    for row, card in zip(found, cards, strict=False):
        if card.own.get("status_id") is SOME_ID:
            card.own["status_id"] = row["status_id"]
    assert [row["id"] for row in found] == [card.id for card in cards], kind
    for row, card in zip(found, cards, strict=True):
        agree(row, shown_card(crm, card), f"{kind} {card.id}")


def _compare_links(door: Door, crm: Crm, kind: str, *, typed: bool) -> None:
    cards = crm.listed(kind)
    asked = "&".join(f"filter[entity_id][{i}]={card.id}" for i, card in enumerate(cards))
    if not asked:
        return
    found = door.ask(f"links.find_many.{kind}", query=asked, typed=typed).items
    expected = [
        {"entity_id": card.id, "entity_type": kind, **link}
        for card in cards
        for link in shown_links(crm, card)
    ]
    ends = ("entity_id", "to_entity_type", "to_entity_id")
    for rows in (found, expected):
        rows.sort(key=lambda row: [row[end] for end in ends])
    agree(found, expected, f"links of {kind}")


def _compare_notes(door: Door, crm: Crm, kind: str, *, size: int, typed: bool) -> None:
    query = f"limit={size}&with=is_pinned&order[id]=asc"
    found = walk(door, f"notes.find.{kind}", query, typed=typed)
    visible = {card.id for card in crm.cards[kind].values() if not card.is_deleted}
    rows = [row for row in crm.notes[kind].values() if row["entity_id"] in visible]
    found = [row for row in found if row["entity_id"] in visible]
    agree(found, sorted(rows, key=lambda row: row["id"]), f"notes of {kind}")


def _compare_unsorted(door: Door, crm: Crm, *, typed: bool) -> None:
    waiting = [row for row in crm.unsorted.values() if row["state"] == "waiting"]
    expected = [{k: v for k, v in row.items() if k not in _OWN} for row in waiting]
    found = walk(door, "unsorted.find", "limit=2", typed=typed)
    times = [row["created_at"] for row in found]
    assert times == sorted(times, reverse=True), "newest first"
    _same(found, expected, "unsorted", key="uid")
    rows = list(crm.unsorted.values())
    waits = [row["sorted_at"] - row["created_at"] for row in rows if row["state"] != "waiting"]
    states = [row["state"] for row in rows]
    names = ("sip", "mail", "forms", "chats")
    totals = {n: {"total": sum(row["category"] == n for row in rows)} for n in names}
    summary = door.ask("unsorted.get_summary", typed=typed).item
    summary.pop("_links", None)
    assert summary == {
        "total": len(rows),
        "accepted": states.count("accepted"),
        "declined": states.count("declined"),
        "average_sort_time": sum(waits) // len(waits) if waits else 0,
        "categories": totals,
    }, "summary"


_OWN: Final = {"state", "sorted_at"}


def compare_events(door: Door, crm: Crm, *, typed: bool) -> None:
    """The log, newest first; the order within a second is not documented."""
    found = walk(door, "events.find", "limit=100", typed=typed)
    times = [row["created_at"] for row in found]
    assert times == sorted(times, reverse=True), "events: newest first"
    ids = {row.pop("id") for row in found}
    assert len(ids) == len(found), "events: ids"
    for row in found:
        del row["_links"]
    expected = [shown_event(crm, event) for event in crm.events]
    have, want = sorted(map(_key, found)), sorted(map(_key, expected))
    assert have == want, {
        "missing": [row for row in want if row not in have],
        "unexpected": [row for row in have if row not in want],
    }


def _key(event: Json) -> str:
    if event["type"] in _UNTOLD:
        [told] = event["value_after"]
        assert told["note"]["id"] > 0 if told["note"]["id"] is not SOME_ID else True
        event = {**event, "value_after": []}
    return json.dumps(event, sort_keys=True, ensure_ascii=False)
