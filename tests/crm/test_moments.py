"""Dates and times as people say them, in three languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from amocrm_gen.crm.moments import moment_of

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 18, 15, 30, tzinfo=MOSCOW)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow 10:00", "2026-11-19T10:00"),
        ("завтра 10:00", "2026-11-19T10:00"),
        ("завтра в 9", "2026-11-19T09:00"),
        ("mañana 10:00", "2026-11-19T10:00"),
        ("Mañana a las 16:30", "2026-11-19T16:30"),
        ("10:00", "2026-11-18T10:00"),
        ("at 5pm", "2026-11-18T17:00"),
        ("tomorrow at 12 am", "2026-11-19T00:00"),
        ("today", "2026-11-18T23:59:59"),
        ("hoy", "2026-11-18T23:59:59"),
        ("послезавтра", "2026-11-20T23:59:59"),
        ("pasado mañana 8:05", "2026-11-20T08:05"),
        ("2026-11-25", "2026-11-25T23:59:59"),
        ("2026-11-25 10:00", "2026-11-25T10:00"),
        ("2026-11-25T10:00:00+00:00", "2026-11-25T13:00"),
        ("2026-11-25T10:00:00Z", "2026-11-25T13:00"),
        ("25.11.2026 10:00", "2026-11-25T10:00"),
        ("25.11", "2026-11-25T23:59:59"),
        ("in 2 days", "2026-11-20T15:30"),
        ("через 2 дня", "2026-11-20T15:30"),
        ("через неделю", "2026-11-25T15:30"),
        ("через час", "2026-11-18T16:30"),
        ("in an hour", "2026-11-18T16:30"),
        ("en 45 minutos", "2026-11-18T16:15"),
        ("dentro de 3 días", "2026-11-21T15:30"),
        ("monday 9:00", "2026-11-23T09:00"),
        ("в понедельник в 9:00", "2026-11-23T09:00"),
        ("el lunes a las 9:00", "2026-11-23T09:00"),
        ("wednesday", "2026-11-25T23:59:59"),
        ("now", "2026-11-18T15:30"),
    ],
)
def test_a_due_time_is_understood(text: str, expected: str) -> None:
    """Times are in the time zone that is given; a day without a time is over at its end."""
    found = moment_of(text, NOW, edge="end")
    assert found == datetime.fromisoformat(expected).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monday", "2026-11-16T00:00"),
        ("since monday", "2026-11-16T00:00"),
        ("с понедельника", "2026-11-16T00:00"),
        ("wednesday", "2026-11-18T00:00"),
        ("last friday", "2026-11-13T00:00"),
        ("yesterday", "2026-11-17T00:00"),
        ("вчера", "2026-11-17T00:00"),
        ("3 days ago", "2026-11-15T15:30"),
        ("3 дня назад", "2026-11-15T15:30"),
        ("hace 3 días", "2026-11-15T15:30"),
        ("hace una semana", "2026-11-11T15:30"),
        ("this week", "2026-11-16T00:00"),
        ("last week", "2026-11-09T00:00"),
        ("this month", "2026-11-01T00:00"),
        ("прошлый месяц", "2026-10-01T00:00"),
        ("este año", "2026-01-01T00:00"),
        ("2026-11-01", "2026-11-01T00:00"),
    ],
)
def test_a_begin_in_the_past_is_understood(text: str, expected: str) -> None:
    """Weekdays are the last ones, and days begin at midnight."""
    found = moment_of(text, NOW, edge="start", past=True)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=MOSCOW)


def test_periods_have_an_end() -> None:
    """The last second of a month is its end."""
    found = moment_of("last month", NOW, edge="end", past=True)
    assert found == datetime(2026, 10, 31, 23, 59, 59, tzinfo=MOSCOW)


def test_seconds_are_a_moment() -> None:
    """Unix seconds, shown in the time zone that is meant."""
    found = moment_of(1_795_000_000, NOW, edge="start")
    assert found == datetime.fromtimestamp(1_795_000_000, UTC)
    assert found is not None
    assert found.tzinfo is MOSCOW


def test_a_day_is_of_the_account_and_not_of_this_machine() -> None:
    """At 23:30 in London it is tomorrow in Moscow."""
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC).astimezone(MOSCOW)
    found = moment_of("today", late, edge="start")
    assert found == datetime(2026, 11, 19, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "25:00",
        "tomorrow 10:75",
        "31.06.2026",
        "2026-13-01",
        "11/25/2026",
        "13 pm",
        "2026-11-25 25:00",
    ],
)
def test_what_is_not_understood_is_none(text: str) -> None:
    """Nothing is guessed, and no day of another calendar is made up."""
    found = moment_of(text, NOW, edge="end")
    assert found is None
