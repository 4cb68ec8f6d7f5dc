"""urllib3, httpx, httpx2 and respx against a mock server in the same process."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
import respx
import urllib3
from attrs import define

from amocrm_mockserver import Clock, MockServer
from amocrm_mockserver.faults import FaultRule
from amocrm_mockserver.tokens import issue_pair
from amocrm_mockserver.transports import httpx as for_httpx
from amocrm_mockserver.transports import httpx2 as for_httpx2
from amocrm_mockserver.transports.respx import HOST_PATTERN, side_effect
from amocrm_mockserver.transports.urllib3 import mock_pool_manager, pool_classes

from .asking import NOON, two_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

URL = "https://acc1.amocrm.ru"


@define
class Caller:
    """One HTTP client in a common dress."""

    call: Callable[..., tuple[int, dict[str, str], bytes]]
    drop: type[Exception]
    reset: type[Exception]
    truncated: type[Exception]
    timeout: type[Exception]


def _urllib3(server: MockServer) -> Caller:
    pool = mock_pool_manager(server, ca_certs="unused.pem", retries=False)

    def call(
        method: str, url: str, headers: dict[str, str], body: Any = None, timeout: float = 5
    ) -> tuple[int, dict[str, str], bytes]:
        answer = pool.request(method, url, headers=headers, body=body, timeout=timeout)
        return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.data

    protocol_error = urllib3.exceptions.ProtocolError
    return Caller(
        call, protocol_error, protocol_error, protocol_error, urllib3.exceptions.ReadTimeoutError
    )


def _httpx(server: MockServer, module: Any, transports: Any) -> Caller:
    client = module.Client(transport=transports.MockTransport(server))

    def call(
        method: str, url: str, headers: dict[str, str], body: Any = None, timeout: float = 5
    ) -> tuple[int, dict[str, str], bytes]:
        answer = client.request(method, url, headers=headers, content=body, timeout=timeout)
        return answer.status_code, dict(answer.headers), answer.content

    return Caller(
        call,
        module.RemoteProtocolError,
        module.ReadError,
        module.RemoteProtocolError,
        module.ReadTimeout,
    )


def _async_httpx(server: MockServer, module: Any, transports: Any) -> Caller:
    def call(
        method: str, url: str, headers: dict[str, str], body: Any = None, timeout: float = 5
    ) -> tuple[int, dict[str, str], bytes]:
        async def run() -> tuple[int, dict[str, str], bytes]:
            transport = transports.AsyncMockTransport(server)
            async with module.AsyncClient(transport=transport) as client:
                content = body if isinstance(body, (bytes, str, type(None))) else _aiter(body)
                answer = await client.request(
                    method, url, headers=headers, content=content, timeout=timeout
                )
                return answer.status_code, dict(answer.headers), answer.content

        return asyncio.run(run())

    return Caller(
        call,
        module.RemoteProtocolError,
        module.ReadError,
        module.RemoteProtocolError,
        module.ReadTimeout,
    )


async def _aiter(pieces: Any) -> Any:
    for piece in pieces:
        yield piece


CALLERS: dict[str, Callable[[MockServer], Caller]] = {
    "urllib3": _urllib3,
    "httpx": lambda server: _httpx(server, httpx, for_httpx),
    "httpx2": lambda server: _httpx(server, httpx2, for_httpx2),
    "httpx-async": lambda server: _async_httpx(server, httpx, for_httpx),
    "httpx2-async": lambda server: _async_httpx(server, httpx2, for_httpx2),
}


@pytest.fixture
def server() -> MockServer:
    """A server that listens nowhere."""
    return MockServer(two_accounts(), clock=Clock(frozen_at=NOON))


@pytest.fixture(params=CALLERS)
def client(request: pytest.FixtureRequest, server: MockServer) -> Caller:
    """Each client in turn."""
    return CALLERS[request.param](server)


@pytest.fixture
def headers(server: MockServer) -> dict[str, str]:
    """The bearer header of `acc1`."""
    with server.locked() as world:
        grant = world.grant(world.accounts["acc1"], next(iter(world.integrations.values())))
        pair = issue_pair(world, grant, api_domain="acc1.amocrm.ru")
    return {"Authorization": f"Bearer {pair['access_token']}"}


def test_read_and_write(client: Caller, headers: dict[str, str]) -> None:
    """A lead is written and read; links begin with the URL that was called."""
    body = '[{"name": "Сделка"}]'.encode()
    status, answer, _ = client.call("POST", f"{URL}/api/v4/leads", headers, body)
    assert (status, answer["content-type"]) == (200, "application/hal+json")
    status, answer, data = client.call("GET", f"{URL}/api/v4/leads?filter[name]=x", headers)
    assert (status, data) == (204, b"")
    status, answer, data = client.call("GET", f"{URL}/api/v4/leads?page=1", headers)
    assert status == 200
    assert "Сделка".encode() in data
    assert f'"href":"{URL}/api/v4/leads?'.encode() in data
    assert int(answer["content-length"]) == len(data)


def test_origin_with_port(client: Caller, headers: dict[str, str]) -> None:
    """A port that is not the usual one stays in the links, and a plain URL stays plain."""
    for origin in ("http://acc1.amocrm.ru", "https://acc1.amocrm.localhost:8443"):
        _, _, data = client.call("GET", f"{origin}/api/v4/account", headers)
        assert f'"href":"{origin}/api/v4/account'.encode() in data


def test_body_in_pieces(client: Caller, headers: dict[str, str]) -> None:
    """A body that is an iterator arrives whole."""
    pieces: Iterator[bytes] = iter([b'[{"name":', b'"x"}]'])
    assert client.call("POST", f"{URL}/api/v4/leads", headers, pieces)[0] == 200


def test_head(client: Caller, headers: dict[str, str]) -> None:
    """HEAD has no body, and its length is no fault."""
    status, answer, data = client.call("HEAD", f"{URL}/v3/user", headers)
    assert (status, data) == (200, b"")
    assert int(answer["content-length"]) > 0


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"cut": "drop"}, "drop"),
        ({"cut": "reset"}, "reset"),
        ({"cut": "truncate"}, "truncated"),
        ({"latency": 6}, "timeout"),
    ],
)
def test_faults(
    client: Caller, server: MockServer, headers: dict[str, str], rule: Any, error: str
) -> None:
    """Faults show as the exceptions that a real connection gives."""
    server.faults.add(FaultRule(times=1, **rule))
    with pytest.raises(getattr(client, error)):
        client.call("GET", f"{URL}/api/v4/account", headers)
    assert client.call("GET", f"{URL}/api/v4/account", headers)[0] == 200


def test_latency_within_patience(
    client: Caller, server: MockServer, headers: dict[str, str]
) -> None:
    """Nobody waits in process for an answer that would have come in time."""
    server.faults.add(FaultRule(latency=4))
    assert client.call("GET", f"{URL}/api/v4/account", headers)[0] == 200


def test_pool_manager_of_the_user(server: MockServer, headers: dict[str, str]) -> None:
    """A pool manager that exists already is led here, with urllib3's own retries."""
    server.faults.add(FaultRule(status=503, times=2))
    pool = urllib3.PoolManager(retries=urllib3.Retry(3, status_forcelist=[503]))
    pool.pool_classes_by_scheme = pool_classes(server)
    assert pool.request("GET", f"{URL}/api/v4/account", headers=headers).status == 200


