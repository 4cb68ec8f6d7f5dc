"""The fixtures, used by a test suite of a user."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import urllib3

from amocrm_mockserver import Clock, mock_amocrm

if TYPE_CHECKING:
    from pathlib import Path

    from amocrm_gen import AmoCRM
    from amocrm_mockserver import MockAccount, ThreadedServer

PLUGIN = "amocrm_mockserver.pytest_plugin"
SUITE = """
import urllib3, pytest

seen = []

@pytest.mark.parametrize("number", [1, 2])
def test_account(amocrm_account, amocrm_server, number):
    with urllib3.PoolManager() as pool:
        headers = {"Authorization": f"Bearer {amocrm_account.token}"}
        url = f"{amocrm_account.base_url}/api/v4/leads"
        assert pool.request("GET", url, headers=headers).status == 204
        assert pool.request("POST", url, json=[{"name": "x"}], headers=headers).status == 200
    assert amocrm_account.server is amocrm_server.server
    seen.append(amocrm_account.subdomain)

def test_removal(amocrm_server):
    assert len(seen) == 2
    assert not {*seen} & {*amocrm_server.server.world.accounts}
"""
WITHOUT = """
import sys
sys.modules["amocrm_gen"] = None

def test_client(amocrm):
    pass
"""


def lead_count(account: MockAccount) -> int:
    """How many leads an account shows."""
    with urllib3.PoolManager() as pool:
        headers = {"Authorization": f"Bearer {account.token}"}
        answer = pool.request("GET", f"{account.base_url}/api/v4/leads", headers=headers)
    return 0 if answer.status == 204 else len(answer.json()["_embedded"]["leads"])


def run_suite(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    """A run of pytest over one file elsewhere."""
    (tmp_path / "test_suite.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", PLUGIN, "."],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        # All the other plugins of this environment take seconds to load.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


def test_plugin_is_announced() -> None:
    """Pytest finds the plugin by itself."""
    announced = entry_points(group="pytest11", name="amocrm_mockserver")
    assert [point.value for point in announced] == [PLUGIN]


def test_suite(tmp_path: Path) -> None:
    """Each test has an account of its own, in one server for the run."""
    ended = run_suite(tmp_path, SUITE)
    assert "3 passed" in ended.stdout, ended.stdout + ended.stderr


def test_without_the_client(tmp_path: Path) -> None:
    """Where the client is missing, the fixture says so."""
    ended = run_suite(tmp_path, WITHOUT)
    assert "1 error" in ended.stdout
    assert "the fixture `amocrm` needs the client" in ended.stdout


def test_plugin_costs_nothing() -> None:
    """Pytest loads the plugin in every project, so it must not load anything itself."""
    code = (
        "import sys, pytest; before = set(sys.modules); import amocrm_mockserver.pytest_plugin;"
        "print(*sorted(m for m in set(sys.modules) - before if not m.startswith('pytest')))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["amocrm_mockserver", "amocrm_mockserver.pytest_plugin"]


def test_fixture_is_fresh(amocrm_account: MockAccount, amocrm_server: ThreadedServer) -> None:
    """The account of the fixture is in the server of the fixture, and empty."""
    assert amocrm_account.base_url == amocrm_server.url
    assert lead_count(amocrm_account) == 0


def test_client(amocrm: AmoCRM, amocrm_account: MockAccount) -> None:
    """The client of the fixture works in the account of the fixture."""
    assert amocrm.account.get().subdomain == amocrm_account.subdomain
    assert list(amocrm.leads.find()) == []


def test_context() -> None:
    """The context gives an account with a token, a code and a clock, and then is gone."""
    with mock_amocrm(clock=Clock(frozen_at=1_700_000_000)) as account:
        assert lead_count(account) == 0
        assert account.clock.frozen
        integration = account.integration
        body = {
            "client_id": integration.client_id,
            "client_secret": integration.client_secret,
            "redirect_uri": integration.redirect_uri,
            "grant_type": "authorization_code",
            "code": account.issue_code(),
        }
        with urllib3.PoolManager() as pool:
            url = f"{account.base_url}/oauth2/access_token"
            assert pool.request("POST", url, json=body).status == 200
        assert account.token not in repr(account)
        assert integration.client_secret not in repr(account)


@mock_amocrm()
def count_in_decorator() -> str:
    """Runs while a server runs."""
    return "ran"


def test_decorator() -> None:
    """The context is a decorator, too, for functions that need a server and not the account."""
    assert count_in_decorator() == "ran"
