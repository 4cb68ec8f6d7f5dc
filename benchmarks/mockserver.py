"""G11, G12: the mock server, behind a socket and as a function."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any, Final

import orjson
import urllib3
from attrs import frozen

from amocrm_mockserver.message import Request
from amocrm_mockserver.server import MockServer
from benchmarks.bare_server import bare_server
from benchmarks.cold import resident
from benchmarks.contest import contest, times
from benchmarks.figure import Figure, Goal
from benchmarks.sample import lead_to_create
from benchmarks.scale import Scale

__all__ = ["handle", "server"]

_COMMAND: Final = ("-m", "amocrm_mockserver", "--port", "0", "--tls-port", "0", "--no-limits")
_BATCH: Final = 250
_SHOWN: Final = 50
_READ: Final = ("GET",) * 8
_MIX: Final = (*_READ, "PATCH", "POST")


def server(scale: Scale) -> list[Figure]:
    """Measure G11: start, memory, pages a second, and what a full account costs."""
    return [*_started(scale), _pages(scale), *_filtered(scale)]


def handle(scale: Scale) -> list[Figure]:
    """Measure G12: operations a second without a socket, and what a new account costs."""
    inside = _Inside.of(MockServer())
    inside.fill(_BATCH)
    operations = 10 * scale.gets
    mix = cycle(_MIX)
    ids = cycle(inside.ids)
    rates: list[float] = []
    accounts: list[float] = []
    for _ in range(scale.rounds):
        began = time.perf_counter()
        for _ in range(operations):
            inside.operate(next(mix), next(ids))
        rates.append(operations / (time.perf_counter() - began))
    for _ in range(scale.rounds * 20):
        began = time.perf_counter()
        inside.call("POST", "/__mock__/accounts", {})
        accounts.append(1000 * (time.perf_counter() - began))
    what = "mock server in process: 80 % GET by id, 10 % PATCH, 10 % POST"
    goal = Goal(5000, at_least=True)
    return [
        Figure.of("G12", what, rates, unit="/s", goal=goal),
        Figure.of("G12", "a new account, with its tokens", accounts, unit="ms", goal=Goal(1.0)),
    ]


def _started(scale: Scale) -> list[Figure]:
    times_, sizes = [], []
    for _ in range(max(1, scale.starts // 3)):
        began = time.perf_counter()
        with _running() as (origin, process):
            urllib3.request("GET", f"{origin}/__mock__/info", retries=False)
            times_.append(time.perf_counter() - began)
            sizes.append(resident(process.pid))
    return [
        Figure.of("G11", "mock server: from start to answer", times_, unit="s", goal=Goal(0.5)),
        Figure.of("G11", "mock server: memory, empty", sizes, unit="MiB", goal=Goal(60)),
    ]


def _pages(scale: Scale) -> Figure:
    with _running() as (origin, _), tempfile.TemporaryDirectory() as folder:
        pool = urllib3.PoolManager()
        made = pool.request("POST", f"{origin}/__mock__/accounts", json={}).json()
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        address = f"{origin}/api/v4/leads"
        leads = [_lead(number) for number in range(_SHOWN)]
        pool.request("POST", address, json=leads, headers=headers)

        def asking(url: str) -> Callable[[], object]:
            return lambda: orjson.loads(pool.request("GET", url, headers=headers).data)

        page = pool.request("GET", address, headers=headers).data
        assert page.count(b'"custom_fields_values"') == _SHOWN
        ready = Path(folder) / "page.json"
        ready.write_bytes(page)
        with bare_server("--answer", str(ready)) as bare:
            count = max(1, scale.gets // 5)
            runs = {"floor": times(count, asking(bare)), "mock": times(count, asking(address))}
            ran = contest(scale.rounds, runs)
    ratios = [1 / ratio for ratio in ran.ratios("mock")]
    note = f"{count / ran.wall('mock'):,.0f}, bare {count / ran.wall('floor'):,.0f} pages a second"
    what = f"mock server: pages of {_SHOWN} leads a second, over a bare server"
    return Figure.of("G11", what, ratios, goal=Goal(0.4, at_least=True), note=note)


def _filtered(scale: Scale) -> list[Figure]:
    full, small = _Inside.of(MockServer()), _Inside.of(MockServer())
    full.fill(scale.many)
    small.fill(scale.few)
    filters: dict[str, Callable[[_Inside], str]] = {
        "by time": lambda _: (
            "filter[created_at][from]=1700000000&filter[created_at][to]=1700000049"
        ),
        "by stage, newest first": lambda inside: (
            f"filter[statuses][0][pipeline_id]={inside.stage['pipeline_id']}"
            f"&filter[statuses][0][status_id]={inside.stage['id']}&order[id]=desc"
        ),
        "by user": lambda inside: f"filter[responsible_user_id]={inside.user}",
    }
    figures = []
    for name, query in filters.items():
        count = max(1, scale.gets // 10)
        runs = {
            "floor": times(count, partial(small.page, f"{query(small)}&limit={_SHOWN}")),
            "many": times(count, partial(full.page, f"{query(full)}&limit={_SHOWN}")),
        }
        ran = contest(scale.rounds, runs)
        cost = f"{1000 * ran.wall('many') / count:.2f} ms a page"
        what = f"mock server: page filtered {name}, {scale.many:,} leads over {scale.few:,}"
        figures.append(Figure.of("G11", what, ran.ratios("many"), goal=Goal(1.2), note=cost))
    return figures


@contextmanager
def _running() -> Iterator[tuple[str, "Popen[str]"]]:
    command = [sys.executable, "-P", *_COMMAND]
    with Popen(command, stdout=PIPE, stderr=DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[1], process
        finally:
            process.terminate()


@frozen
class _Inside:
    """One account of a mock server in this process."""

    mock: MockServer
    token: str
    ids: list[int]
    user: int
    stage: dict[str, Any]  # Any: JSON

    @classmethod
    def of(cls, mock: MockServer) -> "_Inside":
        started = cls(mock, "", [], 0, {})
        made = started.call("POST", "/__mock__/accounts", {})
        opened = cls(mock, made["access_token"], [], 0, {})
        user = opened.call("GET", "/api/v4/users")["_embedded"]["users"][0]["id"]
        pipelines = opened.call("GET", "/api/v4/leads/pipelines")["_embedded"]["pipelines"]
        return cls(mock, made["access_token"], [], user, pipelines[0]["_embedded"]["statuses"][1])

    def call(
        self, method: str, path: str, body: object = None, query: str = ""
    ) -> Any:  # Any: JSON
        """Send one request and read the answer."""
        request = Request(
            method=method,
            host="127.0.0.1",
            path=path,
            query=query,
            headers={
                "authorization": f"Bearer {self.token}",
                "content-type": "application/json",
            },
            body=b"" if body is None else orjson.dumps(body),
        )
        response = self.mock.handle(request)
        assert response.status in {200, 201}, response
        return orjson.loads(response.body)

    def fill(self, count: int) -> None:
        """Create so many leads."""
        for start in range(0, count, _BATCH):
            leads = [
                _lead(number) | {"status_id": self.stage["id"]}
                for number in range(start, min(start + _BATCH, count))
            ]
            answer = self.call("POST", "/api/v4/leads", leads)
            self.ids.extend(item["id"] for item in answer["_embedded"]["leads"])

    def page(self, query: str) -> object:
        """Read one page of leads."""
        page = self.call("GET", "/api/v4/leads", query=query)
        assert page["_embedded"]["leads"]
        return page

    def operate(self, method: str, id_: int) -> object:
        """Read, change or create a lead."""
        if method == "GET":
            return self.call("GET", f"/api/v4/leads/{id_}")
        if method == "PATCH":
            return self.call("PATCH", f"/api/v4/leads/{id_}", {"price": id_ % 1000})
        return self.call("POST", "/api/v4/leads", [_lead(id_)])


def _lead(number: int) -> dict[str, Any]:  # Any: JSON
    """A lead without what only another account has."""
    foreign = ("responsible_user_id", "status_id", "pipeline_id", "custom_fields_values")
    return {key: value for key, value in lead_to_create(number).items() if key not in foreign}
