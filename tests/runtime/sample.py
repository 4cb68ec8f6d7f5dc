"""Hand-made models and operations, shaped like generated ones."""

# ruff: noqa: TC003 - annotations are read at run time

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias

from attrs import define, field

from amocrm_gen.runtime.call import Call, Operation, Page
from amocrm_gen.runtime.encode import encode_body, encode_query, path
from amocrm_gen.runtime.tagged import tagged
from amocrm_gen.runtime.types import JsonObject, JsonValue, OpenIntEnum, OpenStrEnum
from amocrm_gen.runtime.unset import UNSET, Unset


class FieldType(OpenStrEnum):
    """Kinds of custom fields."""

    TEXT = "text"
    SELECT = "select"


class Level(OpenIntEnum):
    """A number with names."""

    LOW = 1
    HIGH = 2


@define(slots=True, kw_only=True)
class Tag:
    """A tag."""

    id: int
    name: str
    color: str | Unset | None = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class TagRef:
    """A tag by id or name."""

    id: int | Unset = field(default=UNSET)
    name: str | Unset = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class Value:
    """One value of a custom field."""

    value: JsonValue | Unset = field(default=UNSET)
    enum_id: int | Unset | None = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class Field:
    """The values of one custom field."""

    field_id: int
    field_name: str
    field_type: FieldType
    values: list[Value]
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class FieldWrite:
    """The values of one custom field, as they are written."""

    field_id: int | Unset = field(default=UNSET)
    values: list[Value] | Unset | None = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class Link:
    """An address."""

    href: str
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class Links:
    """Addresses of an entity."""

    self_: Link = field(metadata={"wire": "self"})
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class LeadEmbedded:
    """What a lead carries."""

    tags: list[Tag]
    contacts: list[JsonObject] | Unset = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class Result:
    """What came of something."""

    text: str
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class Lead:
    """A lead of all kinds of fields."""

    id: int
    name: str
    price: int
    ratio: float
    is_deleted: bool
    created_at: datetime
    closed_at: datetime | None
    level: Level
    kind: Literal["plain", "odd"]
    uid: int | str | None
    custom_fields_values: list[Field] | None
    embedded: LeadEmbedded = field(metadata={"wire": "_embedded"})
    links: Links | Unset = field(default=UNSET, metadata={"wire": "_links"})
    score: int | Unset | None = field(default=UNSET)
    numbers: list[int] | Unset = field(default=UNSET)
    names: dict[str, str] | Unset = field(default=UNSET)
    tags_by_name: dict[str, Tag] | Unset = field(default=UNSET)
    anything: JsonValue | Unset = field(default=UNSET)
    result: Result | Unset | None = field(default=UNSET, metadata={"null_empty": []})
    either: Tag | list[int] | str | Unset = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class LeadCreate:
    """A lead to create."""

    name: str | Unset = field(default=UNSET)
    price: int | Unset = field(default=UNSET)
    request_id: str | Unset = field(default=UNSET)
    created_at: datetime | Unset = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class LeadUpdateEmbedded:
    """What an update carries."""

    tags: list[TagRef] | Unset | None = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class LeadUpdate:
    """A change of a lead."""

    id: int
    name: str | Unset = field(default=UNSET)
    price: int | Unset = field(default=UNSET)
    closed_at: datetime | Unset | None = field(default=UNSET)
    custom_fields_values: list[FieldWrite] | Unset | None = field(default=UNSET)
    embedded: LeadUpdateEmbedded | Unset = field(default=UNSET, metadata={"wire": "_embedded"})
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class LeadWritten:
    """What became of a written lead."""

    id: int
    request_id: str | Unset = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class TextNote:
    """A note with text."""

    note_type: Literal["common"] = field(default="common")
    text: str
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class CallNote:
    """A note of a call."""

    note_type: Literal["call_in"] = field(default="call_in")
    duration: int
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class OtherNote:
    """A note of a kind that is not known."""

    note_type: str
    params: JsonObject | Unset = field(default=UNSET)
    extra: dict[str, JsonValue] = field(factory=dict, repr=False, metadata={"extra": True})


Note: TypeAlias = TextNote | CallNote | OtherNote
NOTE_TAGS = tagged("note_type", {"common": TextNote, "call_in": CallNote}, OtherNote)


def lead_json(number: int = 1, **changed: object) -> dict[str, object]:
    """Return a lead as an answer holds it."""
    return {
        "id": number,
        "name": f"Lead {number}",
        "price": 100,
        "ratio": 0.5,
        "is_deleted": False,
        "created_at": 1_700_000_000,
        "closed_at": None,
        "level": 1,
        "kind": "plain",
        "uid": None,
        "custom_fields_values": [
            {
                "field_id": 7,
                "field_name": "Size",
                "field_type": "text",
                "values": [{"value": "XL"}],
            }
        ],
        "_embedded": {"tags": [{"id": 41, "name": "hot", "color": None}]},
        **changed,
    }


WRITTEN: Final = {"_links": {}, "_embedded": {"leads": [{"id": 5, "request_id": "0"}]}}
"""The answer to a write of one lead."""

FIND: Final = Operation(
    name="leads.find",
    method="GET",
    path="/api/v4/leads",
    retry="safe",
    envelope="page",
    key="leads",
    empty=True,
    page_max=250,
)
GET: Final = Operation(
    name="leads.get", method="GET", path="/api/v4/leads/{id}", retry="safe", envelope="item"
)
CREATE: Final = Operation(
    name="leads.create",
    method="POST",
    path="/api/v4/leads",
    retry="refused_only",
    envelope="written",
    key="leads",
    batch_max=3,
    batch_match="request_id",
)
COMPLEX: Final = Operation(
    name="leads.create_complex",
    method="POST",
    path="/api/v4/leads/complex",
    retry="refused_only",
    envelope="array",
    batch_max=3,
)
UPDATE: Final = Operation(
    name="leads.update",
    method="PATCH",
    path="/api/v4/leads",
    retry="idempotent",
    envelope="written",
    key="leads",
    batch_max=4,
    batch_match="id",
    lock="leads/{id}",
)
UPDATE_ONE: Final = Operation(
    name="leads.update_one",
    method="PATCH",
    path="/api/v4/leads/{id}",
    retry="idempotent",
    envelope="item",
    lock="leads/{id}",
)


def find(
    *, page: int = 1, limit: int = 250, filter: Mapping[str, object] | None = None
) -> Call[Page[Lead]]:
    """List leads."""
    query = encode_query(filter=filter, page=page, limit=limit)
    return Call(FIND, FIND.path, query=query, returns=Lead)


def get(id: int) -> Call[Lead]:
    """Read a lead."""
    return Call(GET, path(GET.path, id=id), returns=Lead)


def create(items: Sequence[LeadCreate]) -> Call[list[LeadWritten]]:
    """Create leads."""
    return Call(CREATE, CREATE.path, body=encode_body(items), returns=LeadWritten)


def update(items: Sequence[LeadUpdate]) -> Call[list[LeadWritten]]:
    """Change leads."""
    return Call(UPDATE, UPDATE.path, body=encode_body(items), returns=LeadWritten)


def update_one(item: LeadUpdate) -> Call[LeadWritten]:
    """Change a lead."""
    body = encode_body(item)
    return Call(UPDATE_ONE, path(UPDATE_ONE.path, id=item.id), body=body, returns=LeadWritten)
