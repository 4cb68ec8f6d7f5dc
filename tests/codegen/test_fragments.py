"""Each fragment is a hard case of its own: its output is compared, imported and used."""

from __future__ import annotations

import importlib
import inspect
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Required, get_origin, get_type_hints

import attrs
import pytest
from write_golden import HERE, golden_files

from amocrm_gen.runtime.convert import structure, unstructure
from amocrm_gen.runtime.files.transfers import AsyncFileTransfers, FileTransfers
from amocrm_gen.runtime.unset import UNSET

if TYPE_CHECKING:
    from types import ModuleType

GOLDEN = sorted(
    path.relative_to(HERE / "golden").as_posix() for path in HERE.glob("golden/**/*.py")
)
FRAGMENTS = sorted(path.stem for path in HERE.glob("fragments/v4/*.yaml"))
LINKS = {"self": {"href": "https://example.amocrm.ru/api/v4/things/1"}}


@pytest.fixture
def part(fragments_package: Path) -> Any:  # Any: generated modules have no static type here
    """Return a function that imports a module of the generated package."""

    def load(name: str) -> ModuleType:
        return importlib.import_module(f"{fragments_package.name}.{name}")

    return load


def query(call: Any) -> dict[str, str]:
    """Return the query of a call as a mapping."""
    return dict(call.query)


class TestGolden:
    """The output is the committed one, to the byte."""

    @pytest.mark.parametrize("path", GOLDEN)
    def test_output_is_what_was_reviewed(self, path: str, fragments_package: Path) -> None:
        """A change of the output shows up in a diff; `write_golden.py` accepts it."""
        assert (fragments_package / path).read_text() == (HERE / "golden" / path).read_text()

    def test_every_file_has_a_golden_one(self, fragments_package: Path) -> None:
        """No output is left out of the comparison."""
        assert sorted(golden_files(fragments_package)) == GOLDEN

    @pytest.mark.parametrize("fragment", FRAGMENTS)
    def test_every_fragment_has_a_behaviour(self, fragment: str) -> None:
        """A fragment without a test that uses its output proves little."""
        assert f'"calls.{fragment}"' in Path(__file__).read_text() or (
            f'"models.{fragment}"' in Path(__file__).read_text()
        )


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


class TestTwins:
    """The synchronous and the asynchronous client are the same."""

    @pytest.mark.parametrize("fragment", FRAGMENTS)
    def test_signatures_are_equal(self, part: Any, fragment: str) -> None:
        """Same methods, same arguments, same results but for the words of asyncio."""
        sync, aio = (_methods(part(f"{folder}.{fragment}")) for folder in ("sync", "aio"))
        assert sync == aio
        assert sync

    def test_coroutines_are_those_that_send_at_once(self, part: Any) -> None:
        """Lists and edits are entered, not awaited."""
        facade = part("aio.expanded").Expanded
        awaited = {
            name for name, method in vars(facade).items() if inspect.iscoroutinefunction(method)
        }
        assert awaited == {"get", "get_or_none", "update", "update_one", "pin"}

    def test_clients_have_every_resource(self, part: Any) -> None:
        """One attribute for each resource, on either client."""
        for module, name in (("client", "AmoCRM"), ("aclient", "AsyncAmoCRM")):
            assert set(FRAGMENTS) <= set(vars(getattr(part(module), name)))


def _methods(module: ModuleType) -> dict[str, str]:
    (facade,) = (getattr(module, name) for name in module.__all__)
    swapped = {"AsyncPaginator[": "Paginator[", "AbstractAsyncContext": "AbstractContext"}
    methods: dict[str, str] = {}
    for name, method in vars(facade).items():
        if inspect.isfunction(method):
            text = f"{inspect.signature(method)} {inspect.getdoc(method)}"
            for word, other in swapped.items():
                text = text.replace(word, other)
            methods[name] = text
    return methods


class TestPackage:
    """The package itself."""

    def test_names_are_imported_when_used(self, part: Any, fragments_package: Path) -> None:
        """Every exported name can be had, and is the one of its module."""
        package = importlib.import_module(fragments_package.name)
        assert package.Presence is part("models.presence").Presence
        assert package.ThingFindFilter is part("calls.filters").ThingFindFilter
        for name in package.__all__:
            assert getattr(package, name) is not None
        assert set(package.__all__) <= set(dir(package))

    def test_unknown_names_are_errors(self, fragments_package: Path) -> None:
        """As of any module."""
        package = importlib.import_module(fragments_package.name)
        with pytest.raises(AttributeError, match="no attribute 'Presense'"):
            _ = package.Presense

    def test_ambiguous_names_are_left_to_their_modules(self, fragments_package: Path) -> None:
        """`Order` is a model of two resources; the package does not choose."""
        package = importlib.import_module(fragments_package.name)
        assert "Order" not in package.__all__


