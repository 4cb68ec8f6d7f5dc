"""What leads, contacts, companies and customers have in common: fields, tags, links, a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.events import record, record_added
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.tags import check_tags, resolve, tag_names
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.jsonvalue import object_at, objects_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Filter
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.problems import Flaw
    from amocrm_mockserver.render import Show

__all__ = ["Cards", "elements_of", "refs_of"]

_ONLY_DELETED = "only_deleted"
_PHONE = str.maketrans("", "", " +-()")
_ASIDE = frozenset({"_embedded", "_values", "tags_to_add", "tags_to_delete", "visitor_uid"})
"""Keys of an item that are not columns."""


class Cards(Behaviour):
    """An entity with a card in the CRM."""

    keeps_rendering = True

    def columns(self) -> Mapping[str, Show]:
        """Values are kept by field and shown by the definitions."""
        return {"custom_fields_values": self._show_values}

    def _show_values(self, exchange: Exchange, row: Row) -> Json:
        return field_values.show(exchange.account, self.table, row)

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """The trash instead of the list, when that is asked for."""
        if _ONLY_DELETED in exchange.wanted:
            rows = self.home(exchange).rows.values()
            return [row for row in rows if row["is_deleted"]]
        return None

    def find(self, exchange: Exchange) -> Row | None:
        """Trashed rows are found by those who ask for them only."""
        if _ONLY_DELETED in exchange.wanted:
            row = self.home(exchange).rows.get(exchange.variables["id"])
            return row if row is not None and row["is_deleted"] else None
        return super().find(exchange)

    def filter(self, exchange: Exchange, described: Filter, tree: Tree) -> Test | None:
        """Names are compared without regard to case."""
        if described.kind == "fields":
            return field_values.field_test(tree)
        if described.name == "name":
            wanted = {name.casefold() for name in scalars(tree)}
            if exchange.account.guesses["filters.name"] == "part":
                return lambda row: any(one in row["name"].casefold() for one in wanted)
            return lambda row: row["name"].casefold() in wanted
        return None

    def search(self, exchange: Exchange, text: str) -> Test:
        """Part of the name or of a filled field; phones are compared by their digits."""
        wanted = text.casefold()
        digits = text.translate(_PHONE)

        def test(row: Row) -> bool:
            found = [row["name"], *field_values.texts(exchange.account, self.table, row)]
            if any(wanted in one.casefold() for one in found):
                return True
            return digits.isdecimal() and any(digits in one.translate(_PHONE) for one in found)

        return test

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,  # noqa: ARG002 -- new and changed rows obey the same rules
        flaws: list[Flaw],
    ) -> None:
        """Custom field values and tags must be known to the account."""
        account, kind = exchange.account, self.table
        if "custom_fields_values" in item:
            raw = item.pop("custom_fields_values")
            path = "custom_fields_values"
            item["_values"] = field_values.read(account, kind, raw, path, flaws)
        embedded = object_at(item, "_embedded")
        check_tags(account, kind, objects_at(embedded, "tags"), "_embedded.tags", flaws)
        check_tags(account, kind, objects_at(item, "tags_to_add"), "tags_to_add", flaws)

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the row, and log it."""
        row = self.blank(exchange, item)
        row.update({name: value for name, value in item.items() if name not in _ASIDE})
        values: field_values.Values = item.get("_values", {})
        row["_values"] = {number: new for number, new in values.items() if new is not None}
        row["_tags"] = self._tags_after(exchange, [], item)
        self.complete(exchange, row, item)
        self.home(exchange).add(row)
        record_added(exchange, self.table, row)
        exchange.tell(self.table, "add", row)
        if row["_tags"]:
            names = tag_names(exchange.account, self.table, row["_tags"])
            by = row["created_by"]
            record(exchange, "entity_tag_added", self.table, row["id"], after=names, by=by)
        return row

    def complete(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Fill in what follows from the rest of a new row."""

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Change the row, and log what changed."""
        changes = self.changes(exchange, row, item)
        values: field_values.Values = item.get("_values", {})
        before = dict(row["_values"])
        held, changed = field_values.merge(row, values)
        tags = self._tags_after(exchange, row["_tags"], item)
        old = {name: row.get(name) for name in changes}
        former = row["_tags"]
        self.home(exchange).change(row, {**changes, "_values": held, "_tags": tags})
        by = row["updated_by"]
        self.log_changes(exchange, row, old)
        for number in changed:
            account, kind = exchange.account, f"custom_field_{number}_value_changed"
            if account.guesses["events.custom_field_type"] == "common":
                kind = "custom_field_value_changed"
            record(
                exchange,
                kind,
                self.table,
                row["id"],
                before=field_values.value_events(account, self.table, number, before.get(number)),
                after=field_values.value_events(account, self.table, number, values[number]),
                by=by,
            )
        self._log_tags(exchange, row, former, tags)
        self.tell_changes(exchange, row, old)

    def tell_changes(self, exchange: Exchange, row: Row, old: Row) -> None:
        """What webhooks say of a change; `old` holds what the changed columns were."""
        key = "responsible_user_id"
        if key in old and old[key] != row[key]:
            exchange.tell(self.table, "responsible", row, {key: old[key]})
        exchange.tell(self.table, "update", row)

    def log_changes(self, exchange: Exchange, row: Row, old: Row) -> None:
        """Events of changed columns; `old` holds what they were."""
        by = row["updated_by"]
        if "name" in old and old["name"] != row["name"]:
            record(
                exchange,
                "name_field_changed",
                self.table,
                row["id"],
                before=[{"name_field_value": {"name": old["name"]}}],
                after=[{"name_field_value": {"name": row["name"]}}],
                by=by,
            )
        key = "responsible_user_id"
        if key in old and old[key] != row[key]:
            record(
                exchange,
                "entity_responsible_changed",
                self.table,
                row["id"],
                before=[{"responsible_user": {"id": old[key]}}],
                after=[{"responsible_user": {"id": row[key]}}],
                by=by,
            )

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """The columns that an item changes."""
        plain = {name: value for name, value in item.items() if name not in _ASIDE}
        return super().changes(exchange, row, plain)

    def _tags_after(self, exchange: Exchange, held: list[int], item: Row) -> list[int]:
        """The tags of a row after a write: the set is replaced, then added to, then reduced."""
        account, kind = exchange.account, self.table
        embedded = object_at(item, "_embedded")
        if "tags" in embedded:
            held = resolve(account, kind, embedded["tags"] or [])
        if item.get("tags_to_add"):
            more = resolve(account, kind, item["tags_to_add"])
            held = [*held, *(number for number in more if number not in held)]
        if item.get("tags_to_delete"):
            rows = account.table(f"tags:{kind}").rows
            gone = [(ref.get("id"), ref.get("name")) for ref in item["tags_to_delete"]]
            ids = {number for number, _ in gone if number is not None}
            names = {name for number, name in gone if number is None}
            held = [n for n in held if n not in ids and rows[n]["name"] not in names]
        return held

    def _log_tags(self, exchange: Exchange, row: Row, before: list[int], after: list[int]) -> None:
        account, number, by = exchange.account, row["id"], row["updated_by"]
        added = [tag for tag in after if tag not in before]
        gone = [tag for tag in before if tag not in after]
        if added:
            names = tag_names(account, self.table, added)
            record(exchange, "entity_tag_added", self.table, number, after=names, by=by)
        if gone:
            names = tag_names(account, self.table, gone)
            record(exchange, "entity_tag_deleted", self.table, number, before=names, by=by)


def refs_of(kind: str, other: str) -> Show:
    """Shows the entities of another kind that are linked with one."""

    def show(exchange: Exchange, row: Row) -> Json:
        linked = exchange.account.links.of(kind, row["id"], other)
        return [
            {"id": number, "_links": {"self": {"href": exchange.url(f"{other}/{number}")}}}
            for number in linked
        ]

    return show


def elements_of(kind: str) -> Show:
    """Shows the catalog elements that are linked with an entity."""

    def show(exchange: Exchange, row: Row) -> Json:
        linked = exchange.account.links.of(kind, row["id"], "catalog_elements")
        return [
            {
                "id": number,
                "metadata": metadata,
                "_links": {
                    "self": {
                        "href": exchange.url(f"catalogs/{metadata['catalog_id']}/elements/{number}")
                    }
                },
            }
            for number, metadata in linked.items()
        ]

    return show
