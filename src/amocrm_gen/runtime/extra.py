"""Room for unknown keys that takes none while there are no unknown keys."""

from types import MemberDescriptorType
from typing import Any, overload

from attrs import frozen

from amocrm_gen.runtime.types import JsonObject

__all__ = ["LazyExtra", "make_lazy"]


@frozen
class LazyExtra:
    """Stands for the slot `extra` of a model; the dict is made when it is first looked at.

    An answer holds some twenty objects for each lead and hardly ever an unknown key: a dict in each
    would be a quarter of the memory.
    """

    slot: MemberDescriptorType

    @overload
    def __get__(self, instance: None, owner: type) -> "LazyExtra": ...
    @overload
    def __get__(self, instance: object, owner: type) -> JsonObject: ...
    def __get__(self, instance: object | None, owner: type) -> "LazyExtra | JsonObject":
        """Return the unknown keys of an object."""
        if instance is None:
            return self
        try:
            found: JsonObject = self.slot.__get__(instance, owner)
        except AttributeError:
            found = {}
            self.slot.__set__(instance, found)
        return found

    def peek(self, instance: object) -> JsonObject | None:
        """Return the unknown keys of an object without making room for any."""
        try:
            found: JsonObject = self.slot.__get__(instance, type(instance))
        except AttributeError:
            return None
        return found

    def __set__(self, instance: Any, value: JsonObject) -> None:  # Any: of whichever class
        """Set the unknown keys of an object."""
        self.slot.__set__(instance, value)


def make_lazy(cls: type) -> bool:
    """Make the slot `extra` of a class lazy, and tell whether it is one."""
    for owner in cls.__mro__:
        found = vars(owner).get("extra")
        if isinstance(found, MemberDescriptorType):
            # setattr, since the type checker knows the slot as a plain attribute.
            setattr(owner, "extra", LazyExtra(found))  # noqa: B010
        if found is not None:
            return isinstance(vars(owner)["extra"], LazyExtra)
    return False
