"""What all models have in common: how they compare, and how they are shown."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import fields

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["Model"]


class Model:
    """Compares and shows the attrs classes under it by their attributes, as attrs does.

    attrs compiles such methods for each class, which takes a good part of the time in which a
    module of models is imported; these serve all classes.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # Of each class under it. Unseen at run time, since annotations are what models are read by.
        __attrs_attrs__: ClassVar[tuple[Attribute[Any], ...]]  # Any: attrs' own parameter

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        compared = _compared(self.__class__)  # type: ignore[arg-type]  # a class has a hash
        return bool(compared(self) == compared(other))

    __hash__ = None  # type: ignore[assignment]  # models change, so they have no hash

    @recursive_repr("...")
    def __repr__(self) -> str:
        shown = (
            f"{item.name}={getattr(self, item.name)!r}"
            for item in fields(self.__class__)
            if item.repr
        )
        return f"{self.__class__.__qualname__.rpartition('>.')[2]}({', '.join(shown)})"


@cache
def _compared(cls: type[Model]) -> Callable[[object], object]:
    """Return what takes the attributes that count; the class is one, so there always is one."""
    return attrgetter("__class__", *(item.name for item in fields(cls) if item.eq))
