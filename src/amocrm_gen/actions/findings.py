"""Says what a JSON Schema found wrong in words that tell what would be right."""

from __future__ import annotations

import json
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from amocrm_gen.actions.fault import Fault
from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from amocrm_gen.runtime.types import JsonObject

__all__ = ["Finding", "faults_of", "near"]

_SHOWN: Final = 12
_LONGEST: Final = 60
_KINDS: Final[Mapping[str, str]] = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_TRUTHS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("true", "yes", "1"), "true"),
    **dict.fromkeys(("false", "no", "0"), "false"),
}
_LIMITS: Final[Mapping[str, str]] = {
    "minimum": "{value} is less than {rule}",
    "maximum": "{value} is more than {rule}",
    "minItems": "needs at least {rule} items",
    "maxItems": "takes at most {rule} items",
    "minLength": "needs at least {rule} characters",
    "maxLength": "takes at most {rule} characters",
    "minProperties": "needs at least {rule} keys",
}


@frozen
class Finding:
    """One thing that a schema does not take."""

    keyword: str
    """The rule of JSON Schema that is broken."""
    rule: Any  # Any: JSON, as the rule has it
    value: Any  # Any: JSON, as it was given
    schema: Any  # Any: a JSON Schema, in which the rule stands
    steps: tuple[str | int, ...]
    """Where the value is."""
    choice: int
    """Of several schemas of which one must fit, the one that it belongs to."""
    message: str
    within: tuple[Finding, ...]
    """What each of several schemas does not take."""

    @classmethod
    def of(cls, error: Any) -> Finding:  # Any: an error of jsonschema, which is typed loosely
        """Read an error of jsonschema."""
        places = error.relative_schema_path
        return cls(
            keyword=error.validator,
            rule=error.validator_value,
            value=error.instance,
            schema=error.schema,
            steps=tuple(error.absolute_path),
            choice=places[0] if places and isinstance(places[0], int) else 0,
            message=error.message,
            within=tuple(cls.of(each) for each in error.context or ()),
        )

    @property
    def path(self) -> str:
        """Return the place as text: `items[0].price`."""
        text = ""
        for step in self.steps:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    def beneath(self, name: str) -> str:
        """Return the place of a key of the value."""
        return f"{self.path}.{name}" if self.steps else name


def faults_of(finding: Finding, example: JsonObject) -> Iterator[Fault]:
    """Return what to say of a finding."""
    match finding.keyword:
        case "additionalProperties":
            yield from _unknown(finding)
        case "required":
            yield from _missing(finding, example)
        case "type":
            rule = finding.rule
            yield _type(finding, [rule] if isinstance(rule, str) else rule)
        case "enum" | "const":
            yield _enum(finding, finding.rule if finding.keyword == "enum" else [finding.rule])
        case "anyOf" | "oneOf":
            yield from _choices(finding, example)
        case keyword:
            said = _LIMITS.get(keyword, f"breaks the rule {keyword}")
            yield Fault(finding.path, said.format(value=_shown(finding.value), rule=finding.rule))


def _unknown(finding: Finding) -> Iterator[Fault]:
    known = list(finding.schema["properties"])
    for name in finding.value:
        if name not in known:
            hint = _place_for(name, finding) or near(name, known, "there are")
            yield Fault(finding.beneath(name), "there is no such key", hint)


def _place_for(name: str, finding: Finding) -> str | None:
    """Return where else a key belongs: into the items of a list, or among the custom fields."""
    properties: Mapping[str, Any] = finding.schema["properties"]  # Any: a schema
    item: Any = properties.get("items", {}).get("items", {})  # Any: as above
    if not finding.steps and "$ref" in item:
        item = finding.schema["$defs"][item["$ref"].rpartition("/")[2]]
    if name in item.get("properties", {}):
        return f'it belongs into the items: {{"items": [{{"{name}": …}}]}}'
    longer = [each for each in properties if each.startswith(f"{name}_")]
    if longer:
        return f"did you mean {' or '.join(map(repr, longer))}?"
    if "custom_fields" in properties and not get_close_matches(name, list(properties), n=1):
        return f'a custom field stands in custom_fields: {{"custom_fields": {{"{name}": …}}}}'
    return None


def _missing(finding: Finding, example: JsonObject) -> Iterator[Fault]:
    for name in finding.rule:
        # Each missing key is a finding of its own, which names it in its text alone.
        if name not in finding.value and finding.message.startswith(repr(name)):
            place = finding.beneath(name)
            told = _example(finding.schema["properties"].get(name, {}), example, place)
            yield Fault(place, "is required and not there", f"for example {told}")


