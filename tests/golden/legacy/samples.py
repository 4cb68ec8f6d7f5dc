"""The samples of API v2: each a request, the state before it, and the answer that the docs give."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import yaml
from attrs import field, frozen

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.seed import AccountSeed, Seed
from amocrm_mockserver.server import MockServer
from golden.sample import bases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from golden.compare import Json

__all__ = ["HOST", "SOURCES", "Sample", "answered", "bound", "paths", "samples"]

HOST: Final = "example.amocrm.ru"
SOURCES: Final = frozenset({"docs", "live", "sdk", "guess"})
"""Official pages, live answers that were seen, what the PHP library reads, guesses."""
_HERE: Final = Path(__file__).parent
_FILES: Final = ("cards", "feed", "settings")
_NOW: Final = 1_700_000_000
_BOUND: Final = re.compile(r"<\w+>")


@frozen(kw_only=True)
class Sample:
    """One request and its answer; `<name>` in it is what the server chooses."""

    id: str
    ask: str
    body: Json = None
    status: int = 200
    answer: Json = None
    source: str = "docs"
    """Where the keys of the answer are known from, but for those in `keys`."""
    keys: Mapping[str, str] = field(factory=dict[str, str])
    open: tuple[str, ...] = field(default=(), converter=tuple)
    """Members of which only the type is told here; tests of their own look into them."""
    before: tuple[list[Json], ...] = field(default=(), converter=tuple)

    @property
    def operation(self) -> tuple[str, str]:
        """Method and path."""
        method, target = self.ask.split(" ")
        return method, target.partition("?")[0]


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, by file."""
    return tuple(
        Sample(**row)
        for name in _FILES
        for row in yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    )


def answered(sample: Sample) -> tuple[Response, Json]:
    """Ask a fresh server; its answer, and that of the sample with the values of this run."""
    contents = yaml.safe_load((_HERE / "account.yaml").read_text(encoding="utf-8"))
    contents = {**bases()["core"], **contents}
    subdomain, zone = contents.pop("subdomain"), contents.pop("zone")
    account = AccountSeed(subdomain=subdomain, zone=zone, contents=contents)
    server = MockServer(Seed(accounts=(account,)), clock=Clock(frozen_at=_NOW))
    asked = _send(server, "POST /__mock__/accounts/example/tokens", {}, "")
    token = json.loads(asked.body)["access_token"]
    kept: dict[str, Json] = {}
    for step in sample.before:
        target, body, names = cast("tuple[str, Json, dict[str, str]]", step)
        found = json.loads(_send(server, target, body, token).body)
        kept |= {f"{{{name}}}": _at(found, path) for name, path in names.items()}
    response = _send(server, sample.ask, _put(sample.body, kept), token)
    return response, _put(sample.answer, kept)


def _send(server: MockServer, target: str, body: Json, token: str) -> Response:
    method, _, where = target.partition(" ")
    path, _, query = where.partition("?")
    return server.handle(
        Request(
            method=method,
            host=HOST,
            path=path,
            query=query,
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
            body=b"" if body is None else json.dumps(body).encode(),
        )
    )


def _at(found: Json, path: str) -> Json:
    for part in path.split("."):
        found = (
            found[int(part)] if isinstance(found, list) else cast("dict[str, Json]", found)[part]
        )
    return found


def _put(value: Json, kept: Mapping[str, Json]) -> Json:
    """The value with what was kept in the places of its names."""
    if isinstance(value, dict):
        return {str(_put(key, kept)): _put(one, kept) for key, one in value.items()}
    if isinstance(value, list):
        return [_put(one, kept) for one in value]
    if isinstance(value, str):
        if value in kept:
            return kept[value]
        for name, known in kept.items():
            value = value.replace(name, str(known))
    return value


def bound(expected: Json, found: Json) -> Json:
    """The golden answer with what the server has chosen: a number of its own, or some text."""
    kept = dict(_chosen(expected, found))
    assert all(value not in ("", 0, None) for value in kept.values()), kept
    return _put(expected, kept)


def _chosen(expected: Json, found: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() & found.keys():
            yield from _chosen(expected[key], found[key])
    elif isinstance(expected, list) and isinstance(found, list):
        for one, two in zip(expected, found, strict=False):
            yield from _chosen(one, two)
    elif isinstance(expected, str) and _BOUND.fullmatch(expected):
        yield expected, found


def paths(value: Json, path: str = "") -> Iterator[str]:
    """The keys of an answer, each as a path without numbers."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield f"{path}.{key}".lstrip(".")
            yield from paths(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from paths(one, f"{path}[*]")
