"""B14: what was run is written down, without secrets, and can be repeated on the mock server."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from amocrm_gen import AmoCRM
from amocrm_gen.v4.models.leads import LeadCreate

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver.testing import MockAccount

pytestmark = pytest.mark.processes


def _lead(account: MockAccount, name: str) -> int:
    with AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, throttle=None
    ) as amo:
        return amo.leads.create(LeadCreate(name=name, price=100)).id


def test_b14_writes_down_what_talks_to_an_account(
    practice: Shell, amocrm_account: MockAccount
) -> None:
    """A read, a write, a failure: each with its input, output, requests and outcome."""
    number = _lead(amocrm_account, "Roof")
    practice("request", f"leads/{number}")
    practice("leads", "update", str(number), "--set", "price=5")
    practice("request", "leads/1")
    listed = practice("runs", "list").output["items"]
    assert [(run["command"], run["outcome"]) for run in listed] == [
        ("request", "not_found"),
        ("leads update", "ok"),
        ("request", "ok"),
    ]
    assert [run["id"] for run in practice("runs", "list", "--failed").output["items"]] == [
        listed[0]["id"]
    ]
    told = practice("runs", "get", str(listed[1]["id"]), "--details")
    run = told.output
    assert run["arguments"] == ["leads", "update", str(number), "--set", "price=5"]
    assert run["exchanges"][-1]["method"] == "PATCH"
    assert run["exchanges"][-1]["status"] == 200
    file = practice.home / "state" / "runs.sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = b"".join(each.read_bytes() for each in (practice.home / "state").glob("runs*"))
    assert amocrm_account.token.encode() not in written
    assert amocrm_account.token not in told.out


def test_b14_does_not_write_what_is_switched_off(practice: Shell) -> None:
    """By the command, by the environment; and what is there can be forgotten."""
    practice("request", "account")
    assert practice("request", "account", AMOCRM_RUN_LOG="off").code == 0
    assert practice("runs", "off").output["log"] == "off"
    practice("request", "account")
    assert len(practice("runs", "list").output["items"]) == 1
    assert practice("runs", "clear").output == {"cleared": 1}
    assert practice("runs", "list").output["items"] == []
    gone = practice("runs", "get", "1")
    assert (gone.code, gone.error["code"]) == (4, "unknown_run")


def test_b14_a_broken_log_is_one_warning(practice: Shell, amocrm_account: MockAccount) -> None:
    """The command does what it should, and says that its run is not written down."""
    (practice.home / "state").mkdir(mode=0o700)
    (practice.home / "state" / "runs.sqlite").write_bytes(b"no database" * 100)
    told = practice("request", "account")
    assert told.output["subdomain"] == amocrm_account.subdomain
    (warning,) = told.err.splitlines()
    assert "run log" in warning
    for line in (("list",), ("get", "1"), ("off",), ("clear",)):
        told = practice("runs", *line)
        assert (told.code, told.error["code"]) == (2, "configuration_error"), line
        assert "runs.sqlite cannot be used: file is not a database" in told.err


def test_b14_an_unusable_folder_is_told(cli: Shell) -> None:
    """An empty list would say that nothing was run."""
    (cli.home / "file").write_text("")
    told = cli("runs", "list", AMOCRM_STATE_FOLDER=str(cli.home / "file"))
    assert (told.code, told.error["code"]) == (2, "configuration_error")
    assert "AMOCRM_STATE_FOLDER" in told.error["details"]["what_to_do"]


def test_b14_repeats_a_run_on_the_mock_server(practice: Shell, amocrm_account: MockAccount) -> None:
    """In an account that holds what the run has read; the real one is not asked."""
    number = _lead(amocrm_account, "Крыша")
    practice("request", f"leads/{number}")
    first = practice("runs", "list").output["items"][0]["id"]
    again = practice("runs", "replay", str(first), "--against", "mock").output
    assert again["seeded"]["leads"] == 1
    assert again["now"] == again["then"]
    assert again["differences"] == []
    body = f'[{{"id": {number}, "price": 7}}]'
    practice("request", "leads", "-X", "PATCH", "--json", "-", given=body)
    second = practice("runs", "list").output["items"][0]["id"]
    assert second > first
    told = practice("runs", "replay", str(second), AMOCRM_BASE_URL="http://127.0.0.1:1").output
    # The lead was not read, so the mock account has none: that is a difference to be told.
    assert told["then"]["outcome"] == "ok"
    assert told["now"]["outcome"] != "ok"
    assert told["differences"]
    assert len(practice("runs", "list").output["items"]) == 2
