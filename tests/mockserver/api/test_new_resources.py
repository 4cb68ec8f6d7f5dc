"""Resources that no code knows work by their contract alone."""

from __future__ import annotations

import orjson
import pytest

from amocrm_mockserver.api import Api
from amocrm_mockserver.contract import Contract
from amocrm_mockserver.message import Request

from .crm import NOON, ORIGIN, Crm, Json

_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
_FILTER = {
    "name": "filter",
    "in": "query",
    "schema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "x-amo-filter": {"kind": "value", "column": "name"}},
            "size": {
                "anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}],
                "x-amo-filter": {"kind": "list", "column": "size"},
            },
        },
    },
}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/planets.{name}"}


def _operation(name: str, kind: str, envelope: str, **more: Json) -> Json:
    takes = more.pop("takes", None)
    schema = _ref(takes) if takes else None
    if takes and "batch" in more:
        schema = {"type": "array", "items": schema}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    traits = {"resource": "planets", "operation": name, "kind": kind, "envelope": envelope}
    return {
        "operationId": f"planets.{name}",
        "parameters": more.pop("parameters", []),
        **({"requestBody": body} if takes else {}),
        "x-amo": {
            **traits,
            "table": "planets",
            "key": "planets",
            "item": "planets.Planet",
            "takes": takes and f"planets.{takes}",
            "status": 200,
            **more,
        },
    }


_WRITTEN = {
    "name": {"type": "string"},
    "size": {"type": "integer"},
    "kind": {"type": "string", "enum": ["rock", "gas"]},
    "note": {"type": ["string", "null"], "x-amo-writable-null": True},
    "moons": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
    "more": {"type": "object", "additionalProperties": {"type": "integer"}},
}
_DOCUMENT: Json = {
    "paths": {
        "/api/v4/planets": {
            "get": _operation(
                "find",
                "list",
                "page",
                parameters=[_FILTER],
                paginated={"max": 3, "default": 2},
                empty=[204],
                order=["size"],
                default_order="-size",
                **{"with": ["age"]},
            ),
            "post": _operation(
                "create", "create", "written", takes="PlanetCreate", batch={"max": 5}
            ),
            "patch": _operation(
                "update", "update", "created_total", takes="PlanetUpdate", batch={"max": 5}
            ),
        },
        "/api/v4/planets/{id}": {
            "get": _operation("get", "get", "item", parameters=[_ID]),
            "patch": _operation(
                "update_one", "update_one", "item", parameters=[_ID], takes="PlanetUpdate"
            ),
            "delete": _operation("delete", "delete", "none", parameters=[_ID]),
            "post": _operation("spin", "action", "none", parameters=[_ID]),
        },
    },
    "components": {
        "schemas": {
            "planets.Planet": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    **_WRITTEN,
                    "age": {"type": "integer", "x-amo-with": "age"},
                    "created_at": {"type": "integer"},
                    "updated_at": {"type": "integer"},
                    "account_id": {"type": "integer"},
                    "request_id": {"type": "string"},
                    "_links": {"type": "object"},
                    "_embedded": _ref("PlanetEmbedded"),
                },
                "required": [
                    "id",
                    "name",
                    "size",
                    "note",
                    "created_at",
                    "updated_at",
                    "account_id",
                ],
            },
            "planets.PlanetEmbedded": {
                "type": "object",
                "properties": {"stars": {"type": "array", "items": {"type": "integer"}}},
            },
            "planets.PlanetCreate": {
                "type": "object",
                "properties": {**_WRITTEN, "_embedded": _ref("PlanetEmbedded")},
                "required": ["name"],
            },
            "planets.PlanetUpdate": {
                "type": "object",
                "properties": {"id": {"type": "integer"}, **_WRITTEN},
                "required": ["id"],
            },
        }
    },
}


