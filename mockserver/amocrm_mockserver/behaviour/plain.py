"""What a table does when nothing more is known of it than the contract says."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from amocrm_mockserver.render import empty_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Contract, Filter, Schema
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.problems import Flaw
    from amocrm_mockserver.render import Show
    from amocrm_mockserver.state import Table

__all__ = ["Behaviour"]

_ACTOR_COLUMNS = ("created_by", "updated_by", "responsible_user_id")
_TIME_COLUMNS = ("created_at", "updated_at")


class Behaviour:
    """Defaults, effects and refusals of one table; a resource overrides what is special to it."""

    noun: ClassVar[str] = ""
    """What a row is called when it is not found; made of the table's name when empty."""
    default_order: ClassVar[str] = "id"
    """Where the contract names none."""
    missing: ClassVar[str] = ""
    """The guess that tells what GET answers when the row is not there; else the contract does."""
    ignored: ClassVar[frozenset[str]] = frozenset()
    """Keys that the docs or the official SDK send, and that mean nothing."""
    linked_lists: ClassVar[bool] = True
    """Whole lists carry `_links`."""
    marks_one: ClassVar[bool] = False
    """A change of one row answers with `request_id` though none was sent."""
    one_will_do: ClassVar[bool] = False
    """A bare object is taken where a list is due."""
    keeps_rendering: ClassVar[bool] = False
    """What is shown of a row follows from the row, its links and directories, and nothing else."""
    shown_after_write: ClassVar[frozenset[str]] = frozenset()
    """Members of `with` that answers to writes show without being asked."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._hrefs: dict[str, str] = {}
        self._blanks: dict[str, dict[str, Json]] = {}

    def admit(self, exchange: Exchange) -> None:
        """Refuse a call that the account's settings do not allow."""

    def columns(self) -> Mapping[str, Show]:
        """Keys of a shown row that are not simply stored."""
        return {}

    def embeds(self) -> Mapping[str, Show]:
        """Members of `_embedded` that are not simply stored."""
        return {}

    def scope(self, exchange: Exchange) -> Row:
        """Columns that the path of a list fixes."""
        return {name: value for name, value in exchange.variables.items() if name != "id"}

    def key(self, exchange: Exchange) -> Json:
        """The key of the row that the path names."""
        names = exchange.operation.variables
        return exchange.variables[names[-1]]

    def find(self, exchange: Exchange) -> Row | None:
        """The row that the path names, unless it is in the trash or belongs elsewhere."""
        row = self.home(exchange).rows.get(self.key(exchange))
        if row is None or row.get("is_deleted"):
            return None
        scope = self.scope(exchange)
        named = exchange.operation.variables[-1:]
        fits = all(row.get(name) == value for name, value in scope.items() if name not in named)
        return row if fits else None

    def find_one(self, exchange: Exchange, number: int | str) -> Row | None:
        """The row of that id, for changes of several rows."""
        row = self.home(exchange).rows.get(number)
        if row is None or row.get("is_deleted"):
            return None
        scope = self.scope(exchange).items()
        return row if all(row.get(name) == value for name, value in scope) else None

    def home(self, exchange: Exchange) -> Table:
        """The table that the operation works on."""
        return exchange.account.table(exchange.operation.partition)

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:  # noqa: ARG002
        """The rows of a list where they are not simply those of the table."""
        return None

    def part(self, exchange: Exchange, row: Row) -> Row:  # noqa: ARG002
        """The row as this call may see it."""
        return row

    def filter(
        self,
        exchange: Exchange,  # noqa: ARG002
        described: Filter,  # noqa: ARG002
        tree: Tree,  # noqa: ARG002
    ) -> Test | None:
        """The test for a filter that does not simply compare a column."""
        return None

    def search(self, exchange: Exchange, text: str) -> Test:  # noqa: ARG002
        """The test for `query`: the text is part of a column."""
        wanted = text.casefold()
        return lambda row: any(
            wanted in value.casefold() for value in row.values() if isinstance(value, str)
        )

    def href(self, exchange: Exchange, row: Row) -> str:
        """The address of a row."""
        partition = exchange.operation.partition
        template = self._hrefs.get(partition)
        if template is None:
            template = self._template(exchange)
            self._hrefs[partition] = template
        return exchange.origin + template.format_map(row)

    def _template(self, exchange: Exchange) -> str:
        reader = exchange.contract.reader(exchange.operation.partition)
        return f"{exchange.operation.path}/{{id}}" if reader is None else reader.path

    def title(self) -> str:
        """What a row is called in errors."""
        if self.noun:
            return self.noun
        name = self.table.replace("_", " ")
        singular = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
        return singular[:1].upper() + singular[1:]

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """Add the faults of an item that its schema cannot know; `row` is what it changes."""

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make a row of a checked item."""
        row = self.blank(exchange, item)
        row.update(item)
        return self.home(exchange).add(row)

    def take_more(self, exchange: Exchange, row: Row, raw: Row) -> None:
        """Do what a new row's item may mean by keys that its schema does not have."""

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Change a row by a checked item."""
        self.home(exchange).change(row, self.changes(exchange, row, item))

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Forget a row."""
        self.home(exchange).remove(row)

    def blank(self, exchange: Exchange, item: Row) -> Row:
        """A row with an id, its times and actors, and every other field empty."""
        account, caller = exchange.account, exchange.caller
        partition = exchange.operation.partition
        empty = self._blanks.get(partition)
        if empty is None:
            empty = self._blank(exchange.contract, partition)
            self._blanks[partition] = empty
        row: Row = {
            name: value.copy() if isinstance(value, list | dict) else value
            for name, value in empty.items()
        }
        row.pop("id", None)
        row = {"id": item.get("id") or account.next_id(self.table), **row}
        for name in _ACTOR_COLUMNS:
            if name in row:
                row[name] = item.get(name, caller.user_id)
        for name in _TIME_COLUMNS:
            if name in row:
                row[name] = item.get("created_at", exchange.now)
        if "account_id" in row:
            row["account_id"] = account.id
        if "group_id" in row and "responsible_user_id" in row:
            row["group_id"] = account.group_of(row["responsible_user_id"])
        row.update(exchange.operation.over)
        row.update(self.scope(exchange))
        return row

    def _blank(self, contract: Contract, partition: str) -> dict[str, Json]:
        name = contract.read_schema(partition)
        if name is None:
            return {}
        schema: Schema = contract.schema(name)
        if "x-amo-fallback" in schema:
            schema = contract.schema(schema["x-amo-fallback"])
        required = schema.get("required", ())
        return {
            name: empty_value(contract, part)
            for name, part in schema.get("properties", {}).items()
            if not name.startswith("_") and (name in required or "x-amo-with" in part)
        }

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """The columns that an item changes, with the time and the author of the change."""
        changes = {name: value for name, value in item.items() if name != "id"}
        if "updated_at" in row:
            given = item.get("updated_at")
            # A client that saves what it has read sends the stored time; that is no new time.
            changes["updated_at"] = exchange.now if given in (None, row["updated_at"]) else given
        if "updated_by" in row:
            changes["updated_by"] = item.get("updated_by", exchange.caller.user_id)
        if "group_id" in row and "responsible_user_id" in item:
            changes["group_id"] = exchange.account.group_of(item["responsible_user_id"])
        return changes
