"""What went over the wire can be looked at: the last exchange, curl lines, raw answers."""

import copy
import pickle
import shlex
import threading
from typing import Any

import pytest

from amocrm_gen.runtime.casting import RawResponse
from amocrm_gen.runtime.errors import (
    BatchError,
    ConfigurationError,
    NotFound,
    ResponseError,
    TransportError,
    ValidationError,
)
from runtime.sample import CREATE, Lead, LeadCreate, LeadUpdate, create, find, get, update_one
from runtime.site import reply
from runtime.twins import AsyncTwin, Stage, SyncTwin

TOKEN = "canary-long-lived"


def last(twin: Any, action: Any) -> Any:
    """Do something, and return the last exchange of the thread or task that did it."""
    if isinstance(twin, SyncTwin):
        try:
            action(twin.client)
        except Exception:  # noqa: BLE001 - the exchange is looked at, whatever came of it
            return twin.client.last_exchange
        return twin.client.last_exchange

    async def work() -> Any:
        try:
            await action(twin.client)
        except Exception:  # noqa: BLE001 - as above
            return twin.client.last_exchange
        return twin.client.last_exchange

    assert isinstance(twin, AsyncTwin)
    return twin.runner.run(work())


def test_the_last_exchange_of_a_typed_call(stage: Stage) -> None:
    """After a typed call its bare answer can be read; the token cannot."""
    stage.site.fill(1)
    twin = stage.open(token=TOKEN)
    seen = last(twin, lambda client: client.send(get(1)))
    assert seen.status == 200
    assert seen.json()["name"] == "Lead 1"
    assert dict(seen.headers) | {"content-type": "application/hal+json"}
    assert seen.request.method == "GET"
    assert seen.request.url.endswith("/api/v4/leads/1")
    assert dict(seen.request.headers)["Authorization"] == "Bearer ***"
    assert seen.seconds >= 0
    assert TOKEN not in f"{seen!r} {seen} {pickle.dumps(seen)!r} {seen.curl()}"
    assert "Lead 1" not in repr(seen)


def test_the_last_exchange_of_a_failure(stage: Stage) -> None:
    """A lost answer is an exchange without a status, which says why."""
    stage.site.before = lambda _: (0, {}, b"")
    twin = stage.open(max_retries=0)
    seen = last(twin, lambda client: client.send(get(1)))
    assert seen.status is None
    assert seen.failure
    assert seen.body is None


def test_each_thread_and_task_has_its_own_exchange(stage: Stage) -> None:
    """Nobody sees what another thread or task has sent."""
    stage.site.fill(8)
    twin = stage.open()
    if isinstance(twin, SyncTwin):
        barrier = threading.Barrier(8)
        urls: dict[int, str] = {}
        client = twin.client

        def work(number: int) -> None:
            client.send(get(number))
            barrier.wait(30)
            exchange = client.last_exchange
            assert exchange is not None
            urls[number] = exchange.request.url

        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    else:
        assert isinstance(twin, AsyncTwin)

        async def one(number: int) -> str:
            await twin.client.send(get(number))
            exchange = twin.client.last_exchange
            assert exchange is not None
            return exchange.request.url

        async def gather() -> list[str]:
            import asyncio  # noqa: PLC0415 - for this branch alone

            return await asyncio.gather(*(one(number) for number in range(1, 9)))

        urls = dict(enumerate(twin.runner.run(gather()), start=1))
    assert twin.client.last_exchange is None
    assert {number: url.rpartition("/")[2] for number, url in urls.items()} == {
        number: str(number) for number in range(1, 9)
    }


def test_errors_carry_a_curl_line(stage: Stage) -> None:
    """What was refused can be sent again by hand, with a token of one's own."""
    stage.site.before = lambda _: reply(400, {"detail": "no", "title": "Bad Request"})
    twin = stage.open(token=TOKEN)
    with pytest.raises(ValidationError) as caught:
        twin.do(lambda client: client.request("POST", "/api/v4/leads", json=[{"name": "it's"}]))
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        words = shlex.split(error.curl())
        assert words[:3] == ["curl", "-X", "POST"]
        assert words[3].endswith("/api/v4/leads")
        assert "Authorization: Bearer ***" in words
        assert words[-2:] == ["--data-raw", '[{"name":"it\'s"}]']
        assert TOKEN not in error.curl()


