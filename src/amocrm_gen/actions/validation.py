"""Checks an input before any traffic, and tells all that is wrong with it at once."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

from attrs import evolve
from orjson import dumps

from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.actions.field_values import complaints
from amocrm_gen.actions.findings import Finding, faults_of
from amocrm_gen.actions.moments import MOMENT_HINT, seconds_of
from amocrm_gen.actions.schema import CUSTOM_FIELDS
from amocrm_gen.actions.spots import spots
from amocrm_gen.runtime.errors import MissingExtra
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.masks import Masks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.contract import Schema
    from amocrm_gen.actions.layout import Layout
    from amocrm_gen.actions.operation import OperationAction
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["checked", "checked_by_schema"]


def checked(action: OperationAction, given: JsonObject) -> JsonObject:
    """Return the input as the API wants it, but for names: moments in seconds, lists as lists.

    Raises `InputError`.
    """
    layout = action.layout
    ready: JsonObject = deepcopy(given)
    # A caller may give any JSON; what is no object is for the schema to refuse.
    faults = list(_prepared(ready, layout)) if is_object(cast("object", given)) else []
    faults += _found(action.input_schema, ready, action.example)
    faults += _missing_files(layout, ready) if not faults else ()
    _refuse(action, given, faults)
    return ready


def checked_by_schema(action: Action, given: JsonObject) -> JsonObject:
    """Return the input of any action, if its schema takes it; else raise `InputError`."""
    _refuse(action, given, _found(action.input_schema, given, action.example))
    return given


def _refuse(action: Action, given: JsonObject, faults: list[Fault]) -> None:
    if faults:
        faults = _without_secrets(faults, given)
        things = "thing is" if len(faults) == 1 else "things are"
        raise InputError(
            f"the input is not taken: {len(faults)} {things} wrong", faults=faults, action=action.id
        )


def _without_secrets(faults: list[Fault], given: JsonObject) -> list[Fault]:
    masks = Masks()
    masks.body(dumps(given, default=str), "application/json")  # it learns them there
    return [
        evolve(
            fault,
            message=masks.text(fault.message),
            hint=None if fault.hint is None else masks.text(fault.hint),
        )
        for fault in faults
    ]


def _found(schema: Schema, given: object, example: JsonObject) -> list[Fault]:
    try:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to load
    except ImportError:
        raise MissingExtra("checking the input of an action", "cli") from None
    validator: Any = Draft202012Validator(schema)  # Any: its errors are typed loosely
    found = map(Finding.of, validator.iter_errors(given))
    return [fault for finding in found for fault in faults_of(finding, example)]


def _prepared(given: JsonObject, layout: Layout) -> Iterator[Fault]:
    """Bring what may be written in several ways into the one that the API has."""
    if layout.form == "items" and is_object(given.get("items")):
        given["items"] = [given["items"]]
    if isinstance(given.get("with"), str):
        given["with"] = [part.strip() for part in str(given["with"]).split(",")]
    for spot in spots(given, layout.flat(), layout.contract):
        value = spot.value
        if spot.key == CUSTOM_FIELDS:
            yield from complaints(value, spot.path)
        if spot.schema.get("format") != "unix-time" or not isinstance(value, str):
            continue
        seconds = seconds_of(value)
        if seconds is None:
            yield Fault(spot.path, f"{value!r} is no date or time", _moment_hint(value))
        else:
            spot.put(seconds)


def _moment_hint(value: str) -> str:
    digits = value.strip()
    return f"write {digits} without quotes" if digits.isdecimal() else MOMENT_HINT


def _missing_files(layout: Layout, given: JsonObject) -> Iterator[Fault]:
    from pathlib import Path  # noqa: PLC0415 - of few actions

    if layout.form == "file":
        path = Path(str(given["file"])).expanduser()
        if not path.is_file():
            yield Fault("file", f"there is no file {path}", "give the path of a local file")
    if layout.is_fetched:
        folder = Path(str(given["to"])).expanduser().parent
        if not folder.is_dir():
            yield Fault("to", f"there is no folder {folder}", "make it, or give another path")
