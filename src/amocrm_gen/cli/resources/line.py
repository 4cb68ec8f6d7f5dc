"""Makes the input of an operation of a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from amocrm_gen.cli.given import read_json, read_object, with_settings

if TYPE_CHECKING:
    from amocrm_gen.actions.contract import Schema
    from amocrm_gen.actions.operation import OperationAction
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["input_of"]


def input_of(line: dict[str, Any], action: OperationAction) -> JsonObject:  # Any: click's values
    """Return the input that a line asks for; the action checks it."""
    given = _input(line.get("given"), action)
    _put_path(given, action, line)
    _put_query(given, action, line)
    _put_body(given, action, line)
    for name in ("limit", "page", "page_size", "to", "file"):
        if line.get(name) is not None:
            given[name] = line[name]
    if line.get("everything"):
        given["all"] = True
    return given


def _input(text: str | None, action: OperationAction) -> JsonObject:
    if text is None or action.layout.form != "items":
        return read_object(text, "--input")
    value = read_json(text, "--input")
    # A list can only be the items themselves, and so can an object without any key of the input.
    known = action.input_schema["properties"]
    is_input = isinstance(value, dict) and isinstance(known, dict) and value.keys() <= known.keys()
    return value if isinstance(value, dict) and is_input else {"items": value}


def _put_path(
    given: JsonObject, action: OperationAction, line: dict[str, Any]
) -> None:  # Any: as above
    for name in action.layout.path:
        given[name] = _typed(line[f"path_{name}"], action.layout.path[name])


def _put_query(
    given: JsonObject, action: OperationAction, line: dict[str, Any]
) -> None:  # Any: as above
    for name, schema in action.layout.query.items():
        value = line.get(f"query_{name}")
        if value is None or value == ():
            continue
        if isinstance(value, tuple):
            known = given.setdefault(name, {})
            flag = f"--{name.replace('_', '-')}"
            with_settings(
                cast("JsonObject", known),
                cast("tuple[str, ...]", value),
                action.input_schema,
                within=(name,),
                option=flag,
            )
        elif schema.get("type") == "array":
            given[name] = [
                _typed(part.strip(), schema.get("items", {})) for part in value.split(",")
            ]
        else:
            given[name] = _typed(value, schema)


def _put_body(
    given: JsonObject,
    action: OperationAction,
    line: dict[str, Any],  # Any: as above
) -> None:
    settings: tuple[str, ...] = line.get("settings") or ()
    ids: tuple[str, ...] = line.get("ids") or ()
    if action.layout.form != "items" or any(s.startswith("items") for s in settings):
        with_settings(given, settings, action.input_schema)
        return
    if not ids and not settings:
        return
    common = with_settings(_first(given), settings, action.input_schema, within=("items", 0))
    if not ids:
        given["items"] = [common]
        return
    given["items"] = [{"id": _typed(each, {"type": "integer"}), **common} for each in ids]


def _first(given: JsonObject) -> JsonObject:
    items = given.get("items")
    if isinstance(items, list) and items and isinstance(items[0], dict):
        return items[0]
    return items if isinstance(items, dict) else {}


def _typed(text: Any, schema: Schema) -> JsonValue:  # Any: click's, mostly text
    """Return what a word of the line means; the schema has the last word on it."""
    kinds = {schema.get("type"), *(each.get("type") for each in schema.get("anyOf", ()))}
    word = str(text)
    if isinstance(text, bool):
        return text
    if "integer" in kinds and word.lstrip("-").isdecimal():
        return int(word)
    if "number" in kinds:
        try:
            return float(word)
        except ValueError:
            return word
    return word
