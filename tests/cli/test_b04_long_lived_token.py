"""B4: a long-lived token comes by standard input, and is seen nowhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from site_of import Site, new_site

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver import ThreadedServer

pytestmark = pytest.mark.processes


@pytest.fixture
def site(amocrm_server: ThreadedServer) -> Site:
    """Return an account."""
    return new_site(amocrm_server)


def test_standard_input_logs_in(cli: Shell, site: Site) -> None:
    """The token tells whose it is; it is kept for its owner alone, and shown nowhere."""
    token = site.control("tokens", kind="long_lived")["access_token"]
    told = cli("login", "--token", "-", "--base-url", site.url, given=f"{token}\n")
    assert (told.output["state"], told.output["domain"]) == ("READY", site.domain)
    shown = cli("status").output
    assert shown["token"]["kind"] == "long_lived"
    assert shown["token"]["daysLeft"] > 300
    assert cli("token").out.strip() == token
    holding = [
        path
        for path in cli.home.rglob("*")
        if path.is_file() and token in path.read_text(errors="replace")
    ]
    assert [path.name for path in holding] == [f"{site.subdomain}.json"]
    assert stat.S_IMODE(holding[0].stat().st_mode) == 0o600
    for line in (["status"], ["connection", "list"], ["doctor"], ["logout"]):
        done = cli(*line, "--debug")
        assert token not in done.out + done.err


def test_a_file_logs_in(cli: Shell, site: Site) -> None:
    """`@FILE` is the other way."""
    (cli.home / "token.txt").write_text(f"{site.token}\n")
    told = cli("login", site.domain, "--token", "@token.txt", "--base-url", site.url)
    assert told.output["id"] == site.subdomain


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_no_list_of_processes_has_it(cli: Shell, site: Site) -> None:
    """While it is waited for, and in all that is started."""
    process = cli.start("login", "--token", "-", "--base-url", site.url)
    assert process.stdin is not None
    with process:
        process.stdin.write(site.token)
        process.stdin.flush()
        line = Path(f"/proc/{process.pid}/cmdline").read_text()
        assert site.token not in line
        assert "--token" in line
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert all(site.token not in Path(f"/proc/{c}/cmdline").read_text() for c in children)
        process.stdin.close()
        assert process.wait(60) == 0
    assert os.environ.get("AMOCRM_TOKEN") is None


@pytest.mark.parametrize(
    ("token", "code"),
    [("canary-of-a-token", "login_token_wrong"), ("", "usage_error"), ("a b", "login_token_wrong")],
)
def test_a_token_that_is_refused_is_not_kept(cli: Shell, site: Site, token: str, code: str) -> None:
    """It is tried first."""
    told = cli("login", site.domain, "--token", "-", "--base-url", site.url, given=token)
    assert told.error["code"] == code
    assert "canary" not in told.out + told.err
    assert cli("connection", "list").output["items"] == []


def test_a_revoked_token_wants_a_person(cli: Shell, site: Site) -> None:
    """What was ready is told to be dead as soon as the account says so."""
    cli("login", "--token", "-", "--base-url", site.url, given=site.token)
    site.control("revoke", token=site.token)
    told = cli("status")
    assert (told.code, told.error["code"]) == (3, "client_action_required")
    assert told.error["details"]["clientAction"]["type"] == "reconnect"
    assert cli("connection", "get").output["state"] == "CLIENT_ACTION_REQUIRED"
    doctor = cli("doctor")
    assert doctor.code == 3
    assert any("refused" in check["found"] for check in doctor.json["output"]["items"])