def _example(schema: Mapping[str, Any], example: JsonObject, place: str) -> str:  # Any: a schema
    """Return what could stand at a place: that of the example, else something of the right type."""
    found: object = example
    for step in place.replace("[", ".").replace("]", "").split("."):
        if is_object(found):
            found = found.get(step)
        elif is_list(found):
            found = found[0] if found else None
        else:
            found = None
    if found is not None:
        return _shown(found, longest=200)
    if "const" in schema or "enum" in schema:
        return _shown(schema["const"] if "const" in schema else schema["enum"][0])
    kinds = schema.get("type", "string")
    kind: str = kinds if isinstance(kinds, str) else kinds[0]
    plain: dict[str, object] = {"integer": 1, "number": 1, "boolean": True, "array": list[str]()}
    return _shown(plain.get(kind, {} if kind == "object" else "text"))


def _type(finding: Finding, kinds: Sequence[str]) -> Fault:
    names = [_KINDS[kind] for kind in kinds]
    wanted = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    message = f"expected {wanted}, got {_told(finding.value)}"
    hint = _conversion(finding.value, set(kinds))
    if finding.steps[-1:] == ("custom_fields_values",) and is_object(finding.value):
        hint = "custom_fields takes such an object"
    return Fault(finding.path, message, hint)


def _conversion(value: object, kinds: set[str]) -> str | None:
    """Return how to write what was probably meant."""
    if isinstance(value, str):
        return _unquoted(value.strip(), kinds)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if kinds == {"string"}:
            return f'write it in quotes: "{value}"'
        if "boolean" in kinds and str(value) in _TRUTHS:
            return f"write {_TRUTHS[str(value)]}"
    return "put it into a list: […]" if "array" in kinds and not is_list(value) else None


def _unquoted(text: str, kinds: set[str]) -> str | None:
    if kinds & {"integer", "number"} and _is_number(text, whole="number" not in kinds):
        return f"write {text} without quotes"
    if "boolean" in kinds and text.lower() in _TRUTHS:
        return f"write {_TRUTHS[text.lower()]} without quotes"
    return "put it into a list: […]" if "array" in kinds else None


def _is_number(text: str, *, whole: bool) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return number.is_integer() if whole else isfinite(number)


def _enum(finding: Finding, values: Sequence[object]) -> Fault:
    known = [str(each) for each in values if each is not None]
    message = f"{_shown(finding.value)} is not possible here"
    return Fault(finding.path, message, near(str(finding.value), known, "give"))


def near(given: str, known: Sequence[str], otherwise: str) -> str:
    """Return what was probably meant, or else what there is."""
    by_fold = {each.casefold(): each for each in known}
    found = get_close_matches(given.casefold(), list(by_fold), n=1, cutoff=0.6)
    if found:
        return f"did you mean {by_fold[found[0]]!r}?"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"{otherwise} {', '.join(known[:_SHOWN])}{more}" if known else "there are none"


def _choices(finding: Finding, example: JsonObject) -> Iterator[Fault]:
    """Say what is wrong by the one of several schemas that was probably meant."""
    if not isinstance(finding.value, dict | list):
        yield _scalar(finding)
        return
    by_choice: dict[int, list[Finding]] = {}
    for each in finding.within:
        by_choice.setdefault(each.choice, []).append(each)
    depth = len(finding.steps)
    typed = [found for found in by_choice.values() if not _is_of_other_type(found, depth)]
    if not typed:
        yield _scalar(finding)
        return
    meant = [found for found in typed if not _marks(found, depth)] if len(typed) > 1 else typed
    if not meant:
        marks = [mark for found in typed for mark in _marks(found, depth)]
        known = [
            value
            for each in marks
            for value in ([each.rule] if each.keyword == "const" else each.rule)
        ]
        yield _enum(marks[0], known)
        return
    for each in min(meant, key=len):
        yield from faults_of(each, example)


def _is_of_other_type(found: Iterable[Finding], depth: int) -> bool:
    return any(each.keyword == "type" and len(each.steps) == depth for each in found)


def _marks(found: Iterable[Finding], depth: int) -> list[Finding]:
    """Return what tells that another of several objects was meant: a key with another mark."""
    return [
        each for each in found if each.keyword in {"const", "enum"} and len(each.steps) == depth + 1
    ]


def _scalar(finding: Finding) -> Fault:
    values: list[object] = []
    kinds: list[str] = []
    for choice in finding.rule:
        values += choice.get("enum", [choice["const"]] if "const" in choice else [])
        of_choice = choice.get("type", "object")
        kinds += [of_choice] if isinstance(of_choice, str) else of_choice
    if values and isinstance(finding.value, str):
        return _enum(finding, values)
    return _type(finding, list(dict.fromkeys(kinds)))


def _told(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return _KINDS["object" if isinstance(value, dict) else "array"]
    return f"{'the text ' if isinstance(value, str) else ''}{_shown(value)}"


def _shown(value: object, longest: int = _LONGEST) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
