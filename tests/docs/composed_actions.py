"""Writes docs/composed-actions.md from the declarations; `make docs` runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from amocrm_gen.actions.composed import Composed, composed_actions

PAGE = Path(__file__).parents[2] / "docs" / "composed-actions.md"
_HEAD = """\
# Composed actions

Actions that put several calls of the API together for one purpose. Names are taken wherever ids
are: of leads, contacts, pipelines, stages, users, loss reasons, fields, choices. Those that write
are safe to repeat: the same input again changes nothing, and says so (`changed` or `created` is
false). `again: true` makes another one where that is possible; `key` is a key of your own in place
of the input. [A decision](decisions/0021-composed-actions.md) says how.

Written from the declarations by `make docs`; do not edit.

| Action | What it does | Writes | Requests |
|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    actions = composed_actions()
    rows = "".join(
        f"| [{one.id}](#{one.id}) | {one.name} | {_yes(is_so=one.is_write)} | {one.requests} |\n"
        for one in actions
    )
    return _HEAD + rows + "".join(map(_entry, actions))


def _yes(*, is_so: bool) -> str:
    return "yes" if is_so else ""


def _entry(action: Composed) -> str:
    schema: Any = action.input_schema
    required = schema.get("required", [])
    inputs = "".join(
        f"| `{name}` | {_type(one)} | {_yes(is_so=name in required)} | {_said(one)} |\n"
        for name, one in schema["properties"].items()
    )
    return (
        f"\n## {action.id}\n\n{action.description}\n\n"
        f"| Input | Type | Needed | What it is |\n|---|---|---|---|\n{inputs}\n"
        f"```json\n{json.dumps(action.example, ensure_ascii=False)}\n```\n"
    )


_TYPES = {"string": "text", "integer": "whole number", "boolean": "flag"}


def _type(schema: Any) -> str:  # Any: JSON Schema
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return "object"
    kind = schema.get("type", "any")
    return f"list of {_type(schema['items'])}" if kind == "array" else _TYPES.get(kind, kind)


def _said(schema: Any) -> str:
    text = schema["description"].replace("|", "\\|")
    default = schema.get("default")
    return f"{text} Default: `{json.dumps(default)}`." if default is not None else text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
