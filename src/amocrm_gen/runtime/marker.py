"""A mark in a created item by which it is found again: a custom field or a tag holds its key."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias, TypeVar, cast, get_args

from attrs import evolve, frozen

from amocrm_gen.runtime.call import Call, Page
from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.effects import Talk
from amocrm_gen.runtime.encode import encode_query
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = [
    "MARKED",
    "FieldMarker",
    "LookUp",
    "MarkedResource",
    "Marker",
    "Markers",
    "TagMarker",
    "look_up",
]

F = TypeVar("F")
MarkedResource: TypeAlias = Literal["leads", "contacts", "companies", "customers"]
"""Resources whose items can be found by a custom field or a tag."""

LookUp: TypeAlias = Callable[[int, int], Call[Page[F]]]
"""Makes the call of one page, by its number and size, of all items of a resource."""

MARKED: Final[Sequence[str]] = get_args(MarkedResource)
_FIELDS: Final = "custom_fields_values"
_KEYS_AT_ONCE: Final = 25
"""Keys in one query, whose address must not get too long."""
_SKEW: Final = 600
"""Seconds by which the clocks of the two sides may differ."""
_PAGE: Final = 250


@frozen
class FieldMarker:
    """A custom field of text holds the key; make it one that nobody edits."""

    field_id: int
    resend_after: float | None = None
    """Seconds from the start, after which a look-up that finds nothing counts as "not written",
    and the item is sent again; None leaves it in doubt for ever. An item that was written and then
    deleted is written once more."""

    def mark(self, item: JsonObject, key: str) -> None:
        """Write the key into an item that is about to be created."""
        fields = item.get(_FIELDS)
        kept: list[JsonValue] = list(fields) if isinstance(fields, list) else []
        given = [self._values(field) for field in kept if self._is_mine(field)]
        if given and given != [[key]]:
            raise ConfigurationError(
                f"custom field {self.field_id} is to hold the key {key!r}, and holds {given[0]!r}",
                advice="leave the field of the marker out of the item",
            )
        if not given:
            item[_FIELDS] = [*kept, {"field_id": self.field_id, "values": [{"value": key}]}]

    def filters(self, keys: Sequence[str], since: float) -> Iterator[Mapping[str, object]]:
        """Go through the filters of the queries that find items with these keys."""
        del since
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            yield {_FIELDS: {self.field_id: list(keys[start : start + _KEYS_AT_ONCE])}}

    def keys_in(self, row: Mapping[str, object]) -> Iterator[str]:
        """Go through the keys that an item holds."""
        fields = row.get(_FIELDS)
        for field in fields if is_list(fields) else ():
            if self._is_mine(field):
                yield from self._values(field)

    def _is_mine(self, field: object) -> bool:
        return is_object(field) and field.get("field_id") == self.field_id

    @staticmethod
    def _values(field: object) -> list[str]:
        values = field.get("values") if is_object(field) else None
        entries = values if is_list(values) else []
        return [str(entry.get("value")) for entry in entries if is_object(entry)]


@frozen
class TagMarker:
    """A tag holds the key, behind a prefix.

    A look-up walks everything that was created since, and each key stays in the directory of tags:
    where you can have a custom field, take that.
    """

    prefix: str = ""
    resend_after: float | None = None
    """As that of `FieldMarker`."""

    def mark(self, item: JsonObject, key: str) -> None:
        """Write the key into an item that is about to be created."""
        embedded = item.get("_embedded")
        parts: JsonObject = dict(embedded) if isinstance(embedded, dict) else {}
        tags = parts.get("tags")
        kept: list[JsonValue] = list(tags) if isinstance(tags, list) else []
        item["_embedded"] = {**parts, "tags": [*kept, {"name": self.prefix + key}]}

    def filters(self, keys: Sequence[str], since: float) -> Iterator[Mapping[str, object]]:
        """Go through the filters of the queries that find items with these keys."""
        del keys
        yield {"created_at": {"from": int(since) - _SKEW}}

    def keys_in(self, row: Mapping[str, object]) -> Iterator[str]:
        """Go through the keys that an item holds."""
        embedded = row.get("_embedded")
        tags = embedded.get("tags") if is_object(embedded) else None
        for tag in tags if is_list(tags) else ():
            name = tag.get("name") if is_object(tag) else None
            if isinstance(name, str) and name.startswith(self.prefix):
                yield name.removeprefix(self.prefix)


Marker: TypeAlias = FieldMarker | TagMarker
Markers: TypeAlias = Mapping[MarkedResource, Marker]


def look_up(
    session: Session, pages: LookUp[F], marker: Marker, keys: Iterable[str], since: float
) -> Talk[dict[str, JsonObject]]:
    """Return what amoCRM has of the items with these keys; of two with one key, the older one."""
    wanted = set(keys)
    found: dict[str, JsonObject] = {}
    for which in marker.filters(sorted(wanted), since):
        number, is_full = 1, True
        while is_full:
            call = pages(number, _PAGE)
            filtered = (*encode_query(of=call.operation, filter=which), *call.query)
            # The rows are left as JSON: what is made of them is the answer to the create.
            page = yield from converse(session, evolve(call, query=filtered, returns=None))
            rows: list[JsonObject] = [
                row for row in cast("list[JsonValue]", page.items) if isinstance(row, dict)
            ]
            for row in rows:
                for key in wanted.intersection(marker.keys_in(row)):
                    if key not in found or _age(row) < _age(found[key]):
                        found[key] = row
            number, is_full = number + 1, len(rows) >= _PAGE
    return found


def _age(row: Mapping[str, object]) -> int:
    number = row.get("id")
    return number if isinstance(number, int) else 0
