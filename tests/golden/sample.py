"""A golden sample: one request, the state it needs, and the answer that the docs give for it."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, cast

from attrs import field, frozen

from .compare import Json
from .refusal import refusal_rows

__all__ = ["ORIGIN", "Answer", "Sample", "Step", "bad_requests", "bases", "refused", "samples"]

ORIGIN: Final = "https://example.amocrm.ru"
"""The scheme and host in every link of the samples."""

_HERE: Final = Path(__file__).parent

Step = Mapping[str, Json]
"""One thing to do before the request: issue a code, advance the clock, call, repeat."""


@frozen(kw_only=True)
class Answer:
    """What must come back; `text` for a body that is not JSON, neither for no body at all."""

    status: int
    content_type: str | None
    body: Json = None
    text: str | None = None


@frozen(kw_only=True)
class Sample:
    """One sample of the docs, addressed by its id."""

    id: str
    section: str
    source: str
    method: str
    path: str
    query: str
    body: Json
    body_source: str | None
    raw: str | None
    """A body that is no JSON, or an empty one."""
    path_from: str
    """The value that a step kept, whose path stands for that of the sample, if there is one."""
    headers: Mapping[str, str]
    token: str
    origin: str
    """Scheme and host in every link of the answer: the account's, or those of its drive."""
    answer: Answer
    is_built: bool
    clock: int = 0
    base: str = ""
    state: Mapping[str, Json] = field(factory=dict[str, Json])
    before: tuple[Step, ...] = ()
    invented: Mapping[str, str] = field(factory=dict[str, str])


def _read(data: Mapping[str, Json]) -> Sample:
    request = cast("dict[str, Json]", data["request"])
    answer = cast("dict[str, Json]", data["answer"])
    return Sample(
        id=cast("str", data["id"]),
        section=cast("str", data["section"]),
        source=cast("str", data["source"]),
        method=cast("str", request["method"]),
        path=cast("str", request["path"]),
        query=cast("str", request["query"]),
        body=_expand(request.get("body")),
        body_source=cast("str | None", request.get("body_source")),
        raw=written_out(request.get("raw")),
        path_from=cast("str", request.get("path_from", "")),
        headers=cast("dict[str, str]", request.get("headers", {})),
        token=cast("str", request.get("token", "admin")),
        origin=cast("str", request.get("origin", ORIGIN)),
        answer=Answer(
            status=cast("int", answer["status"]),
            content_type=cast("str | None", answer["content_type"]),
            body=answer.get("body"),
            text=cast("str | None", answer.get("text")),
        ),
        is_built=not data.get("resource_not_built", False),
        clock=cast("int", data.get("clock", 0)),
        base=cast("str", data.get("base", "")),
        state=cast("dict[str, Json]", data.get("state", {})),
        before=tuple(cast("list[Step]", data.get("before", []))),
        invented=cast("dict[str, str]", data.get("invented", {})),
    )


def _expand(body: Json) -> Json:
    """Write out `{"repeat": item, "times": n}`, by which a sample tells a long batch."""
    if isinstance(body, dict) and body.keys() == {"repeat", "times"}:
        return [body["repeat"]] * cast("int", body["times"])
    return body


def written_out(raw: Json) -> str | None:
    """Write out `{"repeat": text, "times": n}`, by which a sample tells a long body."""
    if isinstance(raw, dict):
        return cast("str", raw["repeat"]) * cast("int", raw["times"])
    return cast("str | None", raw)


@cache
def samples() -> tuple[Sample, ...]:
    """Read all samples, in the order of their ids."""
    return tuple(
        _read(cast("dict[str, Json]", json.loads(path.read_text(encoding="utf-8"))))
        for path in sorted((_HERE / "samples").glob("*.json"))
    )


@cache
def bad_requests() -> tuple[Sample, ...]:
    """Read the table of requests that show the forms of refusals, in the shape of samples."""
    text = (_HERE / "bad_requests.json").read_text(encoding="utf-8")
    return tuple(_read(row) for row in cast("list[dict[str, Json]]", json.loads(text)))


@cache
def refused() -> tuple[Sample, ...]:
    """Read every other request that must be refused."""
    return tuple(_read(row) for row in refusal_rows())


@cache
def bases() -> Mapping[str, Mapping[str, Json]]:
    """Read the accounts in which the samples are set, before each adds its own state."""
    text = (_HERE / "bases.json").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, Json]]", json.loads(text))
