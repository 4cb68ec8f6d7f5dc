"""Contacts, companies, leads and customers as API v2 shows and writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from amocrm_mockserver.behaviour.links import connect, disconnect
from amocrm_mockserver.body import Item
from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.legacy.answers import link, related
from amocrm_mockserver.legacy.call import amount_of, listed, number_of
from amocrm_mockserver.legacy.field_values import shown_fields, v4_values
from amocrm_mockserver.legacy.saving import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall

__all__ = ["CardWriter", "company_of", "elements_in", "main_contact_of", "shown_card"]

_COLUMNS: Final = (
    "name",
    "first_name",
    "last_name",
    "responsible_user_id",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
)
_NUMBERS: Final = frozenset(_COLUMNS[3:])


def shown_card(call: LegacyCall, kind: str, row: Row) -> Row:
    """What all cards show."""
    account = call.account
    known = call.table(f"tags:{kind}").rows
    return {
        "id": row["id"],
        "name": row["name"],
        "responsible_user_id": row["responsible_user_id"],
        "created_by": row["created_by"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "account_id": account.id,
        "updated_by": row["updated_by"],
        "group_id": row["group_id"],
        "closest_task_at": row["closest_task_at"] or 0,
        "tags": [
            {"id": number, "name": known[number]["name"]}
            for number in row["_tags"]
            if number in known
        ],
        "custom_fields": shown_fields(account, kind, row),
        "_links": link(f"/api/v2/{kind}?id={row['id']}"),
    }


def company_of(call: LegacyCall, kind: str, row: Row) -> Row:
    """The company of a card; an empty object without one."""
    for number in call.account.links.of(kind, row["id"], "companies"):
        company = call.table("companies").rows[number]
        links = link(f"/api/v2/companies?id={number}")
        return {"id": number, "name": company["name"], "_links": links}
    return {}


def main_contact_of(call: LegacyCall, kind: str, row: Row) -> Row:
    """The main contact of a card; an empty object without one."""
    for number, metadata in call.account.links.of(kind, row["id"], "contacts").items():
        if metadata.get("main_contact"):
            return {"id": number, "_links": link(f"/api/v2/contacts?id={number}")}
    return {}


def relations(call: LegacyCall, kind: str, row: Row, other: str) -> Row:
    """The entities of another kind that belong to a card."""
    return related(other, call.account.links.of(kind, row["id"], other))


class CardWriter:
    """Writes cards of one kind by the rules of API v4."""

    path: ClassVar[str]
    empty_add: ClassVar[int]
    empty_update: ClassVar[int]
    empty: ClassVar[int]
    wrong: ClassVar[int]
    unknown: ClassVar[int]
    field_unknown: ClassVar[int] = 204
    too_many_links: ClassVar[int] = 330
    columns: ClassVar[Mapping[str, str]] = {}
    """Columns beside those that all cards have, by their names in API v2; all are numbers."""
    links: ClassVar[Mapping[str, str]] = {}
    """Keys that name entities to link, and their kinds."""
    most_links: ClassVar[Mapping[str, int]] = {}

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make a card and link what is named with it."""
        self._check(call, item)
        exchange = call.v4(f"{self.path}.create")
        taken = self.v4_item(call, item)
        [row] = call.engine.create(exchange, [Item("0", taken)])
        self._link(exchange, call, row, item, fresh=True)
        return row

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The card, unless it is in the trash."""
        row = call.table(self.path).rows.get(number)
        return None if row is None or row["is_deleted"] else row

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Change a card; links are added, and taken away by `unlink`."""
        self._check(call, item)
        exchange = call.v4(f"{self.path}.update")
        taken = {**self.v4_item(call, item, row), "id": row["id"]}
        call.engine.change(exchange, row, Item("0", taken))
        self._unlink(exchange, row, object_at(item, "unlink"))
        self._link(exchange, call, row, item, fresh=False)
        if "updated_at" in taken:  # links count as changes of their own
            call.table(self.path).change(row, {"updated_at": taken["updated_at"]})

    def delete(self, call: LegacyCall, row: Row) -> None:
        """Cards of most kinds cannot be deleted."""
        del call, row
        raise RefusedError(405)

    def v4_item(self, call: LegacyCall, item: Row, row: Row | None = None) -> Row:
        """The item as API v4 would have it."""
        del row
        taken: Row = {}
        for name in _COLUMNS:
            value: Json = item.get(name)
            if name in _NUMBERS:
                value = number_of(value)
            if value is not None:
                taken[name] = value
        for name, column in self.columns.items():
            number = number_of(item.get(name))
            if number is not None:
                taken[column] = number
        if "custom_fields" in item:
            taken["custom_fields_values"] = v4_values(
                call.account, self.path, item["custom_fields"]
            )
        if "tags" in item:
            taken["_embedded"] = {"tags": list(map(_tag, listed(item["tags"])))}
        return taken

    def _check(self, call: LegacyCall, item: Row) -> None:
        from amocrm_mockserver.behaviour.field_directory import field_directory  # noqa: PLC0415

        known = field_directory(call.account, self.path).by_id
        for field in listed(item.get("custom_fields")):
            if not is_object(field) or number_of(field.get("id")) not in known:
                raise RefusedError(self.field_unknown)
        for key, most in self.most_links.items():
            if len(listed(item.get(key))) > most:
                raise RefusedError(self.too_many_links)

    def _link(
        self, exchange: Exchange, call: LegacyCall, row: Row, item: Row, *, fresh: bool
    ) -> None:
        one = (self.path, row["id"])
        by: Row = {"updated_by": row["updated_by"]}
        for key, kind in self.links.items():
            for number in map(number_of, listed(item.get(key))):
                if number is not None and call.account.has(kind, number):
                    connect(exchange, one, (kind, number), by, fresh=fresh)
        for number, held in elements_in(call, item, "catalog_elements_id"):
            connect(exchange, one, ("catalog_elements", number), {**by, **held}, fresh=fresh)

    def _unlink(self, exchange: Exchange, row: Row, gone: Row) -> None:
        for key, kind in self.links.items():
            for number in map(number_of, listed(gone.get(key))):
                if number is not None:
                    disconnect(
                        exchange, (self.path, row["id"]), (kind, number), by=row["updated_by"]
                    )


def elements_in(call: LegacyCall, item: Row, key: str) -> Iterator[tuple[int, Row]]:
    """The elements that an item names, `{catalog: {element: quantity}}`, and what is told of each.

    Those that are not there are passed over.
    """
    for catalog, elements in object_at(item, key).items():
        for element, quantity in (elements if is_object(elements) else {}).items():
            number = number_of(element)
            if number is not None and call.account.has("catalog_elements", number):
                yield number, {"quantity": amount_of(quantity), "catalog_id": number_of(catalog)}


def _tag(given: Json) -> Row:
    """A tag by its name, or by its id where that is a number."""
    if is_object(given):
        return {"id": given["id"]} if "id" in given else {"name": str(given.get("name", ""))}
    if isinstance(given, int) and not isinstance(given, bool):
        return {"id": given}
    return {"name": str(given)}
