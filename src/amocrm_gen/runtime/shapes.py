"""What the annotations of a model mean on the wire, as a tree of a few kinds of shapes."""

import types
import typing
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias

from attrs import Attribute, field, fields, frozen, has

from amocrm_gen.runtime.tagged import Tagged, tagged_of
from amocrm_gen.runtime.unset import UNSET, UnsetType

__all__ = [
    "ANYTHING",
    "Anything",
    "Atom",
    "Choice",
    "Either",
    "Foreign",
    "Key",
    "Listing",
    "Moment",
    "Record",
    "Shape",
    "Table",
    "Variants",
    "keys_of",
    "shape_of",
]

_NUMBER: Final = frozenset({int, float})


@frozen
class Anything:
    """Any JSON, left as it is."""

    nullable: bool = True


@frozen
class Atom:
    """A text, a number or a truth value; `kinds` are the classes that it may have."""

    kinds: frozenset[type]
    nullable: bool = False


@frozen
class Moment:
    """Unix seconds on the wire, an aware datetime in Python."""

    nullable: bool = False


@frozen
class Choice:
    """A member of an enum, its value on the wire."""

    enum: type[Enum]
    nullable: bool = False


@frozen
class Listing:
    """A list of one shape."""

    item: "Shape"
    nullable: bool = False


@frozen
class Table:
    """An object whose keys are data, with values of one shape."""

    value: "Shape"
    nullable: bool = False


@frozen
class Record:
    """An object that becomes an attrs class."""

    cls: type
    nullable: bool = False


@frozen
class Variants:
    """An object that becomes one of several attrs classes; without a tag the best fit is taken."""

    classes: tuple[type, ...]
    tagged: Tagged | None = field(default=None, eq=False)
    nullable: bool = False


@frozen
class Either:
    """One of several shapes that differ in their JSON type."""

    parts: "tuple[Shape, ...]"
    nullable: bool = False


@frozen
class Foreign:
    """A type that this package knows nothing of: cattrs and its user's hooks do."""

    type: object
    nullable: bool = False


Shape: TypeAlias = (
    Anything | Atom | Moment | Choice | Listing | Table | Record | Variants | Either | Foreign
)

ANYTHING: Final = Anything()

_LISTS: Final = frozenset[object]({list, Sequence, MutableSequence})
_MAPS: Final = frozenset[object]({dict, Mapping, MutableMapping})
_UNIONS: Final = frozenset[object]({typing.Union, types.UnionType})


@frozen
class Key:
    """One key of an object and the attribute that holds it."""

    wire: str
    name: str
    shape: Shape
    required: bool
    """Whether the specification says that the key is always there."""
    when_null: object = None
    """How null is written: the API writes some absent things as an empty list."""


def keys_of(cls: type) -> tuple[Key, ...]:
    """Return the keys of an attrs class, the one for unknown keys left out."""
    hints = typing.get_type_hints(cls)
    return tuple(_key(item, hints[item.name]) for item in fields(cls) if not _keeps_unknown(item))


def _keeps_unknown(attribute: "Attribute[Any]") -> bool:  # Any: attrs' own parameter
    return bool(attribute.metadata.get("extra"))


def _key(attribute: "Attribute[Any]", annotation: object) -> Key:  # Any: attrs' own parameter
    return Key(
        wire=str(attribute.metadata.get("wire", attribute.name)),
        name=attribute.name,
        shape=shape_of(annotation),
        required=not any(_is_unset(member) for member in _members(annotation)),
        when_null=attribute.metadata.get("null_empty"),
    )


def shape_of(annotation: object) -> Shape:
    """Return the shape that an annotation stands for; UNSET in a union is no part of it."""
    members = [member for member in _members(annotation) if not _is_unset(member)]
    nullable = any(member is types.NoneType or member is None for member in members)
    solid = [member for member in members if member is not types.NoneType and member is not None]
    if len(solid) == 1:
        return _single(solid[0], nullable=nullable)
    if solid and all(isinstance(member, type) and has(member) for member in solid):
        classes = tuple(member for member in solid if isinstance(member, type))
        return Variants(classes, tagged_of(frozenset(classes)), nullable)
    return _mixed([_single(member, nullable=False) for member in solid], nullable=nullable)


def _members(annotation: object) -> tuple[object, ...]:
    annotation = _plain(annotation)
    if typing.get_origin(annotation) in _UNIONS:
        return tuple(deep for member in typing.get_args(annotation) for deep in _members(member))
    return (annotation,)


def _plain(annotation: object) -> object:
    """Take off what says nothing about the wire: Annotated, NewType, the name of an alias."""
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__  # type: ignore[attr-defined]  # Python 3.12's `type`
        else:
            return annotation


def _is_unset(member: object) -> bool:
    return member is UnsetType or UNSET in typing.get_args(member)


def _single(annotation: object, *, nullable: bool) -> Shape:  # noqa: PLR0911 - a case each
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if annotation is Any or annotation is object or typing.is_typeddict(annotation):
        return ANYTHING
    if annotation in _ATOMS:
        return Atom(_ATOMS[annotation], nullable)
    if annotation is datetime:
        return Moment(nullable)
    if origin is typing.Literal:
        return Atom(frozenset(_class_of(value) for value in arguments), nullable)
    if origin in _LISTS:
        return Listing(shape_of(arguments[0]), nullable)
    if origin in _MAPS:
        return Table(shape_of(arguments[1]), nullable)
    return _class(annotation, nullable=nullable)


def _class_of(value: object) -> type:
    return type(value)


_ATOMS: Final[Mapping[object, frozenset[type]]] = {
    str: frozenset({str}),
    int: frozenset({int}),
    bool: frozenset({bool}),
    float: _NUMBER,
}


def _class(annotation: object, *, nullable: bool) -> Shape:
    if annotation in _LISTS:
        return Listing(ANYTHING, nullable)
    if annotation in _MAPS:
        return Table(ANYTHING, nullable)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Choice(annotation, nullable)
    if isinstance(annotation, type) and has(annotation):
        return Record(annotation, nullable)
    return Foreign(annotation, nullable)


def _mixed(parts: list[Shape], *, nullable: bool) -> Shape:
    if not parts or any(isinstance(part, Anything) for part in parts):
        return ANYTHING
    kinds = [part.kinds for part in parts if isinstance(part, Atom)]
    others = [part for part in parts if not isinstance(part, Atom)]
    if not others:
        return Atom(frozenset[type]().union(*kinds), nullable)
    atoms: list[Shape] = [Atom(frozenset[type]().union(*kinds))] if kinds else []
    return Either((*others, *atoms), nullable)
