"""The listener that the browser comes back to."""

import socket

import pytest
import urllib3

from amocrm_gen.connections.errors import LoginError
from amocrm_gen.connections.loopback import Loopback

STATE = "the-state-of-this-login"


def _get(loopback: Loopback, path: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", f"http://127.0.0.1:{loopback.port}{path}", retries=False)


def test_the_answer_with_the_state_is_taken() -> None:
    """Its code, its account, and a page for the person that stores nothing."""
    with Loopback(0, STATE) as loopback:
        answer = _get(loopback, f"/back?code=def502&state={STATE}&referer=example.amocrm.ru")
        redirect = loopback.wait(60)
    assert (redirect.code, redirect.referer) == ("def502", "example.amocrm.ru")
    assert answer.status == 200
    assert b"Access granted" in answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert b"def502" not in answer.data


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/favicon.ico", 404),
        ("/", 404),
        ("/back?code=def502&state=another", 400),
        ("/back?code=def502", 400),
        ("/back?error=access_denied&state=another", 400),
        ("/back?code=def502&state=%D1%8F", 400),
    ],
)
def test_what_is_no_answer_ends_nothing(path: str, status: int) -> None:
    """Any page in the browser can send such requests; the waiting goes on."""
    with Loopback(0, STATE) as loopback:
        assert _get(loopback, path).status == status
        assert loopback.poll(0) is None
        assert _get(loopback, f"/back?code=def502&state={STATE}").status == 200
        assert loopback.wait(60).code == "def502"


def test_only_foreign_answers_are_told_as_such() -> None:
    """Nobody answered, or somebody answered another login: two errors."""
    with Loopback(0, STATE) as loopback:
        with pytest.raises(LoginError) as caught:
            loopback.wait(0)
        assert caught.value.code == "login_timeout"
        _get(loopback, "/back?code=def502&state=another")
        with pytest.raises(LoginError) as caught:
            loopback.wait(0)
        assert caught.value.code == "login_state_mismatch"


def test_a_denial_is_an_answer() -> None:
    """The person is told that nothing was connected."""
    with Loopback(0, STATE) as loopback:
        answer = _get(loopback, f"/back?error=access_denied&state={STATE}")
        assert loopback.wait(60).error == "access_denied"
    assert b"Access denied" in answer.data


def test_it_says_nothing_of_what_it_hears(capfd: pytest.CaptureFixture[str]) -> None:
    """Requests hold codes, and so would lines about them; broken ones are no exception."""
    with Loopback(0, STATE) as loopback:
        _get(loopback, "/back?code=canary&state=another")
        with socket.create_connection(("127.0.0.1", loopback.port)) as broken:
            broken.sendall(b"canary\r\n\r\n")
            broken.recv(1)
        _get(loopback, f"/back?code=canary&state={STATE}")
        loopback.wait(60)
    assert "".join(capfd.readouterr()) == ""


def test_a_port_that_is_taken_is_told() -> None:
    """Two cannot listen at one."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(LoginError) as caught,
    ):
        Loopback(taken.getsockname()[1], STATE)
    assert caught.value.code == "login_port_taken"
