"""Walks visit each item once, in order, with no more requests than promised."""

from collections.abc import Callable
from threading import Barrier, Lock
from threading import enumerate as enumerate_threads
from typing import Any, cast

import orjson
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.assembly import PAGES_AHEAD
from amocrm_gen.runtime.call import Call, Page
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.paging import Paginator
from amocrm_gen.runtime.throttle.throttle import Slot
from amocrm_gen.runtime.walk import Walk
from runtime.sample import FIND, find
from runtime.site import Asked, Site
from runtime.twins import Stage


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize(("count", "size"), [(0, 5), (1, 5), (5, 5), (7, 3), (20, 4)])
def test_a_walk_sees_everything_once(stage: Stage, count: int, size: int, prefetch: int) -> None:
    """Order and completeness do not depend on the page's size or on prefetch."""
    stage.site.fill(count)
    twin = stage.open()
    found = twin.leads(page_size=size, prefetch=prefetch)
    assert [lead.id for lead in found] == list(range(1, count + 1))
    whole = max(1, -(-count // size))
    assert whole <= len(stage.site.asked) <= whole + prefetch


def test_first_asks_once_for_one(stage: Stage) -> None:
    """The first item costs one request of one item; of nothing it is None."""
    twin = stage.open(prefetch=4)

    def first(client: object) -> object:
        return client.paginate(  # type: ignore[attr-defined]  # either client
            lambda page, limit: find(page=page, limit=limit), operation=FIND
        ).first()

    assert twin.do(first) is None
    stage.site.fill(9)
    assert twin.do(first).id == 1
    assert [asked.query["limit"] for asked in stage.site.asked] == [["1"], ["1"]]


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("limit", [0, 1, 4, 5, 9, 50])
def test_a_limit_ends_the_walk(stage: Stage, limit: int, prefetch: int) -> None:
    """No more items than the limit are handed out, and no more pages than they need."""
    stage.site.fill(20)
    found = stage.open().leads(limit=limit, page_size=4, prefetch=prefetch)
    assert [lead.id for lead in found] == list(range(1, min(limit, 20) + 1))
    assert len(stage.site.asked) <= -(-min(limit, 20) // 4) + (limit > 20) * prefetch


def test_a_short_walk_asks_for_no_more_than_it_wants(stage: Stage) -> None:
    """A limit below the page's size is the page's size."""
    stage.site.fill(20)
    stage.open().leads(limit=3)
    assert [asked.query["limit"] for asked in stage.site.asked] == [["3"]]


def test_a_walk_from_a_later_page(stage: Stage) -> None:
    """A walk can begin behind the first page; its page size stays what the numbers count in."""
    stage.site.fill(10)
    found = stage.open().leads(page=3, page_size=3, limit=2)
    assert [lead.id for lead in found] == [7, 8]
    assert stage.site.asked[0].query == {"page": ["3"], "limit": ["3"]}


def test_pages(stage: Stage) -> None:
    """A walk by pages gives them whole, the last cut to the limit."""
    stage.site.fill(10)
    pages = stage.open().pages(page_size=4, limit=6)
    assert [[lead.id for lead in page.items] for page in pages] == [[1, 2, 3, 4], [5, 6]]
    assert [page.number for page in pages] == [1, 2]


@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_next_link_that_is_always_there(stage: Stage, prefetch: int) -> None:
    """Where the server always names a next page, a short page ends the walk."""
    stage.site.fill(7)
    stage.site.always_next = True
    assert len(stage.open().leads(page_size=3, prefetch=prefetch)) == 7
    assert len(stage.site.asked) <= 3 + prefetch


def test_prefetch_waits_for_a_full_page(stage: Stage) -> None:
    """A list of one page costs one request, however much may be asked for ahead."""
    stage.site.fill(3)
    stage.open().leads(page_size=5, prefetch=4)
    assert len(stage.site.asked) == 1


def test_prefetch_ends_with_the_loop(stage: Stage) -> None:
    """Who leaves the loop has at most the pages ahead asked for in vain."""
    stage.site.fill(100)
    found = stage.open().some(7, page_size=5, prefetch=2)
    assert [lead.id for lead in found] == list(range(1, 8))
    asked = len(stage.site.asked)
    assert asked <= 2 + 2
    assert len(stage.site.asked) == asked


class Waiting:
    """A throttle that lets some go and keeps the others waiting, for ever if nobody stops them."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.waiting: set[int] = set()
        self.lock = Lock()

    def reserve(self) -> Slot:
        """Let one go, or keep it waiting."""
        with self.lock:
            self.free -= 1
            slot = Slot(0.0, 0.0 if self.free >= 0 else 1e6)
            if slot.wait:
                self.waiting.add(id(slot))
            return slot

    def confirm(self, slot: Slot) -> float:
        """Wait on."""
        return slot.wait

    def cancel(self, slot: Slot) -> None:
        """Take a place back."""
        with self.lock:
            self.waiting.remove(id(slot))


def test_nothing_is_sent_for_a_loop_that_was_left(stage: Stage) -> None:
    """Requests that wait for their turn give their places back, and are never sent."""
    throttle = Waiting(1)
    stage.site.fill(100)
    twin = stage.open(throttle=throttle)
    # Behind the first page two are asked for ahead.
    assert len(twin.some(5, page_size=5)) == 5
    threads = [one for one in enumerate_threads() if one.name.startswith("amocrm-pages")]
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert [asked.query["page"] for asked in stage.site.asked] == [["1"]]
    assert not throttle.waiting


def test_two_are_on_their_way_behind_the_first() -> None:
    """A walk sets in quickly: the server has the second and the third page at once."""
    together = Barrier(2)

    def meet(asked: Asked) -> None:
        if asked.query["page"][0] in {"2", "3"}:
            together.wait(30)

    with Stage("sync") as stage:
        stage.site.fill(9)
        stage.site.before = meet
        assert len(stage.open().leads(page_size=1)) == 9


def test_as_many_are_on_their_way_as_may_be() -> None:
    """From the fourth page on the server has all the pages ahead at once, or this does not end."""
    together = Barrier(PAGES_AHEAD)

    def meet(asked: Asked) -> None:
        if 5 <= int(asked.query["page"][0]) < 5 + PAGES_AHEAD:
            together.wait(30)

    with Stage("sync") as stage:
        stage.site.fill(9)
        stage.site.before = meet
        assert len(stage.open().leads(page_size=1)) == 9


def test_an_error_ahead_comes_in_its_place(stage: Stage) -> None:
    """A page that cannot be read fails the loop when it is reached, not before."""
    stage.site.fill(9)
    stage.site.before = lambda asked: (404, {}, b"") if asked.query.get("page") == ["3"] else None
    twin = stage.open()
    seen: list[int] = []

    def read() -> None:
        seen.extend(lead.id for lead in twin.some(6, page_size=3, prefetch=2))
        twin.leads(page_size=3, prefetch=2)

    with pytest.raises(Exception, match="404"):
        read()
    assert seen == list(range(1, 7))


@pytest.mark.parametrize("options", [{"page": 0}, {"page_size": 0}, {"limit": -1}])
def test_nonsense_is_refused(options: dict[str, int]) -> None:
    """Pages count from one."""
    with pytest.raises(ValueError, match="count"):
        Walk.plan(FIND, **{"limit": None, "page_size": None, "page": 1, **options})


def test_pages_are_never_longer_than_the_api_allows() -> None:
    """A page size above the maximum is the maximum."""
    walk = Walk.plan(FIND, limit=None, page_size=9999, page=1)
    assert walk.size == 250


def numbers(
    count: int, cap: int, *, always_next: bool, echoes_cap: bool
) -> Callable[[Call[Page[int]]], Response]:
    """Return a list of numbers that is served in pages, cut to a cap without a word."""

    def respond(call: Call[Page[int]]) -> Response:
        number, size = (int(dict(call.query)[name]) for name in ("page", "limit"))
        real = min(size, cap)
        items = list(range(count))[(number - 1) * real : number * real]
        links = {"self": {"href": f"https://x/?page={number}&limit={real if echoes_cap else size}"}}
        if always_next or count > number * real:
            links["next"] = {"href": "https://x/?page=9"}
        return Response(
            200, {}, orjson.dumps({"_links": links, "_embedded": {"leads": items}, "_page": number})
        )

    return respond


def walk_of(respond: Callable[[Call[Page[int]]], Response], walk: Walk, prefetch: int = 0) -> Any:
    """Return the walk of a list of numbers."""
    return Paginator(
        lambda page, limit: cast("Any", evolve(find(page=page, limit=limit), returns=None)),
        lambda call, _: respond(call),
        walk,
        prefetch,
    )


@given(
    st.integers(0, 700),
    st.integers(1, 250),
    st.sampled_from([50, 100, 250]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0, 2]),
)
def test_a_server_that_cuts_pages_loses_nothing(  # noqa: PLR0917 - one for each strategy
    count: int, size: int, cap: int, always_next: bool, echoes_cap: bool, prefetch: int
) -> None:
    """Whatever limits a server keeps to itself, all items come, once and in order."""
    respond = numbers(count, cap, always_next=always_next, echoes_cap=echoes_cap)
    walk = Walk.plan(FIND, limit=None, page_size=size, page=1)
    assert list(walk_of(respond, walk, prefetch)) == list(range(count))


def test_a_known_end_is_not_overrun() -> None:
    """Where the server tells how many pages there are, no page behind the last is asked for."""
    asked: list[str] = []
    respond = numbers(40, 50, always_next=False, echoes_cap=True)

    def counted(call: Call[Page[int]]) -> Response:
        asked.append(dict(call.query)["page"])
        answer = respond(call)
        return evolve(answer, body=orjson.dumps({**orjson.loads(answer.body), "_page_count": 8}))

    walk = Walk.plan(FIND, limit=None, page_size=5, page=1)
    assert list(walk_of(counted, walk, PAGES_AHEAD)) == list(range(40))
    assert sorted(map(int, asked)) == list(range(1, 9))


def test_a_list_that_grows_is_walked_to_its_end() -> None:
    """A number of pages that is not true any more does not end the walk."""
    respond = numbers(40, 50, always_next=False, echoes_cap=True)

    def counted(call: Call[Page[int]]) -> Response:
        answer = respond(call)
        return evolve(answer, body=orjson.dumps({**orjson.loads(answer.body), "_page_count": 2}))

    walk = Walk.plan(FIND, limit=None, page_size=5, page=1)
    assert list(walk_of(counted, walk, PAGES_AHEAD)) == list(range(40))


@given(count=st.integers(0, 60), size=st.integers(1, 9), depth=st.integers(0, 9))
def test_a_walk_asks_for_little_beyond_its_end(count: int, size: int, depth: int) -> None:
    """A walk of n pages asks for n and the pages ahead at most, a short one for fewer."""
    asked: list[str] = []
    respond = numbers(count, 250, always_next=False, echoes_cap=True)

    def counted(call: Call[Page[int]]) -> Response:
        asked.append(dict(call.query)["page"])
        return respond(call)

    walk = Walk.plan(FIND, limit=None, page_size=size, page=1)
    assert list(walk_of(counted, walk, depth)) == list(range(count))
    pages = max(1, -(-count // size))
    assert pages <= len(asked) <= pages + min(depth, pages - 1)


def test_each_loop_starts_anew() -> None:
    """A walk can be gone through again."""
    respond = numbers(5, 50, always_next=False, echoes_cap=True)
    walk = walk_of(respond, Walk.plan(FIND, limit=3, page_size=2, page=1))
    assert [list(walk), walk.all(), walk.first()] == [[0, 1, 2], [0, 1, 2], 0]


def test_the_site_is_a_fair_stand_in() -> None:
    """The small server pages like the API: 204 past the end, next only if there is more."""
    site = Site()
    site.fill(3)
    assert site.handle("GET", "/api/v4/leads?page=3&limit=2", {}, b"")[0] == 204
    assert b'"next"' in site.handle("GET", "/api/v4/leads?page=1&limit=2", {}, b"")[2]
    assert b'"next"' not in site.handle("GET", "/api/v4/leads?page=2&limit=2", {}, b"")[2]