class TestParcels:
    """Not everything is JSON on the account's own host."""

    def test_pages_can_be_told_by_an_offset(self, part: Any) -> None:
        """The third page of ten begins behind twenty."""
        call = part("calls.parcels").find(page=3, limit=10)
        assert query(call) == {"skip": "20", "rows": "10"}
        assert (call.operation.host, call.operation.auth) == ("amojo", "signed")

    def test_a_form_is_written_in_brackets(self, part: Any) -> None:
        """Lists are numbered; what is absent is left out; the header goes along."""
        label = part("models.parcels").Label
        call = part("calls.parcels").print_label(label(text="a&b", lines=[3, 4]))
        assert call.form == (("text", "a&b"), ("lines[0]", "3"), ("lines[1]", "4"))
        assert part("calls.parcels").print_label(label(text="a")).form == (("text", "a"),)
        assert call.body is None
        assert call.operation.headers == (("X-Requested-With", "XMLHttpRequest"),)

    def test_a_secret_is_in_no_repr(self, part: Any) -> None:
        """It is sent all the same."""
        label = part("models.parcels").Label(text="a", pin="1234")
        assert "1234" not in repr(label)
        call = part("calls.parcels").print_label(label)
        assert ("pin", "1234") in call.form
        assert "1234" not in repr(call)

    def test_bytes_go_as_they_are(self, part: Any) -> None:
        """With their type and the headers that the caller gives; no repr shows either."""
        call = part("calls.parcels").send("t/1", b"\0\xff", key="k-123", content_type="image/png")
        assert (call.path, call.content, call.query) == ("/parcels/t%2F1", b"\0\xff", ())
        assert call.headers == (("X-Key", "k-123"), ("Content-Type", "image/png"))
        assert "k-123" not in repr(call)

    def test_a_body_is_spread_over_arguments(self, part: Any) -> None:
        """What is not given is not sent."""
        calls, models = part("calls.parcels"), part("models.parcels")
        call = calls.save(add=[models.Label(text="a")], user_id=5)
        assert call.body == {"add": [{"text": "a"}], "user_id": 5}
        assert calls.save(delete=(1, 2), user_id=0, note="").body == {
            "delete": [1, 2],
            "user_id": 0,
            "note": "",
        }

    def test_a_moment_in_a_header(self, part: Any) -> None:
        """Headers have dates of their own form."""
        send, moment = part("calls.parcels").send, datetime(2017, 8, 1, 7, 7, 23, tzinfo=UTC)
        for since in (moment, int(moment.timestamp())):
            call = send("t", b"", key="k", since=since)
            assert ("If-Modified-Since", "Tue, 01 Aug 2017 07:07:23 GMT") in call.headers

    def test_a_header_cannot_be_broken(self, part: Any) -> None:
        """A line break would start a header of its own."""
        with pytest.raises(ValueError, match="X-Key"):
            part("calls.parcels").send("t", b"", key="a\r\nX-Evil: 1")

    def test_what_lies_in_a_body_is_given_as_arguments(self, part: Any) -> None:
        """The keys around it are written, and have no models."""
        call = part("calls.parcels").seal(seal=[3, 4], color="red")
        pairs = (("seal][0", "3"), ("seal][1", "4"), ("color", "red"))
        assert call.form == tuple((f"request[parcels][{key}]", value) for key, value in pairs)
        assert part("calls.parcels").seal(seal=[5]).form == (("request[parcels][seal][0]", "5"),)
        assert not hasattr(part("models.parcels"), "SealingRequest")

    def test_what_is_unexposed_has_no_method_and_no_models(
        self, part: Any, fragments_package: Path
    ) -> None:
        """The document tells of it; secrets have no class whose repr could show them."""
        assert not hasattr(part("calls.parcels"), "unlock")
        assert not hasattr(part("sync.parcels").Parcels, "unlock")
        assert not hasattr(part("models.parcels"), "Secret")
        document = json.loads((fragments_package / "openapi.json").read_bytes())
        assert document["paths"]["/parcels/unlock"]["post"]["operationId"] == "parcels.unlock"
        assert "parcels.Secret" in document["components"]["schemas"]


class TestMixins:
    """Methods by hand stand beside the generated ones."""

    @pytest.mark.parametrize(
        ("flavour", "mixin"), [("sync", FileTransfers), ("aio", AsyncFileTransfers)]
    )
    def test_the_facade_has_both(self, flavour: str, mixin: type, part: Any) -> None:
        """It knows the calls that it is made of, and the model that they return."""
        facade = part(f"{flavour}.mixins").Mixins
        assert issubclass(facade, mixin)
        assert facade._calls is part("calls.mixins")
        assert facade._model is part("models.mixins").Photo
        assert {"upload", "download", "create_session"} <= set(dir(facade))
