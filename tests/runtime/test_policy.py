"""When a call is sent again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.errors import (
    AccountBlocked,
    AmoError,
    RateLimited,
    ServerError,
    TransportError,
    Unauthorized,
    ValidationError,
)
from amocrm_gen.runtime.policy import Attempts, Budget, Policy

UNSENT = TransportError("no connection", sent=False)
LOST = TransportError("reset", sent=True)
LIMITED = RateLimited("slow", status=429)
FAILED = ServerError("oops", status=503)
SLOW = ServerError("too slow", status=504)


def attempts(retry: str, *, splittable: bool = False, **policy: float) -> Attempts:
    """Return fresh attempts without chance."""
    return Attempts(Policy(**policy), retry, Budget(), lambda: 1.0, splittable)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("retry", "repeated"),
    [
        ("safe", {UNSENT, LOST, LIMITED, FAILED, SLOW}),
        ("idempotent", {UNSENT, LOST, LIMITED, FAILED, SLOW}),
        ("refused_only", {UNSENT, LIMITED}),
    ],
)
def test_each_class_repeats_what_is_safe(retry: str, repeated: set[AmoError]) -> None:
    """A create is repeated only if nothing was done; the others also after a lost answer."""
    everything = {UNSENT, LOST, LIMITED, FAILED, SLOW, Unauthorized("x"), AccountBlocked("x")}
    everything.add(ValidationError("x", status=400))
    found = {error for error in everything if attempts(retry).delay_after(error) is not None}
    assert found == repeated


def test_what_can_be_cut_in_two_is_not_repeated_whole() -> None:
    """After a 504 a batch is left to its sender, which halves it."""
    assert attempts("idempotent", splittable=True).delay_after(SLOW) is None
    assert attempts("idempotent", splittable=True).delay_after(FAILED) is not None


def test_delays_double_and_end() -> None:
    """Each delay is twice the one before; after the last retry there is none."""
    trying = attempts("safe", max_retries=3, first_delay=1.0)
    assert [trying.delay_after(FAILED) for _ in range(4)] == [1.0, 2.0, 4.0, None]


def test_the_server_may_name_the_delay() -> None:
    """Retry-After is waited in full; more than the patience of a call is not."""
    patient = RateLimited("slow", status=429, retry_after=10.0)
    assert (attempts("safe").delay_after(patient) or 0) >= 10.0
    assert attempts("safe", patience=5.0).delay_after(patient) is None


def test_a_budget_ends_the_retries_of_all() -> None:
    """When everything fails, calls stop repeating long before each has used its own retries."""
    budget = Budget(left=12.0, most=100.0, cost=5.0)
    trying = Attempts(Policy(), "safe", budget, lambda: 0.0)
    assert [trying.delay_after(FAILED) is None for _ in range(3)] == [False, False, True]
    for _ in range(3):
        budget.earn()
    assert trying.delay_after(FAILED) is not None


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10))
def test_delays_stay_in_bounds(chance: float, made: int) -> None:
    """Whatever chance says, a delay is at least half and at most all of what is meant."""
    trying = Attempts(Policy(max_retries=99), "safe", Budget(), lambda: chance, made=made)
    meant = min(30.0, 0.5 * 2**made)
    assert meant / 2 <= (trying.delay_after(FAILED) or 0) <= meant
