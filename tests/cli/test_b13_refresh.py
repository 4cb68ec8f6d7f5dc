"""B13: an expired token is renewed by whoever needs it first, once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from site_of import Site, new_site

from amocrm_gen.connections import Book
from amocrm_mockserver import ThreadedServer
from runtime.amo import TOKEN_PATH, RecordingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shell import Shell

pytestmark = pytest.mark.processes

SCRIPT = """
from amocrm_gen.connections import connect

with connect("shop") as amo:
    print(amo.account.get().subdomain)
"""


@pytest.fixture
def recorder() -> Iterator[tuple[RecordingServer, Site]]:
    """Return a server that writes down what it is asked, and an account of it."""
    server = RecordingServer()
    with ThreadedServer(server) as running:
        yield server, new_site(running, "https://www.example.com/oauth2/")


@pytest.fixture
def stale(cli: Shell, recorder: tuple[RecordingServer, Site]) -> Shell:
    """Return a command line whose token is over."""
    server, site = recorder
    begun = cli("login", site.domain, "--id", "shop", *site.options, **site.secret)
    page = begun.error["details"]["clientAction"]["uiUrl"]
    assert cli("login", "complete", site.consent(page)).code == 0
    _age(cli, server)
    return cli


def _age(cli: Shell, server: RecordingServer) -> None:
    """Let a day pass, at the server and in what is kept here."""
    server.clock.advance(86_400)
    server.asked.clear()
    book = Book(cli.home / "config")
    connection = book.get("shop")
    store = book.store_of(connection)
    token = store.load(connection.domain)
    assert token is not None
    assert token.issued_at is not None
    store.save(connection.domain, evolve(token, expires_at=token.issued_at))


def _renewals(server: RecordingServer) -> list[int]:
    return [asked.status for asked in server.asked_for(TOKEN_PATH)]


@pytest.mark.parametrize("line", [["status"], ["token"], ["connection", "get"], ["connect"]])
def test_a_command_renews_and_succeeds(
    stale: Shell, recorder: tuple[RecordingServer, Site], line: list[str]
) -> None:
    """The person sees nothing of it; the next command does not renew again."""
    told = stale(*line)
    assert told.code == 0, told
    assert stale("status").code == 0
    assert _renewals(recorder[0]) == [200]


def test_a_token_that_the_server_alone_finds_expired_is_renewed(
    stale: Shell, recorder: tuple[RecordingServer, Site]
) -> None:
    """Here it looks good for hours: the refusal is what tells."""
    server, _ = recorder
    assert stale("status").code == 0
    server.clock.advance(86_400)
    server.asked.clear()
    assert stale("status").code == 0
    assert _renewals(server) == [200]


def test_two_commands_and_a_script_renew_once(
    stale: Shell, recorder: tuple[RecordingServer, Site]
) -> None:
    """All begin with the same stale token; one POST goes out, and each of them succeeds."""
    server, site = recorder
    for _ in range(2):
        script = subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            env=stale.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        commands = [stale.start("status"), stale.start("connection", "get", "shop")]
        for process in (script, *commands):
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            assert site.subdomain in out
        assert _renewals(server) == [200]
        _age(stale, server)
