"""Calls of the fragments: their paths, queries and answers."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Required, get_origin, get_type_hints

from fragment_cases import query

if TYPE_CHECKING:
    from pathlib import Path


class TestExpanded:
    """One function over several entity types."""

    def test_value_goes_into_the_path(self, part: Any) -> None:
        """The variable is the first argument."""
        calls = part("calls.expanded")
        assert calls.find("leads").path == "/api/v4/leads/remarks"
        assert calls.get("contacts", 5, 6).path == "/api/v4/contacts/5/remarks/6"
        assert calls.FIND.path == "/api/v4/{entity_type}/remarks"

    def test_id_comes_from_the_item(self, part: Any) -> None:
        """The other variables stay arguments."""
        item = part("models.expanded").RemarkUpdate(id=9, text="t")
        call = part("calls.expanded").update_one("leads", 5, item)
        assert call.path == "/api/v4/leads/5/remarks/9"

    def test_nothing_comes_back(self, part: Any) -> None:
        """An action without an answer reads nothing."""
        call = part("calls.expanded").pin("leads", 9)
        assert (call.body, call.returns, call.operation.envelope) == (None, None, "none")


class TestFilters:
    """Every kind of filter reaches the query."""

    def test_each_kind_is_written_in_brackets(self, part: Any) -> None:
        """Lists, ranges, pairs, flags and custom fields."""
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        call = part("calls.filters").find(
            filter={
                "id": [1, 2],
                "name": "n",
                "kind": "a",
                "price": {"from": 1.5},
                "count": 3,
                "done": False,
                "created_at": {"from": noon, "to": 1767268801},
                "updated_at": noon,
                "stages": [{"pipeline_id": 7, "status_id": 142}],
                "count_of": [5, 6],
                "weight": {"from": 7, "unit": "kg"},
                "custom_fields_values": {77: "x", 78: ["y", "z"], 79: {"from": 1, "to": 2}},
            }
        )
        assert query(call) == {
            "filter[id][0]": "1",
            "filter[id][1]": "2",
            "filter[name]": "n",
            "filter[kind]": "a",
            "filter[price][from]": "1.5",
            "filter[count]": "3",
            "filter[done]": "0",
            "filter[created_at][from]": "1767268800",
            "filter[created_at][to]": "1767268801",
            "filter[updated_at]": "1767268800",
            "filter[count_of]": "5,6",
            "filter[weight][from]": "7",
            "filter[weight][unit]": "kg",
            "filter[stages][0][pipeline_id]": "7",
            "filter[stages][0][status_id]": "142",
            "filter[custom_fields_values][77][0]": "x",
            "filter[custom_fields_values][78][0]": "y",
            "filter[custom_fields_values][78][1]": "z",
            "filter[custom_fields_values][79][from]": "1",
            "filter[custom_fields_values][79][to]": "2",
            "page": "1",
            "limit": "250",
        }

    def test_required_key_makes_the_filter_required(self, part: Any) -> None:
        """The argument has no default when the API refuses a call without it."""
        calls = part("calls.filters")
        assert inspect.signature(calls.find).parameters["filter"].default is inspect.Parameter.empty
        hints = get_type_hints(calls.ThingFindFilter, include_extras=True)
        assert [key for key, hint in hints.items() if get_origin(hint) is Required] == ["id"]

    def test_key_that_is_a_keyword(self, part: Any) -> None:
        """`from` cannot be an attribute of a class, so the type is written as a call."""
        calls = part("calls.filters")
        assert set(calls.ThingFindFromFilter.__annotations__) == {"from"}
        assert query(calls.find_from(filter={"from": 5})) == {"filter[from]": "5"}

    def test_pairs_are_no_models(self, fragments_package: Path) -> None:
        """What only filters use is a typed dictionary, not a class."""
        assert "StagePair" not in (fragments_package / "models" / "filters.py").read_text()


class TestBare:
    """An answer without an envelope."""

    def test_items_are_the_answer_itself(self, part: Any) -> None:
        """The runtime is told to read a JSON array."""
        call = part("calls.bare").create([part("models.bare").Order(name="a")])
        assert (call.operation.envelope, call.operation.key) == ("array", None)
        assert (call.operation.batch_max, call.body) == (50, [{"name": "a"}])


class TestDeletion:
    """Requests and answers without a body."""

    def test_delete_has_no_body(self, part: Any) -> None:
        """Neither way."""
        call = part("calls.deletion").delete(5)
        assert (call.operation.method, call.path) == ("DELETE", "/api/v4/deletion/5")
        assert (call.body, call.returns) == (None, None)

    def test_delete_can_carry_a_list(self, part: Any) -> None:
        """Some lists of ids travel in the body of a DELETE."""
        call = part("calls.deletion").delete_many([part("models.deletion").Id(id=1)])
        assert call.body == [{"id": 1}]

    def test_body_can_be_left_out(self, part: Any) -> None:
        """An optional body is None, and the answer stays JSON."""
        call = part("calls.deletion").accept("uid-1")
        assert (call.path, call.body, call.returns) == ("/api/v4/deletion/uid-1/accept", None, None)

    def test_docstring_warns(self, part: Any) -> None:
        """Help tells that something is lost, and who may do it."""
        text = inspect.getdoc(part("sync.deletion").Deletion.delete) or ""
        assert "What it removes is gone." in text
        assert "For administrators." in text


class TestCalls:
    """Models that bear the names of the runtime's own classes."""

    def test_models_do_not_hide_the_runtime(self, part: Any) -> None:
        """The model `Call` is read, and a `Call` is returned."""
        models = part("models.calls")
        call = part("calls.calls").create([models.Page(call=models.Call(id=1))])
        assert call.returns is models.Call
        assert call.body == [{"call": {"id": 1}}]
        assert type(call).__module__ == "amocrm_gen.runtime.call"

    def test_items_that_a_good_answer_refuses_are_told(
        self, part: Any, fragments_document: dict[str, Any]
    ) -> None:
        """The answer's schema has the key beside the items, and the docstring the errors."""
        operation = fragments_document["paths"]["/api/v4/calls"]["post"]
        media = operation["responses"]["200"]["content"]["application/hal+json"]
        assert list(media["schema"]["properties"]) == ["_total_items", "errors", "_embedded"]
        assert operation["x-amo"]["beside"] == ["errors"]
        assert "`BatchError`" in part("sync.calls").Calls.create.__doc__
        assert not hasattr(part("models.calls"), "Refusal")
