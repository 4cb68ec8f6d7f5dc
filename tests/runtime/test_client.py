"""Both clients, against the same small server."""

import asyncio
import logging
from typing import Any

import httpx2
import pytest
import urllib3

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.errors import (
    ConfigurationError,
    MissingExtra,
    NotFound,
    OAuthError,
    TransportError,
)
from amocrm_gen.runtime.locks.shared import shared_locks
from amocrm_gen.runtime.throttle.shared import shared_throttle
from runtime.sample import (
    CREATE,
    Lead,
    LeadCreate,
    LeadUpdate,
    create,
    find,
    get,
    lead_json,
    update_one,
)
from runtime.script import INTEGRATION, stored
from runtime.site import Answer, Asked, Site, reply
from runtime.twins import AsyncTwin, Stage, SyncTwin


def test_reading_one(stage: Stage) -> None:
    """An entity is read as its model; a missing one is NotFound, or None if asked so."""
    twin = stage.open()
    stage.site.fill(1)
    assert twin.do(lambda client: client.send(get(1))).name == "Lead 1"
    assert twin.do(lambda client: client.send_or_none(get(2))) is None
    with pytest.raises(NotFound):
        twin.do(lambda client: client.send(get(2)))


def test_credentials_and_names(stage: Stage) -> None:
    """The server sees the token, who is calling, and JSON."""
    twin = stage.open(user_agent="shop/1.0")
    twin.do(lambda client: client.write(create, LeadCreate(name="x"), operation=CREATE))
    (asked,) = stage.site.asked
    assert asked.headers["authorization"] == "Bearer long-lived"
    assert asked.headers["user-agent"].startswith("shop/1.0 amocrm-gen/")
    assert asked.headers["content-type"] == "application/json"


def test_raw_requests(stage: Stage) -> None:
    """Anything can be asked for, with a query in brackets, and comes as JSON."""
    stage.site.fill(2)
    twin = stage.open()
    found = twin.do(
        lambda client: client.request(
            "GET", "/api/v4/leads?page=1", query={"limit": 1, "filter": {"id": [5]}}
        )
    )
    assert [lead["id"] for lead in found["_embedded"]["leads"]] == [1]
    assert stage.site.asked[0].query == {"page": ["1"], "limit": ["1"], "filter[id][0]": ["5"]}
    assert twin.do(lambda client: client.request("GET", "/api/v4/leads/77")) is None
    made = twin.do(
        lambda client: client.request("POST", "/api/v4/leads", json=[LeadCreate(name="x")])
    )
    assert made["_embedded"]["leads"][0]["id"] == 3


def test_a_broken_connection(stage: Stage) -> None:
    """A lost answer is repeated for a read, and an error in doubt for a create."""
    lost = iter([True])
    stage.site.fill(1)
    stage.site.before = lambda _: (0, {}, b"") if next(lost, False) else None
    twin = stage.open()
    assert twin.do(lambda client: client.send(get(1))).id == 1
    stage.site.before = lambda _: (0, {}, b"")
    with pytest.raises(TransportError) as caught:
        twin.do(lambda client: client.send(create([LeadCreate(name="x")])))
    assert caught.value.sent
    assert [call for call in stage.site.calls if "POST" in call] == ["POST /api/v4/leads"]


def test_one_refresh_for_many(stage: Stage) -> None:
    """Many threads or tasks with one dead token renew it once."""
    store, _ = stored()
    stage.site.fill(1)

    def guard(asked: Asked) -> Answer | None:
        if asked.path == "/oauth2/access_token":
            return reply(
                200, {"access_token": "new-access", "refresh_token": "r", "expires_in": 86_400}
            )
        good = asked.headers["authorization"] == "Bearer new-access"
        return None if good else reply(401, {"detail": "expired"})

    stage.site.before = guard
    twin = stage.open(integration=INTEGRATION, store=store)
    found = twin.at_once([lambda client: client.send(get(1))] * 8)
    assert [lead.id for lead in found] == [1] * 8
    assert stage.site.calls.count("POST /oauth2/access_token") == 1


def test_granting_access(stage: Stage) -> None:
    """A code becomes tokens that are kept and used; the referer must be of the family."""
    stage.site.fill(1)
    stage.site.before = lambda asked: (
        reply(200, {"access_token": "a", "refresh_token": "r", "expires_in": 10_000})
        if "oauth2" in asked.path
        else None
    )
    store, _ = stored()
    store.delete("example.amocrm.ru")
    twin = stage.open(integration=INTEGRATION, store=store)
    token = twin.do(lambda client: client.authorize("the-code", referer="other.amocrm.ru"))
    assert token.domain == "other.amocrm.ru"
    assert store.load("other.amocrm.ru") == token
    assert stage.site.asked[0].body == {
        "client_id": "client-id",
        "client_secret": "client-s3cret",
        "redirect_uri": "https://x/cb",
        "grant_type": "authorization_code",
        "code": "the-code",
    }
    twin.do(lambda client: client.send(get(1)))
    assert stage.site.asked[-1].headers["authorization"] == "Bearer a"
    assert twin.do(lambda client: client.domain) == "other.amocrm.ru"
    with pytest.raises(ConfigurationError):
        twin.do(lambda client: client.authorize("the-code", referer="evil.com"))


