"""Two ways to ask one account: plain requests to the mock server, and the client's methods."""

from __future__ import annotations

import json
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qsl, quote, urlencode

from attrs import define, field, frozen

from amocrm_gen import AmoCRM, ApiError, BatchError, NotFound
from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_mockserver import MockServer, Request
from amocrm_mockserver.clock import Clock
from amocrm_mockserver.transports.urllib3 import mock_pool_manager

from .contract import Json, Operation, operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.seed import Seed

    from .tally import Tally

__all__ = ["HOST", "NOON", "ORIGIN", "Answer", "Door", "Flaw"]

HOST: Final = "example.amocrm.ru"
ORIGIN: Final = f"https://{HOST}"
NOON: Final = 1_700_000_000

Flaw = tuple[str | None, str | None, str | None]
"""Request id, code and path of one complaint."""


@frozen
class Answer:
    """What came back, without its envelope."""

    status: int
    items: list[Json]
    """What was answered, in order; one of a single object, none of an empty body."""
    flaws: tuple[Flaw, ...] = ()
    detail: str = ""
    body: Json = None
    """The whole of it; None where the client has asked."""

    @property
    def item(self) -> Json:
        """The only item."""
        [item] = self.items
        return item


@define
class Door:
    """One account of a fresh server, and a token of its administrator."""

    tally: Tally
    server: MockServer
    amo: AmoCRM
    token: str = field(repr=False)

    @classmethod
    def open(cls, tally: Tally, seed: Seed | None = None) -> Door:
        """Start a server whose clock stands still."""
        server = MockServer(seed, clock=Clock(frozen_at=NOON))
        path = "/__mock__/accounts/example/tokens"
        asked = Request(method="POST", host=HOST, path=path, query="", body=b"{}")
        token = json.loads(server.handle(asked).body)["access_token"]
        pool = mock_pool_manager(server)
        amo = AmoCRM("example", token=token, transport=pool, throttle=None, prefetch=0)
        return cls(tally, server, amo, token)

    @property
    def now(self) -> int:
        """The time at the server, in seconds."""
        return self.server.clock.timestamp()

    def ask(
        self,
        name: str,
        body: Json = None,
        query: Mapping[str, str] | str = "",
        *,
        typed: bool = False,
        **variables: Json,
    ) -> Answer:
        """Ask for an operation by its id, by a plain request or by the client's method."""
        operation = operations()[name]
        text = query if isinstance(query, str) else urlencode(query)
        if typed:
            self.tally.client[name] += 1
            answer = self._call(operation, body, text, variables)
        else:
            self.tally.wire[name] += 1
            answer = self._send(operation, body, text, variables)
        if answer.status >= 400:
            codes = sorted({str(code) for _, code, _ in answer.flaws if code})
            self.tally.refusals[" ".join([str(answer.status), *codes]) or answer.detail] += 1
        return answer

    def call(
        self, name: str, *given: Any, **named: Any
    ) -> Any:  # Any: of every operation's own type
        """Call the client's method of an operation; what it returns and raises is left as it is."""
        operation = operations()[name]
        self.tally.client[name] += 1
        method = getattr(getattr(self.amo, operation.resource), operation.name)
        return method(*given, **operation.traits.get("over", {}), **named)

    def is_refused(
        self, status: int, name: str, *given: Any, **named: Any
    ) -> bool:  # Any: as above
        """Whether a call is answered with this error."""
        try:
            self.call(name, *given, **named)
        except ApiError as error:
            self.tally.refusals[str(error.status)] += 1
            return error.status == status
        return False

    def send(self, method: str, path: str, body: Json = None, query: str = "") -> Answer:
        """Send a request to any path, of no operation."""
        status, answered = self._carry(method, path, body, query)
        return Answer(status, [], _flaws(answered), _detail(answered), answered)

    def _carry(self, method: str, path: str, body: Json, query: str) -> tuple[int, Json]:
        request = Request(
            method=method,
            scheme="https",
            host=HOST,
            path=path,
            query=quote(query, safe="=&,%"),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
            body=b"" if body is None else json.dumps(body).encode(),
        )
        response = self.server.handle(request)
        if response.status == 204:
            assert response.body == b""
            return 204, None
        if response.body:
            kind = dict(response.headers)["Content-Type"]
            if (response.status, response.body) == (202, b"Accepted"):
                assert kind.startswith("text/html"), kind
                return 202, None
            assert kind == f"application/{'problem' if response.status >= 400 else 'hal'}+json"
        return response.status, json.loads(response.body or b"null")

    def _send(
        self, operation: Operation, body: Json, query: str, variables: Mapping[str, Json]
    ) -> Answer:
        path = operation.path.format_map(variables)
        status, answered = self._carry(operation.method, path, body, query)
        if status >= 400:
            return Answer(status, [], _flaws(answered), _detail(answered), answered)
        items = [] if answered is None else _unwrap(operation, answered, query)
        return Answer(status, items, body=answered)

    def _call(
        self, operation: Operation, body: Json, query: str, variables: Mapping[str, Json]
    ) -> Answer:
        method = getattr(getattr(self.amo, operation.resource), operation.name)
        arguments: dict[str, Json] = {**operation.traits.get("over", {}), **variables}
        takes = operation.takes
        if isinstance(body, list):
            assert takes is not None
            arguments["items"] = [structure(item, takes) for item in body]
        elif isinstance(body, dict):
            if "id" in arguments and "id" not in signature(method).parameters:
                body = {"id": arguments.pop("id"), **body}
            arguments["item"] = body if takes is None else structure(body, takes)
        arguments |= _arguments(query)
        try:
            found: Any = method(**arguments)  # Any: of every operation's own type
            return Answer(cast("int", operation.traits["status"]), _items(found))
        except NotFound as error:
            return Answer(error.status or 0, [], detail=error.message)
        except BatchError as error:
            problems = [problem for _, own in error.failed for problem in own]
            flaws = tuple((p.request_id, p.code, p.path) for p in problems)
            return Answer(error.status or 0, [], flaws, error.message)
        except ApiError as error:
            flaws = tuple((p.request_id, p.code, p.path) for p in error.problems)
            return Answer(error.status or 0, [], flaws, error.message)


