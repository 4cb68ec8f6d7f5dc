"""Every guess can be switched, and each of its values does something else."""

from __future__ import annotations

import logging

import pytest

from amocrm_mockserver.guesses import GuessError, Guesses, known_guesses

from . import guess_cases_of_cards, guess_cases_of_servers, guess_cases_of_settings
from .crm import make_crm
from .guess_case import CASES

_MODULES = (guess_cases_of_cards, guess_cases_of_servers, guess_cases_of_settings)
"""They enter their cases when they are imported."""


def test_every_guess_has_a_case() -> None:
    """No key and no value is without a case, and no two values of a guess look the same."""
    assert all(_MODULES)
    stated = {key: set(guess.values) for key, guess in known_guesses().items()}
    assert {key: set(one.seen) for key, one in CASES.items()} == stated
    for key, one in CASES.items():
        seen = list(one.seen.values())
        assert all(seen.count(each) == 1 for each in seen), key


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, one in CASES.items() for value in one.seen]
)
def test_each_value(caplog: pytest.LogCaptureFixture, key: str, value: str) -> None:
    """The server does what the value says; if that is a refusal, the log names the switch."""
    caplog.set_level(logging.WARNING, "amocrm_mockserver.guesses")
    assert CASES[key].run({key: value}) == CASES[key].seen[value]
    refused = f"refused on a guess ({key})" in caplog.text
    assert refused == (value in known_guesses()[key].warns)


@pytest.mark.parametrize("key", CASES)
def test_default(key: str) -> None:
    """Without a word, the default is in force."""
    assert CASES[key].run({}) == CASES[key].seen[known_guesses()[key].default]


def test_unknown_keys_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """A key that nobody knows refuses nothing, but the log names it."""
    caplog.set_level(logging.WARNING, "amocrm_mockserver.guesses")
    crm = make_crm()
    [number] = crm.create("leads", {"name": "One", "price": 5})
    assert not caplog.records
    crm.patch(f"leads/{number}", {"name": "Two", "colour": "red", "size": 4})
    assert caplog.messages == ["leads.update_one: unknown keys: colour, size"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tasks.mising": "404"}, "there is no guess tasks.mising; there are: tasks.missing"),
        ({"tasks.x": "404"}, "there is no guess tasks.x; there are: tasks.missing"),
        ({"tasks.missing": 500}, "tasks.missing must be one of 204, 404, and is 500"),
        (["tasks.missing"], "guesses: must be a mapping of keys to values"),
    ],
)
def test_wrong_guesses(given: object, said: str) -> None:
    """What is wrong is told with what is right, and nothing is switched."""
    guesses = Guesses()
    with pytest.raises(GuessError) as caught:
        guesses.choose({"notes.missing": "404", **given} if isinstance(given, dict) else given)
    assert said in str(caught.value)
    assert guesses["notes.missing"] == "204"


def test_own_guesses_go_before_others() -> None:
    """An account's own value counts, else that of its server; None takes a value back."""
    server = Guesses()
    account = Guesses(server)
    server.choose({"tasks.missing": 404})
    assert account["tasks.missing"] == "404"
    account.choose({"tasks.missing": "204"})
    assert (account["tasks.missing"], server["tasks.missing"]) == ("204", "404")
    account.choose({"tasks.missing": None})
    server.choose({"tasks.missing": None})
    assert account["tasks.missing"] == "204"
