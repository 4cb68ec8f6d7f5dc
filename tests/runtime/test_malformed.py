"""Whatever a server answers is a good value or one of the package's own errors."""

import asyncio
import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen.runtime import adriver, concealing, driver
from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.casting import RawResponse
from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.errors import AmoError, ResponseError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.login import ApiKeyLogin
from runtime.malformed import RawServer, raw_answers
from runtime.sample import (
    COMPLEX,
    CREATE,
    FIND,
    UPDATE,
    Lead,
    LeadCreate,
    LeadUpdate,
    create,
    find,
    get,
    update,
)

INTEGRATION = Integration(client_id="id", client_secret="s3cret!", redirect_uri="https://x/cb")
ACTIONS: list[Callable[[Any], Any]] = [
    lambda client: client.send(get(1)),
    lambda client: client.send(find()),
    lambda client: client.paginate(
        lambda page, limit: find(page=page, limit=limit), operation=FIND, limit=20, page_size=2
    ).all(),
    lambda client: client.write(create, [LeadCreate(name="x")] * 2, operation=CREATE),
    lambda client: client.write(create, LeadCreate(name="x"), operation=COMPLEX),
    lambda client: client.write(update, [LeadUpdate(id=15)], operation=UPDATE),
    lambda client: client.request("GET", "/api/v4/leads"),
    lambda client: client.request("PATCH", "/api/v4/leads", json=[{"id": 15}]),
    lambda client: client.request("GET", "/api/v4/leads", returns=list[Lead]),
    lambda client: client.request("GET", "/api/v4/leads/1", returns=RawResponse),
    lambda client: client.look_up_domain(),
]
GRANTS: list[Callable[[Any], Any]] = [
    lambda client: client.authorize("the-code"),
    lambda client: client.exchange_api_key(ApiKeyLogin(login="a", api_key="k3y-of-api")),
]
LOGIN = ApiKeyLogin(login="a", api_key="k3y-of-api")
OPTIONS: dict[str, Any] = {"throttle": None, "max_retries": 0, "timeout": 20.0}


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    """Return a server that answers what it is told to."""
    with RawServer.started() as started:
        yield started


def attempt(kind: str, server: RawServer, answer: bytes, number: int) -> None:
    """Make a call that is answered so; anything but an AmoError goes through."""
    server.answer = answer
    actions = [*ACTIONS, *GRANTS, ACTIONS[0]]
    action = actions[number % len(actions)]
    given_options: dict[str, Any] = {"token": "long-lived"}
    if action in GRANTS:
        given_options = {"integration": INTEGRATION}
    elif number % len(actions) == len(actions) - 1:
        given_options = {"login": LOGIN}
    given_options |= {"base_url": server.url, **OPTIONS}
    if kind == "sync":
        with Client("example", **given_options) as client:
            try:
                action(client)
            except AmoError as error:
                str(error)
        return

    async def work() -> None:
        async with AsyncClient("example", **given_options) as client:
            try:
                await action(client)
            except AmoError as error:
                str(error)

    asyncio.run(work())


numbers = st.integers(0, len(ACTIONS) + len(GRANTS))
checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.mark.parametrize("kind", ["sync", "async"])
@settings(max_examples=150, suppress_health_check=checks, deadline=None)
@given(answer=raw_answers(), number=numbers)
def test_any_answer(kind: str, server: RawServer, answer: bytes, number: int) -> None:
    """A good value or an AmoError, over a real socket."""
    attempt(kind, server, answer, number)


@pytest.mark.deep
@settings(max_examples=8_000, suppress_health_check=checks, deadline=None)
@given(answer=raw_answers(), number=numbers)
def test_any_of_very_many_answers(server: RawServer, answer: bytes, number: int) -> None:
    """The same, twelve thousand times together with the next one."""
    attempt("sync", server, answer, number)


@pytest.mark.deep
@settings(max_examples=4_000, suppress_health_check=checks, deadline=None)
@given(answer=raw_answers(), number=numbers)
def test_any_of_many_answers_to_tasks(server: RawServer, answer: bytes, number: int) -> None:
    """As many connections and loops take longer, a third of them is asynchronous."""
    attempt("async", server, answer, number)


def http(body: bytes, *headers: bytes) -> bytes:
    """Return an answer of the server."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Connection: close", *headers, b"", body])


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("form", ["plain", "gzip", "lying length"])
def test_too_much_is_not_read(
    kind: str, form: str, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer above the limit is an error that says so, and is not kept in memory."""
    limit, most = 1 << 20, 48 << 20
    for module in (driver, adriver, concealing):
        monkeypatch.setattr(module, "LONGEST_ANSWER", limit)
    body = b'["' + b"x" * most + b'"]'
    headers = [b"Content-Length: %d" % (1 << 50)] if form == "lying length" else []
    if form == "gzip":
        body, headers = gzip.compress(body, 1), [b"Content-Encoding: gzip"]
    server.answer = http(body, *headers)
    options = {"token": "long-lived", "base_url": server.url, **OPTIONS}

    async def work() -> Any:
        async with AsyncClient("example", **options) as client:
            return await client.request("GET", "/api/v4/leads")

    def ask() -> Any:
        with Client("example", **options) as client:
            return client.request("GET", "/api/v4/leads")

    tracemalloc.start()
    try:
        with pytest.raises(ResponseError, match="longer than 1 MiB"):
            ask() if kind == "sync" else asyncio.run(work())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # httpx unpacks a chunk of 64 KiB whole, however much comes of it.
    if (kind, form) != ("async", "gzip"):
        assert peak < 12 * limit


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_at_the_limit_is_read(
    kind: str, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit itself is not too much."""
    for module in (driver, adriver, concealing):
        monkeypatch.setattr(module, "LONGEST_ANSWER", 1000)
    body = b'"' + b"x" * 998 + b'"'
    server.answer = http(body, b"Content-Length: 1000")
    options = {"token": "long-lived", "base_url": server.url, **OPTIONS}
    if kind == "sync":
        with Client("example", **options) as client:
            assert client.request("GET", "/api/v4/leads") == "x" * 998
        return

    async def work() -> Any:
        async with AsyncClient("example", **options) as client:
            return await client.request("GET", "/api/v4/leads")

    assert asyncio.run(work()) == "x" * 998


@pytest.mark.parametrize("length", [20, 2000])
def test_a_bad_answer_gives_its_connection_back(
    length: int, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be unpacked or is too long leaves its place in the pool to the next call."""
    monkeypatch.setattr(driver, "LONGEST_ANSWER", 1000)
    coding = [b"Content-Encoding: gzip"] if length == 20 else []
    server.answer = http(b"x" * length, b"Content-Length: %d" % length, *coding)
    with urllib3.PoolManager(maxsize=1, block=True) as pool:
        client = Client(
            "example", token="long-lived", base_url=server.url, transport=pool, **OPTIONS
        )
        with pytest.raises(AmoError):
            client.request("GET", "/api/v4/leads")
        assert pool.connection_from_url(server.url).pool.qsize() == 1  # type: ignore[union-attr]
