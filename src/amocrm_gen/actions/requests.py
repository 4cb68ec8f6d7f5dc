"""Makes the runtime's operation and call out of a flat input, as generated functions do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.encode import (
    encode_body,
    encode_form,
    encode_headers,
    encode_parts,
    encode_query,
    http_date,
    path,
)
from amocrm_gen.runtime.kinds import is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.actions.layout import Layout
    from amocrm_gen.runtime.encode import Pairs
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["call_of", "operation_of"]


def operation_of(layout: Layout) -> Operation:
    """Return the operation with the traits that the runtime acts on."""
    described, traits = layout.described, layout.described.traits
    filters = layout.query.get("filter", {}).get("properties", {})
    batch = traits.get("batch", {})
    joined = [name for name, how in filters.items() if "joined" in how["x-amo-filter"]]
    return Operation(
        name=f"{traits['resource']}.{traits['operation']}",
        method=cast("Any", described.method),  # Any: one of the literal's, by the document
        path=traits["path"],
        retry=traits["retry"],
        envelope=traits["envelope"],
        key=traits.get("key"),
        empty=bool(traits.get("empty")),
        page_max=traits.get("paginated", {}).get("max"),
        batch_max=batch.get("max"),
        batch_match=batch.get("match", "request_id"),
        lock=traits.get("lock"),
        filters=tuple(filters),
        joined=tuple(joined),
        withs=tuple(traits.get("with", ())),
        orders=tuple(traits.get("order", ())),
        host=traits.get("host", "account"),
        auth=traits.get("auth", "bearer"),
        headers=tuple(traits.get("headers", {}).items()),
    )


def call_of(
    layout: Layout, operation: Operation, given: JsonObject, page: tuple[int, int] | None = None
) -> Call[JsonValue]:
    """Return the call of a checked input, of one page where the operation has pages."""
    body, form, content = _body(layout, given)
    return Call(
        operation,
        _path(layout, operation, given),
        query=_query(layout, operation, given, page),
        body=body,
        form=form,
        content=content,
        headers=_headers(layout, given),
    )


def _path(layout: Layout, operation: Operation, given: JsonObject) -> str:
    variables: dict[str, object] = dict(layout.described.traits.get("over", {}))
    variables |= {name: given[name] for name in layout.path}
    return path(operation.path, **variables) if variables else operation.path


def _query(
    layout: Layout, operation: Operation, given: JsonObject, page: tuple[int, int] | None
) -> Pairs:
    asked = {name: given[name] for name in layout.query if name in given}
    with_: Any = asked.pop("with", ())  # Any: a list of texts, as the schema has seen to
    filters = cast("JsonObject | None", asked.pop("filter", None))
    order, more = _order(asked.pop("order", None))
    params: dict[str, object] = dict(asked)
    params |= more
    number = size = None
    if page is not None:
        number, size = page
        if layout.page_names != ("page", "limit"):
            place, length = layout.page_names
            by = layout.described.traits["paginated"]["by"]
            params |= {place: (number - 1) * size if by == "offset" else number, length: size}
            number = size = None
    return encode_query(
        of=operation,
        filter=None if filters is None else _by_field(filters),
        with_=with_,
        order=order,
        params=params,
        page=number,
        limit=size,
    )


def _order(given: JsonValue) -> tuple[str | None, Mapping[str, object]]:
    """Return the order as the runtime has it; of several fields, as the query has it."""
    if not isinstance(given, dict):
        return cast("str | None", given), {}
    if len(given) > 1:
        return None, {"order": given}
    ((name, direction),) = given.items()
    return ("-" if direction == "desc" else "") + name, {}


def _by_field(filters: JsonObject) -> dict[str, object]:
    """Let the ids of custom fields be numbers, which JSON cannot have as keys."""
    found: dict[str, object] = dict(filters)
    fields = found.get("custom_fields_values")
    if isinstance(fields, dict):
        named = cast("JsonObject", fields)
        found["custom_fields_values"] = {
            int(key) if key.isdecimal() else key: value for key, value in named.items()
        }
    return found


def _headers(layout: Layout, given: JsonObject) -> Pairs:
    sent: list[tuple[str, object]] = []
    for name, (header, schema) in layout.headers.items():
        value: Any = given.get(name)  # Any: as the schema says
        sent.append((header, http_date(value) if schema.get("format") == "unix-time" else value))
    if layout.form == "file":
        sent.append(("Content-Type", given.get("content_type", "application/octet-stream")))
    return encode_headers(*sent)


def _body(layout: Layout, given: JsonObject) -> tuple[JsonValue, Pairs | None, bytes | None]:
    """Return the body as JSON, as a form, or as bytes."""
    match layout.form:
        case "none":
            return None, None, None
        case "file":
            return None, None, Path(str(given["file"])).expanduser().read_bytes()
        case "items":
            return encode_body(given.get("items")), None, None
        case "whole":
            body = encode_body(given.get("body"))
        case "parts":
            body = _parts(layout, given)
    return _wrapped(layout, body)


def _wrapped(layout: Layout, body: JsonValue) -> tuple[JsonValue, Pairs | None, bytes | None]:
    for key in reversed(layout.wrap):
        body = {key: body}
    if layout.described.traits.get("body") == "form":
        return None, encode_form(body), None
    return body, None, None


def _parts(layout: Layout, given: JsonObject) -> JsonValue:
    schema = layout.contract.resolved(layout.body)
    example = (layout.described.body or {}).get("example")
    # A variable of the path stands in the body, too, where that must have it or is shown with it.
    needed = {*schema.get("required", ()), *(example if is_object(example) else ())}
    mine = {
        name: given[name]
        for name in schema["properties"]
        if name in given and (name not in layout.path or name in needed)
    }
    if "spread" in layout.described.traits:
        return encode_parts(mine)
    return encode_body(mine) if mine or layout.described.needs_body else None
