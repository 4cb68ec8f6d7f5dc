"""What stands between the parentheses of `Operation(…)` and `Call(…)` in `calls/`."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from .names import argument_name
from .waist import spread_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .arguments import Argument
    from .waist import Operation, Parameter

__all__ = [
    "CONTENT_TYPE",
    "call_arguments",
    "operation_arguments",
    "page_names",
    "plain_parameters",
]

_UNREAD = frozenset({"JsonObject", "JsonValue", "None", "bytes"})
"""Answers that are left as they are."""


def plain_parameters(operation: Operation) -> Iterator[Parameter]:
    """Return the parameters of the query that have no argument of a special kind."""
    own = {
        "with",
        "filter",
        "order",
        *(page_names(operation) if "paginated" in operation.traits else ()),
    }
    return (parameter for parameter in operation.query_parameters if parameter.name not in own)


def page_names(operation: Operation) -> tuple[str, str]:
    """Return the parameters that choose a page of a list."""
    place, size = operation.traits["paginated"].get("names", ("page", "limit"))
    return place, size


def call_arguments(  # noqa: PLR0913, PLR0917  # a call is made of all of these
    operation: Operation,
    constant: str,
    place: tuple[Argument, ...],
    body: Argument | None,
    item: str,
    query: tuple[Argument, ...],
    paging: tuple[Argument, ...],
    parts: tuple[str, ...],
) -> Iterator[str]:
    """Return the arguments of the `Call` that a function makes of its own."""
    yield constant
    spread, query = query[: len(parts)], query[len(parts) :]
    wires = [parameter.name for parameter in operation.path_parameters]
    values = [argument.name for argument in place]
    values += ["item.id"] * (len(wires) - len(values))
    variables = [_keyword(wire, value) for wire, value in zip(wires, values, strict=True)]
    yield (
        f"path({', '.join([f'{constant}.path', *variables])})" if variables else f"{constant}.path"
    )
    own = [
        f"{argument.name}={argument.name}" for argument in query if argument.name in _OWN_KEYWORDS
    ]
    headers = {
        argument_name(parameter.python_name): parameter.name
        for parameter in operation.header_parameters
    }
    moments = {
        argument_name(parameter.python_name)
        for parameter in operation.header_parameters
        if parameter.schema.get("format") == "unix-time"
    }
    plain = [
        argument
        for argument in query
        if argument.name not in {*_OWN_KEYWORDS, *headers, CONTENT_TYPE}
    ]
    pairs = zip(plain_parameters(operation), plain, strict=True)
    entries = [f"{parameter.name!r}: {argument.name}" for parameter, argument in pairs]
    if paging and page_names(operation) != ("page", "limit"):
        entries += _odd_paging(operation)
        paging = ()
    params = ", ".join(entries)
    keywords = own + [f"params={{{params}}}"] * bool(params)
    keywords += [f"{argument.name}={argument.name}" for argument in paging]
    if keywords:
        checked = [f"of={constant}"] * bool(own)
        yield f"query=encode_query({', '.join(checked + keywords)})"
    if parts:
        pieces = [f"{wire!r}: {part.name}" for wire, part in zip(parts, spread, strict=True)]
        written = f"encode_parts({{{', '.join(pieces)}}})"
        for key in reversed(spread_keys(operation)):
            written = f"{{{key!r}: {written}}}"
        is_form = operation.traits.get("body") == "form"
        yield f"form=encode_form({written})" if is_form else f"body={written}"
    if body is not None:
        yield _BODIES[operation.traits.get("body", "json")].format(body.name)
    if item not in _UNREAD:
        yield f"returns={item}"
    sent = [f'("{headers[name]}", {_header_value(name, moments)})' for name in headers]
    if operation.traits.get("body") == "bytes":
        sent.append(f'("Content-Type", {CONTENT_TYPE})')
    if sent:
        yield f"headers=encode_headers({', '.join(sent)})"


def _header_value(name: str, moments: set[str]) -> str:
    return f"http_date({name})" if name in moments else name


_BODIES = {
    "json": "body=encode_body({})",
    "form": "form=encode_form({})",
    "bytes": "content={}",
}
CONTENT_TYPE = "content_type"


def _odd_paging(operation: Operation) -> Iterator[str]:
    place, size = page_names(operation)
    is_offset = operation.traits["paginated"]["by"] == "offset"
    yield f"{place!r}: {'(page - 1) * limit' if is_offset else 'page'}"
    yield f"{size!r}: limit"


def _keyword(name: str, value: str) -> str:
    return f"**{{{name!r}: {value}}}" if keyword.iskeyword(name) else f"{name}={value}"


_OWN_KEYWORDS = frozenset({"with_", "filter", "order"})


def operation_arguments(operation: Operation) -> Iterator[str]:
    """Return the arguments of the `Operation`: the traits that the runtime acts on."""
    traits = operation.traits
    yield f'name="{operation.resource}.{operation.name}"'
    yield f'method="{operation.method}"'
    yield f'path="{operation.path}"'
    yield f'retry="{traits["retry"]}"'
    yield f'envelope="{operation.envelope}"'
    if "key" in traits:
        yield f'key="{traits["key"]}"'
    if traits.get("empty"):
        yield "empty=True"
    if "paginated" in traits:
        yield f"page_max={traits['paginated']['max']}"
    if "batch" in traits:
        yield f"batch_max={traits['batch']['max']}"
        yield f'batch_match="{traits["batch"]["match"]}"'
    if "lock" in traits:
        yield f'lock="{traits["lock"]}"'
    named = {parameter.name: parameter for parameter in operation.query_parameters}
    if "filter" in named:
        filters: Mapping[str, Any] = named["filter"].schema["properties"]  # Any: JSON Schema
        yield f"filters={tuple(filters)!r}"
        joined = tuple(name for name, how in filters.items() if "joined" in how["x-amo-filter"])
        if joined:
            yield f"joined={joined!r}"
    if "with" in traits:
        yield f"withs={tuple(traits['with'])!r}"
    if "order" in traits:
        yield f"orders={tuple(traits['order'])!r}"
    yield from _where_and_how(traits)


def _where_and_how(traits: Mapping[str, Any]) -> Iterator[str]:  # Any: the `x-amo` object
    if traits.get("host", "account") != "account":
        yield f'host="{traits["host"]}"'
    if "auth" in traits:
        yield f'auth="{traits["auth"]}"'
    if "headers" in traits:
        yield f"headers={tuple(traits['headers'].items())!r}"
