"""One account: its settings, tables and links, and who calls on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import Factory, define, field, frozen

from amocrm_mockserver.drive import Drive
from amocrm_mockserver.guesses import Guesses
from amocrm_mockserver.linkage import Links
from amocrm_mockserver.state import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.behaviour.field_directory import FieldDirectory
    from amocrm_mockserver.clock import Clock
    from amocrm_mockserver.duplicate_control import DuplicateRule
    from amocrm_mockserver.hooks.tell import Hook
    from amocrm_mockserver.ids import Ids
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Account", "Caller", "create_account"]

_KEYS: Mapping[str, tuple[str, ...]] = {
    "statuses": ("pipeline_id", "id"),
    "talks": ("talk_id",),
    "website_buttons": ("source_id",),
    "widgets": ("code",),
    "unsorted": ("uid",),
    "catalog_custom_field_groups": ("catalog_id", "id"),
    "files": ("uuid",),
    "file_versions": ("uuid",),
}
"""Tables whose rows are not found by their id alone."""
_SHOWN_ALONE = frozenset(
    {
        "leads",
        "contacts",
        "companies",
        "customers",
        "tasks",
        "notes",
        "catalogs",
        "catalog_elements",
    }
)
"""Tables whose columns no other row shows."""


@frozen(kw_only=True)
class Caller:
    """In whose name a request is made."""

    user_id: int
    is_admin: bool
    client_id: str | None
    origin: str
    """Scheme, host and port by which the client came; every URL handed out starts so."""


@define(eq=False, kw_only=True)
class Account:
    """A namespace of its own: no row, id or secret of it is known to another account."""

    subdomain: str
    zone: str
    order: int
    clock: Clock
    ids: Ids
    row: Row
    """The account as it reads itself."""
    tables: dict[str, Table] = Factory(dict[str, "Table"])
    """By name, and by name and entity type: `tags:leads`."""
    links: Links = field(init=False)
    events: list[Row] = Factory(list["Row"])
    """Oldest first."""
    hooks: list[Hook] = Factory(list["Hook"])
    """What webhooks are to be told, until the server takes it."""
    duplicate_control: tuple[DuplicateRule, ...] = ()
    """Off without a rule."""
    drive: Drive = Factory(Drive)
    """What files contain."""
    guesses: Guesses = Factory(Guesses)
    """Which way to go where nobody knows what amoCRM does."""
    given: set[int] = Factory(set[int])
    """Ids that a seed has named."""
    directories: dict[str, FieldDirectory] = field(factory=dict[str, "FieldDirectory"], repr=False)
    """Custom fields by entity type, as looked up by writes; emptied when a field changes."""
    directory_changes: int = 0
    """Grows when a row changes that others may show: a tag, a custom field, a loss reason."""

    def __attrs_post_init__(self) -> None:
        self.links = Links(self._forget_rendering)

    @property
    def id(self) -> int:
        """The number by which amoCRM knows the account."""
        number: int = self.row["id"]
        return number

    @property
    def uuid(self) -> str:
        """The account's uuid."""
        text: str = self.row["uuid"]
        return text

    @property
    def domain(self) -> str:
        """The host of the account."""
        return f"{self.subdomain}.{self.zone}"

    @property
    def users(self) -> Mapping[int, Row]:
        """Users by id, oldest first."""
        return self.table("users").rows

    @property
    def speaks_russian(self) -> bool:
        """Whether default names are Russian; they are English elsewhere."""
        return self.zone == "amocrm.ru"

    @property
    def utc_offset(self) -> int:
        """Seconds by which local time is ahead of UTC."""
        text: str = self.row["timezone_offset"]
        hours, minutes = text[1:].split(":")
        seconds = int(hours) * 3600 + int(minutes) * 60
        return -seconds if text.startswith("-") else seconds

    def table(self, name: str) -> Table:
        """A table by its name; it is there as soon as it is asked for."""
        found = self.tables.get(name)
        if found is None:
            kind = name.partition(":")[0]
            notify = None if kind in _SHOWN_ALONE else self._count_directory_change
            found = Table(columns=_KEYS.get(name, ("id",)), notify=notify)
            self.tables[name] = found
        return found

    def _count_directory_change(self) -> None:
        self.directory_changes += 1

    def _forget_rendering(self, kind: str, number: int) -> None:
        self.table(kind).kept.pop(number, None)

    def has(self, table: str, key: Json) -> bool:
        """Whether a row exists and is not in the trash."""
        row = self.table(table).rows.get(key)
        return row is not None and not row.get("is_deleted")

    def next_id(self, table: str) -> int:
        """An id for a new row; never one that a seed has given."""
        number = self.ids.next(table)
        while number in self.given:
            number = self.ids.next(table)
        return number

    def group_of(self, user_id: int) -> int:
        """The group of a user; 0 is the default one."""
        user = self.users.get(user_id)
        return (user["rights"].get("group_id") or 0) if user else 0

    def redefine(self) -> None:
        """Tell that custom fields have changed."""
        self.directories.clear()


def create_account(  # noqa: PLR0913 -- what an account is founded on
    subdomain: str,
    zone: str,
    *,
    clock: Clock,
    order: int,
    seed: Mapping[str, object] | None = None,
    guesses: Guesses | None = None,
) -> Account:
    """A fresh account with amoCRM's default contents, and what the seed adds to them.

    `guesses` are those of the server, which the account's own go before.
    Raises ValueError where the seed makes no sense.
    """
    from amocrm_mockserver.founding import found  # noqa: PLC0415 -- founding needs this module

    return found(
        subdomain, zone, clock=clock, order=order, seed=seed or {}, guesses=Guesses(guesses)
    )
