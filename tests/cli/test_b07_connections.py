"""B7: connections, their states, and what has to be done."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
import urllib3
from site_of import Site, free_port, new_site
from terminal import Terminal

from amocrm_gen import Token
from amocrm_gen.connections import Book

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver import ThreadedServer

pytestmark = pytest.mark.processes

CANARY = "canary-of-the-client-secret"


@pytest.fixture
def site(amocrm_server: ThreadedServer) -> Site:
    """Return an account whose integration sends its codes to this machine."""
    return new_site(amocrm_server)


@pytest.fixture
def ready(cli: Shell, site: Site) -> Shell:
    """Return a command line that is connected to the account as `shop`."""
    told = cli("login", "--token", "-", "--base-url", site.url, "--id", "shop", given=site.token)
    assert told.code == 0, told
    return cli


def test_every_name_of_a_connection_is_taken(ready: Shell, site: Site) -> None:
    """Its id, the subdomain, the domain, before and after the command, and as Membrane has it."""
    for line in (
        ["status", "-a", "shop"],
        ["status", "-a", site.subdomain],
        ["--account", site.domain, "status"],
        ["status", "--connectionId=shop"],
        ["connection", "get", "shop"],
        ["connection", "get", site.domain],
        ["connection", "get", "-a", "shop"],
        ["connection", "get"],
    ):
        assert ready(*line).output["id"] == "shop"
    assert ready("status", AMOCRM_ACCOUNT=site.domain).output["id"] == "shop"


def test_an_unknown_one_is_answered_with_those_that_there_are(ready: Shell) -> None:
    """Exit 4, and the nearest first."""
    told = ready("connection", "get", "shp")
    assert (told.code, told.error["code"]) == (4, "unknown_connection")
    assert told.error["details"]["candidates"] == ["shop"]


def test_nothing_connected_wants_a_person(cli: Shell) -> None:
    """Exit 3; a list is empty, and no error."""
    for line in (["status"], ["connection", "get"], ["token"]):
        told = cli(*line)
        assert (told.code, told.error["code"]) == (3, "not_connected")
        assert "amocrm login --mock" in told.err
    assert cli("connection", "list").output == {"items": []}
    assert cli("doctor").code == 3


def test_ensuring_gives_the_page_to_open(cli: Shell, site: Site) -> None:
    """It is made once, and changed in place; the page stays that of the login that waits."""
    line = ["connection", "ensure", site.domain, "--id", "shop", *site.options]
    made = cli(*line, **site.secret).output
    assert made["state"] == "CLIENT_ACTION_REQUIRED"
    page = made["clientAction"]["uiUrl"]
    assert cli(*line, **site.secret).output == made
    assert cli("connection", "ensure", "shop").output == made
    assert [one["id"] for one in cli("connection", "list").output["items"]] == ["shop"]
    done = cli("login", "complete", site.consent(page)).output
    assert (done["id"], done["state"], done["createdAt"]) == ("shop", "READY", made["createdAt"])


def test_ensuring_without_credentials_is_a_configuration_error(cli: Shell) -> None:
    """It says what is to be given, and how."""
    made = cli("connection", "ensure", "example.kommo.com").output
    assert (made["state"], made["connector"]) == ("CONFIGURATION_ERROR", "kommo")
    assert made["clientAction"]["type"] == "provide-input"
    assert "--token -" in made["clientAction"]["agentInstructions"]
    told = cli("status")
    assert (told.code, told.error["code"]) == (2, "configuration_error")


def test_a_secret_is_taken_from_a_file(cli: Shell) -> None:
    """It is kept for its owner alone, and shown nowhere."""
    (cli.home / "secret.txt").write_text(f"{CANARY}\n")
    made = cli(
        "connection", "ensure", "example", "--client-id", "1", "--client-secret", "@secret.txt"
    )
    assert made.output["state"] == "CLIENT_ACTION_REQUIRED"
    outputs = [made.out, made.err]
    for line in (["connection", "list"], ["connection", "get"], ["doctor"], ["connect"]):
        told = cli(*line, "--debug")
        outputs += [told.out, told.err]
    assert CANARY not in "".join(outputs)
    holding = [
        path
        for path in (cli.home / "config").rglob("*")
        if path.is_file() and CANARY in path.read_text(errors="replace")
    ]
    assert {path.name for path in holding} == {"connections.json", "logins.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in holding} == {0o600}


def test_the_default_can_be_changed(ready: Shell) -> None:
    """The first one is it; `--default` makes another one so."""
    ready("connection", "ensure", "second", "--default")
    listed = ready("connection", "list").output["items"]
    assert {one["id"]: one["isDefault"] for one in listed} == {"shop": False, "second": True}


def test_removing_forgets_everything(ready: Shell, site: Site) -> None:
    """Tokens and waiting logins with it; nothing of it is left to be read."""
    assert ready("connection", "remove", "shop").output["removed"] is True
    assert ready("connection", "list").output["items"] == []
    assert ready("connection", "remove", "shop").code == 4
    left = [p for p in (ready.home / "config").rglob("*") if p.is_file()]
    assert not any(site.token in path.read_text(errors="replace") for path in left)


def test_logging_out_keeps_the_connection(ready: Shell) -> None:
    """Its tokens are forgotten; `--all` does the same for each."""
    assert ready("logout").output["loggedOut"] is True
    assert ready("logout", "shop").output["loggedOut"] is False
    assert ready("connection", "list").output["items"][0]["state"] == "CLIENT_ACTION_REQUIRED"
    assert [one["id"] for one in ready("logout", "--all").output["items"]] == ["shop"]
    assert ready("logout", "shop", "--all").code == 2


def test_connecting_what_is_ready_changes_nothing(ready: Shell) -> None:
    """It is shown as it is."""
    before, token = ready("connection", "get").output, ready("token").out
    assert ready("connect", "shop").output == before
    assert ready("connect").output == before
    assert ready("token").out == token


def test_a_dead_connection_is_renewed_in_place(cli: Shell, site: Site) -> None:
    """Its id and the day of its making stay; what refers to it goes on."""
    line = ["connection", "ensure", site.domain, "--id", "shop", *site.options]
    made = cli(*line, **site.secret).output
    book = Book(cli.home / "config")
    dead = Token(access_token="dead", refresh_token="dead", domain=site.domain)
    book.store_of(book.get("shop")).save(site.domain, dead)
    told = cli("status")
    assert (told.code, told.error["code"]) == (3, "client_action_required")
    assert told.error["details"]["clientAction"]["type"] == "reconnect"
    asked = cli("connect", "shop", *site.options, "--json", **site.secret)
    assert asked.code == 3
    page = asked.error["details"]["clientAction"]["uiUrl"]
    again = cli("login", "complete", site.consent(page)).output
    assert (again["id"], again["createdAt"]) == ("shop", made["createdAt"])
    assert cli("status").output["state"] == "READY"
    assert len(cli("connection", "list").output["items"]) == 1


def test_a_dead_practice_connection_needs_no_person(ready: Shell, site: Site) -> None:
    """Its own mock server lets it in again."""
    before = ready("connection", "get").output
    ready("logout")
    again = ready("connect", "shop").output
    assert (again["id"], again["baseUrl"]) == (before["id"], site.url)
    assert again["createdAt"] == before["createdAt"]


@pytest.mark.parametrize("way", ["complete", "loopback"])
def test_connecting_can_wait_for_the_person(cli: Shell, site: Site, way: str) -> None:
    """Until the answer comes, by the browser or by another process."""
    process = cli.start(
        "connect", site.domain, *site.options, "--wait", "100", "--json", **site.secret
    )
    with process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        page = next(line.strip() for line in lines if line.strip().startswith("http"))
        address = site.consent(page)
        if way == "complete":
            assert cli("login", "complete", address).code == 0
        else:
            assert urllib3.request("GET", address).status == 200
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert '"READY"' in out


def test_getting_can_wait_for_a_connection(cli: Shell, site: Site) -> None:
    """An agent waits while the person grants access."""
    made = cli("connection", "ensure", site.domain, *site.options, **site.secret).output
    short = cli("connection", "get", made["id"], "--wait", "0.1")
    assert (short.code, short.error["code"]) == (3, "client_action_required")
    waiting = cli.start("connection", "get", made["id"], "--wait", "100")
    with waiting:
        cli("login", "complete", site.consent(made["clientAction"]["uiUrl"]))
        out, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, err
    assert '"READY"' in out


def test_the_environment_is_a_connection(practice: Shell) -> None:
    """It is listed, ready, and nothing is written for it."""
    assert practice("status").output["id"] == "environment"
    (listed,) = practice("connection", "list").output["items"]
    assert (listed["id"], listed["state"]) == ("environment", "READY")
    assert practice("token").out.strip() == practice.environment["AMOCRM_TOKEN"]
    assert practice("connect").output["id"] == "environment"
    assert not (practice.home / "config").exists()


def test_a_damaged_file_is_told(ready: Shell) -> None:
    """A configuration error that names the file, in each command and to the doctor."""
    place = ready.home / "config" / "connections.json"
    place.write_text('{"version": 1, "connections": [{"client_secret": "canary')
    told = ready("connection", "list")
    assert (told.code, told.error["code"]) == (2, "configuration_error")
    assert str(place) in told.error["message"]
    assert "canary" not in told.out + told.err
    assert ready("doctor").code == 1


def test_a_token_is_not_shown_on_a_terminal(ready: Shell, site: Site) -> None:
    """But to a pipe, or when it is wanted."""
    with Terminal.start(ready, "token") as terminal:
        assert terminal.end() == 2
    assert site.token not in terminal.seen
    with Terminal.start(ready, "token", "--show", columns=200) as terminal:
        assert terminal.end() == 0
    assert terminal.seen.replace("\n", "") == site.token
    assert ready("token", "--json").output["accessToken"] == site.token


def test_the_doctor_finds_nothing_wrong(ready: Shell) -> None:
    """Each check has a name, an outcome and what was found; without a network, too."""
    for line in (["doctor"], ["doctor", "--offline"]):
        told = ready(*line)
        assert told.code == 0, told
        checks = told.json["output"]["items"]
        assert all(set(c) == {"check", "outcome", "found", "whatToDo"} for c in checks)
    assert any(check["check"].endswith("account") for check in ready("doctor").output["items"])


def test_the_doctor_finds_an_account_that_is_not_reached(cli: Shell) -> None:
    """Exit 1, with what to look at."""
    book = Book(cli.home / "config")
    made = book.ensure("example", base_url=f"http://127.0.0.1:{free_port()}")
    book.store_of(made).save(made.domain, Token(access_token="t"))
    told = cli("doctor")
    assert told.code == 1
    assert any(check["outcome"] == "fail" for check in told.json["output"]["items"])
    assert "example: account" in told.err
