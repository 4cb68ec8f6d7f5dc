"""B2: `amocrm login` opens the consent page and takes the callback on loopback."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
import urllib3
from site_of import Site, free_port, new_site
from terminal import Terminal

from amocrm_gen.connections import Book

if TYPE_CHECKING:
    from pathlib import Path

    from shell import Shell

    from amocrm_mockserver import ThreadedServer

pytestmark = pytest.mark.processes

CANARY = "canary-of-a-typed-secret"


@pytest.fixture
def site(amocrm_server: ThreadedServer) -> Site:
    """Return an account whose integration sends its codes to this machine."""
    return new_site(amocrm_server)


def test_the_browser_logs_in(cli: Shell, site: Site, tmp_path: Path) -> None:
    """The page is opened, the answer taken, the tokens kept; account and user are told."""
    log = tmp_path / "browser.log"
    environment = {**site.secret, **site.browser("allow", log)}
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--json", **environment
    ) as terminal:
        assert terminal.end() == 0, terminal.seen
    shown = json.loads(terminal.seen[terminal.seen.index('{\n  "output"') :])["output"]
    assert (shown["state"], shown["domain"]) == ("READY", site.domain)
    assert shown["user"]["name"] == "Admin"
    assert f"Connected {site.domain}" in terminal.seen
    page = log.read_text()
    assert "Access granted" in page
    assert cli("token").out.strip()
    kept = [path for path in (cli.home / "config").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    # Neither the terminal, nor any command line, nor the browser's environment has the secret.
    assert site.client_secret not in terminal.seen + page
    assert not Book(cli.home / "config").logins.all()


def test_denial_connects_nothing(cli: Shell, site: Site, tmp_path: Path) -> None:
    """The person said no: a code of its own, and exit 3."""
    log = tmp_path / "browser.log"
    environment = {**site.secret, **site.browser("deny", log)}
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--json", **environment
    ) as terminal:
        assert terminal.end() == 3
    assert '"login_denied"' in terminal.seen
    assert "READY" not in cli("connection", "list").out


def test_the_person_chooses_the_account(cli: Shell, site: Site) -> None:
    """Without a name the account is the one that the answer comes from."""
    environment = {**site.secret, **site.browser("allow")}
    with Terminal.start(cli, "login", *site.options, "--json", **environment) as terminal:
        assert terminal.end() == 0, terminal.seen
    assert cli("connection", "get").output["domain"] == site.domain


def test_killed_in_the_middle_it_can_be_ended(cli: Shell, site: Site) -> None:
    """Nothing is half-written: the login waits, and its answer completes it."""
    environment = {**site.secret, **site.browser("nothing")}
    with Terminal.start(cli, "login", site.subdomain, *site.options, **environment) as terminal:
        page = terminal.page()
        terminal.kill()
    state = cli("connection", "get", site.subdomain).output
    assert state["state"] == "CLIENT_ACTION_REQUIRED"
    assert state["clientAction"]["uiUrl"] == page
    done = cli("login", "complete", site.consent(page))
    assert done.output["state"] == "READY"


def test_a_login_again_keeps_the_connection(cli: Shell, site: Site) -> None:
    """It is renewed in place: by its id alone, with the credentials that are kept."""
    first = site.secret | site.browser("allow")
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--id", "shop", "--json", **first
    ) as terminal:
        assert terminal.end() == 0, terminal.seen
    before, token = cli("connection", "get", "shop").output, cli("token").out
    with Terminal.start(cli, "login", "shop", "--json", **site.browser("allow")) as terminal:
        assert terminal.end() == 0, terminal.seen
    assert cli("connection", "get", "shop").output == before
    assert cli("token").out != token


def test_a_secret_is_asked_for_without_being_shown(cli: Shell, site: Site) -> None:
    """It is typed at a prompt; what was wrong is told, and the secret is not."""
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--json", **site.browser("allow")
    ) as terminal:
        terminal.until("Secret key (not shown)")
        terminal.write(f"{CANARY}\n")
        assert terminal.end() == 3
    assert '"login_credentials_wrong"' in terminal.seen
    assert CANARY not in terminal.seen


def test_a_redirect_elsewhere_takes_two_steps(cli: Shell, amocrm_server: ThreadedServer) -> None:
    """Nobody can listen at a registered address that is not this machine's."""
    site = new_site(amocrm_server, "https://www.example.com/oauth2/")
    environment = {**site.secret, **site.browser("allow")}
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--json", **environment
    ) as terminal:
        assert terminal.end() == 3
    assert "amocrm login complete" in terminal.seen
    assert '"client_action_required"' in terminal.seen


def test_a_port_that_is_taken_is_told(
    cli: Shell, site: Site, amocrm_server: ThreadedServer
) -> None:
    """The way without a listener is named."""
    taken = amocrm_server.url.rpartition(":")[2]
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--port", taken, "--json", **site.secret
    ) as terminal:
        assert terminal.end() == 1
    assert '"login_port_taken"' in terminal.seen
    assert "--no-browser" in terminal.seen


def test_another_port_can_lead_here(cli: Shell, amocrm_server: ThreadedServer) -> None:
    """Behind a tunnel the registered address is another one than the listener's."""
    site = new_site(amocrm_server, "https://tunnel.example.com/back")
    port = free_port()
    environment = {**site.secret, **site.browser("nothing")}
    with Terminal.start(
        cli, "login", site.subdomain, *site.options, "--port", str(port), "--json", **environment
    ) as terminal:
        query = site.consent(terminal.page()).partition("?")[2]
        answer = urllib3.request("GET", f"http://127.0.0.1:{port}/back?{query}")
        assert answer.status == 200
        assert terminal.end() == 0, terminal.seen
    assert cli("status").output["domain"] == site.domain


@pytest.mark.parametrize("option", ["--client-secret", "--token"])
def test_a_secret_in_the_command_line_is_refused(cli: Shell, option: str) -> None:
    """It is not used and not repeated; the ways that are safe are named."""
    told = cli("login", "example", "--client-id", "1", option, CANARY)
    assert told.code == 2
    assert told.error["code"] == "usage_error"
    assert f"{option} -" in told.error["message"]
    assert CANARY not in told.out + told.err


def test_missing_credentials_are_told(cli: Shell) -> None:
    """With each way to log in."""
    told = cli("login", "example")
    assert told.code == 2
    assert told.error["code"] == "login_credentials_missing"
    for way in ("--client-id", "--token -", "--mock"):
        assert way in told.error["details"]["what_to_do"]
