"""What changes while it is read is read: nothing is lost, and nothing comes twice."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import define, field, frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amocrm_gen import ConfigurationError
from amocrm_gen.runtime.call import Call, Operation, Page
from amocrm_gen.runtime.changes import AsyncChanges, Changes
from amocrm_gen.v4.models.leads import LeadCreate, LeadUpdate
from runtime.amo import Driven
from runtime.desk import Desk

SIZE, OVERLAP = 3, 4
FIND = Operation(
    name="rows.find", method="GET", path="/rows", retry="safe", envelope="page", page_max=SIZE
)


@frozen
class Write:
    """A row that is made or changed, and shown some seconds later."""

    row: int
    late: int
    tick: int
    """Seconds that pass before it."""


@define
class Table:
    """Rows that somebody writes between any two requests."""

    writes: Iterator[list[Write]]
    now: int = 1_000
    version: int = 0
    rows: dict[int, dict[str, Any]] = field(factory=dict)
    hidden: list[tuple[int, dict[str, Any]]] = field(factory=list)
    """What is written and not shown yet, with the time when it will be."""

    def write(self, writes: list[Write]) -> None:
        """Let time pass, and rows be written."""
        for write in writes:
            self.now += write.tick
            self.version += 1
            row = {"id": write.row, "updated_at": self.now, "version": self.version}
            self.hidden.append((self.now + write.late, row))
        self.show(self.now)

    def show(self, until: int) -> None:
        """Show what is to be shown by now; of one row the newest version stays."""
        for moment, row in list(self.hidden):
            if moment <= until:
                self.hidden.remove((moment, row))
                known = self.rows.get(row["id"])
                if known is None or known["version"] < row["version"]:
                    self.rows[row["id"]] = row

    def send(self, call: Call[Page[Any]]) -> Page[Any]:
        """Answer a request, after the writer had a turn."""
        self.write(next(self.writes, []))
        query = dict(call.query)
        start, number = int(query.get("filter[updated_at][from]", 0)), int(query["page"])
        found = sorted(
            (row for row in self.rows.values() if row["updated_at"] >= start),
            key=lambda row: (row["updated_at"], row["id"]),
        )
        part = found[(number - 1) * SIZE : number * SIZE]
        href = "next" if len(found) > number * SIZE else None
        return Page([dict(row) for row in part], number, href, served_at=self.now)


def make(page: int, limit: int) -> Call[Page[dict[str, Any]]]:
    """Return the call of a page."""
    return Call(FIND, FIND.path, query=(("page", str(page)), ("limit", str(limit))))


writing = st.builds(
    Write, st.integers(1, 12), st.integers(0, OVERLAP), st.sampled_from([0, 0, 0, 1, 1, 2, 9])
)


CROWD = [Write(row, 0, 0) for row in range(1, 10)]
LEFT_BY_ONE = [[*CROWD, Write(12, 0, 50)], [], [], [Write(1, 0, 9)]]
"""While the pages of one second are read, a row of the first leaves it, and the others move up."""
LATE = [
    [Write(row, 0, 0) for row in (1, 2, 3, 11)],
    [Write(9, OVERLAP, 0), Write(4, 0, 1), Write(5, 0, 0), Write(6, 0, 0)],
    [],
    [],
    [Write(7, 0, 9), Write(8, 0, 0), Write(10, 0, 0)],
]
"""A row is shown late, when a loop that lasts is already behind its second."""


@example(writes=LEFT_BY_ONE, stops=[None], is_kept=False)
@example(writes=LATE, stops=[None], is_kept=True)
@given(
    writes=st.lists(st.lists(writing, max_size=8), max_size=25),
    stops=st.lists(st.none() | st.integers(0, 6), max_size=4),
    is_kept=st.booleans(),
)
@settings(max_examples=300)
def test_nothing_is_lost_or_doubled(
    writes: list[list[Write]], stops: list[int | None], is_kept: bool
) -> None:
    """A writer between all requests, loops that stop early, and cursors that are kept as text."""
    table = Table(iter(writes))
    handled: list[tuple[int, int]] = []
    changes = Changes(table.send, make, operation=FIND, since=None, overlap=OVERLAP)
    for stop in stops:
        read(changes, handled, stop)
        if is_kept:
            since = changes.cursor
            changes = Changes(table.send, make, operation=FIND, since=since, overlap=OVERLAP)
    for left in table.writes:
        table.write(left)
    table.show(table.now + OVERLAP)
    read(changes, handled, None)
    read(changes, handled, None)
    assert len(handled) == len(set(handled)), "a version came twice"
    newest = {row: max(v for r, v in handled if r == row) for row, _ in handled}
    assert newest == {row["id"]: row["version"] for row in table.rows.values()}


def read(changes: Changes[Any], handled: list[tuple[int, int]], stop: int | None) -> None:
    """Read what has changed; a loop that is left has not handled the row that it was left at."""
    rows = iter(changes)
    last: tuple[int, int] | None = None
    for count, row in enumerate(rows):
        if last is not None:
            handled.append(last)
        last = (row["id"], row["version"])
        if count == stop:
            return
    if last is not None:
        handled.append(last)


def changed(driven: Driven, since: Any) -> tuple[list[Any], list[Any], str]:
    """Return what was deleted and changed since, and the cursor."""
    changes = driven.client.leads.changes(since)
    if isinstance(changes, Changes):
        return list(changes.deleted()), list(changes), changes.cursor
    assert isinstance(changes, AsyncChanges)

    async def work() -> tuple[list[Any], list[Any]]:
        return [one async for one in changes.deleted()], [lead async for lead in changes]

    assert driven.runner is not None
    deleted, found = driven.runner.run(work())
    return deleted, found, changes.cursor


def test_leads_at_the_server(desk: Desk) -> None:
    """More leads of one second than fit on a page, changes between two reads, a deletion."""
    driven = desk.open()
    with desk.account.server.locked():
        desk.account.clock.freeze()
    try:
        names = [LeadCreate(name=f"{number:03}") for number in range(620)]
        made = driven.do(lambda client: client.leads.create(names))
        deleted, found, cursor = changed(driven, None)
        assert deleted == []
        assert sorted(lead.id for lead in found) == sorted(lead.id for lead in made)
        assert changed(driven, cursor)[:2] == ([], [])
        # Within the same second: nothing but its content tells that it was changed.
        driven.do(lambda client: client.leads.update(LeadUpdate(id=made[5].id, price=5)))
        deleted, found, cursor = changed(driven, cursor)
        assert [(lead.id, lead.price) for lead in found] == [(made[5].id, 5)]
        with desk.account.server.locked():
            desk.account.clock.advance(3_600)
        driven.do(lambda client: client.leads.update(LeadUpdate(id=made[7].id, price=7)))
        deleted, found, cursor = changed(driven, cursor)
        assert ([lead.id for lead in found], deleted) == ([made[7].id], [])
        moment = datetime.fromtimestamp(desk.account.clock.now(), UTC)
        assert [lead.id for lead in changed(driven, moment)[1]] == [made[7].id]
        assert changed(driven, moment + timedelta(seconds=1))[1] == []
    finally:
        with desk.account.server.locked():
            desk.account.clock.unfreeze()


def test_deletions_come_from_the_log(desk: Desk) -> None:
    """A declined incoming lead is logged as a deleted lead; it is told once."""
    driven = desk.open()
    _, _, cursor = changed(driven, None)
    uid = driven.do(
        lambda client: client.request(
            "POST",
            "/api/v4/leads/unsorted/forms",
            json=[
                {
                    "source_uid": "u",
                    "source_name": "Site",
                    "metadata": {
                        "form_id": "1",
                        "form_name": "F",
                        "form_page": "https://example.com",
                        "form_sent_at": 1_700_000_000,
                        "ip": "127.0.0.1",
                        "referer": "https://example.com",
                    },
                }
            ],
        )
    )["_embedded"]["unsorted"][0]["uid"]
    [lead] = desk.leads()
    driven.do(
        lambda client: client.request("DELETE", f"/api/v4/leads/unsorted/{uid}/decline", json={})
    )
    deleted, _, cursor = changed(driven, cursor)
    assert [one.id for one in deleted] == [lead["id"]]
    assert deleted[0].at.tzinfo is UTC
    assert changed(driven, cursor)[0] == []


@pytest.mark.parametrize(
    ("ask", "error", "text"),
    [
        (lambda leads: leads.changes("x"), ConfigurationError, "is no cursor"),
        (lambda leads: leads.changes('{"v":1,"rows":{}}'), ConfigurationError, "is no cursor"),
        (lambda leads: leads.changes(datetime(2026, 1, 1)), ValueError, "no time zone"),  # noqa: DTZ001 - that is the point
        (lambda leads: leads.changes(overlap=-1), ValueError, "from 0"),
        (lambda leads: list(leads.changes(filter={"updated_at": 1})), ValueError, "as `since`"),
    ],
)
def test_what_makes_no_sense(
    ask: Callable[[Any], Any], error: type[Exception], text: str, amocrm: Any
) -> None:
    """A text that is no cursor, a moment without a zone, a filter that is the cursor's own."""
    with pytest.raises(error, match=text):
        ask(amocrm.leads)


def test_notes_have_no_log_of_deletions(amocrm: Any) -> None:
    """To ask for them is an error, not an empty answer."""
    with pytest.raises(ConfigurationError, match="no log of deletions"):
        list(amocrm.notes.changes("leads").deleted())


def test_a_loop_of_asyncio_reads_the_same() -> None:
    """Both clients go the same way."""
    writes = [[Write(row, 0, row % 3 // 2) for row in range(12)], [Write(3, 0, 0)]]
    table, twin = Table(iter(writes)), Table(iter(writes))

    async def send(call: Call[Page[Any]]) -> Page[Any]:
        return twin.send(call)

    async def work() -> list[Any]:
        changes = AsyncChanges(send, make, operation=FIND, since=None, overlap=OVERLAP)
        return [row async for row in changes]

    expected = list(Changes(table.send, make, operation=FIND, since=None, overlap=OVERLAP))
    assert asyncio.run(work()) == expected
    assert len(expected) == 12
