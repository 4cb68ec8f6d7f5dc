"""JSON with {{ … }} in its texts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen

from amocrm_gen.actions.saved.expression import ExpressionError, parse
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_gen.actions.saved.expression import Expression
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["Hole", "any_of", "filled", "holes", "worked_out"]

_HOLE: Final = re.compile(r"{{(.*?)}}", re.DOTALL)


@frozen
class Hole:
    """A text with an expression, and where it stands."""

    steps: tuple[str | int, ...]
    text: str


def holes(value: object, steps: tuple[str | int, ...] = ()) -> Iterator[Hole]:
    """Go through the expressions of a template."""
    if isinstance(value, str):
        for found in _HOLE.finditer(value):
            yield Hole(steps, found[1].strip())
    elif is_object(value):
        for key, inner in value.items():
            yield from holes(inner, (*steps, key))
    elif is_list(value):
        for index, inner in enumerate(value):
            yield from holes(inner, (*steps, index))


def any_of(template: str) -> str:
    """Return a pattern of all texts that a template may become."""
    return ".*".join(map(re.escape, _HOLE.sub("{{}}", template).split("{{}}")))


def worked_out(text: str, known: Mapping[str, object]) -> object:
    """Return the value of an expression, with or without its braces; UNSET if there is none."""
    found = _HOLE.fullmatch(text.strip())
    return parse(found[1].strip() if found else text).value(known)


def filled(template: object, known: Mapping[str, object]) -> JsonValue:
    """Return the JSON of a template.

    A text that is one expression becomes its value, of whatever type. A key whose value there is
    not is left out; in the midst of a text that is an `ExpressionError`.
    """
    found = _filled(template, known)
    return None if found is UNSET else cast("JsonValue", found)


def _filled(template: object, known: Mapping[str, object]) -> object:
    if is_object(template):
        pairs = ((key, _filled(inner, known)) for key, inner in template.items())
        return {key: inner for key, inner in pairs if inner is not UNSET}
    if is_list(template):
        listed = (_filled(inner, known) for inner in template)
        return [inner for inner in listed if inner is not UNSET]
    if not isinstance(template, str):
        return template
    whole = _HOLE.fullmatch(template.strip())
    # Two holes with text between them match as one, whose expression would hold braces.
    if whole is not None and "{{" not in whole[1]:
        return parse(whole[1].strip()).value(known)
    return _HOLE.sub(lambda hole: _text(parse(hole[1].strip()), known), template)


def _text(expression: Expression, known: Mapping[str, object]) -> str:
    value = expression.value(known)
    if value is UNSET:
        raise ExpressionError(f"there is no {expression.text}")
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
