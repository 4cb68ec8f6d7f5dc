"""Puts a change onto what somebody else has made of an object meanwhile."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["merge"]


class _Absent:
    """Stands for a key that is not there."""


_ABSENT: Final = _Absent()
_FIELDS: Final = "custom_fields_values"
_Value: TypeAlias = JsonValue | _Absent


def merge(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], there: Mapping[str, JsonValue]
) -> JsonObject | None:
    """Return what is there with the change from before to after; None if both touch one thing.

    Parts of objects and single custom fields are things of their own.
    """
    merged: JsonObject = dict(there)
    for name in {**before, **after}:
        found = _merged(
            before.get(name, _ABSENT), after.get(name, _ABSENT), there.get(name, _ABSENT), name
        )
        if found is None:
            return None
        if isinstance(found[0], _Absent):
            merged.pop(name, None)
        else:
            merged[name] = found[0]
    return merged


def _merged(was: _Value, now: _Value, there: _Value, name: str) -> tuple[_Value] | None:
    """Return one value, in a tuple as it may be null."""
    if now in (was, there):  # by value: they may be lists
        return (there,)
    if there == was:
        return (now,)
    if name == _FIELDS:
        fields = merge(_by_field(was), _by_field(now), _by_field(there))
        return None if fields is None else (list(fields.values()),)
    if isinstance(was, dict) and isinstance(now, dict) and isinstance(there, dict):
        parts = merge(was, now, there)
        return None if parts is None else (parts,)
    return None


def _by_field(fields: _Value) -> JsonObject:
    entries = [one for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []
    return {str(one.get("field_id") or one.get("field_code")): one for one in entries}
