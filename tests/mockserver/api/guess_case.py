"""A case of a guess: what is done about it, and what is seen by each of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

import orjson
from attrs import frozen

from .crm import Crm, Json, make_crm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.message import Response

__all__ = ["CASES", "Case", "Guessed", "case", "code_of", "on_crm", "told"]

Guessed: TypeAlias = "Mapping[str, str]"
"""The guesses that a case is run by."""


@frozen
class Case:
    """What to do, and what must be seen by each value."""

    run: Callable[[Guessed], Json]
    seen: Mapping[str, Json]


CASES: dict[str, Case] = {}
"""By the keys of the guesses."""


def case(
    key: str, seen: Mapping[str, Json]
) -> Callable[[Callable[[Guessed], Json]], Callable[[Guessed], Json]]:
    """Enter a function as the case of a guess."""

    def enter(run: Callable[[Guessed], Json]) -> Callable[[Guessed], Json]:
        assert key not in CASES
        CASES[key] = Case(run, seen)
        return run

    return enter


def on_crm(
    key: str, seen: Mapping[str, Json], seed: Mapping[str, Json] | None = None
) -> Callable[[Callable[[Crm], Json]], Callable[[Guessed], Json]]:
    """Enter a function of an account that goes by the guesses."""

    def enter(act: Callable[[Crm], Json]) -> Callable[[Guessed], Json]:
        def run(guessed: Guessed) -> Json:
            return act(make_crm({**(seed or {}), "guesses": guessed}))

        return case(key, seen)(run)

    return enter


def code_of(response: Response) -> Json:
    """The status; with the first fault's code and path where there is one."""
    if response.status < 400:
        return response.status
    body: Json = orjson.loads(response.body)
    found = body.get("validation-errors")
    if not found:
        return response.status, body.get("errors") or body["detail"]
    [flaw, *_] = found[0]["errors"]
    return response.status, flaw["code"], flaw["path"]


def told(crm: Crm) -> list[dict[str, str]]:
    """The forms of the messages to webhooks."""
    return [dict(parse_qsl(hook.body.decode())) for hook in crm.account.hooks]
