"""Exit codes and errors: what scripts and agents branch on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from amocrm_gen.cli.failure import EXIT_CODES, failure_of
from amocrm_gen.runtime import errors

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver.testing import MockAccount


def _fault(shell: Shell, *words: str) -> None:
    assert shell("mock", "fault", *words).code == 0


@pytest.fixture
def faulty(practice: Shell, amocrm_account: MockAccount) -> Shell:
    """A shell whose account can be given faults; nobody else is struck by them."""
    assert amocrm_account.domain
    return practice


def test_b15_good_and_wrong_lines(practice: Shell) -> None:
    """0 for what is done, 2 for what cannot be read, 4 for what is not there, 6 for bad input."""
    assert practice("leads", "find").code == 0
    assert practice("leads", "find", "--limit", "many").code == 2
    assert practice("leads", "get", "999999999").code == 4
    assert practice("action", "show", "leads.fnid").code == 4
    assert practice("leads", "create", "--set", "price=much").code == 6


def test_b15_a_person_must_act(cli: Shell, practice: Shell) -> None:
    """3 where nobody has logged in, and where the token is dead."""
    told = cli("leads", "find")
    assert (told.code, told.error["code"]) == (3, "not_connected")
    assert "amocrm login" in told.err
    told = practice("leads", "find", AMOCRM_TOKEN="not-a-token")
    assert told.code == 3
    assert "not-a-token" not in told.out + told.err


def test_b15_what_the_server_refuses(practice: Shell) -> None:
    """6 with the API's own words about each field."""
    lead = json.dumps({"name": "A", "status_id": 1})
    told = practice("leads", "create", "--input", lead)
    assert (told.code, told.error["code"]) == (6, "validation_error")
    assert told.error["details"]["problems"][0]["path"] == "status_id"
    assert told.error["details"]["status"] == 400


def test_b15_names_that_fit_nothing(practice: Shell) -> None:
    """6 with what there is."""
    made = practice("leads", "create", "--set", "name=A").output["items"][0]["id"]
    told = practice("leads", "update", str(made), "--set", "status_id=Переговорыы")
    assert (told.code, told.error["code"]) == (6, "unknown_name")
    assert "Переговоры" in json.dumps(told.error["details"]["candidates"], ensure_ascii=False)


def test_b15_only_a_part_is_done(practice: Shell) -> None:
    """7 with what is done and what is not."""
    rows = json.dumps([{"name": "A"}] * 250 + [{"name": "B", "status_id": 1}])
    told = practice("leads", "create", "--input", "-", given=rows)
    assert (told.code, told.error["code"]) == (7, "partial_batch")
    assert len(told.error["details"]["done"]) == 250
    assert told.error["details"]["failed"]


@pytest.mark.processes
def test_b15_too_many_requests(faulty: Shell) -> None:
    """5 after all attempts."""
    _fault(faulty, "--path", "/api/v4/leads*", "--status", "429")
    told = faulty("leads", "find")
    _fault(faulty, "--clear")
    assert (told.code, told.error["code"]) == (5, "rate_limited")


@pytest.mark.processes
def test_b15_the_server_fails(faulty: Shell) -> None:
    """1, and what was sent to the log of the server stays in doubt only where it can be."""
    _fault(faulty, "--path", "/api/v4/leads*", "--status", "500")
    told = faulty("leads", "find")
    _fault(faulty, "--clear")
    assert (told.code, told.error["code"]) == (1, "server_error")


ERRORS = [each for name in errors.__all__ if issubclass(each := getattr(errors, name), Exception)]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_b15_every_error_has_a_code(kind: type[errors.AmoError]) -> None:
    """Each class of errors ends with one of the eight codes, and with a code of its own."""
    error = kind.__new__(kind)
    errors.AmoError.__init__(error, "something\nhappened")
    failure = failure_of(error)
    assert failure is not None
    assert failure.exit_code in EXIT_CODES
    assert failure.exit_code != 0
    assert failure.message == "something happened"


def test_b15_codes_of_errors_differ() -> None:
    """No two classes share a code, but where one is the other's parent without a row."""
    codes = {}
    for kind in ERRORS:
        error = kind.__new__(kind)
        errors.AmoError.__init__(error, "x")
        failure = failure_of(error)
        assert failure is not None
        codes[kind.__name__] = failure.code
    assert len(set(codes.values())) == len(codes)


def test_b15_what_the_server_says_besides_is_told() -> None:
    """How long to wait, as the skill for agents promises, and the server's own hint."""
    told = failure_of(errors.RateLimited("too many", status=429, retry_after=2.0, hint="slowly"))
    assert told is not None
    assert (told.details["retry_after"], told.details["hint"]) == (2.0, "slowly")


def test_b15_a_sentence_on_one_stream_json_on_the_other(practice: Shell) -> None:
    """People read standard error, programs standard output; with a table there is no JSON."""
    told = practice("leads", "get", "999999999", "-o", "table")
    assert told.out == ""
    assert told.err.startswith("amocrm: ")
    told = practice("leads", "get", "999999999", "-o", "json")
    assert told.error["code"] == "not_found"
    assert told.err.splitlines()[0].startswith("amocrm: ")


def test_b15_an_output_that_cannot_be_written_does_not_hide_a_change(practice: Shell) -> None:
    """A filter that cannot be read changes nothing; one that does not fit comes too late."""
    create = ("leads", "create", "--set", "name=Roof")
    assert practice(*create, "--jq", ".[").code == 2
    assert practice(*create, "--fields", "id..name").code == 2
    assert practice("leads", "find").output["items"] == []
    for line in (("--jq", ".output | tonumber"), ("--fields", "id,name")):
        told = practice(*create, *line)
        assert told.code == 7
        assert "the change itself was made" in told.err
        assert told.error["details"]["output"]["items"][0]["id"]
    assert len(practice("leads", "find").output["items"]) == 2
    assert practice("leads", "find", "--fields", "nothing").code == 2


def test_b15_a_sentence_names_what_the_server_found(practice: Shell) -> None:
    """Whoever reads no JSON learns it, too."""
    told = practice("leads", "update", "999", "--set", "price=1")
    assert told.code == 6
    assert "id 999: Lead not found" in told.err
