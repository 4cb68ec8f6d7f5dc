"""What a command stands in: its options, the account, and where its output goes."""

from __future__ import annotations

import os
import sys
from collections import deque
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Self

from attrs import Factory, define, evolve

from amocrm_gen.cli.options import FORMATS, Options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amocrm_gen.actions.catalog import Catalog
    from amocrm_gen.cli.failure import Failure
    from amocrm_gen.connections.book import Book
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.runs.recording import Recording
    from amocrm_gen.runs.rehearsal import Rehearsal
    from amocrm_gen.runtime.types import JsonValue
    from amocrm_gen.v4.client import AmoCRM

# What a command does not need it does not import.
# ruff: noqa: PLC0415

__all__ = ["Surroundings"]

_OUTPUT_FAILURES: Final = frozenset({"unknown_field", "jq_error"})
"""What can be wrong when all is done but the writing of the output."""


@define(slots=False)
class Surroundings:
    """One run of one command; click hands it on as the context's object."""

    options: Options = Factory(Options)
    arguments: tuple[str, ...] = ()
    """The command line after `amocrm`."""
    given: dict[str, str] = Factory(dict[str, str])
    """What was read for `-` and `@file`."""
    recording: Recording | None = None
    """What the run log is told, once the command talks to an account."""
    is_logged: bool = True
    is_mute: bool = False
    """Whether the output is only recorded."""
    ended: tuple[str, int] | None = None
    """How the command ended."""
    noted: tuple[str | None, JsonValue] = (None, None)
    """The action and the input that the run log is told."""

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Self:
        """Make the surroundings of a command line.

        A line that cannot be parsed is answered in the format that it asks for, so the format is
        looked for before.
        """
        asked = os.environ.get("AMOCRM_OUTPUT")
        words = list(arguments)
        for word, following in pairwise([*words, ""]):
            if word in {"-o", "--output"}:
                asked = following
            elif word == "--json":
                asked = "json"
        return cls(Options(output=asked if asked in FORMATS else None), arguments=tuple(arguments))

    @property
    def format(self) -> str:
        """The format of the output."""
        if self.options.output is not None:
            return self.options.output
        if self.options.jq is not None:
            return "json"
        return "table" if sys.stdout.isatty() else "json"

    @property
    def is_drawn(self) -> bool:
        """Whether the output is drawn on a terminal, for people."""
        return not self.is_mute and self.format == "table" and sys.stdout.isatty()

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
        """All actions, with those of the user's own folder that can be used."""
        from amocrm_gen.actions.catalog import Catalog
        from amocrm_gen.actions.saved.shelf import own_shelf

        catalog = Catalog.of(shelf=own_shelf())
        for error in catalog.broken.values():
            self.say(f"amocrm: passed over: {error}")
        return catalog

    def choose_json(self, output: str | None) -> None:
        """Have JSON written by a command that writes nothing else, whatever the terminal."""
        self.options = evolve(self.options, output="jsonl" if output == "jsonl" else "json")

    def note(self, action: str | None, given: JsonValue) -> None:
        """Tell the run log what is done with which input."""
        self.noted = (action, given)

    def client(self, *, rehearsal: Rehearsal | None = None, shows_curl: bool = False) -> AmoCRM:
        """Return a client for the chosen account; whoever opens it closes it.

        With a `rehearsal` it sends reads only, and the ledger of creates stays as it is. With
        `shows_curl` each request that is sent is told as a line for a shell. From here on the
        command is a run of the run log. Raises `ActionRequired` where nobody has logged in.
        """
        from amocrm_gen.connections.opening import open_client

        self._check_output()
        if self.options.debug:
            from amocrm_gen.runtime.log import switch_on

            os.environ.setdefault("AMOCRM_LOG", "debug")
            switch_on()
        ledger = None
        if rehearsal is not None:
            from amocrm_gen.runs.rehearsal import RehearsedLedger
            from amocrm_gen.runtime.ledger.sqlite import SqliteLedger

            ledger = RehearsedLedger(SqliteLedger())
        recorder = self._record(shows_curl=shows_curl)
        recorder.is_rehearsed = rehearsal is not None
        return open_client(
            self.connection, book=self.book, transport=rehearsal, ledger=ledger, har=recorder
        )

    def _check_output(self) -> None:
        """Refuse options of the output that cannot be read, before anything is changed."""
        if self.options.jq is not None:
            from amocrm_gen.cli.output.jq_filter import check_filter

            check_filter(self.options.jq)
        if self.options.fields:
            from amocrm_gen.cli.output.field_path import FieldPath

            for text in self.options.fields:
                FieldPath.parse(text)
        if self.is_drawn:
            from amocrm_gen.cli.output.table import check_drawing

            check_drawing()

    def _record(self, *, shows_curl: bool) -> Recording:
        """Begin the run; a second client of one command goes into the same."""
        if self.recording is None:
            from amocrm_gen.cli.recorded import recording_of

            self.recording = recording_of(self)
        if shows_curl:
            from amocrm_gen.cli.recorded import show_curl

            self.recording.on_exchange = show_curl
        return self.recording

    def end_run(self, outcome: str, exit_code: int) -> None:
        """Write the run down, if there was one; that never makes a command fail."""
        self.ended = (outcome, exit_code)
        if self.recording is not None and self.is_logged:
            from amocrm_gen.cli.recorded import write_down

            write_down(self, outcome, exit_code)

    def emit(self, value: JsonValue, **further: JsonValue) -> None:
        """Write the one result of a command; what is further told stands beside it in JSON."""
        from amocrm_gen.cli.output.writing import write_value

        if self.recording is not None:
            self.recording.output = value
        if not self.is_mute:
            write_value(value, self, further)

    def emit_items(self, items: Iterable[JsonValue]) -> None:
        """Write a list, item by item as far as the format allows."""
        from amocrm_gen.cli.output.writing import write_items

        if self.recording is not None:
            items = self.recording.watch(items)
        if not self.is_mute:
            write_items(items, self)
        else:
            deque(items, maxlen=0)

    def say(self, text: str) -> None:
        """Tell a person something beside the output."""
        if not self.options.quiet and not self.is_mute:
            from amocrm_gen.cli.output.harmless import harmless

            sys.stderr.write(f"{harmless(text)}\n")

    def advised(self, failure: Failure, error: Exception) -> Failure:
        """Say what only the run knows: what it has changed, and where it was sent."""
        recording = self.recording
        if failure.code in _OUTPUT_FAILURES and recording is not None and recording.has_written:
            return evolve(
                failure,
                exit_code=7,
                message=f"{failure.message}; the change itself was made",
                details={
                    **failure.details,
                    "what_to_do": "do not repeat it: its output is in the details of this error",
                    "output": recording.output,
                },
            )
        is_unsent = failure.code == "no_answer" and getattr(error, "sent", True) is False
        if is_unsent and "connection" in vars(self) and self.connection.connector.id == "mock":
            advice = (
                "start the mock server that AMOCRM_BASE_URL names, or unset the AMOCRM_* variables"
                if self.connection.is_of_environment
                else "no mock server runs there: `amocrm login --mock` starts it again"
            )
            return evolve(failure, details={**failure.details, "what_to_do": advice})
        return failure

    def fail(self, failure: Failure) -> None:
        """Tell what went wrong: as JSON where that is the format, and always as a sentence."""
        if self.is_mute:
            return
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
