"""Models that were read: they behave like those made by hand."""

import copy
import pickle
from datetime import UTC, datetime

import pytest
from attrs import evolve

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.runtime.unset import UNSET
from runtime.sample import Lead, Link, Links, Tag, lead_json


def test_unknown_keys_have_a_room_of_their_own() -> None:
    """Objects share no room for unknown keys, and an empty one costs nothing until it is used."""
    first, second = structure([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], list[Tag])
    first.extra["x"] = 1
    assert (first.extra, second.extra) == ({"x": 1}, {})
    assert unstructure(first) == {"id": 1, "name": "a", "x": 1}


def test_models_that_were_read_behave_like_others() -> None:
    """Equality, copies, pickles, evolve and repr work without the constructor having run."""
    read = structure(lead_json(new=1), Lead)
    assert pickle.loads(pickle.dumps(read)) == read
    assert copy.deepcopy(read) == read
    assert evolve(read, price=5).price == 5
    assert evolve(read).extra == {"new": 1}
    assert Tag(id=1, name="a", color=UNSET) == structure({"id": 1, "name": "a"}, Tag)
    assert "name='Lead 1'" in repr(read)


def test_times_and_links_are_made_when_they_are_looked_at() -> None:
    """What is kept until then is small, writes back the same, and looks like any other value."""
    wire = lead_json(closed_at=5, _links={"self": {"href": "https://x"}})
    read, untouched = structure(wire, Lead), structure(wire, Lead)
    assert type(Lead.created_at.slot.__get__(read, Lead)) is int  # type: ignore[attr-defined]
    assert read.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert read.created_at is read.created_at
    assert read.links == Links(self_=Link(href="https://x"))
    assert read.links is read.links
    assert read == untouched
    assert unstructure(read) == unstructure(structure(wire, Lead)) == wire


def test_what_was_looked_at_can_be_changed() -> None:
    """Changing a link, a time or a whole attribute is seen by everybody and written."""
    read = structure(lead_json(_links={"self": {"href": "https://x"}}), Lead)
    assert read.links
    read.links.self_.href = "https://y"
    read.created_at = datetime(1970, 1, 2, tzinfo=UTC)
    written = unstructure(read)
    assert isinstance(written, dict)
    assert written["_links"] == {"self": {"href": "https://y"}}
    assert written["created_at"] == 86_400
    read.links = UNSET
    assert "_links" not in unstructure(read)  # type: ignore[operator]


def test_links_with_more_than_one_text_are_read_whole() -> None:
    """Unknown keys beside or inside of a link are kept."""
    for links in (
        {"self": {"href": "https://x"}, "next": {"href": "https://y"}},
        {"self": {"href": "https://x", "title": "t"}},
    ):
        read = structure(lead_json(_links=links), Lead)
        assert read.links
        assert read.links.self_.href == "https://x"
        assert unstructure(read) == lead_json(_links=links)


def test_models_are_still_made_by_hand_after_they_were_read() -> None:
    """The constructor, and an error for what is missing, are those of the class."""
    structure(lead_json(), Lead)
    made = Links(self_=Link(href="https://x"))
    assert made.self_.href == "https://x"
    assert unstructure(made) == {"self": {"href": "https://x"}}
    with pytest.raises(TypeError, match="href"):
        Link()  # type: ignore[call-arg]
