"""Definitions of custom fields: what each type needs, and how its choices are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.field_directory import fields_of
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.jsonvalue import object_at, objects_at
from amocrm_mockserver.problems import Flaw, bad_request, forbidden, missing, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["CustomFields", "SegmentFields", "field_row"]

_COMMON: Final = frozenset(
    [
        "text",
        "numeric",
        "checkbox",
        "select",
        "multiselect",
        "radiobutton",
        "date",
        "date_time",
        "url",
        "textarea",
        "streetaddress",
    ]
)
_CARD: Final = _COMMON | {"smart_address", "birthday", "legal_entity", "monetary", "file"}
_AVAILABLE: Final[Mapping[str, frozenset[str]]] = {
    "leads": _CARD | {"tracking_data", "chained_list"},
    "contacts": _CARD | {"multitext"},
    "companies": _CARD,
    "customers": _COMMON | {"monetary", "chained_list", "file"},
    "segments": _COMMON,
    "catalogs": _COMMON | {"price", "category", "linked_entity", "monetary", "file", "items"},
}
"""Which types can be created for which entities."""
_CHOICES: Final = frozenset({"select", "multiselect", "radiobutton"})
_WITH_ENUMS: Final = _CHOICES | {"multitext"}
_NEEDED: Final[Mapping[str, str]] = {
    **dict.fromkeys(_CHOICES, "enums"),
    "monetary": "currency",
    "chained_list": "chained_lists",
}
_ADDRESS: Final = ("address_line_1", "address_line_2", "city", "state", "zip", "country")
_OF_CARDS: Final = ("is_api_only", "required_statuses", "hidden_statuses", "tracking_callback")
"""Keys that fields of catalogs do not have."""
_REBUILT: Final = frozenset({"id", "type", "enums", "nested", "entity_type"})


def field_row(account: Account, entity_type: str, item: Row) -> Row:
    """A definition with every key that is read, out of those that are written.

    `catalogs:4521` makes a field of that catalog.
    """
    kind: str = item["type"]
    highest = max((row["sort"] for row in fields_of(account, entity_type)), default=0)
    owner, _, catalog = entity_type.partition(":")
    row: Row = {
        "id": item.get("id") or account.next_id("custom_fields"),
        "name": item["name"],
        "type": kind,
        "account_id": account.id,
        "code": item.get("code"),
        "sort": item.get("sort", highest + 1),
        "is_api_only": item.get("is_api_only", False),
        "enums": _new_enums(account, kind, item.get("enums") or []),
        "group_id": item.get("group_id"),
        "required_statuses": item.get("required_statuses") or [],
        "is_deletable": item.get("is_deletable", True),
        "is_predefined": item.get("is_predefined", False),
        "entity_type": owner,
        "tracking_callback": item.get("tracking_callback"),
        "remind": _remind(kind, item),
        "triggers": [],
        "currency": item.get("currency"),
        "hidden_statuses": item.get("hidden_statuses") or [],
        "chained_lists": _chain(item),
    }
    if kind == "category":
        row["nested"] = _tree(account, item.get("nested") or [])
    if kind == "linked_entity":
        row["search_in"] = item.get("search_in")
    if catalog:
        for name in _OF_CARDS:
            del row[name]
        row["is_visible"] = item.get("is_visible", True)
        row["is_required"] = item.get("is_required", False)
        row["catalog_id"] = int(catalog)
    return row


def _chain(item: Row) -> list[Row] | None:
    """Levels with all their keys; the first one has no parent."""
    given: list[Row] | None = item.get("chained_lists")
    if given is None:
        return None
    blank: Row = {"title": None, "catalog_id": None, "parent_catalog_id": None}
    return [{**blank, **level} for level in given]


def _remind(kind: str, item: Row) -> str | None:
    if kind != "birthday":
        return None
    return item.get("remind") or "never"


def _new_enums(account: Account, kind: str, given: list[Row]) -> list[Row] | None:
    if kind == "smart_address":
        return [
            {"id": place, "value": name, "sort": place, "code": name}
            for place, name in enumerate(_ADDRESS, 1)
        ]
    if kind not in _WITH_ENUMS:
        return None
    return [
        {
            "id": enum.get("id") or account.next_id("enums"),
            "value": enum["value"],
            "sort": enum.get("sort", place),
            "code": enum.get("code"),
        }
        for place, enum in enumerate(given, 1)
    ]


def _tree(account: Account, given: list[Row]) -> list[Row]:
    """Nodes of a category; a node may name its parent by the mark of the same request."""
    ids: list[int] = [node.get("id") or account.next_id("enums") for node in given]
    marks: Row = {
        node["request_id"]: number
        for node, number in zip(given, ids, strict=True)
        if node.get("request_id") is not None
    }
    nodes: list[Row] = []
    for place, (node, number) in enumerate(zip(given, ids, strict=True), 1):
        parent: Json = node.get("parent_id")
        if parent is None:
            parent = marks.get(node.get("parent_request_id", ""))
        sort: int = node.get("sort", place)
        nodes.append({"id": number, "parent_id": parent, "value": node["value"], "sort": sort})
    return nodes


class CustomFields(Behaviour):
    """What may be done with definitions."""

    noun = "Custom field"
    default_order = "sort"

    def entity_type(self, exchange: Exchange) -> str:
        """Whose fields these are, as the directory names it."""
        return exchange.operation.over["entity_type"]

    def scope(self, exchange: Exchange) -> Row:  # noqa: ARG002
        """The fields of an entity type have a table of their own."""
        return {}

    def owners(self, exchange: Exchange) -> tuple[str, Iterable[Row]]:
        """The table, and the rows of it, that may have values of the field."""
        name = self.entity_type(exchange)
        return name, exchange.account.table(name).rows.values()

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """Each type has keys that it cannot do without; codes are unique."""
        kind: Json = row["type"] if row else item.get("type")
        if row is None and not exchange.seeding:
            owner = self.entity_type(exchange).partition(":")[0]
            available = _AVAILABLE.get(owner, frozenset())
            if kind is not None and kind not in available:
                _add_once(flaws, unsupported("type"))
            needed = _NEEDED.get(kind) if isinstance(kind, str) else None
            if needed is not None and not item.get(needed):
                _add_once(flaws, missing(needed))
        guesses = exchange.account.guesses
        is_emptied = row is not None and kind in _CHOICES and item.get("enums") == []
        if is_emptied and guesses.refuses("custom_fields.no_enums"):
            flaws.append(unsupported("enums"))
        is_blind = kind == "linked_entity" and row is None and not item.get("search_in")
        if is_blind and not exchange.seeding and guesses.refuses("custom_fields.search_in"):
            _add_once(flaws, missing("search_in"))
        _check_code(fields_of(exchange.account, self.entity_type(exchange)), item, row, flaws)
        _check_enums(exchange.account, item, row, flaws)
        for key in ("required_statuses", "hidden_statuses"):
            for index, ref in objects_at(item, key):
                stage = (ref.get("pipeline_id"), ref.get("status_id"))
                if not exchange.account.has("statuses", stage):
                    flaws.append(unsupported(f"{key}.{index}.status_id"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Define the field; a seed may define a predefined one anew."""
        account = exchange.account
        entity_type = self.entity_type(exchange)
        row = field_row(account, entity_type, item)
        table = self.home(exchange)
        if row["code"] is not None:
            for known in fields_of(account, entity_type):
                if known["code"] == row["code"]:
                    table.remove(known)
        table.add(row)
        account.redefine()
        return row

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """The type stays; choices that are left out are removed."""
        account = exchange.account
        changes = {name: value for name, value in item.items() if name not in _REBUILT}
        if row["is_predefined"]:
            changes.pop("code", None)
        if item.get("enums") is not None and row["type"] in _WITH_ENUMS:
            changes["enums"] = _replaced(account, row["enums"] or [], item["enums"])
        if item.get("nested") is not None and row["type"] == "category":
            changes["nested"] = _kept(account, row["nested"], item["nested"])
        if item.get("chained_lists") is not None:
            changes["chained_lists"] = _chain(item)
        self.home(exchange).change(row, changes)
        account.redefine()

    def delete(self, exchange: Exchange, row: Row) -> None:
        """The values go with the field; predefined fields stay."""
        account = exchange.account
        if not row["is_deletable"]:
            if account.guesses["custom_fields.predefined_deletion"] == "403":
                raise forbidden()
            raise bad_request("Bad Request")
        super().delete(exchange, row)
        name, owners = self.owners(exchange)
        table = account.table(name)
        for entity in owners:
            held = object_at(entity, "_values")
            if str(row["id"]) in held:
                left = {key: values for key, values in held.items() if key != str(row["id"])}
                table.change(entity, {"_values": left})
        account.redefine()


