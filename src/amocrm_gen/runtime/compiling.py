"""Turns shapes into Python functions that read answers without surprises fast.

A function is written as source text, with the small objects inside an object read in place, and
compiled when its class is first met. Whatever it does not expect makes it hand over to `Reader`.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from threading import RLock
from typing import Any, Final

from attrs import define, evolve, field

from amocrm_gen.runtime.reading import Hook, Plan, Reader
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
from amocrm_gen.runtime.unset import UNSET

__all__ = ["Compiler"]

_SMALL: Final = 8
"""Classes of so many keys are read in place, where their parent is read."""
_DEEP: Final = 4
_COMMON: Final[list[str]] = [
    "UNSET",
    "UTC",
    "bool",
    "dict",
    "float",
    "int",
    "len",
    "list",
    "moment",
    "new",
    "str",
    "type",
]


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
    _space: dict[str, Any] = field(init=False)  # Any: functions, classes and tables
    _lock: RLock = field(factory=RLock)

    def __attrs_post_init__(self) -> None:
        """Put in what every function uses."""
        self._space = {
            "UNSET": UNSET,
            "UTC": UTC,
            "Surprise": _Surprise,
            "moment": datetime.fromtimestamp,
            "new": object.__new__,
        }

    def function(self, shape: Shape) -> Hook:
        """Return a function that reads a shape; it stays good when functions are compiled anew."""
        name = self._name(shape)
        space = self._space
        # Looked up at each call: it is made anew when something is learnt.
        return lambda value: space[name](value)  # noqa: PLW0108

    def forget(self) -> None:
        """Compile all functions anew when they are next called: something was learnt."""
        with self._lock:
            for shape, name in self._names.items():
                self._space[name] = self._stub(shape, name)

    def _name(self, shape: Shape) -> str:
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

    def _slow(self, shape: Shape) -> Hook:
        return lambda value: self.reader.read(shape, value, "$")

    def _compile(self, shape: Shape, name: str) -> Hook:
        if isinstance(shape, Foreign | Either) or (
            isinstance(shape, Record) and not self._can_compile(shape.cls)
        ):
            return self._slow(shape)
        body = _Body(self)
        body.convert(shape, "value")
        source = [
            f"def {name}(given, slow=slow, {', '.join(f'{used}={used}' for used in body.used)}):",
            "    value = given",
            "    try:",
            *(f"        {line}" for line in body.lines),
            "        return value",
            # Each level would walk what is left below it once more.
            "    except RecursionError:",
            "        raise",
            "    except Exception:",
            "        return slow(given)",
        ]
        scope: dict[str, Any] = {}  # Any: holds one function
        self._space["slow"] = self._slow(shape)
        exec("\n".join(source), self._space, scope)  # noqa: S102 - text made here, of our own names
        made: Hook = scope[name]
        return made

    def slow(self, shape: Shape) -> str:
        """Return the name of a function that reads a shape by walking it."""
        return self.constant(self._slow(shape))

    def _can_compile(self, cls: type) -> bool:
        return not self.reader.is_foreign(cls) and self.reader.plan(cls).plain

    def constant(self, value: object) -> str:
        """Give a value a name that the functions can use."""
        name = f"c{len(self._space)}"
        self._space[name] = value
        return name

    def inlines(self, cls: type, outer: tuple[type, ...]) -> bool:
        """Tell whether objects of a class are read in place."""
        return (
            self._can_compile(cls)
            and cls not in outer
            and len(outer) < _DEEP
            and len(self.reader.plan(cls).keys) <= _SMALL
        )

    def called(self, shape: Shape) -> str:
        """Return the name of the function that reads a shape."""
        return self._name(shape)


@define
class _Body:
    """The lines of one function while they are written."""

    compiler: Compiler
    lines: list[str] = field(factory=list[str])
    _indent: str = ""
    used: list[str] = field(factory=_COMMON.copy)
    """Globals that the function takes as defaults, since locals are faster."""
    _count: int = 0
    _outer: tuple[type, ...] = ()

    def _constant(self, value: object) -> str:
        name = self.compiler.constant(value)
        self.used.append(name)
        return name

    def _line(self, text: str) -> None:
        self.lines.append(self._indent + text)

    def _variable(self) -> str:
        self._count += 1
        return f"v{self._count}"

    @contextmanager
    def _block(self, head: str) -> Generator[None]:
        self._line(head)
        outer, self._indent = self._indent, self._indent + "    "
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self._line("pass")
        self._indent = outer

    def convert(self, shape: Shape, name: str) -> None:
        """Write what checks the value in a variable and puts the result in its place."""
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
            case Record():
                self._unless_null(shape, name, self._record)
            case Variants():
                self._unless_null(shape, name, self._variants)
            case Either() | Foreign():
                self._line(f"{name} = {self.compiler.called(shape)}({name})")

    def _guarded(
        self, test: str, shape: Any, name: str, inside: Callable[[Any, str], None]
    ) -> None:  # Any: the shape that `inside` takes
        with self._block(f"if {test}:"):
            inside(shape, name)
        with self._block(f"elif {name} is not None:" if shape.nullable else "else:"):
            self._line("raise Surprise")

    def _unless_null(
        self, shape: Any, name: str, inside: Callable[[Any, str], None]
    ) -> None:  # Any: as above
        if not shape.nullable:
            inside(shape, name)
            return
        with self._block(f"if {name} is not None:"):
            inside(shape, name)

    def _atom(self, shape: Atom, name: str) -> None:
        tests = [f"{name} is not None"] * shape.nullable
        tests += sorted(f"type({name}) is not {kind.__name__}" for kind in shape.kinds)
        with self._block(f"if {' and '.join(tests)}:"):
            self._line("raise Surprise")

    def _moment(self, _: Moment, name: str) -> None:
        self._line(f"{name} = moment({name}, UTC)")

    def _choice(self, shape: Choice, name: str) -> None:
        members = self._constant(_Members(shape.enum))
        if issubclass(shape.enum, int):
            # True and 1.0 are found under 1.
            with self._block(f"if type({name}) is not int:"):
                self._line("raise Surprise")
        self._line(f"{name} = {members}[{name}]")

    def _listing(self, shape: Listing, name: str) -> None:
        if isinstance(shape.item, Anything):
            return
        items, item = self._variable(), self._variable()
        if isinstance(shape.item, Atom):
            with self._block(f"for {item} in {name}:"):
                self._atom(shape.item, item)
            return
        # Most lists hold one item, and [item] is cheaper than an empty list that grows.
        self._line(f"{items} = None")
        with self._block(f"for {item} in {name}:"):
            self.convert(shape.item, item)
            with self._block(f"if {items} is None:"):
                self._line(f"{items} = [{item}]")
            with self._block("else:"):
                self._line(f"{items}.append({item})")
        self._line(f"{name} = [] if {items} is None else {items}")

    def _table(self, shape: Table, name: str) -> None:
        if isinstance(shape.value, Anything):
            return
        table, key, item = self._variable(), self._variable(), self._variable()
        self._line(f"{table} = {{}}")
        with self._block(f"for {key}, {item} in {name}.items():"):
            self.convert(shape.value, item)
            self._line(f"{table}[{key}] = {item}")
        self._line(f"{name} = {table}")

    def _variants(self, shape: Variants, name: str) -> None:
        called = self.compiler.called
        if shape.tagged is None or shape.tagged.fallback is None:
            self._line(f"{name} = {self.compiler.slow(shape)}({name})")
            return
        table = self._constant(
            {tag: self.compiler.function(Record(cls)) for tag, cls in shape.tagged.variants.items()}
        )
        fallback = called(Record(shape.tagged.fallback))
        self._line(f"{name} = {table}.get({name}[{shape.tagged.tag!r}], {fallback})({name})")

    def _record(self, shape: Record, name: str) -> None:
        cls = shape.cls
        if not self.compiler.inlines(cls, self._outer) and (self._outer or self._indent):
            self._line(f"{name} = {self.compiler.called(Record(cls))}({name})")
            return
        self._outer = (*self._outer, cls)
        self._object(self.compiler.reader.plan(cls), name)
        self._outer = self._outer[:-1]

    def _object(self, plan: Plan, name: str) -> None:
        reader = self.compiler.reader
        sure = [
            key for key in plan.keys if key.required and (plan.cls, key.wire) not in reader.missing
        ]
        unsure = [key for key in plan.keys if key not in sure]
        made, rest, variables = self._variable(), self._variable(), self._take(sure, name)
        if unsure or plan.keeps_unknown:
            self._line(f"{rest} = len({name})" + f" - {len(sure)}" * bool(sure))
        self._line(f"{made} = new({self._constant(plan.cls)})")
        for key, variable in zip(sure, variables, strict=True):
            self._key(plan, key, variable)
            self._line(f"{made}.{key.name} = {variable}")
        for number, key in enumerate(unsure):
            variable = self._variable()
            more = f"{rest} and " * (number > 0)
            with self._block(f"if {more}{key.wire!r} in {name}:"):
                self._line(f"{rest} -= 1")
                self._line(f"{variable} = {name}[{key.wire!r}]")
                self._key(plan, key, variable)
                self._line(f"{made}.{key.name} = {variable}")
            with self._block("else:"):
                self._line(f"{made}.{key.name} = UNSET")
        self._unknown(plan, name, made, rest)
        self._line(f"{name} = {made}")

    def _take(self, keys: list[Key], name: str) -> list[str]:
        variables = [self._variable() for _ in keys]
        if not keys:
            with self._block(f"if type({name}) is not dict:"):
                self._line("raise Surprise")
        for key, variable in zip(keys, variables, strict=True):
            self._line(f"{variable} = {name}[{key.wire!r}]")
        return variables

    def _key(self, plan: Plan, key: Key, variable: str) -> None:
        shape = key.shape
        if (plan.cls, key.wire) in self.compiler.reader.null:
            shape = evolve(shape, nullable=True)
        if shape.nullable and isinstance(shape, Record | Variants):
            # PHP writes an empty object as an empty list.
            with self._block(f"if not {variable} and {variable} == []:"):
                self._line(f"{variable} = None")
        self.convert(shape, variable)

    def _unknown(self, plan: Plan, name: str, made: str, rest: str) -> None:
        if not plan.keeps_unknown:
            return
        known = self._constant(plan.known)
        with self._block(f"if {rest}:"):
            self._line(f"{made}.extra = {{k: x for k, x in {name}.items() if k not in {known}}}")
        if not plan.lazy:
            with self._block("else:"):
                self._line(f"{made}.extra = {{}}")
