"""B5: `amocrm login --mock` needs no browser and no account."""

from __future__ import annotations

import json
import os
import select
import signal
from typing import TYPE_CHECKING

import pytest
import urllib3

from amocrm_gen.connections.practice import MockPlace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shell import Shell

pytestmark = pytest.mark.processes


@pytest.fixture
def practising(cli: Shell) -> Iterator[Shell]:
    """End the mock server that is left running."""
    yield cli
    place = _place(cli)
    if place is not None and place.pid is not None:
        _end(place.pid)


def _note(cli: Shell) -> Path:
    return cli.home / "state" / "mock-server.json"


def _place(cli: Shell) -> MockPlace | None:
    note = _note(cli)
    return MockPlace(**json.loads(note.read_text())) if note.exists() else None


def _end(pid: int) -> None:
    """End a server, and wait until it has gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, signal.SIGTERM)
        # It is nobody's child here: what tells of its end is that its handle can be read.
        assert select.select([handle], [], [], 60)[0]
    finally:
        os.close(handle)


def test_it_starts_a_server_and_connects(practising: Shell) -> None:
    """One command, and calls can be made; the next one uses the same server."""
    cli = practising
    first = cli("login", "--mock").output
    assert (first["state"], first["connector"], first["isDefault"]) == ("READY", "mock", True)
    assert cli("status").output["token"]["kind"] == "oauth"
    again = cli("login", "--mock").output
    assert (again["id"], again["baseUrl"]) == (first["id"], first["baseUrl"])
    other = cli("login", "second", "--mock").output
    assert (other["id"], other["baseUrl"]) == ("second", first["baseUrl"])
    assert len(cli("connection", "list").output["items"]) == 2
    told = cli("mock", "info", "--url", first["baseUrl"]).output
    assert {one["subdomain"] for one in told["accounts"]} >= {first["id"], "second"}


def test_a_server_that_ended_is_started_again(practising: Shell) -> None:
    """With all that was in it: `connect` renews the connection in place."""
    cli = practising
    first = cli("login", "--mock").output
    place = _place(cli)
    assert place is not None
    assert place.pid is not None
    _end(place.pid)
    lost = cli("status")
    assert (lost.code, lost.error["code"]) == (1, "no_answer")
    assert "`amocrm login --mock`" in cli("leads", "find").error["details"]["what_to_do"]
    assert "`amocrm login --mock`" in lost.err
    again = cli("connect", first["id"]).output
    assert (again["id"], again["account"]) == (first["id"], first["account"])
    assert again["createdAt"] == first["createdAt"]


def test_many_at_once_start_one_server(practising: Shell) -> None:
    """Whoever comes second finds the first one's."""
    started = [practising.start("login", "--mock") for _ in range(3)]
    urls = set()
    for process in started:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        urls.add(json.loads(out)["output"]["baseUrl"])
    assert len(urls) == 1


def test_a_server_of_the_persons_own_is_used(cli: Shell) -> None:
    """`amocrm mock serve` is found while it runs, and forgotten when it ends."""
    server = cli.start("mock", "serve", "--port", "0", "--tls-port", "0")
    with server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[1]
        # It answers as soon as it has noted where it is.
        assert urllib3.request("GET", f"{url}/__mock__/info").status == 200
        told = cli("login", "--mock").output
        assert told["baseUrl"] == url
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert server.returncode == 0
    assert not _note(cli).exists()


def test_a_server_that_does_not_start_is_told(cli: Shell) -> None:
    """Nothing is noted, and nobody waits."""
    (cli.home / "h11.py").write_text("raise ModuleNotFoundError('h11')\n")
    path = f"{cli.home}:{cli.variables.get('PYTHONPATH', '')}"
    told = cli("login", "--mock", PYTHONPATH=path)
    assert (told.code, told.error["code"]) == (1, "mock_server_failed")
    assert "amocrm mock serve" in told.error["details"]["what_to_do"]
    assert not _note(cli).exists()
