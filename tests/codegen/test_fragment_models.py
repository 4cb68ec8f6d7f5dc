"""Models of the fragments: what is read, and what is written of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import attrs
import pytest
from fragment_cases import query

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.runtime.unset import UNSET

LINKS = {"self": {"href": "https://example.amocrm.ru/api/v4/things/1"}}


class TestPresence:
    """Absent is not null."""

    def test_null_and_absent_are_told_apart(self, part: Any) -> None:
        """None is written as null, UNSET is not written."""
        update = part("models.presence").PresenceUpdate(id=1, nullable=None)
        assert update.either is UNSET
        assert unstructure(update) == {"id": 1, "nullable": None}

    def test_empty_list_stands_for_null(self, part: Any) -> None:
        """What the API writes as [] is None in Python, and [] again on the wire."""
        models = part("models.presence")
        wire = {"id": 1, "always": "a", "nullable": None, "result": [], "seconds": 5}
        read = structure(wire, models.Presence)
        assert (read.result, read.nullable, read.optional, read.either) == (
            None,
            None,
            UNSET,
            UNSET,
        )
        assert unstructure(read) == wire

    def test_times_are_aware(self, part: Any) -> None:
        """Unix seconds become a datetime in UTC."""
        wire = {"id": 1, "always": "", "nullable": 1, "result": [], "seconds": 0, "optional": 60}
        read = structure(wire, part("models.presence").Presence)
        assert read.optional == datetime(1970, 1, 1, 0, 1, tzinfo=UTC)

    def test_one_item_names_its_id_once(self, part: Any) -> None:
        """The path of a change takes the id from the item."""
        models = part("models.presence")
        call = part("calls.presence").update_one(models.PresenceUpdate(id=7, always="x"))
        assert (call.path, call.body) == ("/api/v4/presence/7", {"id": 7, "always": "x"})
        assert call.operation.lock == "presence/{id}"

    def test_units_are_kept(self, part: Any) -> None:
        """A field's unit can be read from the class."""
        seconds = attrs.fields_dict(part("models.presence").Presence)["seconds"]
        assert seconds.metadata["unit"] == "seconds"


class TestTagged:
    """A tag decides the class."""

    @pytest.mark.parametrize(
        ("kind", "params", "name"),
        [
            ("circle", {"radius": 2}, "CircleShape"),
            ("square", {"side": 3.5}, "SquareShape"),
            ("hexagon", {"corners": [1, 2]}, "OtherShape"),
        ],
    )
    def test_class_follows_the_tag(self, part: Any, kind: str, params: object, name: str) -> None:
        """Known tags give their class, all others the fallback; the way back loses nothing."""
        models = part("models.tagged")
        wire = {"id": 1, "kind": kind, "params": params, "_links": LINKS}
        read = structure(wire, models.Shape)
        assert type(read) is getattr(models, name)
        assert unstructure(read) == wire

    def test_new_object_bears_its_tag(self, part: Any) -> None:
        """Who creates a circle need not say so twice."""
        models = part("models.tagged")
        item = models.CircleShapeCreate(params=models.CircleParams(radius=1.5))
        call = part("calls.tagged").create([item])
        assert call.body == [{"kind": "circle", "params": {"radius": 1.5}}]

    def test_call_returns_the_union(self, part: Any) -> None:
        """The runtime is handed the union itself."""
        models = part("models.tagged")
        assert part("calls.tagged").find().returns == models.Shape
        assert models.Shape == models.CircleShape | models.SquareShape | models.OtherShape


class TestEnums:
    """Open enums never fail a read."""

    WIRE: ClassVar = {
        "colour": "red",
        "other_colour": None,
        "level": 1,
        "side": "left",
        "maybe_side": None,
    }

    def test_known_values_are_members(self, part: Any) -> None:
        """Members are named after their values, whatever these look like."""
        models = part("models.enums")
        assert [colour.name for colour in models.Colour] == [
            "RED",
            "DARK_BLUE",
            "VALUE_2ND",
            "MRO_",
        ]
        read = structure(self.WIRE, models.Painted)
        assert (read.colour, read.level) == (models.Colour.RED, models.PaintedLevel.VALUE_1)
        assert read.colour == "red"

    def test_unknown_values_pass(self, part: Any) -> None:
        """A value that the spec does not list is read, compared and written as it came."""
        wire = self.WIRE | {"colour": "ultraviolet", "level": 77, "mode": "dim"}
        read = structure(wire, part("models.enums").Painted)
        assert (read.colour, read.level, read.mode) == ("ultraviolet", 77, "dim")
        assert unstructure(read) == wire

    def test_call_reads_the_class(self, part: Any) -> None:
        """The item of the answer is the class with the enums."""
        assert part("calls.enums").get(1).returns is part("models.enums").Painted


class TestAsked:
    """`with` makes fields appear."""

    def test_fields_are_unset_unless_asked_for(self, part: Any) -> None:
        """What was not asked for is absent, at the top and embedded."""
        wire = {"id": 1, "name": "", "_links": LINKS, "_embedded": {"tags": [{"name": "vip"}]}}
        read = structure(wire, part("models.asked").Card)
        assert (read.secret, read.embedded.owners) == (UNSET, UNSET)
        assert [tag.name for tag in read.embedded.tags] == ["vip"]

    def test_names_travel_with_commas(self, part: Any) -> None:
        """`with_` is one parameter, and a minus sorts descending."""
        call = part("calls.asked").find(with_=["secret", "owners"], order="-name", page=3, limit=10)
        assert query(call) == {
            "with": "secret,owners",
            "order[name]": "desc",
            "page": "3",
            "limit": "10",
        }
        assert (call.operation.envelope, call.operation.empty) == ("page_total", True)


class TestKeywords:
    """Names that Python keeps for itself."""

    def test_awkward_keys_survive_a_round_trip(self, part: Any) -> None:
        """Every key is written as the API spells it."""
        wire = {
            "self": "me",
            "class": "a",
            "from": 1,
            "field": "f",
            "extra": "e",
            "list": ["x"],
            "int": None,
            "validation-errors": [],
            "1st": "first",
            "_id": 1,
            "id": 2,
            "unknown": {"kept": True},
        }
        read = structure(wire, part("models.keywords").Named)
        assert (read.self_, read.class_, read.extra_, read.id_, read.id) == ("me", "a", "e", 1, 2)
        assert read.extra == {"unknown": {"kept": True}}
        assert unstructure(read) == wire

    def test_arguments_fill_the_right_places(self, part: Any) -> None:
        """A path variable and parameters of such names go where they belong."""
        named = part("models.keywords").Named(
            self_="", class_="", from_=0, field_="", list_=[], int_=0, validation_errors=[],
            n1st="", id_=1, id=2,
        )  # fmt: skip
        call = part("calls.keywords").fetch("a/b", 5, named, from_=2, path_="p", for_=True)
        assert call.path == "/api/v4/keywords/a%2Fb/5"
        assert query(call) == {"from": "2", "path": "p", "for": "1"}


class TestEither:
    """A body that is one of several types."""

    def test_either_type_is_written(self, part: Any) -> None:
        """As a whole, in a list and inside of another object."""
        models, calls = part("models.either"), part("calls.either")
        by_id, by_name = models.ById(id=1), models.ByName(name="n")
        assert calls.put(9, by_name).body == {"name": "n"}
        assert calls.link([by_id, by_name]).body == [{"id": 1}, {"name": "n"}]
        order = models.Order(target=by_id, targets=[by_name], note=None)
        assert calls.order(order).body == {
            "target": {"id": 1},
            "targets": [{"name": "n"}],
            "note": None,
        }
