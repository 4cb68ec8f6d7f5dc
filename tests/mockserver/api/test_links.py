"""Links between entities."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json


@pytest.fixture
def lead(crm: Crm) -> int:
    """A lead without links."""
    return crm.create("leads", {"name": "Lead"})[0]


def _to(kind: str, number: int, **metadata: Json) -> Json:
    return {"to_entity_id": number, "to_entity_type": kind, "metadata": metadata or None}


def _links(crm: Crm, path: str, query: str = "") -> list[Json]:
    links: list[Json] = crm.get(f"{path}/links", query)["_embedded"]["links"]
    return links


def test_a_link_is_answered_and_listed(crm: Crm, lead: int) -> None:
    """Made links name both ends; those of one entity only the other one."""
    [contact] = crm.create("contacts", {"name": "A"})
    # The official SDK sends its own end as null.
    item = {"entity_id": None, "entity_type": None, **_to("contacts", contact)}
    answer = crm.post(f"leads/{lead}/link", [item])
    made = {
        "entity_id": lead,
        "entity_type": "leads",
        "to_entity_id": contact,
        "to_entity_type": "contacts",
        "metadata": {"main_contact": True},
    }
    href = f"{ORIGIN}/api/v4/leads/{lead}/links?page=1&limit=50"
    links = {"self": {"href": href}}
    assert answer == {"_total_items": 1, "_links": links, "_embedded": {"links": [made]}}
    listed = {key: made[key] for key in ("to_entity_id", "to_entity_type", "metadata")}
    assert crm.get(f"leads/{lead}/links") == {
        "_total_items": 1,
        "_links": links,
        "_embedded": {"links": [listed]},
    }
    assert _links(crm, f"contacts/{contact}") == [
        {"to_entity_id": lead, "to_entity_type": "leads", "metadata": None}
    ]


def test_no_links_are_an_empty_list(crm: Crm, lead: int) -> None:
    """The only list that is empty with a body."""
    answer = crm.get(f"leads/{lead}/links")
    assert (answer["_total_items"], answer["_embedded"]) == (0, {"links": []})


def test_exactly_one_contact_is_the_main_one(crm: Crm, lead: int) -> None:
    """The first, until another is marked; when it goes, the next takes over."""

    def main() -> list[int]:
        shown = crm.get(f"leads/{lead}", "with=contacts")["_embedded"]["contacts"]
        return [one["id"] for one in shown if one["is_main"]]

    first, second, third = crm.create("contacts", {}, {}, {})
    crm.post(f"leads/{lead}/link", [_to("contacts", first), _to("contacts", second)])
    assert main() == [first]
    crm.post(f"leads/{lead}/link", [_to("contacts", third, is_main=True)])
    assert main() == [third]
    crm.post(f"leads/{lead}/link", [_to("contacts", second, is_main=True)])
    assert main() == [second]
    crm.post(f"contacts/{first}/link", [_to("leads", lead)])
    assert main() == [second]
    assert len(_links(crm, f"leads/{lead}")) == 3
    assert crm.send("POST", f"leads/{lead}/unlink", [_to("contacts", second)]).status == 204
    assert main() == [first]


def test_one_company_at_most(crm: Crm, lead: int) -> None:
    """Another one takes its place, for leads and contacts; a company has many of them."""
    [contact] = crm.create("contacts", {})
    first, second = crm.create("companies", {}, {})
    for path in (f"leads/{lead}", f"contacts/{contact}"):
        crm.post(f"{path}/link", [_to("companies", first)])
        crm.post(f"{path}/link", [_to("companies", second)])
        assert [one["id"] for one in crm.get(path)["_embedded"]["companies"]] == [second]
    assert _links(crm, f"companies/{first}") == []
    assert {link["to_entity_type"] for link in _links(crm, f"companies/{second}")} == {
        "leads",
        "contacts",
    }
    crm.post(f"companies/{first}/link", [_to("leads", lead)])
    assert [one["id"] for one in crm.get(f"leads/{lead}")["_embedded"]["companies"]] == [first]


def test_catalog_elements_carry_their_quantity(crm: Crm, lead: int) -> None:
    """A second link changes what it names and keeps the rest."""
    cars, boats = crm.create("catalogs", {"name": "Cars"}, {"name": "Boats"})
    [car] = crm.create(f"catalogs/{cars}/elements", {"name": "Car"})
    [boat] = crm.create(f"catalogs/{boats}/elements", {"name": "Boat"})
    crm.post(f"leads/{lead}/link", [_to("catalog_elements", car, catalog_id=cars, quantity=2.5)])
    crm.post(f"leads/{lead}/link", [_to("catalog_elements", car, catalog_id=cars, price_id=7)])
    crm.post(f"leads/{lead}/link", [_to("catalog_elements", boat, catalog_id=boats)])
    shown = {link["to_entity_id"]: link["metadata"] for link in _links(crm, f"leads/{lead}")}
    assert shown == {
        car: {"quantity": 2.5, "catalog_id": cars, "price_id": 7},
        boat: {"quantity": 1, "catalog_id": boats, "price_id": None},
    }
    [first, _] = crm.get(f"leads/{lead}", "with=catalog_elements")["_embedded"]["catalog_elements"]
    href = f"{ORIGIN}/api/v4/catalogs/{cars}/elements/{car}"
    assert (first["id"], first["_links"]["self"]["href"]) == (car, href)
    query = f"filter[to_catalog_id]={boats}"
    assert [link["to_entity_id"] for link in _links(crm, f"leads/{lead}", query)] == [boat]


def test_links_of_several_entities(crm: Crm, lead: int) -> None:
    """The methods over many entities name both ends, and need the ids."""
    [other] = crm.create("leads", {})
    [contact] = crm.create("contacts", {})
    [company] = crm.create("companies", {})
    items = [
        {"entity_id": lead, **_to("contacts", contact)},
        {"entity_id": other, **_to("companies", company)},
    ]
    assert crm.post("leads/link", items)["_total_items"] == 2
    query = f"filter[entity_id][]={lead}&filter[entity_id][]={other}"
    answer = crm.get("leads/links", query)
    found = [(link["entity_id"], link["to_entity_id"]) for link in answer["_embedded"]["links"]]
    assert found == [(lead, contact), (other, company)]
    only = crm.get("leads/links", f"{query}&filter[to_entity_type]=companies")
    assert [link["entity_id"] for link in only["_embedded"]["links"]] == [other]
    response = crm.send("POST", "leads/unlink", items)
    assert (response.status, response.body) == (204, b"")
    assert crm.get("leads/links", query)["_total_items"] == 0
    assert crm.send("POST", "leads/unlink", items).status == 204
    response = crm.send("POST", "leads/link", [_to("contacts", contact)])
    assert orjson.loads(response.body)["validation-errors"][0]["errors"][0]["path"] == "entity_id"


def test_links_are_logged_and_touch_both_ends(crm: Crm, lead: int) -> None:
    """An event on each side; a link that is there already is none."""
    [contact] = crm.create("contacts", {})
    crm.clock.advance(9)
    crm.post(f"leads/{lead}/link", [_to("contacts", contact, updated_by=0)])
    events = crm.events("entity_linked")
    assert [(e["entity_type"], e["entity_id"], e["created_by"]) for e in events] == [
        ("lead", lead, 0),
        ("contact", contact, 0),
    ]
    assert events[0]["value_after"] == [{"link": {"entity": {"type": "contact", "id": contact}}}]
    for path in (f"leads/{lead}", f"contacts/{contact}"):
        assert crm.get(path)["updated_at"] == NOON + 9
    crm.post(f"leads/{lead}/link", [_to("contacts", contact)])
    assert len(crm.events("entity_linked")) == 2
    crm.send("POST", f"contacts/{contact}/unlink", [_to("leads", lead)])
    [one, _] = crm.events("entity_unlinked")
    assert one["value_before"] == [{"unlink": {"entity": {"type": "lead", "id": lead}}}]
    assert one["value_after"] == []


def test_a_faulty_link_leaves_the_others_unmade(crm: Crm, lead: int) -> None:
    """All or nothing."""
    [contact] = crm.create("contacts", {})
    body = [_to("contacts", contact), _to("contacts", 77)]
    response = crm.send("POST", f"leads/{lead}/link", body)
    assert orjson.loads(response.body)["validation-errors"][0]["request_id"] == "1"
    assert _links(crm, f"leads/{lead}") == []
