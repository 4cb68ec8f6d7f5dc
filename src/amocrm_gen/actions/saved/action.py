"""An action of a user's own, as its file describes it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from attrs import field, frozen

from amocrm_gen.actions.action import Requests
from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.actions.saved.expression import ExpressionError
from amocrm_gen.actions.saved.partly_done import PartlyDone
from amocrm_gen.actions.saved.template import any_of, filled, worked_out
from amocrm_gen.actions.validation import checked_by_schema
from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.kinds import is_list
from amocrm_gen.runtime.unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from amocrm_gen.actions.action import Action, Kind
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["SavedAction", "Step"]

_NO_INPUT: Final[JsonObject] = {
    "type": "object",
    "properties": dict[str, "JsonValue"](),
    "additionalProperties": False,
}
_TOKENS: Final = ("oauth.issue_token", "/oauth2/access_token")
"""What asks for tokens: the operation, and its address."""


@frozen(kw_only=True)
class Step:
    """One of the things that are done."""

    id: str
    action: Action | None
    """None where it is a request."""
    input: JsonObject
    request: Mapping[str, Any]  # Any: as the file has it
    for_each: str | None
    variable: str
    """What one of the items is called."""
    when: str | None

    @property
    def is_write(self) -> bool:
        """Tell whether it changes the account."""
        if self.action is not None:
            return self.action.is_write
        return bool(self.request.get("method", "GET") != "GET")

    @property
    def is_destructive(self) -> bool:
        """Tell whether something is gone afterwards."""
        if self.action is not None:
            return self.action.is_destructive
        return bool(self.request.get("method") == "DELETE")

    @property
    def may_ask_for_tokens(self) -> bool:
        """Tell whether it may use up a code or a refresh token, be it by what is filled in."""
        if self.action is not None:
            return self.action.id == _TOKENS[0]
        path = urlsplit(str(self.request.get("path", ""))).path.rstrip("/")
        return self.is_write and re.fullmatch(any_of(path), _TOKENS[1]) is not None

    @property
    def requests(self) -> Requests:
        """Return what it costs."""
        own = Requests(1, 1) if self.action is None else self.action.requests
        least = 0 if self.when is not None or self.for_each is not None else own.least
        return Requests(least, None if self.for_each is not None else own.most)


@frozen(kw_only=True, eq=False)
class SavedAction:
    """Steps that are done one after the other."""

    id: str
    name: str
    description: str
    resource: str
    keywords: Mapping[str, tuple[str, ...]]
    source: str
    """The file."""
    steps: Sequence[Step]
    own_input_schema: JsonObject | None
    own_output_schema: JsonObject
    own_example: JsonObject
    output: object = field(default=UNSET)
    """The template of what it gives."""

    @property
    def kind(self) -> Kind:
        """Return that it is the user's own."""
        return "saved"

    @property
    def is_write(self) -> bool:
        """Tell whether a step changes the account."""
        return any(step.is_write for step in self.steps)

    @property
    def is_destructive(self) -> bool:
        """Tell whether something may be gone afterwards."""
        return any(step.is_destructive for step in self.steps)

    @property
    def requests(self) -> Requests:
        """Return what all steps cost."""
        costs = [step.requests for step in self.steps]
        most = [cost.most for cost in costs]
        known = [number for number in most if number is not None]
        return Requests(
            sum(cost.least for cost in costs), sum(known) if len(known) == len(most) else None
        )

    @property
    def input_schema(self) -> JsonObject:
        """Return the schema of its file, closed for keys that it does not name."""
        if self.own_input_schema is None:
            return dict(_NO_INPUT)
        return {**_NO_INPUT, **self.own_input_schema}

    @property
    def output_schema(self) -> JsonObject:
        """Return the schema of its file; without one anything may come."""
        return dict(self.own_output_schema)

    @property
    def example(self) -> JsonObject:
        """Return the example of its file."""
        return dict(self.own_example)

    def perform(self, amo: AmoCRM, given: JsonObject) -> JsonValue:
        """Do the steps; what was done before a step that fails stays done.

        Raises what the first step raises that does anything, `PartlyDone` once something was
        changed, and `InputError` where a template finds no value.
        """
        known: dict[str, object] = {"input": checked_by_schema(self, given)}
        changed: list[str] = []
        for step in self.steps:
            with self._telling(f"steps.{step.id}", f"the step {step.id}", changed):
                known[step.id] = self._done(amo, step, known, changed)
        if self.output is UNSET:
            return cast("JsonValue", known[self.steps[-1].id])
        with self._telling("output", "the output", changed):
            return filled(self.output, known)

    @contextmanager
    def _telling(self, place: str, what: str, changed: Sequence[str]) -> Generator[None]:
        """Say of an error what is done by now: whoever repeats the action does that again."""
        try:
            try:
                yield
            except ExpressionError as error:
                raise self._unfit(place, error) from error
        except AmoError as error:
            if not changed:
                raise
            raise PartlyDone(self.id, failed=what, done=changed, cause=error) from error

    def _unfit(self, place: str, error: ExpressionError) -> InputError:
        return InputError(
            "a value that the action needs is not there",
            faults=[Fault(place, str(error))],
            action=self.id,
        )

    def _done(
        self, amo: AmoCRM, step: Step, known: Mapping[str, object], changed: list[str]
    ) -> JsonValue:
        if step.for_each is None:
            return _once(amo, step, known, changed) if _is_wanted(step, known) else None
        listed = worked_out(step.for_each, known)
        if listed is UNSET or listed is None:
            return []
        if not is_list(listed):
            raise ExpressionError(f"{step.for_each} is no list")
        done: list[JsonValue] = []
        for item in listed:
            here = {**known, step.variable: item}
            if _is_wanted(step, here):
                done.append(_once(amo, step, here, changed))
        return done


def _is_wanted(step: Step, known: Mapping[str, object]) -> bool:
    if step.when is None:
        return True
    found = worked_out(step.when, known)
    return found is not UNSET and bool(found)


def _once(amo: AmoCRM, step: Step, known: Mapping[str, object], changed: list[str]) -> JsonValue:
    done = _sent(amo, step, known)
    if step.is_write and step.id not in changed:
        changed.append(step.id)
    return done


def _sent(amo: AmoCRM, step: Step, known: Mapping[str, object]) -> JsonValue:
    if step.action is not None:
        return step.action.perform(amo, cast("JsonObject", filled(step.input, known)))
    asked = cast("dict[str, Any]", filled(step.request, known))  # Any: as the file has it
    return amo.request(
        asked.get("method", "GET"),
        asked["path"],
        query=asked.get("query", {}),
        json=asked.get("json"),
    )
