"""A mock server as a process of its own."""

from pathlib import Path

import pytest

from amocrm_gen.connections.mock_server import control, launch
from amocrm_mockserver.testing import MockAccount

pytestmark = pytest.mark.processes

_CANARY = "canary-of-the-environment"


def test_it_listens_and_is_handed_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the token nor the client's secret is in its environment."""
    monkeypatch.setenv("AMOCRM_TOKEN", _CANARY)
    monkeypatch.setenv("AMOCRM_CLIENT_SECRET", _CANARY)
    server = launch("--port", "0")
    try:
        assert server.url is not None
        status, found = control("GET", server.url, "/info")
        assert status == 200
        assert isinstance(found, dict)
        assert found["accounts"]
        place = Path(f"/proc/{server.process.pid}/environ")
        if place.exists():
            assert _CANARY.encode() not in place.read_bytes()
    finally:
        server.process.terminate()
        server.process.wait(60)


def test_what_it_complains_of_is_kept(tmp_path: Path) -> None:
    """It has ended then, and listens nowhere."""
    (tmp_path / "seed.yaml").write_text("accounts: [{subdomain: 5}]")
    server = launch("--port", "0", "--seed", str(tmp_path / "seed.yaml"))
    assert server.url is None
    assert "subdomain" in server.said
    assert server.process.returncode == 1


def test_refusals_and_silence_are_told_apart(amocrm_account: MockAccount) -> None:
    """By the status; nobody listens at port 1, and half a bracket is no address."""
    status, found = control("GET", amocrm_account.base_url, "/accounts/nobody-of-this-name/state")
    assert status == 404
    assert isinstance(found, dict)
    assert control("GET", "http://127.0.0.1:1", "/info") == (0, None)
    assert control("GET", "http://[", "/info") == (0, None)
    bare = amocrm_account.base_url.removeprefix("http://")
    assert control("GET", bare, "/info")[0] == 200
