"""Turns shapes into Python functions that read answers without surprises fast.

A function is written as source text, with the small objects inside an object read in place, and
compiled when its class is first met. Whatever it does not expect makes it hand over to `Reader`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from threading import RLock
from typing import Any, Final

from attrs import define, evolve, field

from amocrm_gen.runtime.deferred import wire_name
from amocrm_gen.runtime.reading import FIRST_MOMENT, LAST_MOMENT, Hook, Plan, Reader
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
)
from amocrm_gen.runtime.source import Source
from amocrm_gen.runtime.unset import UNSET

__all__ = ["Compiler"]

_SMALL: Final = 8
"""Classes of so many keys are read in place, where their parent is read."""
_DEEP: Final = 4


class _Surprise(Exception):  # noqa: N818 - caught in the function that raises it
    """Something for `Reader` to look at."""


class _Members(dict[object, Enum]):
    """The members of an enum by value, those that the specification does not list included."""

    def __init__(self, enum: type[Enum]) -> None:
        super().__init__((member.value, member) for member in enum)
        self._enum = enum

    def __missing__(self, value: object) -> Enum:
        return self._enum(value)


@define
class Compiler:
    """The compiled functions of one converter, by the names they call each other by."""

    reader: Reader
    _names: dict[Shape, str] = field(factory=dict[Shape, str])
    _space: dict[str, Any] = field(factory=dict[str, Any])  # Any: functions of one value
    _lock: RLock = field(factory=RLock)

    def function(self, shape: Shape) -> Hook:
        """Return a function that reads a shape; it stays good when functions are compiled anew."""
        name = self.called(shape)
        space = self._space
        # Looked up at each call: it is made anew when something is learnt.
        return lambda value: space[name](value)  # noqa: PLW0108

    def forget(self) -> None:
        """Compile all functions anew when they are next called: something was learnt."""
        with self._lock:
            for shape, name in self._names.items():
                self._space[name] = self._stub(shape, name)

    def called(self, shape: Shape) -> str:
        """Return the name of the function that reads a shape."""
        with self._lock:
            name = self._names.get(shape)
            if name is None:
                name = self._names[shape] = f"read{len(self._names)}"
                self._space[name] = self._stub(shape, name)
            return name

    def _stub(self, shape: Shape, name: str) -> Hook:
        def compile_first(value: object) -> object:
            with self._lock:
                self._space[name] = self._compile(shape, name)
            return self._space[name](value)

        return compile_first

    def slow(self, shape: Shape) -> Hook:
        """Return a function that reads a shape by walking it."""
        return lambda value: self.reader.read(shape, value, "$")

    def _compile(self, shape: Shape, name: str) -> Hook:
        walks = isinstance(shape, Foreign | Either) or (
            isinstance(shape, Record) and not self.can_compile(shape.cls)
        )
        if walks:
            return self.slow(shape)
        body = _Body(self)
        body.convert(shape, "value")
        return body.source.function(name, self._space, otherwise=self.slow(shape))

    def can_compile(self, cls: type) -> bool:
        """Tell whether objects of a class can be put together attribute by attribute."""
        return not self.reader.is_foreign(cls) and self.reader.plan(cls).plain


class _Body:
    """What reads one shape, while it is written."""

    def __init__(self, compiler: Compiler) -> None:
        self.source = Source()
        self._compiler = compiler
        self._reader = compiler.reader
        self._new = self.source.constant(object.__new__)
        self._unset = self.source.constant(UNSET)
        self._surprise = f"raise {self.source.constant(_Surprise)}"
        self._outer: tuple[type, ...] = ()
        self._is_first = True

    def convert(self, shape: Shape, name: str) -> None:
        """Write what checks the value in a variable and puts the result in its place."""
        first, self._is_first = self._is_first, False
        match shape:
            case Anything():
                return
            case Atom():
                self._atom(shape, name)
            case Moment():
                self._guarded(f"type({name}) is int", shape, name, self._moment)
            case Choice():
                self._unless_null(shape, name, self._choice)
            case Listing():
                self._guarded(f"type({name}) is list", shape, name, self._listing)
            case Table():
                self._guarded(f"type({name}) is dict", shape, name, self._table)
            case Record() if (first and not shape.nullable) or self._reads_in_place(shape.cls):
                self._unless_null(shape, name, self._record)
            case Variants():
                self._unless_null(shape, name, self._variants)
            case Record() | Either() | Foreign():
                self.source.line(f"{name} = {self._compiler.called(shape)}({name})")

    def _reads_in_place(self, cls: type) -> bool:
        return (
            self._compiler.can_compile(cls)
            and cls not in self._outer
            and len(self._outer) < _DEEP
            and len(self._reader.plan(cls).keys) <= _SMALL
        )

    def _guarded(
        self, test: str, shape: Any, name: str, inside: Callable[[Any, str], None]
    ) -> None:  # Any: the shape that `inside` takes
        with self.source.block(f"if {test}:"):
            inside(shape, name)
        with self.source.block(f"elif {name} is not None:" if shape.nullable else "else:"):
            self.source.line(self._surprise)

    def _unless_null(
        self, shape: Any, name: str, inside: Callable[[Any, str], None]
    ) -> None:  # Any: as above
        if not shape.nullable:
            inside(shape, name)
            return
        with self.source.block(f"if {name} is not None:"):
            inside(shape, name)

    def _check(self, tests: list[str], *, nullable: bool, name: str) -> None:
        test = " and ".join([*[f"{name} is not None"] * nullable, *tests])
        with self.source.block(f"if {test}:"):
            self.source.line(self._surprise)

    def _atom(self, shape: Atom, name: str) -> None:
        tests = sorted(f"type({name}) is not {kind.__name__}" for kind in shape.kinds)
        self._check(tests, nullable=shape.nullable, name=name)

    def _moment(self, _: Moment, name: str) -> None:
        moment, utc = self.source.constant(datetime.fromtimestamp), self.source.constant(UTC)
        self.source.line(f"{name} = {moment}({name}, {utc})")

    def _choice(self, shape: Choice, name: str) -> None:
        members = self.source.constant(_Members(shape.enum))
        if issubclass(shape.enum, int):
            # True and 1.0 are found under 1.
            self._check([f"type({name}) is not int"], nullable=False, name=name)
        self.source.line(f"{name} = {members}[{name}]")

    def _listing(self, shape: Listing, name: str) -> None:
        source = self.source
        if isinstance(shape.item, Anything):
            return
        items, item = source.variable(), source.variable()
        if isinstance(shape.item, Atom):
            with source.block(f"for {item} in {name}:"):
                self._atom(shape.item, item)
            return
        # Most lists hold one item, and [item] is cheaper than an empty list that grows.
        source.line(f"{items} = None")
        with source.block(f"for {item} in {name}:"):
            self.convert(shape.item, item)
            with source.block(f"if {items} is None:"):
                source.line(f"{items} = [{item}]")
            with source.block("else:"):
                source.line(f"{items}.append({item})")
        source.line(f"{name} = [] if {items} is None else {items}")

    def _table(self, shape: Table, name: str) -> None:
        source = self.source
        if isinstance(shape.value, Anything):
            return
        table, key, item = source.variable(), source.variable(), source.variable()
        source.line(f"{table} = {{}}")
        with source.block(f"for {key}, {item} in {name}.items():"):
            self.convert(shape.value, item)
            source.line(f"{table}[{key}] = {item}")
        source.line(f"{name} = {table}")

    def _variants(self, shape: Variants, name: str) -> None:
        if shape.tagged is None or shape.tagged.fallback is None:
            walk = self.source.constant(self._compiler.slow(shape))
            self.source.line(f"{name} = {walk}({name})")
            return
        variants = {
            tag: self._compiler.function(Record(cls)) for tag, cls in shape.tagged.variants.items()
        }
        table, tag = self.source.constant(variants), repr(shape.tagged.tag)
        fallback = self._compiler.called(Record(shape.tagged.fallback))
        self.source.line(f"{name} = {table}.get({name}[{tag}], {fallback})({name})")

    def _record(self, shape: Record, name: str) -> None:
        self._outer = (*self._outer, shape.cls)
        self._object(self._reader.plan(shape.cls), name)
        self._outer = self._outer[:-1]

    def _object(self, plan: Plan, name: str) -> None:
        source, missing = self.source, self._reader.missing
        sure = [key for key in plan.keys if key.required and (plan.cls, key.wire) not in missing]
        unsure = [key for key in plan.keys if key not in sure]
        made, rest = source.variable(), source.variable()
        if not sure:
            self._check([f"type({name}) is not dict"], nullable=False, name=name)
        if unsure or plan.keeps_unknown:
            source.line(f"{rest} = len({name})" + f" - {len(sure)}" * bool(sure))
        source.line(f"{made} = {self._new}({source.constant(plan.cls)})")
        for key in sure:
            self._attribute(plan, key, made, f"{name}[{key.wire!r}]")
        for number, key in enumerate(unsure):
            more = f"{rest} and " * (number > 0)
            with source.block(f"if {more}{key.wire!r} in {name}:"):
                source.line(f"{rest} -= 1")
                self._attribute(plan, key, made, f"{name}[{key.wire!r}]")
            with source.block("else:"):
                source.line(f"{made}.{_slot(plan, key)} = {self._unset}")
        self._unknown(plan, name, made, rest)
        source.line(f"{name} = {made}")

    def _attribute(self, plan: Plan, key: Key, made: str, taken: str) -> None:
        variable = self.source.variable()
        self.source.line(f"{variable} = {taken}")
        self._key(plan, key, variable)
        self.source.line(f"{made}.{_slot(plan, key)} = {variable}")

    def _key(self, plan: Plan, key: Key, variable: str) -> None:
        shape = key.shape
        if (plan.cls, key.wire) in self._reader.null:
            shape = evolve(shape, nullable=True)
        if shape.nullable and isinstance(shape, Record | Variants):
            # PHP writes an empty object as an empty list.
            with self.source.block(f"if not {variable} and {variable} == []:"):
                self.source.line(f"{variable} = None")
        if key.name not in plan.deferred:
            self.convert(shape, variable)
        elif isinstance(shape, Moment):
            test = f"(type({variable}) is not int or not {_RANGE.format(variable)})"
            self._check([test], nullable=shape.nullable, name=variable)
        else:
            self._chain(plan, key, shape, variable)

    def _chain(self, plan: Plan, key: Key, shape: Shape, variable: str) -> None:
        """Keep just the text at the end of objects that hold nothing else."""
        source = self.source
        steps, tests, holder = plan.deferred[key.name], list[str](), variable
        for step in steps:
            inner = source.variable()
            source.line(f"{inner} = {holder}[{step!r}]")
            tests.append(f"len({holder}) == 1")
            holder = inner
        with source.block(f"if type({holder}) is str and {' and '.join(tests)}:"):
            source.line(f"{variable} = {holder}")
        with source.block("else:"):
            self.convert(shape, variable)

    def _unknown(self, plan: Plan, name: str, made: str, rest: str) -> None:
        if not plan.keeps_unknown:
            return
        known = self.source.constant(plan.known)
        kept = f"{{k: x for k, x in {name}.items() if k not in {known}}}"
        with self.source.block(f"if {rest}:"):
            self.source.line(f"{made}.extra = {kept}")
        if not plan.lazy:
            with self.source.block("else:"):
                self.source.line(f"{made}.extra = {{}}")


_RANGE: Final = f"{FIRST_MOMENT} <= {{}} <= {LAST_MOMENT}"


def _slot(plan: Plan, key: Key) -> str:
    return wire_name(key.name) if key.name in plan.deferred else key.name
