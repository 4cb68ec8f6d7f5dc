"""A call of anything, with the JSON of the answer as its result."""

from collections.abc import Mapping, Sequence
from typing import Final, cast, get_args
from urllib.parse import parse_qsl

from amocrm_gen.runtime.call import Call, Method, Operation, Retry
from amocrm_gen.runtime.encode import encode_body, encode_query
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.types import JsonInput, JsonValue

__all__ = ["raw_call"]

_RETRY: Final[Mapping[str, Retry]] = {
    "GET": "safe",
    "HEAD": "safe",
    "PATCH": "idempotent",
    "PUT": "idempotent",
    "DELETE": "idempotent",
}

_AJAX: Final = {"X-Requested-With": "XMLHttpRequest"}


def raw_call(  # noqa: PLR0913 - all that a request has
    method: Method,
    path: str,
    *,
    query: Mapping[str, object] | Sequence[tuple[str, str]] = (),
    json: JsonInput = None,
    form: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    returns: object = None,
) -> Call[JsonValue]:
    """Make a call of a path or of a whole address; a query in the path is kept.

    A form goes out as the pages of amoCRM send theirs; it takes the place of a JSON body.
    """
    if method not in get_args(Method):
        raise ConfigurationError(
            f"{method!r} is no method of the API", advice=f"give {', '.join(get_args(Method))}"
        )
    if form is not None and (json is not None or method != "POST"):
        raise ConfigurationError(
            "a form is the body of a POST, and the only one",
            advice="leave json= out, and make it a POST",
        )
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
        headers=tuple({**({} if form is None else _AJAX), **(headers or {})}.items()),
        form=None if form is None else encode_query(params=form),
    )
