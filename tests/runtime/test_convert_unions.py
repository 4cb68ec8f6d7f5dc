"""Which class of several an object is read as."""

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.runtime.unset import UNSET, Unset
from runtime.sample import CallNote, Note, OtherNote, Result, Tag, TextNote


def test_variants_are_told_by_their_tag() -> None:
    """The tag picks the class; a tag that nobody knows picks the fallback and is kept."""
    notes = [
        {"note_type": "common", "text": "a"},
        {"note_type": "call_in", "duration": 5},
        {"note_type": "weird", "params": {"x": 1}, "more": 2},
    ]
    read = structure(notes, list[Note])
    assert [type(note) for note in read] == [TextNote, CallNote, OtherNote]
    assert unstructure(read) == notes


def test_a_missing_tag_is_the_fallback() -> None:
    """An object without its tag is still read."""
    assert structure({"params": {}}, Note) == OtherNote(note_type=UNSET, params={})  # type: ignore[arg-type]


def test_variants_without_a_tag_are_told_by_their_keys() -> None:
    """A union that nobody registered picks the class that fits best."""
    assert structure({"id": 1, "name": "x"}, Tag | Result) == Tag(id=1, name="x")
    assert structure({"text": "x"}, Tag | Result) == Result(text="x")


def test_unions_with_null_and_absent() -> None:
    """None and UNSET in a union are no classes of their own."""
    assert structure(None, Tag | None) is None
    assert structure({"id": 1, "name": "x"}, Tag | None | Unset) == Tag(id=1, name="x")
