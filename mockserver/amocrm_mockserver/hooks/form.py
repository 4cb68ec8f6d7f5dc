"""Form bodies as PHP writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["encode_form", "form_pairs"]


def encode_form(tree: Row) -> bytes:
    """The tree as `http_build_query` encodes it: brackets escaped, spaces as plus signs."""
    pairs = form_pairs(tree)
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs).encode()


def form_pairs(tree: Row) -> list[tuple[str, str]]:
    """Names and values, not yet escaped; null is left out, and so is what is empty."""
    return [pair for name, value in tree.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Json) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if is_object(value):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif is_array(value):
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
    elif isinstance(value, bool):
        yield name, str(int(value))
    else:
        yield name, str(value)


def _escaped(text: str) -> str:
    # PHP escapes the tilde in forms; Python never does.
    return quote_plus(text).replace("~", "%7E")
