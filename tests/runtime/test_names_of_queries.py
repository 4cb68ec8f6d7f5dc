"""What an operation does not know is refused before any traffic; the server would ignore it."""

from __future__ import annotations

from typing import Any

import pytest

from amocrm_gen.runtime.call import Operation
from amocrm_gen.runtime.encode import encode_query

FIND = Operation(
    name="leads.find",
    method="GET",
    path="/api/v4/leads",
    filters=("id", "name"),
    withs=("contacts", "source"),
    orders=("id", "created_at"),
)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"filter": {"nam": 1}}, "leads.find: filter has no 'nam'; did you mean 'name'?"),
        ({"with_": ["contact"]}, "leads.find: with_ has no 'contact'; did you mean 'contacts'?"),
        ({"with_": "contacts,sauce"}, "with_ has no 'sauce'"),
        ({"order": "-xyz"}, "leads.find: order has no 'xyz'; there are id, created_at"),
    ],
)
def test_unknown_names_are_refused(given: dict[str, Any], message: str) -> None:
    """The error names the operation, what is wrong, and what was probably meant."""
    with pytest.raises(ValueError, match=r"leads\.find") as caught:
        encode_query(of=FIND, **given)
    assert message in str(caught.value)


def test_known_names_pass() -> None:
    """What the operation knows is written."""
    pairs = encode_query(of=FIND, filter={"id": [1]}, with_=["source"], order="-id")
    assert dict(pairs) == {"with": "source", "order[id]": "desc", "filter[id][0]": "1"}


def test_operations_without_such_parameters_take_anything() -> None:
    """Raw requests name no parameters, so nothing is checked there."""
    pairs = encode_query(of=Operation(name="raw", method="GET", path="/"), filter={"x": 1})
    assert pairs == (("filter[x]", "1"),)
