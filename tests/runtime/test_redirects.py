"""Redirects are never followed: whoever they name sees neither token nor request."""

import threading
from typing import Any

import pytest

from amocrm_gen.runtime.errors import AmoError, ApiError
from runtime.sample import get
from runtime.script import INTEGRATION
from runtime.site import Site, SiteServer
from runtime.twins import Stage


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("action", ["get", "post", "authorize", "domain"])
def test_the_target_of_a_redirect_sees_nothing(stage: Stage, status: int, action: str) -> None:
    """Reads, writes and grants end in an error, and nothing reaches the other host."""
    evil = SiteServer(Site())
    thread = threading.Thread(target=evil.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        location = {"Location": f"{evil.url}/stolen", "Refresh": f"0; url={evil.url}/stolen"}
        stage.site.before = lambda _: (status, location, b"")
        options: dict[str, Any] = {"integration": INTEGRATION} if action == "authorize" else {}
        twin = stage.open(max_retries=0, **options)
        actions: dict[str, Any] = {
            "get": lambda client: client.send(get(1)),
            "post": lambda client: client.request("POST", "/api/v4/leads", json=[{"name": "x"}]),
            "authorize": lambda client: client.authorize("the-code"),
            "domain": lambda client: client.look_up_domain(),
        }
        with pytest.raises(AmoError) as caught:
            twin.do(actions[action])
        assert caught.value.status == status
        if action in {"get", "post"}:
            assert isinstance(caught.value, ApiError)
            assert "redirects are never followed" in str(caught.value)
        assert evil.site.asked == []
        assert evil.connections == 0
    finally:
        evil.shutdown()
        evil.server_close()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.com/api/v4/leads",
        "http://example.amocrm.ru/api/v4/leads",
        "https://example.amocrm.ru@evil.com/",
        "https://evil.com\\@example.amocrm.ru/",
        "https://example.kommo.com/api/v4/leads",
        "https://example.amocrm.ru:8443/x",
    ],
)
def test_a_whole_address_outside_the_account_is_refused(stage: Stage, address: str) -> None:
    """The token goes to the account's own hosts, also where a caller names the address."""
    twin = stage.open()
    with pytest.raises(AmoError):
        twin.do(lambda client: client.request("GET", address))
    assert stage.site.asked == []
