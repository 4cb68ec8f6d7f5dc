"""Changes one object: locks it, reads it, and sends what its holder changed, and nothing else."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from attrs import define, field
from orjson import dumps, loads

from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.converse import converse, held_keys
from amocrm_gen.runtime.effects import Free, Hold, Talk
from amocrm_gen.runtime.errors import Conflict, EditError
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.locks.locks import Held
from amocrm_gen.runtime.merge import merge
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.shapes import Key, Listing, Record, Shape, keys_of
from amocrm_gen.runtime.types import JsonObject

__all__ = ["Edit", "changes_of"]

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")

_FIELDS: Final = "custom_fields_values"
"""The API merges these by field: what is not mentioned stays."""


@define
class Edit(Generic[T, I, R]):
    """One edit, from the lock to its release."""

    session: Session
    read: Call[T]
    write: Callable[[I], Call[R]]
    takes: type[I]
    retries: int = 0
    """How often it is read anew when somebody else was faster."""
    _key: str = field(init=False)
    _held: Held | None = field(default=None, init=False)
    _before: JsonObject = field(factory=JsonObject, init=False)
    _object: T | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Name the lock like the operations that write the same entity."""
        resource = self.read.operation.name.partition(".")[0]
        entity = self.read.path.rstrip("/").rpartition("/")[2]
        self._key = f"{self.session.account.domain}/{resource}/{entity}"

    def begin(self) -> Talk[T]:
        """Lock and read."""
        if self._key not in held_keys.get():
            self._held = yield Hold(self.session.locks, (self._key,))
            held_keys.set(held_keys.get() | {self._key})
        try:
            self._object = yield from converse(self.session, self.read)
            self._before = _wire(self._object)
        except BaseException:
            yield from self.end()
            raise
        return self._object

    def finish(self) -> Talk[None]:
        """Send what was changed, if anything."""
        before, after, left = self._before, _wire(self._object), self.retries
        while (given := changes_of(before, after, self.takes)) is not None:
            try:
                yield from converse(self.session, self.write(self.takes(**given)))
            except Conflict:
                if left == 0:
                    raise
                left -= 1
                there = _wire((yield from converse(self.session, self.read)))
                merged = merge(before, after, there)
                if merged is None:
                    raise
                before, after = there, merged
            else:
                return

    def end(self) -> Talk[None]:
        """Release the lock."""
        if self._held is not None:
            held_keys.set(held_keys.get() - {self._key})
            held, self._held = self._held, None
            yield Free(held)


def _wire(value: object) -> JsonObject:
    from amocrm_gen.runtime.convert import unstructure  # noqa: PLC0415 - loads cattrs

    # By way of text, so that nothing of it is shared with the object in its holder's hands.
    wire: JsonObject = loads(dumps(unstructure(value)))
    return wire


def changes_of(before: JsonObject, after: JsonObject, takes: type) -> dict[str, Any] | None:
    """Return what to make the update of, or None when nothing was changed.

    Any: JSON in place of models, which is written as it is.
    """
    keys = {key.wire: key for key in keys_of(takes)}
    changed: dict[str, object] = {}
    read_only: list[str] = []
    unknown: JsonObject = {}
    for name in after:
        if name in before and before[name] == after[name]:
            continue
        if name in keys and name != "id":
            changed[keys[name].name] = _change(keys[name], before.get(name), after[name], read_only)
        elif name in before:
            read_only.append(name)
        else:
            # Not of the specification: its holder put it there, and knows better.
            unknown[name] = after[name]
    changed = {name: value for name, value in changed.items() if value is not _UNCHANGED}
    if read_only:
        raise EditError(f"{', '.join(read_only)} cannot be changed here; nothing was sent")
    if not changed and not unknown:
        return None
    required = {
        key.name: _writable(key.shape, after[key.wire])
        for key in keys.values()
        if key.required and key.wire in after
    }
    return {**required, **changed, **({"extra": unknown} if unknown else {})}


class _Unchanged:
    """Stands for a part in which nothing that can be written was changed."""


_UNCHANGED: Final = _Unchanged()


def _change(key: Key, before: object, after: object, read_only: list[str]) -> object:
    if key.wire == _FIELDS:
        return _changed_fields(key.shape, before, after)
    if key.wire == "_embedded" and isinstance(key.shape, Record) and is_object(after):
        return _changed_parts(key.shape, before, after, read_only)
    return _writable(key.shape, after)


def _changed_parts(
    shape: Record, before: object, after: Mapping[str, object], read_only: list[str]
) -> object:
    was = before if is_object(before) else {}
    parts = {key.wire: key for key in keys_of(shape.cls)}
    changed: dict[str, object] = {}
    for name, value in after.items():
        if name in was and was[name] == value:
            continue
        if name in parts:
            changed[name] = _writable(parts[name].shape, value)
        else:
            read_only.append(f"_embedded.{name}")
    return changed or _UNCHANGED


def _changed_fields(shape: Shape, before: object, after: object) -> object:
    was, now = _by_field(before), _by_field(after)
    item = shape.item if isinstance(shape, Listing) else None
    changed = [
        _writable(item, value) if item is not None else value
        for mark, value in now.items()
        if was.get(mark) != value
    ]
    cleared = [
        {**{name: value[name] for name in _NAMES if value.get(name)}, "values": None}
        for mark, value in was.items()
        if mark not in now
    ]
    return [*changed, *cleared] or _UNCHANGED


_NAMES: Final = ("field_id", "field_code")


def _by_field(fields: object) -> dict[object, Mapping[str, object]]:
    entries = [entry for entry in fields if is_object(entry)] if is_list(fields) else []
    return {entry.get("field_id") or entry.get("field_code"): entry for entry in entries}


def _writable(shape: Shape, value: object) -> object:
    """Leave out of a value what only reading knows, such as the colour of a tag."""
    if value == [] and shape.nullable and isinstance(shape, Listing):
        # To the API null is "none of them", while an empty list may be "no change".
        return None
    if isinstance(shape, Listing) and is_list(value):
        return [_writable(shape.item, item) for item in value]
    if isinstance(shape, Record) and is_object(value):
        keys = {key.wire: key.shape for key in keys_of(shape.cls)}
        return {name: _writable(keys[name], item) for name, item in value.items() if name in keys}
    return value
