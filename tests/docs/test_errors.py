"""Every public error has an entry with cause and cure, and what the entry says is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import amocrm_gen
from amocrm_gen import AmoError, Problem, UploadError
from amocrm_gen.runtime.errors import InDoubtError, MissingExtra, TransportError

TEXT = (Path(__file__).parents[2] / "docs" / "errors.md").read_text("utf-8")
ENTRIES = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
ERRORS = {
    name: value
    for name in amocrm_gen.__all__
    if inspect.isclass(value := getattr(amocrm_gen, name)) and issubclass(value, AmoError)
}


def example(cls: type[AmoError]) -> AmoError:
    """Return an error of a class."""
    if cls is MissingExtra:
        return MissingExtra("the feature", "async")
    if issubclass(cls, TransportError):
        return cls("broken", sent=True)
    if issubclass(cls, InDoubtError):
        return cls("begun", keys=["a#1"], advice="look")
    if issubclass(cls, UploadError):
        return cls("stopped", state=None, cause=AmoError("it failed"))
    return cls("it failed")


def attributes(error: AmoError) -> set[str]:
    """Return the public attributes of an error: what it is told and what it works out."""
    return {
        name
        for name in {*vars(error), *dir(type(error))} - {*dir(Exception)}
        if not name.startswith("_")
    }


def test_every_error_has_an_entry() -> None:
    """None is missing, none is of the past, and parents come before their children."""
    assert set(ENTRIES) == set(ERRORS)
    places = {name: place for place, name in enumerate(ENTRIES)}
    for name, cls in ERRORS.items():
        for parent in cls.__mro__[1:]:
            assert places.get(parent.__name__, -1) < places[name]


@pytest.mark.parametrize("name", ENTRIES)
def test_each_entry_says_cause_and_cure(name: str) -> None:
    """Cause, cure and attributes are told, and no others are."""
    entry = ENTRIES[name]
    assert re.findall(r"^- (\w+): .{5}", entry, re.MULTILINE) == ["Cause", "Cure", "Attributes"]
    # Texts in brackets are remarks and examples.
    told = re.sub(r"\([^)]*\)", "", entry.partition("- Attributes: ")[2].partition(";")[0])
    named = set(re.findall(r"`(\w+)`", told))
    cls = ERRORS[name]
    own = attributes(example(cls))
    parents = [attributes(example(p)) for p in cls.__mro__[1:] if issubclass(p, AmoError)]
    expected = own - set().union(*parents) - {"advice", "curl"}
    assert named == expected


OF_PARTS = {
    "HookSignatureError",
    "HookFormatError",
    "WidgetTokenError",
    "reason",
    "UnknownName",
    "AmbiguousName",
    "candidates",
}
"""Errors of packages that have a page of their own, and what is said of them."""


def test_what_the_table_and_entries_name_is_there() -> None:
    """Classes are public, and attributes of problems exist."""
    table = re.findall(r"`(\w+)`", TEXT.partition("\n## ")[0])
    for name in table:
        assert name in ERRORS or name in {"ValueError", "TypeError"} or name in OF_PARTS
    for name in ("index", "path"):
        assert name in {each.name for each in Problem.__attrs_attrs__}
