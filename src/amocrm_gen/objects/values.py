"""Values of API v2 in all the forms in which they come."""

from __future__ import annotations

from amocrm_gen.runtime.kinds import is_listing, is_mapping

__all__ = ["ids_of", "int_or_none", "listed"]


def listed(value: object) -> list[object]:
    """Return the members of a list, of an object with ids as keys, or of text with commas."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if is_mapping(value):
        return list(value.values())
    if is_listing(value):
        return list(value)
    return [value]


def int_or_none(value: object) -> int | None:
    """Return a whole number, which may be text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return None


def ids_of(value: object) -> list[int]:
    """Return the ids of a relation: `{"id": [1, 2]}`, `{"id": 1}`, a list, or one id."""
    if is_mapping(value):
        value = value.get("id")
    found = (int_or_none(one) for one in listed(value))
    return [number for number in found if number is not None]
