"""What amoCRM's own pages call, and what browsers load, whatever the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asking import Asker


def test_pages_have_the_api_under_a_name_of_their_own(ask: Asker) -> None:
    """`/ajax/v4` is `/api/v4`."""
    token = ask.log_in("code-1").json["access_token"]
    made = ask("POST", "/ajax/v4/leads", token=token, json=[{"name": "a"}])
    number = made.json["_embedded"]["leads"][0]["id"]
    assert ask("GET", f"/api/v4/leads/{number}", token=token).json["name"] == "a"
    assert ask("GET", "/ajax/v4/leads").status == 401


def test_an_unknown_page(ask: Asker) -> None:
    """It is told in HTML, unlike unknown methods of the API."""
    for path in ("/ajax/v1/nothing", "/private/nothing.php"):
        answer = ask("POST", path)
        assert (answer.status, answer.header("Content-Type")) == (404, "text/html")
    assert ask("GET", "/nothing").header("Content-Type") == "application/problem+json"


def test_the_button_that_asks_for_access(ask: Asker) -> None:
    """Everybody gets the script; it opens the consent page of the host it came from."""
    answer = ask("GET", "/auth/button.min.js", host="www.amocrm.ru")
    assert answer.header("Content-Type") == "application/javascript; charset=utf-8"
    assert "/oauth?" in answer.text
