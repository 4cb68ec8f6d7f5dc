"""Reads the operations out of the OpenAPI document, those of several paths put together again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "METHODS",
    "DocumentError",
    "Operation",
    "Parameter",
    "Resource",
    "Schema",
    "modelled_components",
    "resources",
    "spread_component",
    "spread_keys",
]

Schema = dict[str, Any]  # Any: JSON Schema is JSON

METHODS = ("get", "post", "put", "patch", "delete")
_KINDS = ("list", "get", "create", "update", "update_one", "delete", "action")
_REF = "#/components/schemas/"


class DocumentError(Exception):
    """The OpenAPI document says something that cannot be printed as Python."""


@frozen
class Parameter:
    """A variable of the path or a key of the query."""

    name: str
    schema: Schema
    is_required: bool
    doc: str
    python_name: str = ""
    """What callers write, where it differs from the name on the wire."""


@frozen
class Operation:
    """One operation of the API; `over` holds the values that a variable of its path may have."""

    resource: str
    name: str
    method: str
    path: str
    over: dict[str, tuple[str, ...]]
    summary: str
    description: str
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    header_parameters: tuple[Parameter, ...]
    body: Schema | None
    body_is_required: bool
    result: Schema | None
    """Of one item, whatever the envelope; None when there is no body."""
    errors: dict[int, str]
    traits: Mapping[str, Any]  # Any: the `x-amo` object
    """Of the first path, where there are several."""

    @property
    def kind(self) -> str:
        """Return what it does: list, get, create, update, update_one, delete or action."""
        return str(self.traits["kind"])

    @property
    def envelope(self) -> str:
        """Return how the answer wraps its items."""
        return str(self.traits["envelope"])


@frozen
class Resource:
    """A family of operations."""

    name: str
    doc: str
    operations: tuple[Operation, ...]
    unexposed: tuple[Operation, ...] = ()
    """Those without a method."""
    mixin: Mapping[str, str] | None = None
    """Where its hand-written methods are: `module`, `class`, and the `model` that they return."""


def resources(document: Schema) -> tuple[Resource, ...]:
    """Return the resources of a document by name, their operations by kind."""
    tags = {tag["name"]: tag for tag in document.get("tags", ())}
    families: dict[str, dict[str, list[tuple[str, str, Schema]]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                traits = methods[method]["x-amo"]
                family = families.setdefault(traits["resource"], {})
                family.setdefault(traits["operation"], []).append((method, path, methods[method]))
    found = (
        _resource(tags.get(name, {"name": name}), list(map(_operation, family.values())))
        for name, family in sorted(families.items())
    )
    return tuple(resource for resource in found if resource.operations)


def _resource(tag: Schema, operations: list[Operation]) -> Resource:
    operations.sort(key=_order)
    exposed = tuple(each for each in operations if not each.traits.get("unexposed"))
    hidden = tuple(each for each in operations if each.traits.get("unexposed"))
    doc = tag.get("description", "")
    return Resource(tag["name"], doc, exposed, hidden, tag.get("x-amo-mixin"))


def modelled_components(document: Schema) -> dict[str, Schema]:
    """Return the components of bodies and answers; filters and errors have no models."""
    components: dict[str, Schema] = document["components"]["schemas"]
    queue: list[object] = []
    for resource in resources(document):
        for operation in resource.operations:
            queue += [_given(operation, components), operation.result]
    reached: set[str] = set()
    while queue:
        value = queue.pop()
        if isinstance(value, list):
            queue += value
        elif isinstance(value, dict):
            queue += value.values()
            for name in (value.get("$ref", ""), value.get("x-amo-fallback", "")):
                short = str(name).removeprefix(_REF)
                if short in components and short not in reached:
                    reached.add(short)
                    queue.append(components[short])
    return {name: schema for name, schema in components.items() if name in reached}


def spread_keys(operation: Operation) -> tuple[str, ...]:
    """Return the keys of the body inside which lies what callers give."""
    spread: bool | str = operation.traits.get("spread", "")
    return tuple(spread.split(".")) if isinstance(spread, str) and spread else ()


def spread_component(operation: Operation, components: Mapping[str, Schema]) -> str:
    """Return the component whose fields callers give as arguments."""
    name = _name_of(operation.body or {})
    for key in spread_keys(operation):
        name = _name_of(components[name]["properties"][key])
    return name


def _given(operation: Operation, components: Mapping[str, Schema]) -> object:
    """Return what callers make of models: the body, or what lies inside of it."""
    if not spread_keys(operation):
        return operation.body
    return components[spread_component(operation, components)]["properties"]


def _name_of(schema: Schema) -> str:
    return str(schema.get("$ref", "")).removeprefix(_REF)


def _order(operation: Operation) -> tuple[int, str]:
    return _KINDS.index(operation.kind), operation.name


def _operation(family: list[tuple[str, str, Schema]]) -> Operation:
    method, path, raw = family[0]
    traits = raw["x-amo"]
    name = f"{traits['resource']}.{traits['operation']}"
    if len({_interface(member) for _, _, member in family}) > 1:
        message = (
            f"{name}: its paths differ in parameters, body or answer; give them names of their own"
        )
        raise DocumentError(message)
    over = {
        variable: tuple(dict.fromkeys(member["x-amo"]["over"][variable] for _, _, member in family))
        for variable in traits.get("over", {})
    }
    paths = [member for _, member, _ in family]
    template = traits.get("path") or _template(path, traits.get("over", {}), paths, name)
    parameters = raw.get("parameters", ())
    declared = {item["name"]: _parameter(item) for item in parameters if item["in"] == "path"}
    for variable, values in over.items():
        schema = {"type": "string", "enum": list(values)}
        declared[variable] = Parameter(variable, schema, is_required=True, doc="")
    body = raw.get("requestBody")
    return Operation(
        resource=traits["resource"],
        name=traits["operation"],
        method=method.upper(),
        path=template,
        over=over,
        summary=raw["summary"],
        description=raw.get("description", ""),
        path_parameters=tuple(declared[variable] for variable in _variables(template)),
        query_parameters=tuple(_parameter(item) for item in parameters if item["in"] == "query"),
        header_parameters=tuple(_parameter(item) for item in parameters if item["in"] == "header"),
        body=_content(body),
        body_is_required=bool(body and body.get("required")),
        result=_result(raw, traits),
        errors={
            int(status): answer["description"]
            for status, answer in sorted(raw["responses"].items())
            if status >= "400"
        },
        traits=traits,
    )


def _interface(raw: Schema) -> str:
    """Return what a caller sees of an operation, but for its name and path."""
    body, result = _content(raw.get("requestBody")), _result(raw, raw["x-amo"])
    return json.dumps(
        [raw.get("parameters"), body, result, raw["x-amo"]["envelope"]],
        sort_keys=True,
    )


def _content(body: Schema | None) -> Schema | None:
    """Return the schema of a body, whatever its media type; there is one."""
    media = (body or {}).get("content", {}).values()
    return next((each["schema"] for each in media), None)


def _template(path: str, bound: Mapping[str, str], paths: list[str], name: str) -> str:
    """Put the variables back where the paths of a family differ."""
    segments = path.split("/")
    others = [other.split("/") for other in paths[1:]]
    for variable, value in bound.items():
        found = [
            number
            for number, segment in enumerate(segments)
            if segment == value
            and (not others or any(_at(other, number) != value for other in others))
        ]
        if not found:
            message = f"{name}: the path {path} does not hold the value {value!r} of {variable}"
            raise DocumentError(message)
        segments[found[0]] = f"{{{variable}}}"
    return "/".join(segments)


def _at(segments: list[str], number: int) -> str | None:
    return segments[number] if number < len(segments) else None


def _variables(template: str) -> Iterator[str]:
    for segment in template.split("/"):
        if segment.startswith("{"):
            yield segment.strip("{}")


def _parameter(raw: Schema) -> Parameter:
    return Parameter(
        raw["name"],
        raw.get("schema", {}),
        is_required=bool(raw.get("required")),
        doc=raw.get("description", ""),
        python_name=raw.get("x-amo-name", ""),
    )


def _result(raw: Schema, traits: Mapping[str, Any]) -> Schema | None:  # Any: as above
    content = raw["responses"].get(str(traits["status"]), {}).get("content", {})
    whole: Schema | None = next((media.get("schema") for media in content.values()), None)
    if whole is None or traits["envelope"] in {"none", "item", "bytes"}:
        return whole
    if traits["envelope"] in {"member", "member_page"}:
        members: Schema = whole["properties"][traits["key"]]["items"]
        return members
    if traits["envelope"] == "array":
        items: Schema = whole["items"]
        return items
    listed: Schema = whole["properties"]["_embedded"]["properties"][traits["key"]]["items"]
    return listed
