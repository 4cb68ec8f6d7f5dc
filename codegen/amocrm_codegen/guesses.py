"""The register of guesses, `spec/guesses.yaml`: read, checked, and printed for page and server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import yaml
from attrs import asdict, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Guess", "GuessError", "Register", "read_register", "switches", "tables"]

_KEYS: Final = frozenset({"question", "default", "values", "warns"})


class GuessError(ValueError):
    """The register makes no sense."""


@frozen(kw_only=True)
class Guess:
    """A question that can be answered in more than one way."""

    question: str
    default: str
    values: Mapping[str, str]
    """What each value makes the mock server do."""
    warns: tuple[str, ...] = ()
    """The values by which requests are refused."""


@frozen(kw_only=True)
class Register:
    """All guesses."""

    switchable: Mapping[str, Guess]
    fixed: tuple[tuple[str, str], ...]
    """Questions, and what is done."""


def read_register(path: Path) -> Register:
    """Read the register; raises GuessError at what is wrong with it."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    switchable = {key: _guess(key, raw) for key, raw in data["switchable"].items()}
    fixed = tuple((one["question"], one["does"]) for one in data["fixed"])
    asked = [guess.question for guess in switchable.values()] + [question for question, _ in fixed]
    twice = sorted({question for question in asked if asked.count(question) > 1})
    if twice:
        raise GuessError(f"{path.name}: asked twice: {', '.join(twice)}")
    return Register(switchable=switchable, fixed=fixed)


def _guess(key: str, raw: Mapping[str, object]) -> Guess:
    guess = Guess(**{"warns": (), **raw})  # type: ignore[arg-type]  # checked below
    if not _KEYS.issuperset(raw) or len(guess.values) < 2:
        raise GuessError(f"{key}: must have {', '.join(sorted(_KEYS))}, and two values or more")
    for value in (guess.default, *guess.values, *guess.warns):
        if not isinstance(value, str):
            raise GuessError(f"{key}: {value} must stand in quotes")
        if value not in guess.values:
            raise GuessError(f"{key}: {value} is none of its values")
    return guess


def switches(register: Register) -> str:
    """Return the switches as the mock server reads them."""
    found = {key: asdict(guess) for key, guess in register.switchable.items()}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def tables(register: Register) -> str:
    """Return the part of the page that lists every guess."""
    refusing = sum(bool(guess.warns) for guess in register.switchable.values())
    return "\n".join(
        [
            "## Guesses that can be switched",
            "",
            f"{len(register.switchable)} keys; {refusing} of them may refuse a request.",
            "",
            "| Key | Question | Default | Or |",
            "|---|---|---|---|",
            *_rows(register),
            "",
            "## Other guesses",
            "",
            f"{len(register.fixed)} shapes and choices to which nobody has named another answer.",
            "",
            "| Question | What the mock server does |",
            "|---|---|",
            *(f"| {question} | {does} |" for question, does in register.fixed),
        ]
    )


def _rows(register: Register) -> Iterator[str]:
    for key, guess in register.switchable.items():
        others = "; ".join(
            f"`{value}`: {does}" for value, does in guess.values.items() if value != guess.default
        )
        default = f"`{guess.default}`: {guess.values[guess.default]}"
        yield f"| `{key}` | {guess.question} | {default} | {others} |"
