"""Dates and times as people say them in English, Russian and Spanish: "tomorrow 10:00"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

from amocrm_gen.crm.names import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Edge", "moment_of"]

Edge = Literal["start", "end"]
"""Which end of a day, a week or a month is meant where no time is told."""

_DAYS: Final[Mapping[str, int]] = {
    **dict.fromkeys(["today", "сегодня", "hoy"], 0),
    **dict.fromkeys(["tomorrow", "завтра", "mañana", "manana"], 1),
    **dict.fromkeys(
        ["day after tomorrow", "the day after tomorrow", "послезавтра", "pasado mañana"], 2
    ),
    **dict.fromkeys(["yesterday", "вчера", "ayer"], -1),
    **dict.fromkeys(["day before yesterday", "позавчера", "anteayer"], -2),
}
_NOW: Final = frozenset({"now", "сейчас", "ahora", "ahora mismo"})
_WEEKDAYS: Final[tuple[tuple[str, ...], ...]] = (
    ("monday", "mon", "понедельник", "понедельника", "пн", "lunes"),
    ("tuesday", "tue", "вторник", "вторника", "вт", "martes"),
    ("wednesday", "wed", "среда", "среды", "среду", "ср", "miércoles", "miercoles"),
    ("thursday", "thu", "четверг", "четверга", "чт", "jueves"),
    ("friday", "fri", "пятница", "пятницы", "пятницу", "пт", "viernes"),
    ("saturday", "sat", "суббота", "субботы", "субботу", "сб", "sábado", "sabado"),
    ("sunday", "sun", "воскресенье", "воскресенья", "вс", "domingo"),
)
_UNITS: Final[tuple[tuple[str, str], ...]] = (
    (r"min(?:ute|uto)?s?|мин(?:ут[уыа]?)?", "minutes"),
    (r"h(?:ou|o)?rs?|horas?|час(?:а|ов)?", "hours"),
    (r"days?|d[ií]as?|день|дня|дней", "days"),
    (r"weeks?|semanas?|недел[юяи]|недель", "weeks"),
)
_UNIT: Final = "|".join(f"(?P<{name}>{words})" for words, name in _UNITS)
_AMOUNT: Final = r"(?:(?P<number>\d{1,4})|an?|one|un|una|один|одну)?"
_AHEAD: Final = re.compile(rf"(?:in|через|en|dentro de)\s+{_AMOUNT}\s*(?:{_UNIT})")
_BACK: Final = re.compile(
    rf"{_AMOUNT}\s*(?:{_UNIT})\s+(?:ago|назад)|hace\s+{_AMOUNT.replace('number', 'number2')}\s*"
    rf"(?:{_UNIT.replace('?P<', '?P<es_')})"
)
_PERIODS: Final[Mapping[str, tuple[str, int]]] = {
    **dict.fromkeys(["this week", "эта неделя", "на этой неделе", "esta semana"], ("week", 0)),
    **dict.fromkeys(["last week", "прошлая неделя", "semana pasada"], ("week", -1)),
    **dict.fromkeys(["this month", "этот месяц", "в этом месяце", "este mes"], ("month", 0)),
    **dict.fromkeys(
        ["last month", "прошлый месяц", "в прошлом месяце", "mes pasado"], ("month", -1)
    ),
    **dict.fromkeys(["this year", "этот год", "в этом году", "este año"], ("year", 0)),
}
_CLOCK: Final = re.compile(
    r"(?:\b(?:at|в|a las?|к)\s+)?"
    r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?\s*(?P<half>am|pm)?\b"
    r"|(?:\b(?:at|в|a las?|к)\s+)(?P<hour2>\d{1,2})\s*(?P<half2>am|pm)?(?![\d.\-])"
    r"|\b(?P<hour3>\d{1,2})\s*(?P<half3>am|pm)\b"
)
_BEFORE: Final = re.compile(
    r"^(?:on|by|until|since|from|next|во?|до|с|к|el|para el|desde el|desde)\s+"
)
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?")


def moment_of(
    given: int | str, now: datetime, *, edge: Edge, past: bool = False
) -> datetime | None:
    """Return the moment that is meant; None if it is not understood.

    Args:
        given: Unix seconds, "2026-11-25", "25.11.2026 10:00", "tomorrow 10:00", "через 2 дня".
        now: The present moment in the time zone that is meant; it is the answer's, too.
        edge: Where a day or a period without a time is to begin or to end.
        past: A weekday is the last one of its name, and not the next one.
    """
    if isinstance(given, int):
        return datetime.fromtimestamp(given, UTC).astimezone(now.tzinfo)
    text = fold(given).replace(",", " ").strip()
    if text in _NOW:
        return now
    return _iso(text, now) or _shift(text, now) or _said(text, now, edge, past=past)


def _said(text: str, now: datetime, edge: Edge, *, past: bool) -> datetime | None:
    """A day or a period, perhaps with a time; of a time alone it is today."""
    day, clock = _cut_clock(text)
    day = _BEFORE.sub("", day.strip()).strip()
    if clock == "wrong" or not (day or clock):
        return None
    span = _span(day or "today", now, past=past)
    if span is None:
        return None
    if isinstance(clock, time):
        return span[0].replace(hour=clock.hour, minute=clock.minute)
    return span[0] if edge == "start" else span[1] - timedelta(seconds=1)


def _iso(text: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d", text):
        return None
    try:
        found = datetime.fromisoformat(text.upper().replace(" +", "+"))
    except ValueError:
        return None
    return found.astimezone(now.tzinfo) if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def _shift(text: str, now: datetime) -> datetime | None:
    for pattern, sign in ((_AHEAD, 1), (_BACK, -1)):
        found = pattern.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            number = int(parts.get("number") or parts.get("number2") or 1)
            unit = next(name for _, name in _UNITS if parts.get(name) or parts.get(f"es_{name}"))
            shift = sign * timedelta(**{unit: number})
            # Days keep the time of the clock, hours pass as they are.
            if unit in {"days", "weeks"}:
                return now + shift
            return (now.astimezone(UTC) + shift).astimezone(now.tzinfo)
    return None


def _cut_clock(text: str) -> tuple[str, time | Literal["wrong"] | None]:
    found = _CLOCK.search(text)
    if found is None:
        return text, None
    parts = found.groupdict()
    hour = int(parts["hour"] or parts["hour2"] or parts["hour3"])
    minute = int(parts["minute"] or 0)
    half = parts["half"] or parts["half2"] or parts["half3"]
    if half is not None:
        if not 1 <= hour <= 12:
            return text, "wrong"
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        return text, "wrong"
    return text[: found.start()] + text[found.end() :], time(hour, minute)


def _span(text: str, now: datetime, *, past: bool) -> tuple[datetime, datetime] | None:
    """The begin of what is meant, and the begin of what comes after it."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if text in _PERIODS:
        return _period(*_PERIODS[text], midnight)
    if text in _DAYS:
        start: datetime | None = midnight + timedelta(_DAYS[text])
    else:
        start = _weekday(text, midnight, past=past) or _date(text, midnight)
    return None if start is None else (start, start + timedelta(1))


