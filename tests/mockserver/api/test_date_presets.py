"""Spans of time around today, as filters of files name them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_mockserver.behaviour.file_filters import span_of

_NOW = datetime(2024, 2, 29, 22, 30, tzinfo=UTC).timestamp()


def _day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("day", "2024-02-29", "2024-02-29"),
        ("yesterday", "2024-02-28", "2024-02-28"),
        ("tomorrow", "2024-03-01", "2024-03-01"),
        ("week", "2024-02-26", "2024-03-03"),
        ("previous_week", "2024-02-19", "2024-02-25"),
        ("next_week", "2024-03-04", "2024-03-10"),
        ("month", "2024-02-01", "2024-02-29"),
        ("previous_month", "2024-01-01", "2024-01-31"),
        ("next_month", "2024-03-01", "2024-03-31"),
        ("quarter", "2024-01-01", "2024-03-31"),
        ("previous_quarter", "2023-10-01", "2023-12-31"),
        ("next_quarter", "2024-04-01", "2024-06-30"),
        ("last_3_days", "2024-02-27", "2024-02-29"),
        ("next_3_days", "2024-02-29", "2024-03-02"),
        ("last_6_month", "2023-09-01", "2024-02-29"),
        ("year", "2024-01-01", "2024-12-31"),
    ],
)
def test_spans(preset: str, first: str, last: str) -> None:
    """From the first second of a day to the last one of another."""
    assert span_of(preset, _NOW, 0) == (_day(first), _day(last) + 86_399)


def test_days_are_the_accounts_own() -> None:
    """Where the account is, the next day has begun."""
    start, end = span_of("day", _NOW, 3 * 3600)
    assert (start, end) == (_day("2024-03-01") - 3 * 3600, _day("2024-03-02") - 3 * 3600 - 1)


@given(
    st.integers(0, 4_000_000_000),
    st.integers(-12, 14).map(lambda hours: hours * 3600),
    st.sampled_from(["day", "week", "month", "quarter", "year", "last_3_days", "next_3_days"]),
)
def test_spans_of_now_hold_now(now: int, offset: int, preset: str) -> None:
    """Whenever and wherever that is."""
    start, end = span_of(preset, now, offset)
    assert start <= now <= end
