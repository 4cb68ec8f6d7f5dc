"""What an action takes and gives, as a page for people."""

from __future__ import annotations

from shlex import quote
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click
from orjson import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.actions.action import Action

__all__ = ["page_of"]

_Schema: TypeAlias = dict[str, Any]  # Any: JSON Schema is JSON of any shape

_WIDEST: Final = 110
_DEEPEST: Final = 2
"""How many objects inside one another are told; the JSON has all."""
_NAMED: Final = 8
"""How many values of a choice are told."""
_SPOKEN: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


def page_of(action: Action) -> str:
    """Return the page, as wide as the terminal."""
    width = min(get_terminal_size().columns, _WIDEST)
    formatter = click.HelpFormatter(width=width)
    effect = "deletes" if action.is_destructive else "writes" if action.is_write else "reads"
    requests = f"{action.requests} request{'' if str(action.requests) == '1' else 's'}"
    formatter.write(f"{click.style(action.id, bold=True)}\n")
    formatter.write_text(action.name)
    formatter.write_text(f"{action.kind}, {effect}, {requests}; {action.source}")
    formatter.write_paragraph()
    formatter.write_text(action.description)
    for title, schema in (("Takes", action.input_schema), ("Gives", action.output_schema)):
        rows = list(_rows(schema, schema, "", 0))
        if rows:
            with formatter.section(click.style(title, bold=True)):
                formatter.write_dl(rows)
    with formatter.section(click.style("Example", bold=True)):
        example = quote(dumps(action.example).decode())
        formatter.write(f"  amocrm action run {action.id} --input {example}\n")
    return formatter.getvalue()


def _rows(schema: _Schema, whole: _Schema, path: str, depth: int) -> Iterator[tuple[str, str]]:
    schema = _resolved(schema, whole)
    needed = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        if name in {"_links", "request_id"}:
            continue
        inner = _resolved(each, whole)
        place = f"{path}{name}"
        doc = " ".join(str(each.get("description") or inner.get("description") or "").split())
        told = [_type(each, whole) + (", needed" if name in needed else ""), doc]
        yield place, ". ".join(part for part in told if part)
        if depth < _DEEPEST:
            below, mark = (inner, ".")
            if inner.get("type") == "array" or "items" in inner:
                below, mark = _resolved(inner.get("items", {}), whole), "[]."
            yield from _rows(below, whole, f"{place}{mark}", depth + 1)


def _resolved(schema: _Schema, whole: _Schema) -> _Schema:
    while (ref := schema.get("$ref")) is not None:
        schema = whole["$defs"][ref.removeprefix("#/$defs/")]
    return schema


def _type(schema: _Schema, whole: _Schema) -> str:
    inner = _resolved(schema, whole)
    values = inner.get("enum")
    if values:
        more = f", … ({len(values)})" if len(values) > _NAMED else ""
        return f"one of {', '.join(str(value) for value in values[:_NAMED])}{more}"
    if "const" in inner:
        return str(inner["const"])
    forms = inner.get("anyOf") or inner.get("oneOf")
    if forms:
        return " or ".join(dict.fromkeys(_type(form, whole) for form in forms))
    kinds = inner.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "array" in kinds:
        item = _type(inner.get("items", {}), whole)
        rest = [_SPOKEN.get(kind, kind) for kind in kinds if kind != "array"]
        return " or ".join([f"list ({item})" if item else "list", *rest])
    return " or ".join(_SPOKEN.get(kind, kind) for kind in kinds)
