"""What a command stands in: its options, the account, and where its output goes."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Self

from attrs import Factory, define

from amocrm_gen.cli.options import FORMATS, Options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amocrm_gen.actions.catalog import Catalog
    from amocrm_gen.cli.failure import Failure
    from amocrm_gen.connections.book import Book
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.runs.rehearsal import Rehearsal
    from amocrm_gen.runtime.types import JsonValue
    from amocrm_gen.v4.client import AmoCRM

# What a command does not need it does not import.
# ruff: noqa: PLC0415

__all__ = ["Surroundings"]


@define(slots=False)
class Surroundings:
    """One run of one command; click hands it on as the context's object."""

    options: Options = Factory(Options)

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Self:
        """Make the surroundings of a command line.

        A line that cannot be parsed is answered in the format that it asks for, so the format is
        looked for before.
        """
        asked = os.environ.get("AMOCRM_OUTPUT")
        words = list(arguments)
        for word, following in zip(words, [*words[1:], ""], strict=True):
            if word in {"-o", "--output"}:
                asked = following
            elif word == "--json":
                asked = "json"
        return cls(Options(output=asked if asked in FORMATS else None))

    @property
    def format(self) -> str:
        """The format of the output."""
        if self.options.output is not None:
            return self.options.output
        if self.options.jq is not None:
            return "json"
        return "table" if sys.stdout.isatty() else "json"

    @cached_property
    def book(self) -> Book:
        """The connections of this user."""
        from amocrm_gen.connections.book import Book

        return Book()

    @cached_property
    def connection(self) -> Connection:
        """The connection that is meant: a named one, that of the environment, or the default.

        Raises `NotConnected` or `UnknownConnection`.
        """
        from amocrm_gen.connections.opening import select

        return select(self.options.account, book=self.book)

    @cached_property
    def catalog(self) -> Catalog:
        """All actions."""
        from amocrm_gen.actions.catalog import Catalog

        return Catalog.of()

    def client(self, *, rehearsal: Rehearsal | None = None) -> AmoCRM:
        """Return a client for the chosen account; whoever opens it closes it.

        With a `rehearsal` it sends reads only, and the ledger of creates stays as it is.
        Raises `ActionRequired` where nobody has logged in.
        """
        from amocrm_gen.connections.opening import open_client

        if self.options.debug:
            from amocrm_gen.runtime.log import switch_on

            os.environ.setdefault("AMOCRM_LOG", "debug")
            switch_on()
        ledger = None
        if rehearsal is not None:
            from amocrm_gen.runs.rehearsal import RehearsedLedger
            from amocrm_gen.runtime.ledger.sqlite import SqliteLedger

            ledger = RehearsedLedger(SqliteLedger())
        return open_client(self.connection, book=self.book, transport=rehearsal, ledger=ledger)

    def emit(self, value: JsonValue) -> None:
        """Write the one result of a command."""
        from amocrm_gen.cli.output.writing import write_value

        write_value(value, self)

    def emit_items(self, items: Iterable[JsonValue]) -> None:
        """Write a list, item by item as far as the format allows."""
        from amocrm_gen.cli.output.writing import write_items

        write_items(items, self)

    def say(self, text: str) -> None:
        """Tell a person something beside the output."""
        if not self.options.quiet:
            from amocrm_gen.cli.output.harmless import harmless

            sys.stderr.write(f"{harmless(text)}\n")

    def fail(self, failure: Failure) -> None:
        """Tell what went wrong: as JSON where that is the format, and always as a sentence."""
        if self.format in {"json", "jsonl"}:
            from amocrm_gen.cli.output.writing import json_text

            text = json_text(failure.envelope, indent=self.format == "json")
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        from amocrm_gen.cli.output.harmless import harmless_line

        sys.stderr.write(f"amocrm: {harmless_line(failure.message)}\n")
        advice = failure.details.get("what_to_do")
        if isinstance(advice, str):
            sys.stderr.write(f"What to do: {harmless_line(advice)}\n")
