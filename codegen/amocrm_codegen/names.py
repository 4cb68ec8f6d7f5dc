"""Python names for the names that travel on the wire."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = [
    "argument_name",
    "attribute_name",
    "attribute_names",
    "capitalised",
    "constant_name",
    "member_name",
    "words",
]

# An attribute of one of these names would hide the type in the annotations of its own class body.
_TYPES = frozenset({"bool", "datetime", "dict", "float", "int", "list", "object", "str"})
# `field` would hide the function that the lines below it call.
_TAKEN_ATTRIBUTES = _TYPES | {"extra", "field", "self"}
# These are what a generated function calls or is given besides the API's own parameters.
_TAKEN_ARGUMENTS = _TYPES | {
    *("encode_body", "encode_query", "item", "items", "path", "self"),
    *("on_gateway_timeout", "once", "progress"),
}


def attribute_name(wire: str, *, taken: Collection[str] = ()) -> str:
    """Return the name of a model's attribute: `_embedded` → `embedded`, `class` → `class_`."""
    return _free(_identifier(wire), _TAKEN_ATTRIBUTES | set(taken))


def attribute_names(wires: Iterable[str], *, taken: Collection[str]) -> dict[str, str]:
    """Return the attribute for each key of an object; a key that can keep its name does so."""
    wires = list(wires)
    names = {wire: wire for wire in wires if attribute_name(wire, taken=taken) == wire}
    for wire in wires:
        if wire not in names:
            names[wire] = attribute_name(wire, taken={*taken, *names.values()})
    return names


def argument_name(wire: str, *, taken: Collection[str] = ()) -> str:
    """Return the name of a function's argument: `with` → `with_`, `contact_id[]` → `contact_id`."""
    return _free(_identifier(wire), _TAKEN_ARGUMENTS | set(taken))


def capitalised(name: str) -> str:
    """Return a class name for words in snake case: `custom_fields` → `CustomFields`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name))


def constant_name(name: str) -> str:
    """Return a module constant for an operation: `create_complex` → `CREATE_COMPLEX`."""
    return _identifier(name).upper()


def member_name(value: str | int) -> str:
    """Return an enum member for a value: `FollowUp` → `FOLLOW_UP`, 142 → `VALUE_142`."""
    if isinstance(value, int):
        return f"VALUE_{value}".replace("-", "MINUS_")
    name = _identifier(words(value), empty="EMPTY", digit_prefix="VALUE_").upper()
    # `mro` is the one public name that an enum class refuses.
    return f"{name}_" if name == "MRO" else name


def words(name: str) -> str:
    """Return a class name as words in snake case: `LeadUpdated` → `lead_updated`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _identifier(wire: str, *, empty: str = "value", digit_prefix: str = "n") -> str:
    name = re.sub(r"[^0-9A-Za-z]+", "_", wire).strip("_") or empty
    return f"{digit_prefix}{name}" if name[0].isdigit() else name


def _free(name: str, taken: Collection[str]) -> str:
    while keyword.iskeyword(name) or name in taken:
        name += "_"
    return name
