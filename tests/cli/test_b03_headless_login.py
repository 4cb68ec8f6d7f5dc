"""B3: without a terminal `amocrm login` prints the page, and `login complete` ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from site_of import Site, new_site

from amocrm_gen.connections import Book

if TYPE_CHECKING:
    from shell import Done, Shell

    from amocrm_mockserver import ThreadedServer

pytestmark = pytest.mark.processes


@pytest.fixture
def site(amocrm_server: ThreadedServer) -> Site:
    """Return an account whose integration sends its codes to a web site."""
    return new_site(amocrm_server, "https://www.example.com/oauth2/")


def _begin(cli: Shell, site: Site, *options: str) -> str:
    """Begin a login; return the page."""
    told = cli("login", site.subdomain, *site.options, *options, **site.secret)
    assert told.code == 3
    assert told.error["code"] == "client_action_required"
    details = told.error["details"]
    assert details["state"] == "CLIENT_ACTION_REQUIRED"
    action = details["clientAction"]
    assert set(action) == {"type", "description", "uiUrl", "agentInstructions"}
    assert "amocrm login complete" in action["agentInstructions"]
    page: str = action["uiUrl"]
    assert page in told.err
    assert site.client_secret not in told.out + told.err
    return page


def _refused(told: Done, code: str, exit_code: int = 3) -> None:
    assert (told.code, told.error["code"]) == (exit_code, code), told
    assert told.error["details"]["what_to_do"]
    assert told.err.startswith("amocrm: ")


@pytest.mark.parametrize("way", ["address", "code", "stdin"])
def test_two_steps_log_in(cli: Shell, site: Site, way: str) -> None:
    """By the whole address, by its code alone, or by standard input, out of every list."""
    page = _begin(cli, site)
    listed = cli("connection", "list").output["items"]
    assert [(one["id"], one["state"]) for one in listed] == [
        (site.subdomain, "CLIENT_ACTION_REQUIRED")
    ]
    assert listed[0]["clientAction"]["uiUrl"] == page
    address = site.consent(page)
    if way == "stdin":
        done = cli("login", "complete", "-", given=f"{address}\n")
    elif way == "code":
        done = cli("login", "complete", address.partition("code=")[2].partition("&")[0])
    else:
        done = cli("login", "complete", address)
    assert done.output["state"] == "READY"
    assert cli("status").output["id"] == site.subdomain
    assert address.partition("code=")[2][:40] not in done.out + done.err


def test_a_terminal_can_be_told_to_open_nothing(cli: Shell, site: Site) -> None:
    """`--no-browser` prints the page, wherever it runs."""
    assert _begin(cli, site, "--no-browser").startswith(site.url)


def test_wrong_expired_and_unfinished_are_told_apart(cli: Shell, site: Site) -> None:
    """Each has a code of its own, says what to do, and leaves the login as it was."""
    address = f"{site.redirect_uri}?code=def502&referer=x&state="
    _refused(cli("login", "complete", f"{address}another"), "login_not_started")
    page = _begin(cli, site)
    _refused(cli("login", "complete", page), "login_unfinished")
    _refused(cli("login", "complete", f"{address}another"), "login_state_mismatch")
    _refused(cli("login", "complete", "canary-of-a-code"), "login_code_wrong")
    _refused(
        cli("login", "complete", "https://www.example.com/?error=none"), "login_state_mismatch"
    )
    _refused(cli("login", "complete", "two words"), "login_code_wrong")
    granted = site.consent(page)
    assert cli("login", "complete", granted).output["state"] == "READY"
    # It is used up, with the login that it was for.
    _refused(cli("login", "complete", granted), "login_not_started")


def test_an_expired_login_is_told(cli: Shell, site: Site) -> None:
    """After twenty minutes neither its address nor its code is sent anywhere."""
    page = _begin(cli, site)
    logins = Book(cli.home / "config").logins
    (login,) = logins.all()
    logins.add(evolve(login, started_at=datetime.now(UTC) - timedelta(minutes=21)))
    address = site.consent(page)
    _refused(cli("login", "complete", address), "login_expired")
    _refused(cli("login", "complete", "def502"), "login_expired")


def test_an_expired_code_is_told(cli: Shell, site: Site, amocrm_server: ThreadedServer) -> None:
    """The server says so, by its own clock."""
    address = site.consent(_begin(cli, site))
    clock = amocrm_server.server.clock
    before = clock.setting
    clock.advance(21 * 60)
    try:
        _refused(cli("login", "complete", address), "login_expired")
    finally:
        clock.setting = before


def test_a_denial_is_told(cli: Shell, site: Site) -> None:
    """The login is over then."""
    denied = site.consent(_begin(cli, site), "deny")
    _refused(cli("login", "complete", denied), "login_denied")
    _refused(cli("login", "complete", denied), "login_not_started")


def test_several_logins_wait_at_once(cli: Shell, amocrm_server: ThreadedServer) -> None:
    """Each address finds its own; a code alone is for the named connection."""
    first, second = (new_site(amocrm_server, "https://www.example.com/oauth2/") for _ in range(2))
    pages = [_begin(cli, site) for site in (first, second)]
    code = first.consent(pages[0]).partition("code=")[2].partition("&")[0]
    done = cli("login", "complete", code, "-a", first.subdomain)
    assert done.output["domain"] == first.domain
    done = cli("login", "complete", second.consent(pages[1]))
    assert done.output["domain"] == second.domain


def test_a_dead_login_says_what_to_do_next(cli: Shell, site: Site) -> None:
    """A command that needs the account ends with the page of the login that waits."""
    page = _begin(cli, site)
    for line in (["token"], ["status"]):
        told = cli(*line)
        assert (told.code, told.error["code"]) == (3, "client_action_required")
        assert told.error["details"]["clientAction"]["uiUrl"] == page
