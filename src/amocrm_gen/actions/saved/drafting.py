"""Writes the file of an action that is another one with a part of its input fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.actions.findings import near
from amocrm_gen.runtime.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.actions.action import Action
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["draft_of"]


def draft_of(  # noqa: PLR0913 - what a file has
    action: Action,
    *,
    id: str,
    name: str | None,
    description: str | None,
    fixed: JsonObject,
    asked: Sequence[str] = (),
) -> str:
    """Return the YAML of an action that does another one.

    Args:
        action: What it does.
        id: Its id.
        name: Its name; that of `action` if left out.
        description: What there is to know; that of `action` if left out.
        fixed: The input that it always has.
        asked: Properties of the input that it asks for, beside the fixed ones.
    """
    try:
        from yaml import safe_dump  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("writing actions of your own", "cli") from None
    whole: Any = action.input_schema  # Any: JSON Schema
    for each in asked:
        if each not in whole["properties"]:
            hint = near(each, list(whole["properties"]), "there are")
            fault = Fault(each, "the input has no such key", hint)
            raise InputError("it cannot be asked for", faults=[fault], action=action.id)
    made: dict[str, Any] = {  # Any: YAML
        "id": id,
        "name": name or action.name,
        "description": description or action.description,
        "resource": action.resource,
    }
    if asked:
        made["inputSchema"] = _asking(whole, asked)
        shown = {each: action.example[each] for each in asked if each in action.example}
        if len(shown) == len(asked):
            made["example"] = shown
    holes = {each: f"{{{{ input.{each} }}}}" for each in asked}
    made["steps"] = [{"id": "done", "action": action.id, "input": {**fixed, **holes}}]
    text: str = safe_dump(made, sort_keys=False, allow_unicode=True, width=100)
    return text


def _asking(whole: Any, asked: Sequence[str]) -> Any:  # Any: as above
    schema: dict[str, Any] = {  # Any: as above
        "type": "object",
        "properties": {each: whole["properties"][each] for each in asked},
        "required": list(asked),
        "additionalProperties": False,
    }
    definitions = whole.get("$defs", {})
    if "$ref" in str(schema) and definitions:
        schema["$defs"] = definitions
    return schema
