"""Parameters of a request body, JSON or form-encoded, whatever its content type says."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from amocrm_mockserver.message import Request

__all__ = ["read_parameters", "read_query"]


def read_parameters(request: Request) -> dict[str, str]:
    """The body's parameters that have a plain value; numbers become text."""
    try:
        value = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return _pairs(request.body.decode("utf-8", "replace"))
    if not isinstance(value, dict):
        return {}
    plain = cast("dict[str, object]", value)
    return {
        name: str(item)
        for name, item in plain.items()
        if isinstance(item, (str, int)) and not isinstance(item, bool)
    }


def read_query(request: Request) -> dict[str, str]:
    """The parameters of the query string."""
    return _pairs(request.query)


def _pairs(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
