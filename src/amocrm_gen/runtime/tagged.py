"""Unions whose variant is told by one key, as `note_type` tells the kind of a note."""

from collections.abc import Mapping

from attrs import frozen

__all__ = ["Tagged", "tagged", "tagged_of"]


@frozen
class Tagged:
    """What decides the class of an object: the value under `tag`, else the fallback."""

    tag: str
    """The key on the wire."""
    variants: Mapping[str | int, type]
    fallback: type | None = None
    """The class for a tag that is not listed; without one such an object is an error."""

    @property
    def members(self) -> frozenset[type]:
        """All classes of the union."""
        fallback = () if self.fallback is None else (self.fallback,)
        return frozenset((*self.variants.values(), *fallback))


_registered: dict[frozenset[type], Tagged] = {}


def tagged(
    tag: str, variants: Mapping[str, type] | Mapping[int, type], fallback: type | None = None
) -> Tagged:
    """Register the union of these classes, so that the converter picks by the tag.

    A generated module calls it once, after its classes:
    `NOTE_TAGS = tagged("note_type", {"common": CommonNote, "call_in": CallNote}, OtherNote)`;
    the alias `Note: TypeAlias = CommonNote | CallNote | OtherNote` then needs no mark of its own.
    """
    union = Tagged(tag, dict(variants.items()), fallback)
    _registered[union.members] = union
    return union


def tagged_of(members: frozenset[type]) -> Tagged | None:
    """Return what is registered for a union of exactly these classes."""
    return _registered.get(members)
