"""Names and texts of any spec become Python that can be read."""

from __future__ import annotations

import ast
import enum
import keyword

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from amocrm_codegen.names import argument_name, attribute_names, member_name
from amocrm_codegen.prose import docstring, section

KEYS = st.one_of(
    st.text(min_size=1), st.sampled_from([*keyword.kwlist, "_id", "id", "list", "1st"])
)


@given(st.lists(KEYS, unique=True))
@example(["_id", "id", "id_"])
@example(["self", "field", "extra", "class", "$"])
def test_attributes_make_a_class(wires: list[str]) -> None:
    """Any keys of an object give attributes that are different, valid and usable with attrs."""
    names = attribute_names(wires, taken=())
    assert list(names) != [] or not wires
    assert set(names) == set(wires)
    assert len(set(names.values())) == len(wires)
    made = attrs.make_class("Made", list(names.values()), kw_only=True)
    assert made(**dict.fromkeys(names.values(), 1)) is not None
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in names.values())


@given(st.lists(st.sampled_from(["name", "price", "is_main", "updated_at"]), unique=True))
def test_plain_keys_keep_their_names(wires: list[str]) -> None:
    """An ordinary key is spelt as in the API."""
    assert attribute_names(wires, taken=()) == {wire: wire for wire in wires}


@given(KEYS)
def test_arguments_can_be_declared(wire: str) -> None:
    """Any parameter of the API gives an argument."""
    name = argument_name(wire)
    ast.parse(f"def f({name}): ...")
    assert name not in {"self", "item", "items", "path"}


@given(st.one_of(KEYS, st.integers()))
@example("mro")
@example("")
def test_members_make_an_enum(value: str | int) -> None:
    """Any value of an enum gives a member of that value."""
    made = enum.Enum("Made", {member_name(value): value})
    assert [member.value for member in made] == [value]


@given(st.lists(st.text()), st.sampled_from([0, 4, 8]))
@example(['ends with a quote"'], 4)
@example(['"""', "\\"], 0)
@example(["\\N{x} \\"], 8)
def test_docstrings_are_valid_and_say_the_same(paragraphs: list[str], indent: int) -> None:
    """Quotes and backslashes of a text neither break the source nor get lost."""
    shown = [paragraph for paragraph in paragraphs if paragraph.strip()]
    printed = docstring(shown, indent=indent)
    if not shown:
        assert printed == ""
        return
    body = " " * indent + printed
    source = f"if True:\n{body}" if indent else body
    (statement,) = ast.parse(source.replace("\x00", "")).body
    expression = statement.body[0] if isinstance(statement, ast.If) else statement
    assert isinstance(expression, ast.Expr)
    assert isinstance(expression.value, ast.Constant)
    said = str(expression.value.value).split()
    assert said == " ".join(shown).replace("\x00", "").split()


@given(st.lists(st.text(alphabet="abc d", min_size=1, max_size=300)), st.sampled_from([4, 8]))
def test_lines_stay_within_the_limit(paragraphs: list[str], indent: int) -> None:
    """A line is too long only when a single word is."""
    for line in docstring(paragraphs, indent=indent).splitlines():
        assert len(line) <= 100 or " " not in line.strip()


def test_sections_hang() -> None:
    """Entries are indented below their title, their further lines more so."""
    text = section("Args", ["name: " + "word " * 30], indent=8)
    assert text.startswith("\nArgs:\n    name: word")
    assert "\n        word" in text
    assert section("Args", [], indent=8) == ""
