"""Attributes that keep what came over the wire until somebody looks at them."""

from collections.abc import Callable
from types import MemberDescriptorType
from typing import Any

from attrs import frozen

__all__ = ["Deferred", "defer", "wire_name"]


@frozen
class Deferred:
    """Stands for a slot of a model whose value is made when it is first looked at.

    Hardly anybody looks at the links of an answer, and at few of its times; yet to make them is a
    good part of the work of reading. What is kept instead was checked when it was read.
    """

    slot: MemberDescriptorType
    packed: type
    """The class of what is kept; values of other classes are what they are."""
    unpack: Callable[[Any], object]  # Any: of the class above
    path: tuple[str, ...] = ()
    """The keys under which what is kept stands on the wire."""

    def __get__(self, instance: object | None, owner: type) -> Any:  # Any: the attribute's own
        """Return the value, made now if need be."""
        if instance is None:
            return self
        value: object = self.slot.__get__(instance, owner)
        if type(value) is self.packed:
            value = self.unpack(value)
            self.slot.__set__(instance, value)
        return value

    def __set__(self, instance: object, value: object) -> None:
        """Set the value."""
        self.slot.__set__(instance, value)


def defer(
    cls: type,
    name: str,
    packed: type,
    unpack: Callable[[Any], object],  # Any: as above
    path: tuple[str, ...] = (),
) -> bool:
    """Defer an attribute of a class, and tell whether that was possible: it must be a slot."""
    found = vars(cls).get(name)
    if isinstance(found, MemberDescriptorType):
        # setattr, since the type checker knows the slot as a plain attribute.
        setattr(cls, name, Deferred(found, packed, unpack, path))
        setattr(cls, wire_name(name), found)
    return hasattr(cls, wire_name(name))


def wire_name(name: str) -> str:
    """Return the name under which the slot itself is reached."""
    return f"_wire_{name}"
