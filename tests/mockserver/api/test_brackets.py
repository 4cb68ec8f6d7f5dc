"""Query strings are read as PHP reads them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amocrm_mockserver.brackets import Query, Tree, decode, encode


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1&a=2", {"a": "2"}),
        ("a", {"a": ""}),
        ("=x&&b=1", {"b": "1"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[0]=1&a[1]=2", {"a": ["1", "2"]}),
        ("a[1]=1&a[3]=2", {"a": {1: "1", 3: "2"}}),
        ("a[5]=1&a[]=2", {"a": {5: "1", 6: "2"}}),
        ("filter[id][0]=1&filter%5Bid%5D%5B1%5D=2", {"filter": {"id": ["1", "2"]}}),
        ("f[from]=1&f[to]=2", {"f": {"from": "1", "to": "2"}}),
        ("s[0][p]=1&s[0][q]=2&s[1][p]=3", {"s": [{"p": "1", "q": "2"}, {"p": "3"}]}),
        ("c[77][]=v&c[78][]=w", {"c": {77: ["v"], 78: ["w"]}}),
        ("a[05]=1", {"a": {"05": "1"}}),
        ("a[-3]=1", {"a": {-3: "1"}}),
        ("a+b=c+d%2B", {"a_b": "c d+"}),
        ("a.b=1", {"a_b": "1"}),
        ("broken[a=1", {"broken_a": "1"}),
        ("a[b][c=1", {"a": {"b": "1"}}),
        ("a[b]c=1", {"a": {"b": "1"}}),
        ("a[b[c]=1", {"a": {"b[c": "1"}}),
        ("[a]=1", {}),
        ("a[ ]=1", {"a": ["1"]}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a[b]=2&a=1", {"a": "1"}),
        ("a" + "[b]" * 70 + "=1", {}),
    ],
)
def test_names_are_taken_apart_as_php_does_it(text: str, tree: Query) -> None:
    """Every form of the docs, and malformed names."""
    assert decode(text) == tree


def test_brackets_stay_readable_in_links() -> None:
    """The live answers show them so; values are escaped."""
    query: Query = {"filter": {"type": "a b&c", "id": ["1", "2"]}, "page": "2"}
    assert encode(query) == "filter[type]=a%20b%26c&filter[id][0]=1&filter[id][1]=2&page=2"


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_KEYS = st.one_of(
    st.integers(min_value=-50, max_value=5000),
    _TEXT.filter(lambda key: "]" not in key and key.strip() != "" and not key.isdecimal()),
)
_NAMES = st.text(st.sampled_from("abcXYZ_09-"), min_size=1, max_size=8).filter(
    lambda name: not name.lstrip("-").isdecimal()
)


def _nested(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    lists = st.lists(inner, min_size=1, max_size=4)
    return st.one_of(lists, st.dictionaries(_KEYS, inner, min_size=1, max_size=4))


_TREES: st.SearchStrategy[Tree] = st.recursive(_TEXT, _nested, max_leaves=12)


def _as_read(tree: Tree) -> Tree:
    """A tree as reading gives it: canonical integers are keys, and 0, 1, 2 make a list."""
    if isinstance(tree, str):
        return tree
    items = enumerate(tree) if isinstance(tree, list) else tree.items()
    read: dict[int | str, Tree] = {}
    for key, value in items:
        digits = str(key).removeprefix("-")
        is_number = digits.isascii() and digits.isdecimal() and str(int(digits)) == digits
        is_number = is_number and str(key) != "-0"
        read[int(key) if is_number else key] = _as_read(value)
    return list(read.values()) if list(read) == list(range(len(read))) else read


@given(st.dictionaries(_NAMES, _TREES, max_size=4))
@example({"filter": {"custom_fields_values": {77: ["a"]}}})
def test_reading_undoes_writing(query: dict[str, Tree]) -> None:
    """What is encoded is decoded to the same tree."""
    written = encode({str(key): tree for key, tree in query.items()})
    assert decode(written) == {key: _as_read(tree) for key, tree in query.items()}


@given(st.text(st.sampled_from("ab[]=&%015D.+ "), max_size=40))
def test_writing_keeps_what_was_read(text: str) -> None:
    """A link that echoes a query means the same as the query."""
    assert decode(encode(decode(text))) == decode(text)


@given(st.binary(max_size=60))
def test_no_query_is_a_fault(data: bytes) -> None:
    """Any bytes give some tree."""
    assert isinstance(decode(data.decode("latin-1")), dict)
