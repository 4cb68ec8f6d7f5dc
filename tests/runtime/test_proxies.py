"""Proxies are found where other programs find them."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from urllib3 import ProxyManager

from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.errors import TransportError
from amocrm_gen.runtime.proxies import proxy_for
from runtime.amo import Amo

URL = "https://example.amocrm.ru"


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "p:1"}, "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "localhost, .amocrm.ru"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*.amocrm.ru"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "crm.ru,"}, "http://p:1"),
    ],
)
def test_the_environment_names_a_proxy(environment: dict[str, str], proxy: str | None) -> None:
    """The scheme's own variable comes first, and NO_PROXY takes hosts out."""
    assert proxy_for(URL, environment) == proxy


def test_a_lost_answer_through_a_proxy(amo: Amo) -> None:
    """A create whose answer is lost behind a proxy is in doubt, and is not sent again."""
    tenant = amo.tenant()
    driven = amo.open(tenant, token=tenant.long_lived())
    amo.fail(path="/api/v4/leads", cut="drop", applied=True, times=1)
    with pytest.raises(TransportError) as caught:
        driven.do(lambda client: client.request("POST", "/api/v4/leads", json=[{"name": "x"}]))
    assert caught.value.sent
    leads = driven.do(lambda client: client.request("GET", "/api/v4/leads"))
    assert len(leads["_embedded"]["leads"]) == 1


@pytest.mark.parametrize("refused", [True, False])
def test_a_proxy_that_lets_nothing_through(refused: bool) -> None:
    """What did not get past the proxy was not sent."""

    class Deny(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Deny) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        if not refused:
            server.shutdown()
            server.server_close()
        with ProxyManager(f"http://127.0.0.1:{server.server_port}") as pool:
            client = Client("example", token="t", throttle=None, max_retries=0, transport=pool)
            with pytest.raises(TransportError) as caught:
                client.request("GET", "/api/v4/account")
        assert not caught.value.sent
        server.shutdown()
        thread.join()
