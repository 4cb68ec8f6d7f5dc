"""Queries in PHP's brackets, paths and bodies: what goes out, as text and JSON."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from urllib.parse import quote

from attrs import has

from amocrm_gen.runtime.call import Operation
from amocrm_gen.runtime.kinds import is_listing, is_mapping
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET

__all__ = [
    "Pairs",
    "encode_body",
    "encode_form",
    "encode_headers",
    "encode_parts",
    "encode_query",
    "http_date",
    "path",
    "unix_seconds",
]

Pairs = tuple[tuple[str, str], ...]
"""Names and values of a query, not yet percent-encoded."""


def encode_query(  # noqa: PLR0913 - one for each kind of parameter
    *,
    of: Operation | None = None,
    filter: Mapping[str, object] | None = None,
    with_: Sequence[str] = (),
    order: str | None = None,
    query: str | None = None,
    page: int | None = None,
    limit: int | None = None,
    params: Mapping[str, object] | None = None,
) -> Pairs:
    """Write a query the way PHP reads it: `filter[id][0]=1`, `order[id]=desc`, `with=a,b`.

    `order` is a field's name, with a minus in front for descending. `params` are further
    parameters of any shape. None and UNSET are left out. What the operation `of` does not know
    is a ValueError, since the server would pass over it in silence.
    """
    if (
        not (filter or with_ or order or params)
        and query is None
        and page is None
        and limit is None
    ):
        return ()
    if of is not None:
        _check_names(of, filter, with_, order)
    named: dict[str, object] = {}
    if with_:
        # One string instead of a list would be cut into letters.
        named["with"] = with_ if isinstance(with_, str) else ",".join(with_)
    if order:
        named["order"] = {order.removeprefix("-"): "desc" if order.startswith("-") else "asc"}
    named |= {"filter": _joined(of, filter), "query": query}
    paging = {"page": page, "limit": limit}
    parts = [*named.items(), *(params or {}).items(), *paging.items()]
    return tuple(pair for name, value in parts for pair in _pairs(name, value))


def _check_names(
    of: Operation, filter: Mapping[str, object] | None, with_: Sequence[str], order: str | None
) -> None:
    members = with_.split(",") if isinstance(with_, str) else with_
    fields = [order.removeprefix("-")] if order else []
    kinds = (("filter", filter or (), of.filters), ("with_", members, of.withs))
    for kind, given, known in (*kinds, ("order", fields, of.orders)):
        for name in given:
            if known and name not in known:
                from difflib import get_close_matches  # noqa: PLC0415 - for errors only

                near = get_close_matches(name, known, n=1)
                advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                message = f"{of.name}: {kind} has no {name!r}; {advice}"
                raise ValueError(message)


def _joined(
    of: Operation | None, filter: Mapping[str, object] | None
) -> Mapping[str, object] | None:
    if not filter or of is None or not of.joined:
        return filter
    return {
        name: ",".join(_text(name, each) for each in value)
        if name in of.joined and is_listing(value)
        else value
        for name, value in filter.items()
    }


def _pairs(name: str, value: object) -> Iterator[tuple[str, str]]:
    if value is None or value is UNSET:
        return
    if is_mapping(value):
        for key, inner in value.items():
            # Numbers are ids of custom fields: the API wants their values as a list, even one.
            listed = isinstance(key, int) and _is_scalar(inner)
            yield from _pairs(f"{name}[{key}]", [inner] if listed else inner)
    elif is_listing(value):
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
    elif has(type(value)):
        yield from _pairs(name, encode_body(value))
    else:
        yield name, _text(name, value)


def _is_scalar(value: object) -> bool:
    if value is None or value is UNSET:
        return False
    return not (is_mapping(value) or is_listing(value) or has(type(value)))


def _text(name: str, value: object) -> str:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return str(unix_seconds(value, name))
    if isinstance(value, float) and not math.isfinite(value):
        message = f"{name}: {value} is not a number that the API can compare"
        raise ValueError(message)
    if isinstance(value, bytes | bytearray | date):
        message = (
            f"{name}: cannot be sent as {type(value).__name__}; give text, a number or a datetime"
        )
        raise TypeError(message)
    return str(value)


def unix_seconds(moment: datetime, name: str) -> int:
    """Return the unix seconds of an aware datetime; a naive one is refused, not guessed."""
    if moment.utcoffset() is None:
        message = (
            f"{name}: the datetime {moment.isoformat()} has no time zone; "
            "say which moment is meant, for example datetime(..., tzinfo=timezone.utc)"
        )
        raise ValueError(message)
    return math.floor(moment.timestamp())


def path(template: str, **variables: object) -> str:
    """Fill a path template; what is put in can never leave its place in the path."""
    filled = {name: _segment(template, name, value) for name, value in variables.items()}
    return template.format_map(filled)


def _segment(template: str, name: str, value: object) -> str:
    text = str(value.value if isinstance(value, Enum) else value)
    # Dots are never quoted, and "." or ".." would climb to another operation.
    if value is None or value is UNSET or isinstance(value, bool) or text in {"", ".", ".."}:
        message = f"{template}: {value!r} cannot stand for {name!r}; give an id"
        raise ValueError(message)
    return quote(text, safe="")


def encode_form(value: object) -> Pairs:
    """Write a model or mapping as a form in PHP's brackets; None and UNSET are left out."""
    written = encode_body(value)
    if written is None:
        return ()
    if not is_mapping(written):
        message = f"a form needs names: give a mapping or a model, not a {type(value).__name__}"
        raise TypeError(message)
    return tuple(pair for name, inner in written.items() for pair in _pairs(str(name), inner))


def http_date(moment: datetime | int | None) -> str | None:
    """Write an aware datetime, or unix seconds, the way headers have it."""
    if moment is None:
        return None
    from email.utils import format_datetime  # noqa: PLC0415 - it costs a cold start, and few calls need it

    seconds = moment if isinstance(moment, int) else unix_seconds(moment, "the header")
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


def encode_parts(parts: Mapping[str, object]) -> JsonValue:
    """Write an object of which callers give each field; None and empty lists are left out."""
    given = {
        name: value
        for name, value in parts.items()
        if value is not None and not (is_listing(value) and not value)
    }
    return encode_body(given)


def encode_headers(*headers: tuple[str, object]) -> Pairs:
    """Write headers; None and UNSET are left out, and a line break is a ValueError."""
    given = [(name, value) for name, value in headers if value is not None and value is not UNSET]
    for name, value in given:
        if not str(value).isprintable():
            message = f"{name}: the value has characters that a header cannot carry"
            raise ValueError(message)
    return tuple((name, str(value)) for name, value in given)


def encode_body(value: object) -> JsonValue:
    """Write models, mappings and sequences of them as JSON values; UNSET is left out."""
    from amocrm_gen.runtime.convert import unstructure  # noqa: PLC0415 - it imports this

    return unstructure(value)
