"""Reads the file of an action, and checks it as a whole before it is ever run."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from amocrm_gen.actions.findings import Finding, faults_of, near
from amocrm_gen.actions.saved.action import SavedAction, Step
from amocrm_gen.actions.saved.document import ActionFileError, read_document
from amocrm_gen.actions.saved.expression import ExpressionError, parse
from amocrm_gen.actions.saved.template import holes
from amocrm_gen.runtime.errors import MissingExtra
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.fault import Fault
    from amocrm_gen.actions.saved.document import Document, Steps

__all__ = ["format_schema", "read_action"]


def format_schema() -> dict[str, Any]:  # Any: JSON Schema
    """Return the JSON Schema of the format."""
    text = files("amocrm_gen.actions.saved").joinpath("format.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)  # Any: as above
    return found


def read_action(text: str, name: str, known: Mapping[str, Action]) -> SavedAction:
    """Return the action of a file's text; `known` are the actions that it may use, by id.

    Raises `ActionFileError`, which tells all that is wrong with its lines.
    """
    document = read_document(text, name)
    faults = list(_shape(document, (), document.value, format_schema()))
    if not faults:
        faults = list(_meaning(document, known))
    if faults:
        raise ActionFileError(f"{name} is no action that can be run", faults=faults)
    return _made(document.value, name, known)


def _validator(schema: Any) -> Any:  # Any: jsonschema's own, which is typed loosely
    try:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to load
    except ImportError:
        raise MissingExtra("checking actions of your own", "cli") from None
    return Draft202012Validator(schema)


def _shape(document: Document, at: Steps, value: object, schema: Any) -> Iterator[Fault]:
    for error in _validator(schema).iter_errors(value):
        finding = Finding.of(error)
        for fault in faults_of(finding, {}):
            message = f"{fault.path}: {fault.message}" if fault.path else fault.message
            # The key itself, where it is one that should not be there.
            last = fault.path.removeprefix(finding.path).strip(".")
            place = (*at, *finding.steps, *([last] if last else ()))
            yield document.fault(place, message, fault.hint)


def _meaning(document: Document, known: Mapping[str, Action]) -> Iterator[Fault]:
    value = document.value
    if value["id"] in known:
        message = f"there is an action {value['id']!r} already"
        yield document.fault(("id",), message, "take another id")
    yield from _schemas(document)
    names = {"input": _properties(value.get("inputSchema"))}
    for index, step in enumerate(value["steps"]):
        yield from _step(document, ("steps", index), step, names, known)
        if step["id"] in names:
            message = f"there is {step['id']!r} already"
            yield document.fault(("steps", index, "id"), message, "take another name")
        names[step["id"]] = None
    yield from _template(document, ("output",), value.get("output"), names)


def _schemas(document: Document) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - it is there by now
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - as above

    for key in ("inputSchema", "outputSchema"):
        try:
            Draft202012Validator.check_schema(document.value.get(key, {}))
        except SchemaError as error:
            yield document.fault((key, *error.absolute_path), f"no JSON Schema: {error.message}")
            return
    example = document.value.get("example")
    if example is not None:
        closed = {"additionalProperties": False, **document.value.get("inputSchema", {})}
        yield from _shape(document, ("example",), example, closed)


def _properties(schema: Any) -> frozenset[str] | None:  # Any: JSON Schema
    """Return the keys that an input can have; None if it may have any."""
    if schema is None:
        return frozenset()
    is_open = schema.get("additionalProperties") not in {None, False}
    return None if is_open else frozenset(schema.get("properties", {}))


def _step(
    document: Document,
    at: Steps,
    step: Any,  # Any: as the file has it
    names: Mapping[str, frozenset[str] | None],
    known: Mapping[str, Action],
) -> Iterator[Fault]:
    if ("action" in step) == ("request" in step):
        yield document.fault(at, "a step has either an action or a request")
    if "for_each" in step:
        yield from _expression(document, (*at, "for_each"), step["for_each"], names)
        variable = step.get("as", "item")
        if variable in names:
            yield document.fault((*at, "as"), f"there is {variable!r} already", "take another name")
        names = {**names, variable: None}
    elif "as" in step:
        yield document.fault((*at, "as"), "as names the items of for_each, and there is none")
    if "when" in step:
        yield from _expression(document, (*at, "when"), step["when"], names)
    yield from _template(document, (*at, "input"), step.get("input"), names)
    yield from _template(document, (*at, "request"), step.get("request"), names)
    if "action" in step:
        yield from _use(document, at, step, known)


def _use(
    document: Document,
    at: Steps,
    step: Any,  # Any: as above
    known: Mapping[str, Action],
) -> Iterator[Fault]:
    """Check what a step gives to an action, as far as it does not depend on values."""
    action = known.get(step["action"])
    if action is None:
        hint = near(step["action"], list(known), "see `amocrm action list`; there are")
        yield document.fault((*at, "action"), f"there is no action {step['action']!r}", hint)
        return
    if action.kind == "saved":
        message = f"{action.id} is an action of your own, which steps cannot use"
        yield document.fault((*at, "action"), message, "repeat its steps here")
        return
    given = dict(step.get("input", {}))
    is_one = is_object(given.get("items"))
    if is_one:
        given["items"] = [given["items"]]
    for error in _validator(action.input_schema).iter_errors(given):
        finding = Finding.of(error)
        # What is filled in later cannot be judged yet.
        is_known = finding.keyword in {"required", "additionalProperties"}
        if not is_known and any(holes(finding.value)):
            continue
        steps = finding.steps[:1] + finding.steps[2:] if is_one else finding.steps
        for fault in faults_of(finding, action.example):
            message = f"{fault.path}: {fault.message}" if fault.path else fault.message
            last = fault.path.removeprefix(finding.path).strip(".")
            place = (*at, "input", *steps, *([last] if last else ()))
            yield document.fault(place, message, fault.hint)


def _template(
    document: Document,
    at: Steps,
    template: object,
    names: Mapping[str, frozenset[str] | None],
) -> Iterator[Fault]:
    for hole in holes(template):
        yield from _expression(document, (*at, *hole.steps), hole.text, names)


def _expression(
    document: Document, at: Steps, text: str, names: Mapping[str, frozenset[str] | None]
) -> Iterator[Fault]:
    bare = text.strip().removeprefix("{{").removesuffix("}}")
    try:
        expression = parse(bare.strip())
    except ExpressionError as error:
        yield document.fault(at, str(error))
        return
    for reach in expression.reaches:
        if reach.root not in names:
            hint = near(reach.root, list(names), "there are")
            yield document.fault(at, f"there is no {reach.root!r} here", hint)
            continue
        keys = names[reach.root]
        if keys is not None and reach.steps and str(reach.steps[0]) not in keys:
            hint = near(str(reach.steps[0]), sorted(keys), "there are")
            yield document.fault(at, f"the input has no {reach.steps[0]!r}", hint)


def _made(value: Any, name: str, known: Mapping[str, Action]) -> SavedAction:  # Any: a good file
    steps = [_made_step(step, known) for step in value["steps"]]
    first = steps[0].action
    keywords: dict[str, list[str]] = value.get("keywords", {})
    return SavedAction(
        id=value["id"],
        name=value["name"],
        description=value.get("description", value["name"]),
        resource=value.get("resource", "account" if first is None else first.resource),
        keywords={language: tuple(words) for language, words in keywords.items()},
        source=name,
        steps=steps,
        own_input_schema=value.get("inputSchema"),
        own_output_schema=value.get("outputSchema", {}),
        own_example=value.get("example", {}),
        output=value.get("output", UNSET),
    )


def _made_step(step: Any, known: Mapping[str, Action]) -> Step:  # Any: as above
    return Step(
        id=step["id"],
        action=known[step["action"]] if "action" in step else None,
        input=step.get("input", {}),
        request=step["request"] if is_object(step.get("request")) else {},
        for_each=step.get("for_each"),
        variable=step.get("as", "item"),
        when=step.get("when"),
    )
