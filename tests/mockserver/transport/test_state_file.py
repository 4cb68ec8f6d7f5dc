"""Snapshots, and the file that a server goes on from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_mockserver import Clock, MockServer
from amocrm_mockserver.state_file import StateError, keep_in_file

from .asking import NOON, Asker, two_accounts

if TYPE_CHECKING:
    from pathlib import Path


def kept(path: Path) -> Asker:
    """A server, started anew, that keeps its state in a file."""
    server = MockServer(two_accounts(), clock=Clock(frozen_at=NOON))
    keep_in_file(server, path)
    return Asker(server)


def test_snapshot(ask: Asker) -> None:
    """A restore takes back all that happened since, time included."""
    token = ask.log_in("code-1").json["access_token"]
    snapshot = ask.server.snapshot()
    ask.server.clock.advance(100_000)
    ask.control("POST", "accounts", {"subdomain": "shop"})
    assert ask.log_in("code-2").status == 400
    ask.server.restore(snapshot)
    assert list(ask.server.world.accounts) == ["acc1", "acc2"]
    assert ask.server.clock.now() == NOON
    assert ask("GET", "/api/v4/account", token=token).status == 200
    assert ask.log_in("code-2").status == 200


def test_snapshot_after_reading(ask: Asker) -> None:
    """What a server keeps ready for readers does not stand in the way, and is right afterwards."""
    token = ask.log_in("code-1").json["access_token"]
    lead = {"name": "A", "_embedded": {"contacts": [{"first_name": "B"}]}}
    ask("POST", "/api/v4/leads/complex", token=token, json=[lead])
    before = ask("GET", "/api/v4/leads?with=contacts", token=token)
    ask.server.restore(ask.server.snapshot())
    after = ask("GET", "/api/v4/leads?with=contacts", token=token)
    assert before.response.body == after.response.body
    assert before.status == 200
    id_ = after.json["_embedded"]["leads"][0]["id"]
    ask("PATCH", f"/api/v4/leads/{id_}", token=token, json={"name": "C"})
    assert ask("GET", f"/api/v4/leads/{id_}", token=token).json["name"] == "C"


def test_snapshot_is_a_copy(ask: Asker) -> None:
    """What happens after a restore does not reach into the snapshot."""
    snapshot = ask.server.snapshot()
    for _ in range(2):
        ask.server.restore(snapshot)
        assert ask.log_in("code-1").status == 200


def test_restored_world_lives_by_the_servers_clock(ask: Asker) -> None:
    """Tokens of a restored world still die by the clock."""
    token = ask.log_in("code-1").json["access_token"]
    ask.server.restore(ask.server.snapshot())
    ask.server.clock.advance(86_400)
    assert ask("GET", "/api/v4/account", token=token).status == 401


def test_goes_on(tmp_path: Path) -> None:
    """A second server knows what the first was told, without the first having been stopped."""
    path = tmp_path / "state"
    first = kept(path)
    pair = first.log_in("code-1").json
    made = first.control("POST", "accounts", {"subdomain": "shop"})
    second = kept(path)
    assert second("GET", "/api/v4/account", token=pair["access_token"]).status == 200
    assert second.refresh(pair["refresh_token"]).status == 200
    assert second.log_in("code-1").json["hint"] == "Authorization code has been revoked"
    host = "shop.amocrm.ru"
    assert second("GET", "/api/v4/account", host=host, token=made["access_token"]).status == 200


def test_streams_go_on(tmp_path: Path) -> None:
    """Ids that were given are not given again."""
    path = tmp_path / "state"
    first = kept(path).control("POST", "accounts", {})
    second = kept(path).control("POST", "accounts", {})
    assert first["id"] != second["id"]
    assert first["subdomain"] != second["subdomain"]


def test_file_is_private_and_whole(tmp_path: Path) -> None:
    """The file holds tokens, so only its owner reads it; nothing is left beside it."""
    path = tmp_path / "state"
    kept(path).log_in("code-1")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"amocrm-mockserver state 1\nnonsense"])
def test_foreign_file(tmp_path: Path, content: bytes) -> None:
    """A file of another kind is named, and left as it is."""
    path = tmp_path / "state"
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"state: .*; move it away"):
        kept(path)
    assert path.read_bytes() == content