def _items(found: Any) -> list[Json]:  # Any: as above
    if found is None:
        return []
    if hasattr(found, "pages") or isinstance(found, list):
        return [_as_sent(unstructure(each)) for each in found]
    return [_as_sent(unstructure(found))]


def _as_sent(item: Json) -> Json:
    """PHP sends an empty map as a list; the client makes a map of it."""
    return {**item, "waba_examples": []} if item.get("waba_examples") == {} else item


def _arguments(query: str) -> dict[str, Json]:
    """A query of plain pairs as the client's methods take it."""
    arguments: dict[str, Json] = {}
    for name, value in parse_qsl(query):
        head, _, key = name.partition("[")
        key = key.removesuffix("]")
        match head:
            case "with":
                arguments["with_"] = value.split(",")
            case "limit":
                arguments["page_size"] = int(value)
            case "order":
                arguments["order"] = f"-{key}" if value == "desc" else key
            case "filter" if "][" in key:
                outer, _, inner = key.partition("][")
                held = arguments.setdefault("filter", {})
                if inner in {"from", "to"}:
                    held.setdefault(outer, {})[inner] = int(value)
                else:
                    one = int(value) if value.isdecimal() else value
                    held.setdefault(outer, []).append(one)
            case "filter":
                one = int(value) if value.isdecimal() else value
                arguments.setdefault("filter", {})[key] = one
            case _:
                arguments[name] = int(value) if value.isdecimal() else value
    return arguments


def _unwrap(operation: Operation, body: Json, query: str) -> list[Json]:
    """Take the items out of the envelope, which must be the documented one."""
    envelope, keys = operation.envelope, set(body) if isinstance(body, dict) else set()
    if envelope == "item":
        return [body]
    if envelope == "array":
        return cast("list[Json]", body)
    allowed = {
        "page": {"_page", "_links", "_embedded"},
        "page_total": {"_total_items", "_page", "_page_count", "_links", "_embedded"},
        "list_total": {"_total_items", "_links", "_embedded"},
        "written": {"_links", "_embedded"},
        "created_total": {"_total_items", "_embedded"},
    }[envelope]
    beside = set(operation.traits.get("beside", {}))
    assert keys - beside <= allowed | {"_total_items", "_links"}, (operation.id, keys)
    [items] = body["_embedded"].values()
    assert list(body["_embedded"]) == [operation.traits["key"]], operation.id
    if envelope in {"page", "page_total"}:
        assert items, f"{operation.id}: an empty list is 204"
        asked = dict(parse_qsl(query))
        assert body["_page"] == int(asked.get("page", "1"))
        assert body["_links"]["self"]["href"].startswith(f"{ORIGIN}/api/v4/")
    if "_total_items" in body and envelope != "page_total":
        assert body["_total_items"] == len(items), operation.id
    return cast("list[Json]", items)


def _flaws(body: Json) -> tuple[Flaw, ...]:
    if not isinstance(body, dict):
        return ()
    return tuple(
        (item.get("request_id"), flaw["code"], flaw["path"])
        for item in body.get("validation-errors", [])
        for flaw in item["errors"]
    )


def _detail(body: Json) -> str:
    return cast("str", body.get("detail", "")) if isinstance(body, dict) else ""
