"""Which way the mock server goes where no source tells what amoCRM does."""

from __future__ import annotations

import logging
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

import orjson
from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Guess", "GuessError", "Guesses", "known_guesses"]

_LOG = logging.getLogger("amocrm_mockserver.guesses")


class GuessError(ValueError):
    """There is no such guess, or it has no such value."""


@frozen(kw_only=True)
class Guess:
    """A question that can be answered in more than one way."""

    question: str
    default: str
    values: Mapping[str, str]
    """What each value makes the server do."""
    warns: tuple[str, ...]
    """The values by which requests are refused."""


@cache
def known_guesses() -> Mapping[str, Guess]:
    """Every guess that can be switched, by its key."""
    text = files("amocrm_mockserver").joinpath("contract", "guesses.json").read_bytes()
    found = cast("dict[str, dict[str, str]]", orjson.loads(text))
    return {key: Guess(**raw) for key, raw in found.items()}  # type: ignore[arg-type]  # as generated


@define(eq=False)
class Guesses:
    """The switches of one account, over those of its server, over the defaults."""

    below: Guesses | None = None
    chosen: dict[str, str] = field(factory=dict[str, str])

    def __getitem__(self, key: str) -> str:
        """The value in force."""
        value = self.chosen.get(key)
        if value is not None:
            return value
        return known_guesses()[key].default if self.below is None else self.below[key]

    def choose(self, values: object) -> None:
        """Set switches, None for back to the default; GuessError changes none of them."""
        if not isinstance(values, dict):
            raise GuessError("guesses: must be a mapping of keys to values")
        given = cast("dict[object, object]", values)
        taken = {str(key): _checked(str(key), value) for key, value in given.items()}
        for key, value in taken.items():
            if value is None:
                self.chosen.pop(key, None)
            else:
                self.chosen[key] = value

    def refuses(self, key: str) -> bool:
        """Whether a request is refused on this guess; if so, the log tells how to have it taken."""
        guess, value = known_guesses()[key], self[key]
        if value not in guess.warns:
            return False
        others = " or ".join(f"{key}: {one}" for one in guess.values if one not in guess.warns)
        _LOG.warning("refused on a guess (%s); have it taken with guesses: %s", key, others)
        return True


def _checked(key: str, value: object) -> str | None:
    known = known_guesses()
    guess = known.get(key)
    if guess is None:
        near = get_close_matches(key, known, n=5) or [
            one for one in known if one.partition(".")[0] == key.partition(".")[0]
        ]
        message = f"there is no guess {key}; there are: {', '.join(near or known)}"
        raise GuessError(message)
    # YAML and JSON may hold a status as a number.
    text = None if value is None else str(value)
    if text is not None and text not in guess.values:
        message = f"{key} must be one of {', '.join(guess.values)}, and is {text}"
        raise GuessError(message)
    return text
