"""The compiled description of the API: its operations, and the schemas they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias, cast

import orjson
from attrs import field, frozen

from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Contract", "Filter", "FilterKind", "Kind", "Operation", "Schema", "load_contract"]

Schema: TypeAlias = Mapping[str, Json]
Kind: TypeAlias = Literal["list", "get", "create", "update", "update_one", "delete", "action"]
FilterKind: TypeAlias = Literal["value", "list", "range", "pairs", "fields", "flag", "object"]

_METHODS = ("get", "post", "patch", "put", "delete")
_REFERENCE = "#/components/schemas/"
_VARIABLE = re.compile(r"\{(\w+)\}")


@frozen(kw_only=True)
class Filter:
    """One key under `filter` and how it selects rows."""

    name: str
    kind: FilterKind
    columns: tuple[str, ...]
    since: bool = False
    """A bare value of a range means "from then on" rather than equality."""
    numeric: bool = True
    """Values are numbers; texts otherwise."""
    required: bool = False


@frozen(kw_only=True)
class Operation:
    """One method of one path, with its traits."""

    id: str
    """As in the contract; ends in the bound values of `over`."""
    resource: str
    name: str
    kind: Kind
    method: str
    path: str
    variables: tuple[str, ...]
    """Names in the path, in order."""
    numeric: frozenset[str]
    """Those of them that take digits only."""
    table: str
    partition: str
    """The table, told apart by the bound values of the path: `tags:leads`."""
    over: Mapping[str, str] = field(factory=dict[str, str])
    envelope: str
    key: str
    item: str | None
    takes: str | None
    takes_list: bool
    body_required: bool
    body: Literal["json", "form", "bytes"] = "json"
    host: str = "account"
    auth: Literal["bearer", "signed", "none"] = "bearer"
    scope: str = "crm"
    """What the token must have been granted."""
    status: int
    media: str = ""
    """The content type of a good answer; empty when it has no body."""
    batch_max: int
    page_max: int
    """0 when the list is not paged."""
    page_default: int
    page_names: tuple[str, str] = ("page", "limit")
    """The parameters that choose a page."""
    page_by: Literal["number", "offset"] = "number"
    filters: Mapping[str, Filter] = field(factory=dict[str, Filter])
    order: frozenset[str] = frozenset()
    default_order: str = ""
    """Empty when the contract tells none."""
    descending: bool = False
    searchable: bool = False
    """Takes `query`."""
    with_: frozenset[str] = frozenset()
    admin: bool = False
    empty: bool = False
    """Nothing to show is told by 204."""

    @property
    def action(self) -> str:
        """Its name without the bound values, by which behaviour is found."""
        return f"{self.resource}.{self.name}"


class Contract:
    """All operations and schemas of one compiled document."""

    def __init__(self, document: Schema) -> None:
        self.hash: str = document.get("x-amo-spec-hash", "")
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]
        self.operations: Mapping[str, Operation] = {
            operation.id: operation for operation in _operations(document)
        }

    def schema(self, name: str) -> Schema:
        """A component by its name."""
        return self._schemas[name]

    def resolve(self, schema: Schema) -> Schema:
        """The schema that a reference stands for, or the schema itself."""
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].removeprefix(_REFERENCE)]
        return schema

    def reader(self, partition: str) -> Operation | None:
        """The operation that reads one row of a table; the one with the longest path."""
        found = [
            operation
            for operation in self.operations.values()
            if operation.kind == "get" and operation.partition == partition
        ]
        return max(found, key=lambda operation: len(operation.variables), default=None)

    def read_schema(self, partition: str) -> str | None:
        """The name of the schema in which rows of a table are read."""
        kinds = ("get", "list")
        for operation in self.operations.values():
            if operation.kind in kinds and operation.partition == partition and operation.item:
                return operation.item
        return None


def _operations(document: Schema) -> Iterator[Operation]:
    paths: Mapping[str, Schema] = document["paths"]
    for path, methods in paths.items():
        for method in _METHODS:
            if method in methods:
                yield _operation(path, method, methods[method])


def _operation(path: str, method: str, raw: Schema) -> Operation:
    traits: Schema = raw["x-amo"]
    parameters: list[Row] = raw.get("parameters", [])
    body: Schema = raw.get("requestBody", {})
    media: Mapping[str, Schema] = body.get("content", {})
    nothing: Schema = {}
    takes: Schema = next((each["schema"] for each in media.values()), nothing)
    paginated: Schema = traits.get("paginated", {})
    names: list[str] = paginated.get("names", ["page", "limit"])
    default_order: str = traits.get("default_order", "")
    in_path = [parameter for parameter in parameters if parameter["in"] == "path"]
    table: str = traits.get("table", traits["resource"])
    return Operation(
        id=raw["operationId"],
        resource=traits["resource"],
        name=traits["operation"],
        kind=traits["kind"],
        method=method.upper(),
        path=path,
        variables=tuple(_VARIABLE.findall(path)),
        numeric=frozenset(p["name"] for p in in_path if p["schema"].get("type") == "integer"),
        table=table,
        partition=":".join([table, *traits.get("over", {}).values()]),
        over=traits.get("over", {}),
        envelope=traits["envelope"],
        key=traits.get("key", traits["resource"]),
        item=traits.get("item"),
        takes=traits.get("takes"),
        takes_list=takes.get("type") == "array",
        body_required=bool(body.get("required")),
        body=traits.get("body", "json"),
        host=traits.get("host", "account"),
        auth=traits.get("auth", "bearer"),
        scope=traits.get("scope", "crm"),
        status=traits.get("status", 200),
        media=_media(raw, traits.get("status", 200)),
        batch_max=traits.get("batch", {}).get("max", 0),
        page_max=paginated.get("max", 0),
        page_default=paginated.get("default", 50),
        page_names=(names[0], names[1]),
        page_by=paginated.get("by", "number"),
        filters={f.name: f for f in _filters(parameters)},
        order=frozenset(traits.get("order", ())),
        default_order=default_order.removeprefix("-"),
        descending=default_order.startswith("-"),
        searchable=any(p["name"] == "query" and p["in"] == "query" for p in parameters),
        with_=frozenset(traits.get("with", ())),
        admin=bool(traits.get("admin")),
        empty=204 in traits.get("empty", ()),
    )


def _media(raw: Schema, status: int) -> str:
    content: Mapping[str, Schema] = raw.get("responses", {}).get(str(status), {}).get("content", {})
    return next(iter(content), "")


def _filters(parameters: list[Row]) -> Iterator[Filter]:
    for parameter in parameters:
        if parameter["name"] == "filter":
            schema: Schema = parameter["schema"]
            required: list[str] = schema.get("required", [])
            properties: Mapping[str, Schema] = schema["properties"]
            for name, described in properties.items():
                how: Schema = described["x-amo-filter"]
                columns: list[str] = how.get("columns", [how.get("column", name)])
                yield Filter(
                    name=name,
                    kind=how["kind"],
                    columns=tuple(columns),
                    since=how.get("scalar") == "since",
                    numeric=_is_numeric(described),
                    required=name in required,
                )


def _is_numeric(schema: Schema) -> bool:
    """Whether the innermost type is a number."""
    kind: Json = schema.get("type")
    if kind in ("integer", "number", "boolean"):
        return True
    inner: list[Schema] = [*schema.get("anyOf", ())]
    if "items" in schema:
        inner.append(schema["items"])
    inner.extend(schema.get("properties", {}).values())
    return any(_is_numeric(part) for part in inner)


@cache
def load_contract(api: str = "v4") -> Contract:
    """The contract of an API that is part of this package."""
    text = files("amocrm_mockserver").joinpath("contract", f"{api}.json").read_bytes()
    return Contract(cast("Schema", orjson.loads(text)))
