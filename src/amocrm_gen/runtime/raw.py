"""A call of anything, with the JSON of the answer as its result."""

from collections.abc import Mapping, Sequence
from typing import Final, cast
from urllib.parse import parse_qsl

from amocrm_gen.runtime.call import Call, Method, Operation, Retry
from amocrm_gen.runtime.encode import encode_body, encode_query
from amocrm_gen.runtime.types import JsonInput, JsonValue

__all__ = ["raw_call"]

_RETRY: Final[Mapping[str, Retry]] = {
    "GET": "safe",
    "HEAD": "safe",
    "PATCH": "idempotent",
    "PUT": "idempotent",
    "DELETE": "idempotent",
}


def raw_call(  # noqa: PLR0913 - all that a request has
    method: Method,
    path: str,
    *,
    query: Mapping[str, object] | Sequence[tuple[str, str]] = (),
    json: JsonInput = None,
    headers: Mapping[str, str] | None = None,
    returns: object = None,
) -> Call[JsonValue]:
    """Make a call of a path or of a whole address; a query in the path is kept."""
    bare, _, given = path.partition("?")
    pairs = encode_query(params=query) if isinstance(query, Mapping) else tuple(query)
    operation = Operation(
        name=f"{method} {bare}",
        method=method,
        path=bare,
        retry=_RETRY.get(method, "refused_only"),
        envelope="raw",
    )
    return Call(
        operation,
        bare,
        (*parse_qsl(given, keep_blank_values=True), *pairs),
        None if json is None else encode_body(cast("object", json)),
        returns=returns,
        headers=tuple((headers or {}).items()),
    )