class _Planets:
    """The API of planets, in some account."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._api = Api.of(Contract(_DOCUMENT))

    def ask(
        self, method: str, path: str = "", body: Json = None, query: str = ""
    ) -> tuple[int, Json]:
        """Status and body."""
        data = b"" if body is None else orjson.dumps(body)
        request = Request(
            method=method, host="x", path=f"/api/v4/planets{path}", query=query, body=data
        )
        response = self._api.answer(self._crm.account, self._crm.caller, request)
        return response.status, orjson.loads(response.body) if response.body else None


@pytest.fixture
def planets(crm: Crm) -> _Planets:
    """An API that no module of behaviour speaks of."""
    return _Planets(crm)


def test_life_of_a_row(crm: Crm, planets: _Planets) -> None:
    """Created with defaults, read, changed, deleted."""
    status, answer = planets.ask("POST", body=[{"name": "Mars", "_embedded": {"stars": [1]}}])
    [made] = answer["_embedded"]["planets"]
    number = made["id"]
    assert (status, made["request_id"]) == (200, "0")
    assert list(answer) == ["_links", "_embedded"]
    shown = {
        "id": number,
        "name": "Mars",
        "size": 0,
        "note": None,
        "created_at": NOON,
        "updated_at": NOON,
        "account_id": crm.account.id,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/planets/{number}"}},
        "_embedded": {"stars": [1]},
    }
    assert planets.ask("GET", f"/{number}") == (200, shown)
    crm.clock.advance(1)
    status, changed = planets.ask("PATCH", f"/{number}", {"note": "red", "nonsense": 1})
    assert changed == {**shown, "note": "red", "updated_at": NOON + 1}
    status, answer = planets.ask("PATCH", body=[{"id": number, "note": None, "name": None}])
    assert answer["_total_items"] == 1
    assert answer["_embedded"]["planets"][0]["note"] is None
    assert planets.ask("DELETE", f"/{number}") == (204, None)
    assert planets.ask("GET", f"/{number}")[1]["detail"] == "Planet not found"
    assert planets.ask("DELETE", f"/{number}")[0] == 404
    assert planets.ask("GET") == (204, None)


def test_lists_follow_their_traits(planets: _Planets) -> None:
    """Default order, page sizes, filters, with."""
    names = ["a", "b", "c", "d"]
    planets.ask("POST", body=[{"name": n, "size": i} for i, n in enumerate(names)])

    def found(query: str) -> list[str]:
        _, page = planets.ask("GET", query=query)
        return [row["name"] for row in page["_embedded"]["planets"]]

    assert found("") == ["d", "c"]
    assert found("limit=9") == ["d", "c", "b"]
    assert found("order[size]=asc&page=2") == ["c", "d"]
    assert found("filter[size][]=0&filter[size][]=3") == ["d", "a"]
    assert found("filter[name]=b") == ["b"]
    _, page = planets.ask("GET", query="with=age&limit=1")
    assert page["_embedded"]["planets"][0]["age"] == 0


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({}, ("FieldMissing", "name")),
        ({"name": "x", "kind": "ice"}, ("NotSupportedChoice", "kind")),
        ({"name": "x", "moons": [1, "b", []]}, ("InvalidType", "moons.2")),
        ({"name": "x", "more": {"a": "b"}}, ("InvalidType", "more.a")),
        ({"name": "x", "_embedded": {"stars": ["a"]}}, ("InvalidType", "_embedded.stars.0")),
    ],
)
def test_checks_follow_the_schema(planets: _Planets, item: Json, error: tuple[str, str]) -> None:
    """Types, choices, unions and maps."""
    status, answer = planets.ask("POST", body=[item])
    [flaw] = answer["validation-errors"][0]["errors"]
    assert (status, flaw["code"], flaw["path"]) == (400, *error)


def test_an_action_without_behaviour_is_refused(planets: _Planets) -> None:
    """The contract alone does not say what it does."""
    assert planets.ask("POST", "/5")[0] == 405
