"""What objects write is as new as the moment in which it may be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen import AmoCRM
from amocrm_gen.objects import Lead, base, save_objects
from amocrm_mockserver.testing import mock_amocrm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Clock:
    """A time that passes while a lock is waited for."""

    def __init__(self) -> None:
        self.now = 1_900_000_000


class SlowLocks:
    """Locks that somebody else holds for ten minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.taken: list[tuple[str, ...]] = []
        self.freed = 0

    def acquire(self, keys: Sequence[str]) -> SlowLocks:
        """Take the keys when the ten minutes are over."""
        self.taken.append(tuple(keys))
        self._clock.now += 600
        return self

    async def acquire_async(self, keys: Sequence[str]) -> SlowLocks:
        """Never asked for: objects are synchronous."""
        raise AssertionError(keys)

    def release(self) -> None:
        """Let go."""
        self.freed += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock by which objects tell their times."""
    found = Clock()
    monkeypatch.setattr(base, "time", lambda: found.now)
    return found


@pytest.fixture
def locks(clock: Clock) -> SlowLocks:
    """Return the locks of the client."""
    return SlowLocks(clock)


@pytest.fixture
def amo(locks: SlowLocks) -> Iterator[AmoCRM]:
    """Return a client of a fresh account."""
    with (
        mock_amocrm() as account,
        AmoCRM(
            account.domain,
            token=account.token,
            base_url=account.base_url,
            throttle=None,
            locks=locks,
        ) as client,
    ):
        yield client


def test_time_is_taken_under_the_lock(amo: AmoCRM, clock: Clock, locks: SlowLocks) -> None:
    """Whoever waited for a lock does not send the time at which it began to wait."""
    lead = Lead(amo, name="Roof")
    lead.save()
    assert locks.taken == []  # a new entity has nobody to wait for
    before = clock.now
    lead.sale = 5
    lead.save()
    assert locks.taken == [(f"{amo.domain}/leads/{lead.id}",)]
    assert lead.updated_at == before + 600 + 5
    assert locks.freed == 1


def test_time_of_a_batch_is_taken_under_its_locks(
    amo: AmoCRM, clock: Clock, locks: SlowLocks
) -> None:
    """The changed ones are locked together, in one order; all are as new."""
    leads = [Lead(amo, name=name) for name in "ab"]
    save_objects(amo, leads)
    before = clock.now
    for lead in reversed(leads):
        lead.sale = 7
    save_objects(amo, [*reversed(leads), Lead(amo, name="c")])
    assert locks.taken == [tuple(sorted(f"{amo.domain}/leads/{lead.id}" for lead in leads))]
    assert {lead.updated_at for lead in leads} == {before + 600 + 5}
    assert locks.freed == 1


def test_a_save_that_fails_frees_its_lock(amo: AmoCRM, locks: SlowLocks) -> None:
    """Also where the body cannot be made."""
    lead = Lead(amo, name="Roof")
    lead.save()
    lead.sale = object()  # type: ignore[assignment]  # what no body can hold
    with pytest.raises(Exception, match="JSON"):
        lead.save()
    assert (len(locks.taken), locks.freed) == (1, 1)
