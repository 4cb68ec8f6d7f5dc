"""What differs between a run and its repetition."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from amocrm_gen.runs.run import Run, RunExchange
from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["differences"]

_EXPECTED: Final = frozenset({"_links", "request_id", "seconds", "X-Request-Id", "Date"})
"""Keys that are another one each time."""
_TIMES: Final = ("_at", "server_time")
_MOST: Final = 200


def differences(then: Run, now: Run) -> Iterator[JsonObject]:
    """Go through what differs: how it ended, what was sent, and the output.

    Times, links and request ids are left out.
    """
    found = _all(then, now)
    for number, (path, one, other) in enumerate(found):
        if number >= _MOST:
            yield {"at": "…", "then": None, "now": None}
            return
        yield {"at": path, "then": one, "now": other}


def _all(then: Run, now: Run) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    if then.outcome != now.outcome:
        yield "outcome", then.outcome, now.outcome
    one = [_line(each) for each in then.exchanges]
    other = [_line(each) for each in now.exchanges]
    for index in range(max(len(one), len(other))):
        before = one[index] if index < len(one) else None
        after = other[index] if index < len(other) else None
        if before != after:
            yield f"requests[{index}]", before, after
    yield from _between(then.output, now.output, "output")


def _line(exchange: RunExchange) -> str:
    """Return a request as one line: its host is another one on the mock server."""
    parts = urlsplit(exchange.url)
    query = f"?{parts.query}" if parts.query else ""
    body = "" if exchange.request_body is None else f" {exchange.request_body}"
    return f"{exchange.method} {parts.path}{query}{body} -> {exchange.status}"


def _between(
    one: JsonValue, other: JsonValue, path: str
) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            if key not in _EXPECTED and not key.endswith(_TIMES):
                yield from _between(one.get(key), other.get(key), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list):
        for index in range(max(len(one), len(other))):
            before = one[index] if index < len(one) else None
            after = other[index] if index < len(other) else None
            yield from _between(before, after, f"{path}[{index}]")
    elif one != other:
        yield path, one, other
