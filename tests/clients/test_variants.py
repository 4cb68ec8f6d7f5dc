"""What belongs to entities of several types lives the same life with each, by both clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

import pytest

from amocrm_gen import NotFound
from amocrm_gen.v4 import (
    CommonNoteCreate,
    CompanyUpdate,
    CustomFieldCreate,
    CustomFieldGroupCreate,
    CustomFieldGroupUpdate,
    CustomFieldUpdate,
    EntityFileRef,
    LinkBetween,
    LinkTo,
    NoteUpdate,
    TagCreate,
    TextParams,
)

from .places import KINDS, Kind, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

EntityType = Literal["companies", "contacts", "customers", "leads"]

_TYPES: Final[tuple[EntityType, ...]] = ("companies", "contacts", "customers", "leads")
_PARTNERS: Final[dict[EntityType, EntityType]] = {
    "companies": "contacts",
    "contacts": "leads",
    "customers": "contacts",
    "leads": "companies",
}
_FIRST, _SECOND = 7, 8
_CONTENTS: Final = {
    kind: [{"id": _FIRST, "name": "A"}, {"id": _SECOND, "name": "B"}] for kind in _TYPES
}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """An account with two entities of each type."""
    kind: Kind = request.param
    with Place.opened(kind, _CONTENTS) as opened:
        yield opened


@pytest.fixture(params=_TYPES)
def entity_type(request: pytest.FixtureRequest) -> EntityType:
    """Each type in turn."""
    of: EntityType = request.param
    return of


def _text(text: str) -> CommonNoteCreate:
    return CommonNoteCreate(params=TextParams(text=text))


def _texts(notes: list[Any]) -> dict[int, str]:
    return {note.id: note.params.text for note in notes}


def test_notes(place: Place, entity_type: EntityType) -> None:
    """Written for one entity and for several, read and changed both ways."""
    ask, of = place.ask, entity_type
    far = CommonNoteCreate(entity_id=_SECOND, params=TextParams(text="far"))
    [second] = ask(lambda amo: amo.notes.create(of, [far]))
    first = ask(lambda amo: amo.notes.create_for_entity(of, _FIRST, _text("near")))
    assert (first.entity_id, second.entity_id) == (_FIRST, _SECOND)
    assert _texts(ask(lambda amo: amo.notes.find(of))) == {first.id: "near", second.id: "far"}
    assert _texts(ask(lambda amo: amo.notes.find_of_entity(of, _FIRST))) == {first.id: "near"}

    changed = NoteUpdate(id=first.id, params=TextParams(text="one"))
    ask(lambda amo: amo.notes.update(of, [changed]))
    assert ask(lambda amo: amo.notes.get(of, first.id)).params.text == "one"
    changed.params = TextParams(text="two")
    ask(lambda amo: amo.notes.update_of_entity(of, _FIRST, [changed]))
    assert ask(lambda amo: amo.notes.get_of_entity(of, _FIRST, first.id)).params.text == "two"
    changed.params = TextParams(text="three")
    ask(lambda amo: amo.notes.update_one(of, _FIRST, changed))
    assert ask(lambda amo: amo.notes.get(of, first.id)).params.text == "three"
    assert ask(lambda amo: amo.notes.get(of, second.id)).params.text == "far"
    assert ask(lambda amo: amo.notes.get_of_entity_or_none(of, _SECOND, first.id)) is None


def test_pins(place: Place, entity_type: EntityType) -> None:
    """A note is pinned and let go both ways."""
    ask, of = place.ask, entity_type
    note = ask(lambda amo: amo.notes.create_for_entity(of, _FIRST, _text("a"))).id

    def is_pinned() -> bool:
        found: bool = ask(lambda amo: amo.notes.get(of, note, with_=["is_pinned"])).is_pinned
        return found

    assert is_pinned() is False
    ask(lambda amo: amo.notes.pin(of, note))
    assert is_pinned() is True
    ask(lambda amo: amo.notes.unpin(of, note))
    assert is_pinned() is False
    ask(lambda amo: amo.notes.pin_of_entity(of, _FIRST, note))
    assert is_pinned() is True
    ask(lambda amo: amo.notes.unpin_of_entity(of, _FIRST, note))
    assert is_pinned() is False


def test_tags(place: Place, entity_type: EntityType) -> None:
    """Kept in a directory of each type, found by name and id; the same name is the same tag."""
    ask, of = place.ask, entity_type
    made = ask(lambda amo: amo.tags.create(of, [TagCreate(name="a"), TagCreate(name="b")]))
    assert [tag.name for tag in made] == ["a", "b"]
    again = ask(lambda amo: amo.tags.create(of, TagCreate(name="a")))
    assert again.id == made[0].id
    assert {tag.id for tag in ask(lambda amo: amo.tags.find(of))} == {tag.id for tag in made}
    by_name = ask(lambda amo: amo.tags.find(of, filter={"name": "b"}))
    by_id = ask(lambda amo: amo.tags.find(of, filter={"id": made[1].id}))
    assert [tag.id for tag in by_name] == [tag.id for tag in by_id] == [made[1].id]
    for other in set(_TYPES) - {of}:
        assert ask(lambda amo, other=other: amo.tags.find(other)) == []


def test_links(place: Place, entity_type: EntityType) -> None:
    """Made and removed for one entity and for several; each side sees them."""
    ask, of = place.ask, entity_type
    partner = _PARTNERS[of]

    def partners(number: int) -> list[int]:
        links = ask(lambda amo: amo.links.find(of, number))
        return [link.to_entity_id for link in links if link.to_entity_type == partner]

    near = LinkTo(to_entity_id=_FIRST, to_entity_type=partner)
    far = LinkBetween(entity_id=_SECOND, to_entity_id=_SECOND, to_entity_type=partner)
    ask(lambda amo: amo.links.link(of, _FIRST, near))
    ask(lambda amo: amo.links.link_many(of, [far]))
    found = ask(lambda amo: amo.links.find_many(of, filter={"entity_id": [_FIRST, _SECOND]}))
    assert {(link.entity_id, link.to_entity_id) for link in found} == {
        (_FIRST, _FIRST),
        (_SECOND, _SECOND),
    }
    assert (partners(_FIRST), partners(_SECOND)) == ([_FIRST], [_SECOND])
    back = ask(lambda amo: amo.links.find(partner, _FIRST, filter={"to_entity_type": of}))
    assert [link.to_entity_id for link in back] == [_FIRST]
    ask(lambda amo: amo.links.unlink(of, _FIRST, [near]))
    assert (partners(_FIRST), partners(_SECOND)) == ([], [_SECOND])
    ask(lambda amo: amo.links.unlink_many(of, [far]))
    assert partners(_SECOND) == []


def test_custom_fields(place: Place, entity_type: EntityType) -> None:
    """Made, found, changed alone and with others, deleted."""
    ask, of = place.ask, entity_type
    [first, second] = ask(
        lambda amo: amo.custom_fields.create(
            of,
            [CustomFieldCreate(name="a", type="text"), CustomFieldCreate(name="b", type="numeric")],
        )
    )
    assert (first.entity_type, second.type) == (of, "numeric")
    found = ask(lambda amo: amo.custom_fields.find(of, filter={"type": ["numeric"]}))
    assert second.id in [field.id for field in found]
    assert {field.type for field in found} == {"numeric"}
    ask(lambda amo: amo.custom_fields.update_one(of, CustomFieldUpdate(id=first.id, name="c")))
    ask(lambda amo: amo.custom_fields.update(of, [CustomFieldUpdate(id=first.id, sort=600)]))
    read = ask(lambda amo: amo.custom_fields.get(of, first.id))
    assert (read.name, read.sort, read.type) == ("c", 600, "text")
    ask(lambda amo: amo.custom_fields.delete(of, first.id))
    with pytest.raises(NotFound):
        ask(lambda amo: amo.custom_fields.get(of, first.id))
    assert ask(lambda amo: amo.custom_fields.get(of, second.id)).name == "b"


def test_tabs(place: Place, entity_type: EntityType) -> None:
    """Made, filled with a field, found, deleted; the field stays."""
    ask, of = place.ask, entity_type
    field = ask(lambda amo: amo.custom_fields.create(of, CustomFieldCreate(name="a", type="text")))
    before = [tab.id for tab in ask(lambda amo: amo.custom_field_groups.find(of))]
    tab = ask(
        lambda amo: amo.custom_field_groups.create(of, CustomFieldGroupCreate(name="T", sort=5))
    )
    filled = CustomFieldGroupUpdate(id=tab.id, name="U", fields=[field.id])
    ask(lambda amo: amo.custom_field_groups.update(of, filled))
    read = ask(lambda amo: amo.custom_field_groups.get(of, tab.id))
    assert (read.name, read.fields, read.entity_type) == ("U", [field.id], of)
    assert ask(lambda amo: amo.custom_fields.get(of, field.id)).group_id == tab.id
    after = [each.id for each in ask(lambda amo: amo.custom_field_groups.find(of))]
    assert set(after) - set(before) == {tab.id}
    ask(lambda amo: amo.custom_field_groups.delete(of, tab.id))
    assert ask(lambda amo: amo.custom_field_groups.get_or_none(of, tab.id)) is None
    assert ask(lambda amo: amo.custom_fields.get(of, field.id)).group_id != tab.id


def test_files(place: Place, entity_type: EntityType) -> None:
    """Attached, listed, told by the file, detached one by one."""
    ask, of = place.ask, entity_type
    refs = [EntityFileRef(file_uuid=str(uuid4())) for _ in range(2)]

    def attached(number: int) -> list[str]:
        return [each.file_uuid for each in ask(lambda amo: amo.entity_files.find(of, number))]

    ask(lambda amo: amo.entity_files.attach(of, _FIRST, refs))
    assert set(attached(_FIRST)) == {ref.file_uuid for ref in refs}
    assert attached(_SECOND) == []
    holders = ask(lambda amo: amo.entity_files.find_holders(refs[0].file_uuid))
    assert [holder.id for holder in holders.entities] == [_FIRST]
    ask(lambda amo: amo.entity_files.detach(of, _FIRST, refs[:1]))
    assert attached(_FIRST) == [refs[1].file_uuid]


def test_companies_change_together(place: Place) -> None:
    """Several by one request; what is not told stays."""
    changes = [CompanyUpdate(id=_FIRST, name="X"), CompanyUpdate(id=_SECOND, name="Y")]
    place.ask(lambda amo: amo.companies.update(changes))
    found = place.ask(lambda amo: amo.companies.find())
    assert {company.id: company.name for company in found} == {_FIRST: "X", _SECOND: "Y"}
