"""The compiler's own picture of a spec, all names resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from .faults import Place

__all__ = [
    "Enumeration",
    "FilterField",
    "Mixin",
    "Operation",
    "Param",
    "Service",
    "Spec",
    "Struct",
    "StructField",
    "Type",
    "Union",
]

Kind = Literal["list", "get", "create", "update", "update_one", "delete", "action"]
Variant = Literal["read", "create", "update"]
FilterKind = Literal["value", "list", "range", "pairs", "fields", "flag", "object"]


@frozen
class Type:
    """A type expression: a scalar, a reference to a component, or a list, map or union of types."""

    kind: Literal["scalar", "ref", "list", "map", "any"]
    name: str = ""
    items: tuple[Type, ...] = ()
    nullable: bool = False
    enum: tuple[str | int, ...] = ()
    is_open: bool = False
    format: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    max_items: int | None = None

    def refs(self) -> tuple[str, ...]:
        """Return the components that the type names, at any depth."""
        own = (self.name,) if self.kind == "ref" else ()
        return own + tuple(name for item in self.items for name in item.refs())


@frozen
class StructField:
    """A key of an object."""

    name: str
    type: Type
    required: bool
    place: Place
    doc: str = ""
    unit: str = ""
    with_: str = ""
    const: str | None = None
    default: Any = None  # Any: a JSON value
    ref: str = ""
    ref_zero: bool = False
    writable_null: bool = False
    null_empty: Any = None  # Any: a JSON value
    secret: bool = False


@frozen
class Struct:
    """An object with named keys; `component` is `module.Name`."""

    component: str
    fields: tuple[StructField, ...]
    place: Place
    doc: str = ""
    entity: str = ""
    variant: Variant | None = None
    table: str = ""


@frozen
class Union:
    """One of several structs, told apart by the constant value of one key."""

    component: str
    tag: str
    variants: tuple[tuple[str, str], ...]
    fallback: str
    place: Place
    doc: str = ""
    entity: str = ""
    variant: Variant | None = None
    table: str = ""


@frozen
class Enumeration:
    """A named set of values; others may come, too, when it is open."""

    component: str
    values: tuple[str | int, ...]
    is_open: bool
    place: Place
    doc: str = ""


@frozen
class Param:
    """A variable of the path, a plain key of the query, or a header that callers give."""

    name: str
    type: Type
    doc: str = ""
    required: bool = False
    header: str = ""
    """The header that carries it, instead of the query."""


@frozen
class FilterField:
    """A key of `filter[...]` and the way it selects."""

    name: str
    kind: FilterKind
    type: Type
    columns: tuple[str, ...]
    place: Place
    scalar: str = ""
    doc: str = ""
    required: bool = False
    joined: bool = False
    """Several values stand in one, with commas between them."""


@frozen
class Mixin:
    """Methods of a resource that are written by hand, on top of its operations."""

    module: str
    """Under `amocrm_gen.runtime`."""
    name: str
    """The class; with `Async` in front it is that for asyncio."""
    model: str
    """The component that its methods return."""


@frozen
class Operation:
    """One method on one path, or on a family of paths (`over`)."""

    resource: str
    name: str
    method: str
    path: str
    summary: str
    kind: Kind
    envelope: str
    status: int
    place: Place
    doc: str = ""
    over: tuple[tuple[str, tuple[str, ...]], ...] = ()
    path_params: tuple[Param, ...] = ()
    params: tuple[Param, ...] = ()
    with_: tuple[str, ...] = ()
    filter: tuple[FilterField, ...] = ()
    order: tuple[str, ...] = ()
    default_order: str = ""
    takes: Type | None = None
    optional_body: bool = False
    spread: bool | str = False
    """Callers give the fields of the body, or of what lies in it under these keys, as arguments."""
    returns: Type | None = None
    key: str = ""
    table: str = ""
    readonly: bool = False
    idempotent: bool = False
    destructive: bool = False
    admin: bool = False
    retry: str = "refused_only"
    page_max: int = 0
    page_default: int = 0
    page_names: tuple[str, str] = ("page", "limit")
    """The parameters that choose a page: its number, or how many items go before; and its size."""
    page_by: Literal["number", "offset"] = "number"
    batch_max: int = 0
    batch_match: str = ""
    lock: str = ""
    empty: tuple[int, ...] = ()
    host: str = "account"
    auth: Literal["bearer", "signed", "none"] = "bearer"
    body: Literal["json", "form", "bytes"] = "json"
    headers: tuple[tuple[str, str], ...] = ()
    """What is sent with every call of it."""
    is_unexposed: bool = False
    """The client has no method for it."""
    scope: str = "crm"
    errors: tuple[tuple[int, str], ...] = ()
    beside: tuple[Param, ...] = ()
    """Keys that stand beside `_embedded` in a good answer."""
    evidence: tuple[str, ...] = ()
    keywords: tuple[tuple[str, tuple[str, ...]], ...] = ()
    example_request: Any = None  # Any: a JSON value
    example_answer: Any = None  # Any: a JSON value

    @property
    def id(self) -> str:
        """Return `resource.name`, which is unique."""
        return f"{self.resource}.{self.name}"


@frozen
class Service:
    """What holds for every operation."""

    title: str
    version: str
    doc: str
    hosts: dict[str, Any]  # Any: JSON values, passed through
    zones: tuple[str, ...]
    oauth: dict[str, Any]  # Any: as above
    limits: dict[str, Any]  # Any: as above
    errors: dict[int, str]
    default_errors: tuple[int, ...]


@frozen
class Spec:
    """A whole API: components by name and operations by resource, in the order of the files."""

    service: Service
    api: str = "v4"
    """The folder of the spec that it comes from."""
    beside: tuple[str, ...] = ()
    """Other APIs that the client of this one leads to."""
    structs: dict[str, Struct] = field(factory=dict)
    unions: dict[str, Union] = field(factory=dict)
    enums: dict[str, Enumeration] = field(factory=dict)
    operations: tuple[Operation, ...] = ()
    resource_docs: dict[str, str] = field(factory=dict)
    sources: dict[str, tuple[str, ...]] = field(factory=dict)
    mixins: dict[str, Mixin] = field(factory=dict)
    """By resource."""
