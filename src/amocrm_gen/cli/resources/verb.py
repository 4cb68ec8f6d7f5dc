"""A verb of a resource, and how it explains itself."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amocrm_gen.actions.contract import Schema
    from amocrm_gen.actions.operation import OperationAction

__all__ = ["Verb"]


@frozen
class Verb:
    """One command: an operation, or its forms for several kinds of entities."""

    name: str
    forms: Mapping[str, OperationAction]
    """By entity; the only one stands under ""."""

    @property
    def first(self) -> OperationAction:
        """Any of the forms; they take the same."""
        return next(iter(self.forms.values()))

    @property
    def takes_ids(self) -> bool:
        """Whether it changes items that the line may name: `amocrm leads update 1 2`."""
        action = self.first
        items: Schema = action.layout.body.get("items", {})
        is_matched = action.described.traits.get("batch", {}).get("match") == "id"
        fields = action.contract.resolved(items).get("properties", {})
        return action.layout.form == "items" and is_matched and "id" in fields

    @property
    def help(self) -> str:
        """What the command does, what can be set, and the request behind it."""
        return _help(self)

    def examples(self, resource: str) -> Sequence[str]:
        """Return lines that work on an account with such items."""
        return _examples(resource, self)


def _help(verb: Verb) -> str:
    action = verb.first
    summary = action.described.raw["summary"]
    about = action.description.removeprefix(action.name).lstrip(". ")
    path = action.described.path
    if "" not in verb.forms:
        entity = next(entity for entity, form in verb.forms.items() if form is action)
        path = path.replace(f"/{entity}", "/ENTITY", 1)
    fields = _fields(action)
    parts = (f"{summary}. {about}", fields, f"{action.described.method} {path}")
    return "\n\n".join(part for part in parts if part)


def _fields(action: OperationAction) -> str:
    """Tell what can be set; what must be is told first."""
    layout = action.layout
    if layout.form not in {"items", "parts"}:
        return ""
    whole = layout.body.get("items", {}) if layout.form == "items" else layout.body
    schema = action.contract.resolved(whole)
    names = [name for name in schema.get("properties", {}) if name not in layout.path]
    if not names:
        return ""
    needed = [name for name in names if name in schema.get("required", ())]
    free = [name for name in names if name not in needed]
    told = [f"Needed: {', '.join(needed)}."] if needed else []
    told += [f"Can be set: {', '.join(free)}."] if free else []
    return f"{' '.join(told)} `amocrm action show {action.id}` has their types."


def _examples(resource: str, verb: Verb) -> Sequence[str]:
    shown = resource.replace("_", "-")
    entity = "" if "" in verb.forms else f" {next(iter(sorted(verb.forms)))}"
    ids = "".join(" 1" for _ in verb.first.layout.path) + " 1" * verb.takes_ids
    start = f"amocrm {shown} {verb.name}{entity}{ids}"
    layout = verb.first.layout
    if layout.is_paged:
        return (f"{start} --limit 20 --json --fields id", f"{start} --all -o csv")
    if verb.first.is_write and layout.form != "none":
        setting = _setting(verb)
        return (f"{start}{setting} --dry-run", f"{start} --input @input.json")
    return (start,)


def _setting(verb: Verb) -> str:
    example = verb.first.example
    items = example.get("items")
    fields = items[0] if isinstance(items, list) and items else example
    if not isinstance(fields, dict):
        return ""
    named = [
        (key, value)
        for key, value in fields.items()
        if isinstance(value, str | int) and key != "id" and key not in verb.first.layout.path
    ]
    return "".join(f" --set {key}={quote(str(value))}" for key, value in named[:1])
