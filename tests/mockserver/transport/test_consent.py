"""The consent page and what comes back from it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from .asking import CLIENT, OTHER_CLIENT

if TYPE_CHECKING:
    from .asking import Answer, Asker

PAGE = f"/oauth?client_id={CLIENT['client_id']}&state=a%20b%3Cc&mode=post_message"


def fields_of(page: Answer) -> dict[str, str]:
    """The hidden fields of the form, as a browser would send them."""
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in pairs}


def allow(ask: Asker, page: str = PAGE, host: str = "www.amocrm.ru", **more: str) -> Answer:
    """Ask for the page and press Allow."""
    fields = fields_of(ask("GET", page, host=host))
    return ask("POST", "/oauth", host=host, form={**fields, "decision": "allow", **more})


def parameters(answer: Answer) -> dict[str, str]:
    """The query of the redirect."""
    location = answer.header("Location")
    assert location is not None
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_allow(ask: Asker) -> None:
    """Allow sends the browser back with a code that works, and everything amoCRM adds to it."""
    answer = allow(ask, account="acc1")
    assert answer.status == 302
    location = answer.header("Location")
    assert location is not None
    assert location.startswith(CLIENT["redirect_uri"] + "?")
    told = parameters(answer)
    code = told.pop("code")
    assert told == {
        "state": "a b<c",
        "referer": "acc1.amocrm.ru",
        "platform": "1",
        "client_id": CLIENT["client_id"],
    }
    assert ask.log_in(code, host=told["referer"]).status == 200


def test_no_state(ask: Asker) -> None:
    """A state that was not sent does not come back."""
    page = f"/oauth?client_id={CLIENT['client_id']}"
    assert "state" not in parameters(allow(ask, page, account="acc1"))


def test_global_platform(ask: Asker) -> None:
    """Kommo is platform 2, and the referer is the account's own host."""
    told = parameters(allow(ask, host="www.kommo.com:8443", account="acc2"))
    assert (told["platform"], told["referer"]) == ("2", "acc2.kommo.com:8443")


@pytest.mark.parametrize(
    ("host", "referer"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("www.amocrm.ru", "acc1.amocrm.ru"),
        ("www.amocrm.localhost:8443", "acc1.amocrm.localhost:8443"),
        ("acc1.amocrm.ru", "acc1.amocrm.ru"),
    ],
)
def test_referer(ask: Asker, host: str, referer: str) -> None:
    """The referer is a host by which this client reaches the account."""
    assert parameters(allow(ask, host=host, account="acc1"))["referer"] == referer


def test_deny(ask: Asker) -> None:
    """Deny sends the browser back with an error and the state."""
    form = {"client_id": CLIENT["client_id"], "state": "s", "decision": "deny"}
    answer = ask("POST", "/oauth", form=form)
    assert answer.status == 302
    assert parameters(answer) == {"error": "access_denied", "state": "s"}


def test_page_of_sdk(ask: Asker) -> None:
    """The official SDK's further parameters and its slash are taken."""
    query = urlencode(
        {
            "state": "s",
            "scope": "",
            "response_type": "code",
            "approval_prompt": "auto",
            "redirect_uri": CLIENT["redirect_uri"],
            "client_id": CLIENT["client_id"],
        }
    )
    page = ask("GET", f"/oauth/?{query}", host="www.amocrm.ru")
    assert page.status == 200
    assert fields_of(page) == {"client_id": CLIENT["client_id"], "state": "s"}
    assert re.findall(r"<option>([^<]*)", page.text) == ["acc1", "acc2"]


def test_account_host_offers_itself(ask: Asker) -> None:
    """At an account's host there is nothing to choose."""
    page = ask("GET", PAGE, host="acc2.kommo.com")
    assert re.findall(r"<option>([^<]*)", page.text) == ["acc2"]


def test_popup(ask: Asker) -> None:
    """In a popup the opener is sent on, and no text can end the script."""
    page = f"/oauth?client_id={CLIENT['client_id']}&mode=popup&state=</script>"
    answer = allow(ask, page, account="acc1")
    assert answer.status == 200
    assert "window.opener.location=to" in answer.text
    assert answer.text.count("</script>") == 1


def test_markup_in_state(ask: Asker) -> None:
    """Markup in a parameter stays text."""
    page = f"/oauth?client_id={CLIENT['client_id']}&state=%22%3E%3Cb%3E"
    assert "<b>" not in ask("GET", page).text


def test_unknown_client(ask: Asker) -> None:
    """Without a known client there is nowhere to send the browser."""
    assert ask("GET", "/oauth?client_id=x").status == 400
    assert ask("POST", "/oauth", form={"client_id": "x", "decision": "allow"}).status == 400


def test_private_integration(ask: Asker) -> None:
    """A private integration is offered for its own account, and works in no other."""
    made = ask.control("POST", "accounts", {"subdomain": "own"})
    client_id = made["integration"]["client_id"]
    page = ask("GET", f"/oauth?client_id={client_id}", host="www.amocrm.ru")
    assert re.findall(r"<option>([^<]*)", page.text) == ["own"]
    assert ask("GET", f"/oauth?client_id={client_id}", host="acc1.amocrm.ru").status == 403
    form = {"client_id": client_id, "decision": "allow", "account": "acc1"}
    assert ask("POST", "/oauth", form=form).status == 403


def test_ordinary_user(ask: Asker) -> None:
    """A code that an ordinary user granted opens the account with his rights."""
    users = ask.server.world.accounts["acc1"].users
    seller = next(number for number, row in users.items() if not row["rights"]["is_admin"])
    told = parameters(allow(ask, account="acc1", user_id=str(seller)))
    token = ask.log_in(told["code"]).json["access_token"]
    assert ask("GET", "/v3/user", token=token).json["id"] == seller
    assert ask("GET", "/v3/user", token=token, headers={"X-Context-User-ID": "1"}).status == 401


def test_unknown_user(ask: Asker) -> None:
    """Nobody else can grant."""
    form = {**CLIENT, "decision": "allow", "account": "acc1", "user_id": "1"}
    assert ask("POST", "/oauth", form=form).status == 400


def test_consent_switches_on_again(ask: Asker) -> None:
    """An integration that was switched off works again after a new consent."""
    ask.control("POST", "accounts/acc1/revoke", {"client_id": OTHER_CLIENT["client_id"]})
    page = f"/oauth?client_id={OTHER_CLIENT['client_id']}"
    code = parameters(allow(ask, page, account="acc1"))["code"]
    assert ask.log_in(code, **OTHER_CLIENT).status == 200