def test_a_code_that_is_refused(stage: Stage) -> None:
    """The hint of the OAuth server is in the error; the code is not."""
    stage.site.before = lambda _: reply(
        400, {"hint": "Authorization code has expired", "detail": "bad the-code", "status": 400}
    )
    twin = stage.open(integration=INTEGRATION)
    with pytest.raises(OAuthError, match="Authorization code has expired") as caught:
        twin.do(lambda client: client.authorize("the-code"))
    assert "the-code" not in str(caught.value)
    assert "20 minutes" in str(caught.value)


def test_where_access_is_granted() -> None:
    """The page of consent is on the company's own host and carries id and state."""
    client = Client("example.kommo.com", integration=INTEGRATION)
    assert client.authorization_url(state="s 1", mode="popup") == (
        "https://www.kommo.com/oauth?client_id=client-id&state=s+1&mode=popup"
    )
    with pytest.raises(ConfigurationError, match="integration"):
        Client("example", token="t").authorization_url()


def test_looking_up_the_domain(stage: Stage) -> None:
    """The account's present domain is asked for with its token."""
    stage.site.before = lambda _: reply(200, {"id": 1, "domain": "moved.amocrm.ru"})
    twin = stage.open()
    assert twin.do(lambda client: client.look_up_domain()) == "moved.amocrm.ru"
    (asked,) = stage.site.asked
    assert asked.path == "/oauth2/account/subdomain"
    assert asked.headers["authorization"] == "Bearer long-lived"