def _weekday(text: str, midnight: datetime, *, past: bool) -> datetime | None:
    is_last = text.startswith("last ")
    for number, names in enumerate(_WEEKDAYS):
        if text.removeprefix("last ") in names:
            ahead = (number - midnight.weekday()) % 7
            if is_last or past:
                back = (7 - ahead) % 7
                return midnight - timedelta(back or 7 * is_last)
            return midnight + timedelta(ahead or 7)
    return None


def _date(text: str, midnight: datetime) -> datetime | None:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.fromisoformat(text).replace(tzinfo=midnight.tzinfo)
        if found := _DOTTED.fullmatch(text):
            year = int(found[3] or midnight.year)
            return midnight.replace(year=year, month=int(found[2]), day=int(found[1]))
    except ValueError:  # there is no 31st of June
        return None
    return None


def _period(unit: str, back: int, midnight: datetime) -> tuple[datetime, datetime]:
    if unit == "week":
        start = midnight - timedelta(midnight.weekday() - 7 * back)
        return start, start + timedelta(7)
    if unit == "year":
        start = midnight.replace(month=1, day=1)
        return start, start.replace(year=start.year + 1)
    first = midnight.replace(day=1)
    start = first if back == 0 else (first - timedelta(1)).replace(day=1)
    return start, (start + timedelta(32)).replace(day=1)
