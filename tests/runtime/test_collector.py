"""The pause of the garbage collector while answers are read."""

import gc
import weakref
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from amocrm_gen.runtime.collector import MUCH, CollectorPause

LARGE = 1_000_000


class Node:
    """Something that can be in a cycle."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _collector_on() -> Iterator[None]:
    gc.collect()
    yield
    gc.unfreeze()
    gc.enable()


def is_old(thing: object) -> bool:
    """Tell whether the collector holds a thing in its oldest generation."""
    return any(each is thing for each in gc.get_objects(generation=2))


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_left_as_it_was(was_on: bool) -> None:
    """It is off meanwhile, also in nested pauses, and then what it was before, error or not."""
    pause = CollectorPause()
    if not was_on:
        gc.disable()

    def fail() -> None:
        with pause.while_reading(LARGE):
            with pause.while_reading(LARGE):
                assert not gc.isenabled()
            assert not gc.isenabled()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert gc.isenabled() is was_on


def test_parallel_pauses_end_with_the_last() -> None:
    """A thread that is done first does not switch the collector on for the other."""
    pause, both_in, one_out = CollectorPause(), Barrier(2), Barrier(2)
    seen: list[bool] = []

    def first() -> None:
        with pause.while_reading(LARGE):
            both_in.wait(10)
        one_out.wait(10)

    thread = Thread(target=first)
    thread.start()
    with pause.while_reading(LARGE):
        both_in.wait(10)
        one_out.wait(10)
        seen.append(gc.isenabled())
    thread.join()
    assert [*seen, gc.isenabled()] == [False, True]


@pytest.mark.parametrize(
    ("pause", "size"), [(CollectorPause(enabled=False), LARGE), (CollectorPause(), 100)]
)
def test_no_pause(pause: CollectorPause, size: int) -> None:
    """It can be switched off, and small answers do without."""
    with pause.while_reading(size):
        assert gc.isenabled()
        read = [Node()]
    assert not is_old(read)


def test_what_was_read_is_old_at_once() -> None:
    """The collector has not to look at it again before it looks at everything."""
    with CollectorPause().while_reading(LARGE):
        read = [Node()]
    assert is_old(read)


def test_young_garbage_is_not_handed_over() -> None:
    """What the caller left behind before is collected as ever."""
    left = weakref.ref(Node())
    with CollectorPause().while_reading(LARGE):
        pass
    assert left() is None


def test_what_the_caller_froze_stays_frozen() -> None:
    """A server that froze its objects before it forked keeps them apart."""
    gc.freeze()
    frozen = gc.get_freeze_count()
    with CollectorPause().while_reading(LARGE):
        read = [Node()]
    assert gc.get_freeze_count() == frozen
    assert not is_old(read)


def test_cycles_that_were_handed_over_are_found() -> None:
    """A cycle of another thread's is handed over with an answer, and found after many answers."""
    pause = CollectorPause()
    with pause.while_reading(LARGE):
        lost = weakref.ref(Node())
    for _ in range(MUCH // LARGE - 1):
        with pause.while_reading(LARGE):
            pass
    assert lost() is not None
    for _ in range(2):
        with pause.while_reading(LARGE):
            pass
    assert lost() is None


def looks(pause: CollectorPause, answers: int) -> int:
    """Return how often everything is looked through in so many large answers."""
    found: list[int] = []

    def note(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            found.append(about["generation"])

    gc.callbacks.append(note)
    try:
        for _ in range(answers):
            with pause.while_reading(MUCH):
                pass
    finally:
        gc.callbacks.remove(note)
    return found.count(2)


def test_looks_that_find_nothing_become_rare() -> None:
    """Looking through a heap that only grows takes no more than it takes to make it."""
    pause = CollectorPause()
    looks(pause, 1)
    assert looks(pause, 2 + 4 + 8 + 16) == 4
