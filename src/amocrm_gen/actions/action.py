"""What can be done with an account, as the command line and agents see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["Action", "Kind", "Requests"]

Kind: TypeAlias = Literal["operation", "composed", "saved"]
"""An operation of the API; several of them put together here; or a user's own."""


@frozen
class Requests:
    """What an action costs, in requests to the account."""

    least: int
    most: int | None = None
    """None: as many as there are pages or items."""

    def __str__(self) -> str:
        """Return "1", "2 to 5" or "1 or more"."""
        if self.most is None:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


class Action(Protocol):
    """One thing that can be done; its input and output are JSON."""

    @property
    def id(self) -> str:
        """`leads.update`, an operation of the spec; `win-lead`, one that is composed."""
        ...

    @property
    def name(self) -> str:
        """A short imperative: "Change leads"."""
        ...

    @property
    def description(self) -> str:
        """One to three sentences."""
        ...

    @property
    def kind(self) -> Kind:
        """Where it comes from."""
        ...

    @property
    def resource(self) -> str:
        """What it is about: `leads`."""
        ...

    @property
    def is_write(self) -> bool:
        """Whether it changes the account."""
        ...

    @property
    def is_destructive(self) -> bool:
        """Whether it deletes, or changes what cannot be changed back."""
        ...

    @property
    def requests(self) -> Requests:
        """What it costs."""
        ...

    @property
    def keywords(self) -> Mapping[str, tuple[str, ...]]:
        """Words that people ask for it by, by language: "en", "ru", "es"."""
        ...

    @property
    def source(self) -> str:
        """Where it leads: `PATCH /api/v4/leads`."""
        ...

    @property
    def input_schema(self) -> JsonObject:
        """A JSON Schema (2020-12) that stands by itself, of an object."""
        ...

    @property
    def output_schema(self) -> JsonObject:
        """A JSON Schema of what `perform` returns."""
        ...

    @property
    def example(self) -> JsonObject:
        """An input that the schema takes."""
        ...

    def perform(self, amo: AmoCRM, given: JsonObject) -> JsonValue:
        """Do it and return its output.

        Raises `InputError` before any traffic where the input is wrong, else what the client
        raises.
        """
        ...