def test_other_errors_carry_one_too(stage: Stage) -> None:
    """Lost and unreadable answers, missing entities, complaints of good answers and batches."""
    twin = stage.open(max_retries=0)
    cases: list[tuple[type[Exception], tuple[int, dict[str, str], bytes]]] = [
        (TransportError, (0, {}, b"")),
        (ResponseError, (200, {}, b"{")),
        (NotFound, (204, {}, b"")),
    ]
    for kind, answer in cases:
        stage.site.before = lambda _, answer=answer: answer
        with pytest.raises(kind) as caught:
            twin.do(lambda client: client.send(get(1)))
        assert "/api/v4/leads/1" in (getattr(caught.value, "curl")() or "")  # noqa: B009 - any error
    stage.site.before = lambda _: reply(400, {"detail": "no"})
    with pytest.raises(BatchError) as batch:
        twin.do(lambda client: client.write(create, [LeadCreate(name="x")], operation=CREATE))
    assert "--data-raw" in (batch.value.curl() or "")
    assert "--data-raw" in (pickle.loads(pickle.dumps(batch.value)).curl() or "")
    assert ConfigurationError("x").curl() is None


def test_raw_requests_with_a_type(stage: Stage) -> None:
    """A raw request reads its answer as what is asked for."""
    stage.site.fill(2)
    twin = stage.open()

    def ask(path: str, returns: Any) -> Any:
        return twin.do(lambda client: client.request("GET", path, returns=returns))

    assert ask("/api/v4/leads/2", Lead).name == "Lead 2"
    assert [lead.id for lead in ask("/api/v4/leads?page=1&limit=9", list[Lead])] == [1, 2]
    assert b'"Lead 1"' in ask("/api/v4/leads/1", bytes)
    assert '"Lead 1"' in ask("/api/v4/leads/1", str)
    raw = ask("/api/v4/leads/1", RawResponse)
    assert (raw.status, raw.headers["CONTENT-TYPE"]) == (200, "application/hal+json")
    assert raw.json()["id"] == 1
    assert "Lead 1" in raw.text
    assert "Lead 1" not in repr(raw)
    assert ask("/api/v4/leads/7", RawResponse).status == 204
    assert ask("/api/v4/leads/7", list[Lead]) == []
    with pytest.raises(NotFound):
        ask("/api/v4/leads/7", Lead)
    stage.site.before = lambda _: reply(200, {"id": "one"})
    with pytest.raises(ResponseError, match=r"\$\.id"):
        ask("/api/v4/leads/1", Lead)


def test_calls_in_the_name_of_a_user(stage: Stage) -> None:
    """A view sends the header with every call, and shares all the rest."""
    stage.site.fill(3)
    twin = stage.open()
    view = twin.do(lambda client: client.as_user(504))
    assert "504" in repr(view)
    assert view._session is twin.client._session  # type: ignore[attr-defined]
    viewed = type(twin)(**{**_fields(twin), "client": view})
    viewed.do(lambda client: client.send(get(1)))
    viewed.do(lambda client: client.write(create, [LeadCreate(name="x")], operation=CREATE))
    viewed.edit(1, lambda lead: setattr(lead, "price", 5))
    assert len(viewed.leads()) == 4
    viewed.do(lambda client: client.request("GET", "/api/v4/leads/1"))
    assert {asked.headers.get("x-context-user-id") for asked in stage.site.asked} == {"504"}
    stage.site.asked.clear()
    closing = viewed.do(lambda client: getattr(client, "close", None) or client.aclose())
    if closing is not None:
        closing()
    twin.do(lambda client: client.send(get(1)))
    assert "x-context-user-id" not in stage.site.asked[0].headers
    for wrong in (0, -1, True):
        with pytest.raises(ValueError, match="user"):
            twin.do(lambda client, wrong=wrong: client.as_user(wrong))


def _fields(twin: Any) -> dict[str, Any]:
    return {
        name: getattr(twin, name) for name in ("site", "client", "runner") if hasattr(twin, name)
    }


def test_a_closed_client_says_so(stage: Stage) -> None:
    """Whatever is called after closing is an error that says what to do; closing twice is none."""
    stage.site.fill(1)
    twin = stage.open()
    twin.do(lambda client: client.send(get(1)))
    view = twin.do(lambda client: client.as_user(5))
    for _ in range(2):
        twin.do(lambda client: client.close() if isinstance(twin, SyncTwin) else client.aclose())
    asked = len(stage.site.asked)
    late: list[Any] = [
        lambda client: client.send(get(1)),
        lambda client: client.request("GET", "/api/v4/leads"),
        lambda client: client.write(create, [LeadCreate(name="x")], operation=CREATE),
        lambda client: client.paginate(
            lambda page, limit: find(page=page, limit=limit), operation=find().operation
        ).first(),
        lambda client: client.edit(get(1), update_one, LeadUpdate),
        lambda client: client.renew(),
        lambda _: view.send(get(1)),
    ]
    for action in late:
        with pytest.raises(ConfigurationError, match="closed"):
            twin.do(action)
    assert len(stage.site.asked) == asked
