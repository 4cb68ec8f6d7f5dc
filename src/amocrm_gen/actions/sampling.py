"""A valid input of an operation: the document's own example, and stand-ins for what it lacks."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeGuard
from urllib.parse import parse_qsl, unquote, urlsplit

from amocrm_gen.actions.contract import Contract, Schema
from amocrm_gen.actions.layout import Layout
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.types import JsonValue

__all__ = ["example_of"]

_MOMENT: Final = 1_700_000_000
_UUID: Final = "6bd1c3a5-6e1c-4c0f-9d2e-0d9a4c1f3b57"
_DEEPEST: Final = 6


def example_of(layout: Layout) -> dict[str, JsonValue]:
    """Return a valid input."""
    flat = layout.flat()
    properties: Schema = flat["properties"]
    found = {**_from_body(layout), **_from_address(layout, properties)}
    if layout.form == "file":
        found["file"] = "photo.jpg"
    if layout.is_fetched:
        found["to"] = "file.bin"
    for name in flat.get("required", ()):
        if name not in found:
            found[name] = _stand_in(name, properties[name], layout.contract)
    # An operation on one thing has the thing's own id in the body as well; it is given once.
    if layout.form == "parts" and not set(found) - set(layout.path) and layout.described.needs_body:
        given = next((name for name in properties if name not in found), None)
        if given is not None and given in layout.contract.resolved(layout.body)["properties"]:
            found[given] = _stand_in(given, properties[given], layout.contract)
    return {name: found[name] for name in properties if name in found}


def _from_body(layout: Layout) -> dict[str, JsonValue]:
    media = layout.described.body or {}
    if "example" not in media:
        return {}
    example: Any = media["example"]  # Any: JSON
    for key in layout.wrap:
        example = example[key]
    match layout.form:
        case "items":
            return {"items": example}
        case "whole":
            return {"body": example}
        case "parts":
            return dict(example)
        case _:
            return {}


def _from_address(layout: Layout, properties: Schema) -> dict[str, JsonValue]:
    """Return what the example of an address holds: `GET /api/v4/leads/101?with=contacts`."""
    example: str | None = layout.described.traits.get("example_request")
    if example is None:
        return {}
    address = urlsplit(example.partition(" ")[2])
    found: dict[str, JsonValue] = {}
    # The address may be that of another type of entity, which the template leaves open.
    variables = _variables(layout.described.traits["path"], address.path)
    for name, text in variables.items():
        if name in layout.path:
            found[name] = _typed(text, properties[name])
    asked = _tree(parse_qsl(address.query, keep_blank_values=True))
    if layout.is_paged:
        found |= _page(asked, *layout.page_names, by=layout.described.traits["paginated"].get("by"))
    for name, value in asked.items():
        found[name] = _fitted(value, properties[name], layout.contract)
    return found


def _page(asked: dict[str, Any], place: str, size: str, *, by: str | None) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    length = int(asked.pop(size)) if size in asked else None
    number = int(asked.pop(place)) if place in asked else None
    if by == "offset" and number is not None:
        number = number // (length or 1) + 1
    if number is not None and number > 1:
        found["page"] = number
        if length is not None:
            found["page_size"] = length
    elif length is not None:
        found["limit"] = length
    return found


def _variables(template: str, path: str) -> dict[str, str]:
    parts = re.split(r"{(\w+)}", template)
    pattern = "".join(
        f"(?P<{part}>[^/]+)" if odd else re.escape(part)
        for part, odd in zip(parts, [False, True] * len(parts), strict=False)
    )
    found = re.fullmatch(pattern, path)
    return {name: unquote(text) for name, text in found.groupdict().items()} if found else {}


def _tree(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Read a query in PHP's brackets."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        first, *keys = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        place = tree
        for key, following in zip([first, *keys], [*keys, None], strict=True):
            if following is None:
                place[key or str(len(place))] = value
            else:
                place = place.setdefault(key, {})
    return tree


def _fitted(value: Any, schema: Schema, contract: Contract) -> JsonValue:  # Any: texts in a tree
    schema = contract.resolved(schema)
    for choice in schema.get("anyOf", ()):
        is_fit = _kind(choice) == ("array" if _is_list(value) else "object")
        if is_fit or (isinstance(value, str) and _kind(choice) not in {"array", "object"}):
            return _fitted(value, choice, contract)
    if isinstance(value, str):
        if _kind(schema) == "array":
            return [_typed(part, schema["items"]) for part in value.split(",")]
        return _typed(value, schema)
    if _kind(schema) == "array" or _is_list(value):
        return [_fitted(each, schema.get("items", {}), contract) for each in value.values()]
    inner: Schema = schema.get("properties", {})
    return {name: _fitted(each, inner.get(name, {}), contract) for name, each in value.items()}


def _is_list(value: object) -> TypeGuard[Mapping[str, object]]:
    return is_object(value) and all(key.isdecimal() for key in value)


def _kind(schema: Schema) -> str:
    kind = schema.get("type", "")
    named: str = kind if isinstance(kind, str) else next(each for each in kind if each != "null")
    return named


def _typed(text: str, schema: Schema) -> JsonValue:
    match _kind(schema):
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "boolean":
            return text in {"1", "true", "Y"}
        case _:
            return text


def _stand_in(name: str, schema: Schema, contract: Contract, depth: int = 0) -> JsonValue:
    """Return something of the right type where the document has no example."""
    schema = contract.resolved(schema)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return _stand_in(name, schema[several][0], contract, depth)
    kind = _kind(schema)
    if kind == "object":
        return _object(schema, contract, depth)
    if kind == "array":
        return [_stand_in(name, schema["items"], contract, depth + 1)]
    return _scalar(name, kind, schema)


def _object(schema: Schema, contract: Contract, depth: int) -> JsonValue:
    properties: Schema = schema.get("properties", {})
    needed: list[str] = schema.get("required", []) or list(properties)[:1]
    if depth > _DEEPEST:
        return {}
    return {each: _stand_in(each, properties[each], contract, depth + 1) for each in needed}


def _scalar(name: str, kind: str, schema: Schema) -> JsonValue:
    if "const" in schema or "enum" in schema:
        fixed: JsonValue = schema["const"] if "const" in schema else schema["enum"][0]
        return fixed
    if kind in {"integer", "number"}:
        number: JsonValue = schema.get("minimum", 1)
        return _MOMENT if schema.get("format") == "unix-time" else number
    return True if kind == "boolean" else _text(name, schema)


def _text(name: str, schema: Schema) -> str:
    if schema.get("format") == "uuid":
        return _UUID
    if schema.get("format") == "uri" or name.endswith("url"):
        return "https://example.com/hook"
    return {"phone": "+79990000001", "name": "Example"}.get(name, "text")