@pytest.mark.parametrize("body", ["[]", bytearray(b"[]"), io.BytesIO(b"[]"), None])
def test_bodies_of_urllib3(server: MockServer, headers: dict[str, str], body: Any) -> None:
    """urllib3's kinds of bodies all arrive; an empty list is refused by the API itself."""
    pool = mock_pool_manager(server)
    answer = pool.request("POST", f"{URL}/api/v4/leads", headers=headers, body=body)
    assert (answer.status, answer.json()["status"]) == (400, 400)


def test_mounts(server: MockServer, headers: dict[str, str]) -> None:
    """Mounted for one host pattern, the transport leaves other hosts alone."""
    mounts = {"https://*.amocrm.ru": for_httpx.MockTransport(server)}
    refuse = httpx.MockTransport(lambda _: httpx.Response(418))
    with httpx.Client(mounts=mounts, transport=refuse) as client:
        assert client.get(f"{URL}/api/v4/account", headers=headers).status_code == 200
        assert client.get("https://example.org/").status_code == 418


def test_respx(server: MockServer, headers: dict[str, str]) -> None:
    """Respx sees the calls, and the mock server answers them."""
    with respx.mock(assert_all_called=False) as router:
        route = router.route(host__regex=HOST_PATTERN).mock(side_effect=side_effect(server))
        answer = httpx.get(f"{URL}/api/v4/account", headers=headers)
        assert answer.json()["subdomain"] == "acc1"
        assert route.call_count == 1
        with pytest.raises(respx.models.AllMockedAssertionError):
            httpx.get("https://amocrm.ru.evil.example/")


def test_respx_async(server: MockServer, headers: dict[str, str]) -> None:
    """The same for an asynchronous client, faults included."""

    async def run() -> None:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{URL}/api/v4/account", headers=headers)
            assert answer.status_code == 200
            server.faults.add(FaultRule(cut="drop"))
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(f"{URL}/api/v4/account", headers=headers)

    with respx.mock() as router:
        router.route(host__regex=HOST_PATTERN).mock(side_effect=side_effect(server))
        asyncio.run(run())