class SegmentFields(CustomFields):
    """Definitions of segments of customers."""

    def entity_type(self, exchange: Exchange) -> str:  # noqa: ARG002
        """They stand under a path of their own."""
        return "segments"

    def owners(self, exchange: Exchange) -> tuple[str, Iterable[Row]]:
        """Segments have the values."""
        name = "customer_segments"
        return name, exchange.account.table(name).rows.values()


def _kept(account: Account, old: list[Row], given: list[Row]) -> list[Row]:
    """The nodes of a category after a change; whether it removes what it leaves out is unknown."""
    nodes = _tree(account, given)
    if account.guesses["custom_fields.nested_left_out"] == "removed":
        return nodes
    named = {node["id"] for node in nodes}
    return [*(node for node in old if node["id"] not in named), *nodes]


def _replaced(account: Account, old: list[Row], given: list[Row]) -> list[Row]:
    known = {enum["id"]: enum for enum in old}
    enums: list[Row] = []
    for place, enum in enumerate(given, 1):
        former = known.get(enum.get("id"), {})
        enums.append(
            {
                "id": former.get("id") or account.next_id("enums"),
                "value": enum["value"],
                "sort": enum.get("sort", former.get("sort", place)),
                "code": enum.get("code", former.get("code")),
            }
        )
    return enums


def _add_once(flaws: list[Flaw], flaw: Flaw) -> None:
    if flaw not in flaws:
        flaws.append(flaw)


def _check_code(known: list[Row], item: Row, row: Row | None, flaws: list[Flaw]) -> None:
    code = item.get("code")
    if code is not None:
        others = (r for r in known if row is None or r["id"] != row["id"])
        taken = [r for r in others if r["code"] == code]
        # A seed may give a predefined field an id of its own.
        if any(not r["is_predefined"] or "id" not in item for r in taken):
            flaws.append(unsupported("code"))


def _check_enums(account: Account, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
    """Texts and codes are unique; an id must be one of the field's."""
    known = {enum["id"] for enum in (row["enums"] or ())} if row else set[int]()
    values: set[str] = set()
    codes: set[str] = set()
    for index, enum in objects_at(item, "enums"):
        value, code = enum.get("value"), enum.get("code")
        if row is not None and enum.get("id") is not None and enum["id"] not in known:
            flaws.append(unsupported(f"enums.{index}.id"))
        is_known = isinstance(value, str) and value in values
        if is_known and account.guesses.refuses("custom_fields.same_enum"):
            flaws.append(unsupported(f"enums.{index}.value"))
        if isinstance(code, str) and code in codes:
            flaws.append(unsupported(f"enums.{index}.code"))
        values.add(value or "")
        codes.add(code or "")