def test_nothing_secret_is_shown_by_a_client(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Repr, errors and the full log of both clients hold no secret."""
    store, _ = stored("canary")
    stage.site.before = lambda _: reply(401, {"hint": "Token has been revoked canary-refresh"})
    twin = stage.open(integration=INTEGRATION, store=store)
    with caplog.at_level(logging.DEBUG), pytest.raises(OAuthError) as caught:
        twin.do(lambda client: client.send(get(1)))
    shown = f"{twin.do(repr)} {caught.value} {caught.value!r} {vars(caught.value)} {caplog.text}"
    for secret in ("canary-access", "canary-refresh", "client-s3cret"):
        assert secret not in shown


def test_a_client_without_credentials_is_refused() -> None:
    """A client that could never be let in says what it needs."""
    for kind in (Client, AsyncClient):
        with pytest.raises(ConfigurationError, match="token"):
            kind("example")


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "ключ"])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    """A token with blanks inside was copied wrongly; the error does not repeat it."""
    with pytest.raises(ConfigurationError, match="token") as caught:
        Client("example", token=token)
    assert not token.strip() or token.strip() not in str(caught.value)


def test_a_pasted_token_may_have_blanks_around() -> None:
    """A line feed from the clipboard does no harm."""
    Client("example", token=" token\n")


def jwt(claims: str) -> str:
    """Return a token with claims, given in base64."""
    return f"eyJhbGciOiJSUzI1NiJ9.{claims}.c2ln"


def test_the_zone_of_a_bare_name_is_told_by_the_token() -> None:
    """`example` with a token of Kommo is example.kommo.com; a foreign zone is not believed."""
    kommo = jwt("eyJhdWQiOiJhYmMiLCJiYXNlX2RvbWFpbiI6ImtvbW1vLmNvbSJ9")
    assert Client("example", token=kommo).domain == "example.kommo.com"
    assert Client("example.amocrm.ru", token=kommo).domain == "example.amocrm.ru"
    evil = jwt("eyJiYXNlX2RvbWFpbiI6ImV2aWwuY29tIn0")
    with pytest.raises(ConfigurationError):
        Client("example", token=evil)


def test_throttle_and_locks_are_shared_by_default() -> None:
    """Two clients of one integration share rate and locks without being told to."""
    token = jwt("eyJhdWQiOiJhYmMiLCJiYXNlX2RvbWFpbiI6ImtvbW1vLmNvbSJ9")
    one, two = (Client("example", token=token) for _ in range(2))
    assert one._session.throttle is two._session.throttle
    assert one._session.throttle is shared_throttle("example.kommo.com", "abc")
    assert one._session.locks is shared_locks


@pytest.mark.parametrize("stage", ["sync"], indirect=True)  # respx has no connections
def test_connections_are_kept(stage: Stage) -> None:
    """A client uses one connection for one call after the other."""
    stage.site.fill(1)
    twin = stage.open()
    assert isinstance(twin, SyncTwin)
    for _ in range(5):
        twin.do(lambda client: client.send(get(1)))
    manager = twin.client._driver._pool
    (pool,) = [manager.pools[key] for key in manager.pools.keys()]  # noqa: SIM118 - no mapping
    assert (pool.num_connections, pool.num_requests) == (1, 5)


def test_an_address_where_nobody_listens() -> None:
    """No connection is an error that says that nothing was sent."""
    client = Client("example", token="t", base_url="http://127.0.0.1:1", max_retries=0)
    with client, pytest.raises(TransportError) as caught:
        client.send(create([LeadCreate(name="x")]))
    assert not caught.value.sent


def test_an_address_where_nobody_listens_async() -> None:
    """The same by httpx."""

    async def main() -> None:
        url = "http://127.0.0.1:1"
        async with AsyncClient("example", token="t", base_url=url, max_retries=0) as client:
            await client.send(create([LeadCreate(name="x")]))

    with pytest.raises(TransportError) as caught:
        asyncio.run(main())
    assert not caught.value.sent


def test_a_pool_of_the_user_is_used_and_left_open() -> None:
    """A pool manager that is passed in does the work and is not closed."""

    class Counting(urllib3.PoolManager):
        count = 0

        def urlopen(self, *args: Any, **named: Any) -> Any:
            self.count += 1
            return super().urlopen(*args, **named)

        def clear(self) -> None:
            raise AssertionError("closed by the client")

    pool = Counting()
    with Stage("sync", Site()) as stage:
        stage.site.fill(1)
        twin = stage.open(transport=pool)
        twin.do(lambda client: client.send(get(1)))
        assert pool.count == 1
    urllib3.PoolManager.clear(pool)


def test_a_client_of_httpx2_can_be_passed_in() -> None:
    """The fork of httpx does the work, and its errors are understood."""
    site = Site()
    site.fill(1)

    def respond(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            raise httpx2.ConnectError("nobody")
        status, headers, content = site.handle(
            request.method, str(request.url), dict(request.headers), request.content
        )
        return httpx2.Response(status, headers=headers, content=content)

    async def main() -> Lead:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(respond)) as http:
            async with AsyncClient("example", token="t", transport=http, max_retries=0) as client:
                lead = await client.send(get(1))
                with pytest.raises(TransportError) as caught:
                    await client.send(create([LeadCreate(name="x")]))
                assert not caught.value.sent
            assert not http.is_closed
        return lead

    assert asyncio.run(main()).id == 1


def test_without_httpx_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The asynchronous client without its extra is a MissingExtra."""
    monkeypatch.setattr("amocrm_gen.runtime.adriver.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"pip install 'amocrm-gen\[async\]'"):
        AsyncClient("example", token="t")


def test_a_cancelled_task_does_not_lose_a_renewed_token() -> None:
    """A call that is cancelled while its token is renewed leaves the renewal to end by itself."""
    store, _ = stored()
    with Stage("async", Site()) as stage:
        reached, go_on = asyncio.Event(), asyncio.Event()
        stage.site.fill(1)
        twin = stage.open(integration=INTEGRATION, store=store)
        assert isinstance(twin, AsyncTwin)

        async def slow_send(request: Any, **named: Any) -> Any:
            if "oauth2" in str(request.url):
                reached.set()
                await go_on.wait()
            return await original(request, **named)

        original = twin.client._driver._http.send
        twin.client._driver._http.send = slow_send  # type: ignore[method-assign]
        stage.site.before = lambda asked: (
            reply(200, {"access_token": "n", "refresh_token": "r", "expires_in": 9999})
            if "oauth2" in asked.path
            else None
            if asked.headers["authorization"] == "Bearer n"
            else reply(401, {})
        )

        async def main() -> None:
            task = asyncio.create_task(twin.client.send(get(1)))
            await reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            go_on.set()
            assert (await twin.client.send(get(1))).id == 1

        twin.runner.run(main())
        kept = store.load("example.amocrm.ru")
        assert kept is not None
        assert kept.access_token == "n"
        assert stage.site.calls.count("POST /oauth2/access_token") == 1


def test_a_waiting_task_does_not_block_its_loop() -> None:
    """While one task waits for a lock, others of the loop go on."""
    with Stage("async", Site()) as stage:
        stage.site.fill(1)
        twin = stage.open()
        held = shared_locks.acquire(["example.amocrm.ru/leads/1"])
        try:

            async def main() -> bool:
                assert isinstance(twin, AsyncTwin)
                waiting = asyncio.create_task(_edit(twin))
                await twin.client.send(get(1))
                done = waiting.done()
                held.release()
                await waiting
                return done

            assert isinstance(twin, AsyncTwin)
            assert twin.runner.run(main()) is False
        finally:
            held.release()


async def _edit(twin: AsyncTwin) -> None:
    async with twin.client.edit(get(1), update_one, LeadUpdate) as lead:
        lead.price = 7


def test_samples_are_leads() -> None:
    """The sample answers read as leads without a lesson."""
    assert lead_json(3)["id"] == 3
    assert find().operation.key == "leads"
