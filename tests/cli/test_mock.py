"""`amocrm mock`: the mock server from the command line."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shell import Shell

# What is seen is the server's own clock.
DAY = 86_400


def test_serves_until_it_is_told_to_stop(cli: Shell) -> None:
    """It says where it listens, answers there, and ends without a word of complaint."""
    server = cli.start("mock", "serve", "--port", "0", "--tls-port", "0")
    assert server.stdout is not None
    url = server.stdout.readline().split()[1]
    told = cli("mock", "info", "--url", url)
    server.send_signal(signal.SIGINT)
    assert server.wait(60) == 0
    server.communicate()
    assert told.output["accounts"]


def test_steers_the_server_of_the_connection(practice: Shell) -> None:
    """Accounts, codes and rules are made where the connection leads."""
    made = practice("mock", "account", "--zone", "kommo.com").output
    assert made["domain"].endswith(".kommo.com")
    code = practice("mock", "code", made["subdomain"]).output["code"]
    assert code
    assert practice("mock", "state", made["subdomain"]).output["tables"]["users"]


def test_steers_the_server_that_runs_here(cli: Shell) -> None:
    """Nothing is connected, or an account of amoCRM's own: the one that was noted is meant."""
    server = cli.start("mock", "serve", "--port", "0", "--tls-port", "0")
    assert server.stdout is not None
    server.stdout.readline()
    made = cli("mock", "account", "--subdomain", "shop")
    token = {"AMOCRM_ACCOUNT": "example.amocrm.ru", "AMOCRM_TOKEN": "t"}
    told = cli("mock", "info", **token)
    server.terminate()
    server.communicate(timeout=60)
    assert made.output["domain"] == "shop.amocrm.ru"
    assert "shop" in {account["subdomain"] for account in told.output["accounts"]}


def test_says_what_the_server_refuses(practice: Shell) -> None:
    """An account that is not there is its own exit code."""
    told = practice("mock", "state", "nobody-has-this-name")
    assert told.code == 4
    assert told.error["code"] == "mock_refused"


def test_says_that_no_server_runs(cli: Shell) -> None:
    """Nothing listens at port 1."""
    told = cli("mock", "info", "--url", "http://127.0.0.1:1")
    assert told.code == 1
    assert told.error["code"] == "mock_not_running"
    assert "amocrm mock serve" in told.err


def test_refuses_a_span_that_is_none(practice: Shell) -> None:
    """Nothing is sent."""
    told = practice("mock", "clock", "--advance", "soon")
    assert told.code == 2
    assert "90, 90s, 15m" in told.error["message"]


def test_moves_the_clock(cli: Shell) -> None:
    """A day is a day; the server has a clock of its own."""
    server = cli.start("mock", "serve", "--port", "0", "--tls-port", "0")
    assert server.stdout is not None
    url = server.stdout.readline().split()[1]
    before = cli("mock", "clock", "--url", url, "--freeze").output["now"]
    after = cli("mock", "clock", "--url", url, "--advance", "1d").output["now"]
    rule = cli("mock", "fault", "--url", url, "--status", "503", "--path", "/api/v4/account")
    cleared = cli("mock", "fault", "--url", url, "--clear")
    server.terminate()
    server.communicate(timeout=60)
    assert after - before == DAY
    assert rule.code == cleared.code == 0
