"""Reads JSON into models by walking their shapes: tolerant where it may be, exact about the place.

This is what reading means. `compiling` makes the same thing fast for answers without surprises
and comes back here for all others.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias, cast

from attrs import define, field, fields

from amocrm_gen.runtime.deferred import defer
from amocrm_gen.runtime.extra import make_lazy
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.shapes import (
    Anything,
    Atom,
    Choice,
    Either,
    Foreign,
    Key,
    Listing,
    Moment,
    Record,
    Shape,
    Table,
    Variants,
    keys_of,
)
from amocrm_gen.runtime.unset import UNSET

__all__ = ["FIRST_MOMENT", "LAST_MOMENT", "Hook", "Mismatch", "Plan", "Reader", "plan_of"]

Hook: TypeAlias = Callable[[object], object]


class Mismatch(Exception):  # noqa: N818 - it never leaves the converter
    """A value that is not what its shape says."""

    def __init__(self, path: str, expected: str, value: object) -> None:
        super().__init__(f"{path}: expected {expected}, got {_shown(value)}")
        self.path = path
        self.expected = expected


_SHOWN: Final = 40


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}"


@define
class Plan:
    """How objects of one class are put together."""

    cls: type
    keys: tuple[Key, ...]
    keeps_unknown: bool
    plain: bool
    """Whether its attributes can be set one by one, without running any code of the class."""
    lazy: bool
    """Whether the room for unknown keys may stay empty."""
    deferred: Mapping[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    """Attributes that are made when they are looked at: times, and objects that hold nothing but
    one text, each with the keys on the way to it."""

    @property
    def known(self) -> frozenset[str]:
        """The keys of the specification."""
        return frozenset(key.wire for key in self.keys)

    def build(self, values: dict[str, object], unknown: dict[str, object]) -> object:
        """Make the object."""
        if self.keeps_unknown and (unknown or not self.lazy):
            values["extra"] = unknown
        if self.plain:
            made = cast("object", object.__new__(self.cls))
            for name, value in values.items():
                setattr(made, name, value)
            return made
        aliases = {item.name: item.alias or item.name for item in fields(self.cls)}
        return self.cls(**{aliases[name]: value for name, value in values.items()})


def plan_of(cls: type) -> Plan:
    """Return the plan of an attrs class."""
    attributes = fields(cls)
    runs_code = any(item.converter is not None or item.validator is not None for item in attributes)
    settable = getattr(cls, "__setattr__") is object.__setattr__  # noqa: B009 - not an instance's
    plain = settable and not runs_code and not hasattr(cls, "__attrs_post_init__")
    keeps_unknown = any(item.metadata.get("extra") for item in attributes)
    return Plan(
        cls=cls,
        keys=keys_of(cls),
        keeps_unknown=keeps_unknown,
        plain=plain,
        lazy=plain and keeps_unknown and make_lazy(cls),
    )


@define
class Reader:
    """Reads by shape, and learns which promises of the specification real answers break."""

    hook_of: Callable[[object], Hook]
    """The hook for a type that is not ours, or that its user reads in a way of his own."""
    is_foreign: Callable[[type], bool]
    on_lesson: Callable[[], None]
    missing: set[tuple[type, str]] = field(factory=set[tuple[type, str]])
    """Keys that are required and were not there."""
    null: set[tuple[type, str]] = field(factory=set[tuple[type, str]])
    """Keys that may not be null and were."""
    _plans: dict[type, Plan] = field(factory=dict[type, Plan])

    def plan(self, cls: type) -> Plan:
        """Return the plan of a class, made once."""
        plan = self._plans.get(cls)
        if plan is None:
            plan = self._plans[cls] = plan_of(cls)
            if plan.plain:
                plan.deferred = dict(self._deferred(plan))
        return plan

    def _deferred(self, plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
        for key in plan.keys:
            chain: tuple[str, ...] | None = ()
            if isinstance(key.shape, Moment):
                possible = defer(plan.cls, key.name, int, _moment_at)
            else:
                chain = self._chain(key.shape)
                possible = bool(chain) and defer(
                    plan.cls, key.name, str, self._unpacker(key.shape), chain or ()
                )
            if possible and chain is not None:
                yield key.name, chain

    def _chain(self, shape: Shape) -> tuple[str, ...] | None:
        """Return the keys down to the one text that an object is all about, if it is."""
        if isinstance(shape, Atom) and shape.kinds == _TEXT and not shape.nullable:
            return ()
        if not isinstance(shape, Record) or shape.nullable or self.is_foreign(shape.cls):
            return None
        plan = self.plan(shape.cls)
        if len(plan.keys) != 1 or not plan.keys[0].required or not plan.lazy:
            return None
        below = self._chain(plan.keys[0].shape)
        return None if below is None else (plan.keys[0].wire, *below)

    def _unpacker(self, shape: Shape) -> Callable[[object], object]:
        def unpack(text: object) -> object:
            if not isinstance(shape, Record):
                return text
            plan = self.plan(shape.cls)
            inner = plan.keys[0]
            return plan.build({inner.name: self._unpacker(inner.shape)(text)}, {})

        return unpack

    def read(self, shape: Shape, value: object, path: str) -> object:  # noqa: C901, PLR0911 - one case for each shape
        """Read a value; a wrong one raises `Mismatch` with its place."""
        if value is None and shape.nullable:
            return None
        match shape:
            case Anything():
                return value
            case Atom():
                return _atom(shape, value, path)
            case Moment():
                return _moment(value, path)
            case Choice():
                return _choice(shape, value, path)
            case Listing():
                items = _items(value, path)
                return [
                    self.read(shape.item, item, f"{path}[{index}]")
                    for index, item in enumerate(items)
                ]
            case Table():
                return {
                    key: self.read(shape.value, item, _below(path, key))
                    for key, item in _object(value or {}, path).items()
                }
            case Record():
                return self._record(shape.cls, value, path)
            case Variants():
                return self._record(self._variant(shape, value, path), value, path)
            case Either():
                return self._either(shape, value, path)
            case Foreign():
                return self._foreign(shape.type, value, path)

    def _record(self, cls: type, value: object, path: str) -> object:
        if self.is_foreign(cls):
            return self._foreign(cls, value, path)
        given = _object(value, path)
        plan = self.plan(cls)
        values: dict[str, object] = {}
        for key in plan.keys:
            if key.wire in given:
                values[key.name] = self._key(cls, key, given[key.wire], path)
            else:
                values[key.name] = UNSET
                if key.required:
                    self._learn(self.missing, cls, key.wire, "is not in the answer")
        known = plan.known
        return plan.build(values, {key: given[key] for key in given if key not in known})

    def _key(self, cls: type, key: Key, value: object, path: str) -> object:
        if value == [] and isinstance(key.shape, Record | Variants):
            # PHP writes an empty object as an empty list.
            value = None
        if value is None and not key.shape.nullable:
            self._learn(self.null, cls, key.wire, "is null")
            return None
        return self.read(key.shape, value, _below(path, key.wire))

    def _learn(self, lessons: set[tuple[type, str]], cls: type, wire: str, what: str) -> None:
        if (cls, wire) not in lessons:
            lessons.add((cls, wire))
            logger.warning(
                "%s: %r %s, against the specification; read as %s",
                cls.__name__,
                wire,
                what,
                "None" if lessons is self.null else "UNSET",
            )
            self.on_lesson()

    def _variant(self, shape: Variants, value: object, path: str) -> type:
        given = _object(value, path)
        if shape.tagged is None:
            return max(shape.classes, key=lambda cls: self._fit(cls, given))
        tag = given.get(shape.tagged.tag)
        known = isinstance(tag, str | int) and tag in shape.tagged.variants
        variant = shape.tagged.variants[tag] if known else shape.tagged.fallback  # type: ignore[index]  # a str or int when known
        if variant is None:
            expected = f"one of {', '.join(map(str, shape.tagged.variants))}"
            raise Mismatch(_below(path, shape.tagged.tag), expected, tag)
        return variant

    def _fit(self, cls: type, given: Mapping[str, object]) -> tuple[bool, int]:
        plan = self.plan(cls)
        whole = all(key.wire in given for key in plan.keys if key.required)
        return whole, sum(key in plan.known for key in given)

    def _either(self, shape: Either, value: object, path: str) -> object:
        found: Mismatch | None = None
        for part in shape.parts:
            try:
                return self.read(part, value, path)
            except Mismatch as error:
                # The part that got deepest has most to say.
                if found is None or len(error.path) > len(found.path):
                    found = error
        raise found or Mismatch(path, "a value", value)

    def _foreign(self, kind: object, value: object, path: str) -> object:
        try:
            return self.hook_of(kind)(value)
        except Exception as error:
            name = getattr(kind, "__name__", str(kind))
            raise Mismatch(path, f"{name} ({error})", value) from error


_TEXT: Final = frozenset[type]({str})


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{key!r}]"


def _object(value: object, path: str) -> dict[str, object]:
    if is_object(value):
        return value
    raise Mismatch(path, "an object", value)


def _items(value: object, path: str) -> list[object]:
    if is_list(value):
        return value
    # PHP writes a list with holes as an object with numbers for keys.
    if is_object(value) and all(key.isdecimal() for key in value):
        return [value[key] for key in sorted(value, key=int)]
    raise Mismatch(path, "a list", value)


_NAMES: Final[Mapping[type, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def _atom(shape: Atom, value: object, path: str) -> object:
    if type(value) in shape.kinds:
        return value
    if int in shape.kinds and isinstance(value, float) and value.is_integer():
        return int(value)
    expected = sorted(_NAMES.get(kind, kind.__name__) for kind in shape.kinds)
    raise Mismatch(path, " or ".join(expected), value)


FIRST_MOMENT: Final = -62_135_596_800
LAST_MOMENT: Final = 253_402_300_799
"""The unix seconds that a datetime can hold: years 1 to 9999."""


def _moment(value: object, path: str) -> object:
    if type(value) is int and FIRST_MOMENT <= value <= LAST_MOMENT:
        return _moment_at(value)
    raise Mismatch(path, "unix seconds", value)


def _moment_at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _choice(shape: Choice, value: object, path: str) -> object:
    # Python holds True and 1.0 for 1; JSON does not.
    if type(value) in {str, int}:
        try:
            return shape.enum(value)
        except ValueError:
            pass
    expected = "one of " + ", ".join(str(member.value) for member in shape.enum)
    raise Mismatch(path, expected, value)
