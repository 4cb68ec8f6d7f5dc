"""How far a reader of changes has come: a text that is kept between two runs."""

from datetime import datetime
from typing import Final
from zlib import crc32

from attrs import define, field
from orjson import OPT_SORT_KEYS, JSONDecodeError, dumps, loads

from amocrm_gen.runtime.encode import unix_seconds
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_list, is_object

__all__ = ["Cursor", "Track", "mark_of"]

_VERSION: Final = 1


def mark_of(row: object) -> str:
    """Return a short text that differs when the row differs, also within one second."""
    return f"{crc32(dumps(_without_links(row), option=OPT_SORT_KEYS)):08x}"


def _without_links(value: object) -> object:
    # Links repeat the query that the row was found by.
    if is_object(value):
        return {key: _without_links(part) for key, part in value.items() if key != "_links"}
    return [_without_links(part) for part in value] if is_list(value) else value


@define
class Track:
    """How far one list is read: everything before a second, and some rows behind it."""

    at: int | None = None
    """Everything older than this is read."""
    seen: dict[str, tuple[int, str]] = field(factory=dict[str, tuple[int, str]])
    """Rows near the end that were handed out: time and mark by id."""
    floor: int = 0
    """Nothing before it is wanted."""

    @property
    def newest(self) -> int:
        """The time of the newest row that was handed out."""
        return max((second for second, _ in self.seen.values()), default=self.at or 0)

    def start(self, overlap: int) -> int | None:
        """Return the second to read from: what is shown late lies before the newest row."""
        return None if self.at is None else max(self.at - overlap, self.floor)

    def note(self, key: str, second: int, mark: str) -> None:
        """Note that a row was handed out."""
        self.seen[key] = (second, mark)

    def pass_to(self, second: int) -> None:
        """Note that everything before a second is read."""
        if self.at is None or second > self.at:
            self.at = second

    def forget_before(self, overlap: int) -> None:
        """Forget rows that are not read again."""
        start = self.start(overlap) or 0
        self.seen = {key: known for key, known in self.seen.items() if known[0] >= start}

    def plain(self) -> dict[str, object]:
        """Return it as JSON."""
        return {"at": self.at, "floor": self.floor, "seen": self.seen}


@define
class Cursor:
    """How far rows and deletions are read."""

    overlap: int
    """Seconds before the newest row that are read again: so late amoCRM may show a change."""
    rows: Track = field(factory=Track)
    deletions: Track = field(factory=Track)

    @classmethod
    def starting(cls, since: "str | datetime | None", overlap: int) -> "Cursor":
        """Return a cursor as it was kept, or one that begins at a moment or with everything."""
        if overlap < 0:
            raise ValueError("overlap is a number of seconds, from 0")
        if since is None:
            return cls(overlap)
        if isinstance(since, datetime):
            start = unix_seconds(since, "since")
            return cls(overlap, Track(start, floor=start), Track(start, floor=start))
        try:
            kept: object = loads(since)
            if is_object(kept) and kept.get("v") == _VERSION:
                return cls(overlap, _track(kept["rows"]), _track(kept["deletions"]))
        except (JSONDecodeError, KeyError, TypeError, ValueError):
            pass
        raise ConfigurationError(
            "the text given as `since` is no cursor",
            advice="give changes.cursor as it was kept, a datetime, or None to read everything",
        )

    def dump(self) -> str:
        """Return a text of it."""
        tracks = {"rows": self.rows.plain(), "deletions": self.deletions.plain()}
        return dumps({"v": _VERSION, **tracks}).decode()


def _track(kept: object) -> Track:
    if not is_object(kept):
        raise TypeError
    at, seen = kept["at"], kept["seen"]
    if not isinstance(at, int | None) or not is_object(seen):
        raise TypeError
    known: dict[str, tuple[int, str]] = {}
    for key, value in seen.items():
        if not is_list(value):
            raise TypeError
        second, mark = value
        if not isinstance(second, int) or not isinstance(mark, str):
            raise TypeError
        known[key] = (second, mark)
    floor = kept["floor"]
    return Track(at, known, floor if isinstance(floor, int) else 0)
