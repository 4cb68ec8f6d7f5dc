"""How models compare, and how they are shown."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import attrs
import pytest

from amocrm_gen.runtime.convert import structure
from amocrm_gen.runtime.model import Model
from amocrm_gen.v4.models.common import EntityId, EntityTag

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonObject


@attrs.define(slots=True, kw_only=True, eq=False, repr=False)
class Ours(Model):
    """Written as the generator writes models."""

    id: int
    secret: str = attrs.field(default="s3cr3t", repr=False)
    unseen: int = attrs.field(default=0, eq=False)
    inner: list[object] = attrs.field(factory=list[object])


@attrs.define(slots=True, kw_only=True)
class Theirs:
    """The same, with methods that attrs compiles."""

    id: int
    secret: str = attrs.field(default="s3cr3t", repr=False)
    unseen: int = attrs.field(default=0, eq=False)
    inner: list[object] = attrs.field(factory=list[object])


class TestShowing:
    """A model shows what attrs would show."""

    def test_as_attrs_does(self) -> None:
        """Attributes in their order, without what is kept out of reprs."""
        ours, theirs = Ours(id=1, inner=["a", None]), Theirs(id=1, inner=["a", None])
        assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
        assert repr(ours) == "Ours(id=1, unseen=0, inner=['a', None])"

    def test_inside_itself(self) -> None:
        """What holds itself ends in dots, as with attrs."""
        ours, theirs = Ours(id=1), Theirs(id=1)
        ours.inner.append(ours)
        theirs.inner.append(theirs)
        assert repr(ours) == repr(theirs).replace("Theirs", "Ours")

    def test_of_a_local_class(self) -> None:
        """Where a class was made is not told."""

        @attrs.define(eq=False, repr=False)
        class Local(Model):
            id: int

        assert repr(Local(1)) == "Local(id=1)"

    def test_generated_ones(self) -> None:
        """Generated models are shown in that way; unknown keys are left out."""
        tag = structure({"id": 5, "name": "vip", "color": None, "new": 1}, EntityTag)
        assert repr(tag) == "EntityTag(id=5, name='vip', color=None)"


class TestComparing:
    """Models are equal if they are of one class and all that counts is equal."""

    def test_all_attributes_count(self) -> None:
        """One that differs is enough, be it hidden in the repr or not, unless it is left out."""
        assert Ours(id=1) == Ours(id=1, unseen=7)
        assert Ours(id=1) != Ours(id=2)
        assert Ours(id=1) != Ours(id=1, secret="other")
        assert Ours(id=1) != Ours(id=1, inner=[1])

    def test_other_classes_never_are(self) -> None:
        """Neither one with the same attributes, nor a class below."""

        class Below(Ours):
            __slots__ = ()

        assert Ours(id=1) != Theirs(id=1)
        assert Ours(id=1) != Below(id=1)
        assert Ours(id=1) != 1

    def test_unknown_keys_count(self) -> None:
        """What the specification does not know makes a difference, too."""
        known: JsonObject = {"id": 5, "name": "vip", "color": None}
        assert structure({**known}, EntityTag) == structure({**known}, EntityTag)
        assert structure({**known, "new": 1}, EntityTag) != structure({**known}, EntityTag)

    def test_no_hash(self) -> None:
        """Models change, so they cannot be keys."""
        with pytest.raises(TypeError, match="unhashable"):
            hash(EntityId(id=1))

    def test_copies_are_equal(self) -> None:
        """Copied or pickled, a model is equal and another one."""
        made = EntityId(id=1, extra={"new": [1]})
        for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
            assert again == made
            assert again is not made
