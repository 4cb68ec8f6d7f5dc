"""What a composed action works with: the account, its names, the time, and what was done before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.crm.directory import Directory
from amocrm_gen.crm.emails import read_email
from amocrm_gen.crm.moments import moment_of
from amocrm_gen.crm.persons import Persons
from amocrm_gen.crm.phones import Phone

if TYPE_CHECKING:
    from collections.abc import Callable

    from amocrm_gen.crm.moments import Edge
    from amocrm_gen.runtime.types import JsonObject
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["Desk"]

T = TypeVar("T")
_REPEATS: Final = ("again", "key")
_MOMENTS: Final = 'such as "tomorrow 10:00", "2026-11-25", "25.11.2026 10:00", "in 2 days"'
_PAGES: Final = {
    "leads": "leads/detail",
    "contacts": "contacts/detail",
    "companies": "companies/detail",
    "customers": "customers/detail",
}
"""Where amoCRM shows a card."""


class Desk:
    """One run of one action."""

    def __init__(
        self,
        amo: AmoCRM,
        action: str,
        given: JsonObject,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.amo = amo
        self.directory = Directory(amo)
        self.persons = Persons(amo, self.directory)
        self._action = action
        self._given = given
        self._clock = clock

    @cached_property
    def zone(self) -> tzinfo:
        """The account's time zone."""
        embedded = self.directory.account.embedded
        settings = embedded.datetime_settings if embedded else None
        if not settings:
            return UTC
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - reads files

        try:
            return ZoneInfo(settings.timezone)
        except (ZoneInfoNotFoundError, ValueError):  # a machine without the database of zones
            offset = datetime.strptime(settings.timezone_offset, "%z").utcoffset()
            return timezone(offset or timedelta())

    @cached_property
    def now(self) -> datetime:
        """The present moment in the account's time zone; the same during the whole run."""
        return (self._clock or _machine_time)().astimezone(self.zone)

    def moment(self, path: str, given: int | str, *, edge: Edge, past: bool = False) -> datetime:
        """Return the moment that an input means; `path` is the input's name."""
        found = moment_of(given, self.now, edge=edge, past=past)
        if found is None:
            self.refuse(path, f"{given!r} is no date or time", _MOMENTS)
        return found

    def text(self, moment: datetime) -> str:
        """Return a moment as ISO text in the account's time zone."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def text_or_none(self, moment: datetime | None) -> str | None:
        """Return a moment as text, if there is one."""
        return None if moment is None else self.text(moment)

    def phone(self, path: str, given: str) -> Phone:
        """Return the number that an input is."""
        found = Phone.read(given, self.directory.account.country)
        if found is None:
            self.refuse(path, f"{given!r} is no phone number", "for example +7 916 123-45-67")
        return found

    def email(self, path: str, given: str) -> str:
        """Return the address that an input is."""
        found = read_email(given)
        if found is None:
            self.refuse(path, f"{given!r} is no e-mail address", "for example anna@example.com")
        return found

    def refuse(self, path: str, message: str, hint: str | None = None) -> NoReturn:
        """Raise `InputError` about one input."""
        raise InputError(
            "the input is not taken: 1 thing is wrong",
            faults=[Fault(path, message, hint)],
            action=self._action,
        )

    def link(self, kind: str, number: int) -> str:
        """Return where amoCRM shows an entity."""
        return f"https://{self.amo.domain}/{_PAGES[kind]}/{number}"

    def once(self, *parts: object) -> str | None:
        """Return the key under which this run creates something; None if it is to be made again.

        It is the caller's `key`, or made of the input and of `parts`, such as a due time that the
        input only paraphrases.
        """
        if self._given.get("again"):
            return None
        key = self._given.get("key")
        if key is not None:
            return f"{self._action}/{key}"
        kept = {
            name: value
            for name, value in self._given.items()
            if name not in _REPEATS and value is not None
        }
        return f"{self._action}/{_digest([kept, *map(str, parts)])}"

    @staticmethod
    def part(key: str | None, name: str) -> str | None:
        """Return the key of a part of what is created under a key."""
        return None if key is None else f"{key}/{name}"

    def create(self, make: Callable[[], T]) -> tuple[T, bool]:
        """Create something, and tell whether it was created now and not before."""
        before = self.amo.last_exchange
        made = make()
        last = self.amo.last_exchange
        is_new = last is not None and last != before and last.request.method == "POST"
        return made, is_new


def _machine_time() -> datetime:
    return datetime.now(UTC)


def _digest(value: object) -> str:
    from orjson import OPT_SORT_KEYS, dumps  # noqa: PLC0415 - only what creates needs it

    return sha256(dumps(value, option=OPT_SORT_KEYS)).hexdigest()[:32]
