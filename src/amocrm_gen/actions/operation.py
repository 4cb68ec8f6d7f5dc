"""An operation of the API as an action."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import define

from amocrm_gen.actions.action import Requests
from amocrm_gen.actions.contract import APIS, contract_of
from amocrm_gen.actions.hiding import secrets_in, without
from amocrm_gen.actions.layout import layout_of
from amocrm_gen.actions.sampling import example_of
from amocrm_gen.actions.schema import standing_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_gen.actions.action import Kind
    from amocrm_gen.actions.contract import Contract, Described, Schema
    from amocrm_gen.actions.layout import Layout
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["OperationAction", "operations"]

_FILE: Final[Schema] = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "description": "Where the file was written."},
        "size": {"type": "integer", "description": "Bytes."},
    },
    "required": ["path", "size"],
}


@define(eq=False, slots=False)
class OperationAction:
    """One operation at one path; all of it is computed from the contract when it is asked for."""

    described: Described
    contract: Contract

    @property
    def id(self) -> str:
        """Return the operation's id: `leads.find`, `v2.leads.find`."""
        return self.described.id

    @property
    def name(self) -> str:
        """Return what it does: `List notes (leads)`."""
        summary: str = self.described.raw["summary"]
        bound = ", ".join(self.described.traits.get("over", {}).values())
        api = "API v2" if self.described.api == "v2" else ""
        beside = ", ".join(part for part in (bound, api) if part)
        return f"{summary} ({beside})" if beside else summary

    @property
    def description(self) -> str:
        """Return what there is to know before it is done."""
        traits = self.described.traits
        parts = [
            self.name,
            self.described.raw.get("description", ""),
            "What it removes is gone" if traits.get("destructive") else "",
            "For administrators" if traits.get("admin") else "",
        ]
        sentences = (" ".join(part.split()) for part in parts if part)
        return " ".join(
            text if text.endswith((".", "!", "?")) else f"{text}." for text in sentences
        )

    @property
    def kind(self) -> Kind:
        """Return that it is an operation."""
        return "operation"

    @property
    def resource(self) -> str:
        """Return what it is about: `leads`."""
        return str(self.described.traits["resource"])

    @property
    def is_write(self) -> bool:
        """Tell whether it changes the account."""
        return bool(self.described.traits["write"])

    @property
    def is_destructive(self) -> bool:
        """Tell whether what it does cannot be taken back."""
        return bool(self.described.traits["destructive"])

    @property
    def requests(self) -> Requests:
        """Return its cost; lists and long writes take as many requests as they need."""
        is_open = self.layout.is_paged or self.layout.is_batch
        return Requests(1, None if is_open else 1)

    @property
    def keywords(self) -> Mapping[str, tuple[str, ...]]:
        """Return the words by which people ask for it."""
        words: Mapping[str, list[str]] = self.described.traits.get("keywords", {})
        return {language: tuple(each) for language, each in words.items()}

    @property
    def source(self) -> str:
        """Return the request and where the knowledge of it comes from."""
        evidence = ", ".join(self.described.traits.get("evidence", ()))
        request = f"{self.described.method} {self.described.path}"
        return f"{request}; known from {evidence}" if evidence else request

    @cached_property
    def layout(self) -> Layout:
        """Where the parts of its input go."""
        return layout_of(self.described, self.contract)

    @property
    def input_schema(self) -> JsonObject:
        """Return the schema of its flat input."""
        return standing_alone(
            self.layout.flat(),
            self.contract,
            "in",
            resource=self.resource,
            path=self.layout.path,
        )

    @property
    def output_schema(self) -> JsonObject:
        """Return the schema of its output: `items` of lists, else the object, or null."""
        return standing_alone(self._output(), self.contract, "out", resource=self.resource, path={})

    def _output(self) -> Schema:
        media = self.described.answer
        if self.layout.is_fetched:
            return _FILE
        if media is None:
            return {"type": "null"}
        if not self.layout.is_listed:
            is_missing = bool(self.described.traits.get("empty")) and self.is_write
            return {"anyOf": [media["schema"], {"type": "null"}]} if is_missing else media["schema"]
        items: Schema = {"type": "array", "items": self._item(media["schema"])}
        properties: Schema = {"items": items}
        if self.layout.is_paged:
            properties["next_page"] = {
                "type": "integer",
                "description": "Where it goes on, if one page was asked for and there are more.",
            }
        return {"type": "object", "properties": properties, "required": ["items"]}

    def _item(self, whole: Schema) -> Schema:
        envelope, key = self.described.traits["envelope"], self.described.traits.get("key")
        if envelope == "array":
            found: Schema = whole["items"]
            return found
        if envelope not in {"member", "member_page"}:
            whole = whole["properties"]["_embedded"]
        member: Schema = whole["properties"][key]["items"]
        return member

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The names in the output under which credentials stand; they are `***` there."""
        media = self.described.answer
        return frozenset() if media is None else secrets_in(media.get("schema"), self.contract)

    @property
    def example(self) -> JsonObject:
        """Return a valid input."""
        return example_of(self.layout)

    def perform(self, amo: AmoCRM, given: JsonObject) -> JsonValue:
        """Check the input, put ids in the place of names, and do it.

        Credentials in the answer are hidden: an output is shown, logged and handed to models.
        """
        from amocrm_gen.actions.invoking import invoke  # noqa: PLC0415 - a list needs none of it
        from amocrm_gen.actions.naming import with_ids  # noqa: PLC0415 - as above
        from amocrm_gen.actions.validation import checked  # noqa: PLC0415 - as above

        ready = checked(self, given)
        output = invoke(amo, self.layout, with_ids(amo, self.layout, ready))
        return without(output, self.hidden) if self.hidden else output


def operations() -> Iterator[OperationAction]:
    """Go through the operations of both APIs."""
    for api in APIS:
        contract = contract_of(api)
        for described in contract.operations():
            yield OperationAction(described, contract)
