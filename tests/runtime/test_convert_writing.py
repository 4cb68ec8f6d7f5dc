"""What models and values become on the wire."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from amocrm_gen.runtime.convert import unstructure
from runtime.sample import FieldType, LeadCreate, LeadUpdate, Level, Tag, Value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (LeadUpdate(id=1), {"id": 1}),
        (LeadUpdate(id=1, closed_at=None), {"id": 1, "closed_at": None}),
        (LeadCreate(created_at=datetime(2024, 1, 1, tzinfo=UTC)), {"created_at": 1_704_067_200}),
        (LeadCreate(created_at=5), {"created_at": 5}),
        (LeadCreate(name=FieldType.TEXT), {"name": "text"}),
        (LeadCreate(price=Level.HIGH), {"price": 2}),
        (Value(value={"at": datetime(1970, 1, 2, tzinfo=UTC)}), {"value": {"at": 86_400}}),
        (Value(value=[Tag(id=1, name="x")]), {"value": [{"id": 1, "name": "x"}]}),
        (Value(value=UUID(int=1)), {"value": "00000000-0000-0000-0000-000000000001"}),
        (LeadCreate(name="x", extra={"new": (1, 2)}), {"name": "x", "new": [1, 2]}),
        (LeadCreate(name="x", extra={"name": "y"}), {"name": "x"}),
        (LeadUpdate(id=1, custom_fields_values=[{"field_id": 1}]), None),
    ],
)
def test_writing(value: object, written: object) -> None:
    """UNSET is left out, null is written, and values of other classes become JSON."""
    expected = {"id": 1, "custom_fields_values": [{"field_id": 1}]} if written is None else written
    assert unstructure(value) == expected


def test_a_naive_datetime_is_not_written() -> None:
    """A datetime without a zone is refused with the field's name."""
    with pytest.raises(ValueError, match=r"LeadCreate\.created_at: .* no time zone"):
        unstructure(LeadCreate(created_at=datetime(2024, 1, 1)))  # noqa: DTZ001 - meant


@pytest.mark.parametrize("value", [float("nan"), object(), b"x", {1: object()}])
def test_what_is_no_json_is_not_written(value: object) -> None:
    """A value that JSON cannot hold is refused before anything is sent."""
    with pytest.raises((TypeError, ValueError), match=r"JSON"):
        unstructure(value)
