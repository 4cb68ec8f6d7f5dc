"""Reads what a command is given as JSON: inline, from a file, from standard input, by `--set`."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click
from orjson import JSONDecodeError, loads

from amocrm_gen.cli.place import kinds_at

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from amocrm_gen.cli.place import Place
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["read_json", "read_object", "read_text", "with_settings"]

_STEP: Final = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<index>\d+)\]")
_LONGEST_LIST: Final = 10_000
_HOW: Final = "give a.b=value, items[0].name=value, or tags+=value to add to a list"


def read_text(given: str, option: str) -> str:
    """Return a text: the given one, that of the file behind `@`, or standard input for `-`."""
    if given == "-":
        return _noted(given, sys.stdin.read())
    if not given.startswith("@"):
        return given
    path = Path(given[1:]).expanduser()
    try:
        return _noted(given, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise click.BadParameter(f"{path}: {reason}", param_hint=option) from error


def _noted(name: str, text: str) -> str:
    """Have the run log keep what was read: the run can be repeated without the file."""
    from amocrm_gen.cli.surroundings import Surroundings  # noqa: PLC0415 - it is the importer's

    context = click.get_current_context(silent=True)
    surroundings = None if context is None else context.find_object(Surroundings)
    if surroundings is not None:
        surroundings.given[name] = text
    return text


def read_json(given: str, option: str) -> JsonValue:
    """Return the JSON of a text, a file or standard input."""
    text = read_text(given, option)
    try:
        return cast("JsonValue", loads(text))
    except JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise click.BadParameter(
            f"this is no JSON: {error.msg} ({place})", param_hint=option
        ) from error


def read_object(given: str | None, option: str) -> JsonObject:
    """Return a JSON object; an empty one if nothing is given."""
    if given is None:
        return {}
    value = read_json(given, option)
    if not isinstance(value, dict):
        raise click.BadParameter('a JSON object is needed: {"…": …}', param_hint=option)
    return value


def with_settings(
    given: JsonObject,
    settings: Sequence[str],
    schema: JsonObject,
    *,
    within: Place = (),
    option: str = "--set",
) -> JsonObject:
    """Put `a.b=c` pairs into an object, which is changed and returned.

    It stands `within` an input of this schema. Where a number cannot stand and a text can, a value
    that looks like a number is a text: a phone number.
    """
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip("+ "):
            raise click.BadParameter(f"{setting!r} sets nothing: {_HOW}", param_hint=option)
        adds = name.endswith("+")
        name = name.removesuffix("+").strip()
        place = _place(name, option)
        kinds = kinds_at(schema, (*within, *place, 0) if adds else (*within, *place))
        _put(given, place, _meant(text, kinds), name, adds=adds, option=option)
    return given


def _meant(text: str, kinds: Collection[str]) -> JsonValue:
    """Return the JSON that a text is, else the text itself."""
    try:
        value = cast("JsonValue", loads(text))
    except JSONDecodeError:
        return text
    own = {"boolean"} if isinstance(value, bool) else {"integer", "number"}
    is_word = isinstance(value, int | float) and "string" in kinds and own.isdisjoint(kinds)
    return text if is_word else value


def _put(  # noqa: PLR0913 - what a setting consists of
    target: JsonObject, steps: Place, value: JsonValue, name: str, *, adds: bool, option: str
) -> None:
    """Set what a place leads to; what is missing on the way is made.

    With `adds` the value is put at the end of the list there.
    """
    place: JsonValue = target
    for step, following in pairwise(steps):
        below = _get(place, step)
        if below is None:
            fresh_list: list[JsonValue] = []
            fresh_object: JsonObject = {}
            below = fresh_list if isinstance(following, int) else fresh_object
            _set(place, step, below, name, option)
        place = below
    last = steps[-1]
    if adds:
        there = _get(place, last)
        if there is not None and not isinstance(there, list):
            raise click.BadParameter(f"{name} is no list, += adds to lists", param_hint=option)
        value = [*(there or []), value]
    _set(place, last, value, name, option)


def _place(name: str, option: str) -> Place:
    steps: list[str | int] = []
    place = 0
    while place < len(name):
        if name[place] == "." and steps and place + 1 < len(name) and name[place + 1] not in ".[":
            place += 1
        found = _STEP.match(name, place)
        if found is None:
            raise click.BadParameter(f"{name!r} leads nowhere: {_HOW}", param_hint=option)
        steps.append(found["key"] if found["index"] is None else int(found["index"]))
        place = found.end()
    return tuple(steps)


def _get(place: JsonValue, step: str | int) -> JsonValue:
    if isinstance(place, list) and isinstance(step, int):
        return place[step] if step < len(place) else None
    if isinstance(place, dict) and isinstance(step, str):
        return place.get(step)
    return None


def _set(place: JsonValue, step: str | int, value: JsonValue, name: str, option: str) -> None:
    if isinstance(place, dict) and isinstance(step, str):
        place[step] = value
    elif isinstance(place, list) and isinstance(step, int) and step <= len(place) < _LONGEST_LIST:
        place[step : step + 1] = [value]
    else:
        kind = "an object" if isinstance(place, dict) else "a single value"
        kind = "a list" if isinstance(place, list) else kind
        raise click.BadParameter(
            f"{name}: {step!r} does not fit, there is {kind}: {_HOW}", param_hint=option
        )
