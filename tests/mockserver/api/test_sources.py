"""Sources of an integration."""

from __future__ import annotations

import orjson
import pytest
from attrs import evolve

from .crm import ORIGIN, Crm, Json, make_crm


@pytest.fixture
def ours(crm: Crm) -> Crm:
    """An account as an integration sees it."""
    crm.caller = evolve(crm.caller, client_id="ours")
    return crm


def _source(name: str, **more: Json) -> Json:
    return {"name": name, "external_id": name.lower(), **more}


def test_a_new_source(ours: Crm) -> None:
    """It leads to the main pipeline; the mark comes back in writes alone."""
    answer = ours.post("sources", [_source("A", request_id="x")])
    [row] = answer["_embedded"]["sources"]
    main = ours.find("leads/pipelines")[0]["id"]
    shown = {
        "id": row["id"],
        "name": "A",
        "pipeline_id": main,
        "external_id": "a",
        "default": False,
        "origin_code": None,
        "services": [],
    }
    links = {"_links": {"self": {"href": f"{ORIGIN}/api/v4/sources/{row['id']}"}}}
    assert row == {**shown, "request_id": "x", **links}
    assert ours.get(f"sources/{row['id']}") == {**shown, **links}


def test_services_without_params(ours: Crm) -> None:
    """PHP writes what is not set as an empty list, and reads it as one."""
    service = {"type": "whatsapp", "params": [], "pages": [{"id": "1", "name": "n", "link": "1"}]}
    [number] = ours.create("sources", _source("A", services=[service]))
    assert ours.get(f"sources/{number}")["services"] == [service]
    ours.patch(f"sources/{number}", {"services": [{"type": "whatsapp"}]})
    assert ours.get(f"sources/{number}")["services"] == [
        {"type": "whatsapp", "params": [], "pages": []}
    ]


def test_one_default(ours: Crm) -> None:
    """A new default takes over, and one that goes leaves none behind."""
    a, b = ours.create("sources", _source("A", default=True), _source("B"))
    ours.patch("sources", [{"id": b, "default": True}])
    assert [row["default"] for row in ours.find("sources")] == [False, True]
    assert ours.send("DELETE", f"sources/{b}").status == 204
    assert [row["default"] for row in ours.find("sources")] == [False]
    assert ours.send("GET", f"sources/{b}").status == 204
    assert ours.send("DELETE", f"sources/{b}").status == 404
    assert ours.send("PATCH", f"sources/{b}", {"name": "x"}).status == 404
    ours.patch(f"sources/{a}", {"name": "x", "external_id": "other"})
    assert ours.get(f"sources/{a}")["external_id"] == "a"


def test_sources_of_others(ours: Crm) -> None:
    """Another integration sees none of them, may use the same ids, and cannot touch them."""
    [number] = ours.create("sources", _source("A"))
    ours.caller = evolve(ours.caller, client_id="theirs")
    assert ours.find("sources") == []
    assert ours.send("GET", f"sources/{number}").status == 204
    assert ours.send("DELETE", f"sources/{number}").status == 404
    ours.create("sources", _source("A"))
    ours.caller = evolve(ours.caller, client_id=None)
    assert ours.send("GET", "sources").status == 403
    assert ours.send("GET", f"sources/{number}").status == 403
    assert ours.send("POST", "sources", [_source("A")]).status == 403


def test_filter_by_own_id(ours: Crm) -> None:
    """One or several; none found is no content."""
    ours.create("sources", _source("A"), _source("B"), _source("C"))
    for query, names in (
        ("filter[external_id]=b", ["B"]),
        ("filter[external_id][]=a&filter[external_id][]=c", ["A", "C"]),
        ("filter[external_id]=x", []),
    ):
        assert [row["name"] for row in ours.find("sources", query)] == names
    body = orjson.loads(ours.send("GET", "sources").body)
    assert body["_total_items"] == 3


def test_what_is_refused(ours: Crm) -> None:
    """A pipeline that is not there, an own id that is taken, too many sources."""
    ours.create("sources", _source("A"))
    for item in (_source("B", pipeline_id=5), _source("A"), {"name": "B"}, {"external_id": "b"}):
        assert ours.send("POST", "sources", [item]).status == 400
    many = [_source(f"S{number}") for number in range(51)]
    assert ours.send("POST", "sources", many).status == 422
    ours.create("sources", *many[:50])
    rest = [_source(f"T{number}") for number in range(49)]
    ours.create("sources", *rest)
    assert ours.send("POST", "sources", [_source("Z")]).status == 422


def test_deleting_several(ours: Crm) -> None:
    """Whole models may be sent; one unknown id refuses all, by the text of the docs."""
    a, b = ours.create("sources", _source("A"), _source("B"))
    response = ours.send("DELETE", "sources", [{"id": a}, {"id": 31075178, "name": "x"}])
    assert response.status == 400
    assert orjson.loads(response.body) == {
        "errors": [
            {
                "request_id": "1",
                "errors": {
                    "code": "EntityNotFound",
                    "path": "id",
                    "detail": "source with id = 31075178 not found",
                },
            }
        ],
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Invalid request items",
    }
    assert ours.send("DELETE", "sources", [{"name": "x"}]).status == 400
    assert len(ours.find("sources")) == 2
    assert ours.send("DELETE", "sources", [ours.get(f"sources/{a}"), {"id": b}]).status == 204
    assert ours.find("sources") == []


def test_a_seeded_source_is_for_all() -> None:
    """Whatever integration asks; leads name it."""
    crm = make_crm({"sources": [{"id": 7, "name": "S", "external_id": "s"}]})
    crm.caller = evolve(crm.caller, client_id="any")
    assert crm.find("sources", "filter[external_id]=s")[0]["id"] == 7
    [lead] = crm.create("leads", {"_embedded": {"source": {"external_id": "s", "type": "widget"}}})
    assert crm.get(f"leads/{lead}", "with=source_id")["source_id"] == 7
