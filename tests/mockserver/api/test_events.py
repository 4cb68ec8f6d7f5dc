"""The log of events, and the directory of their types."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json


@pytest.fixture
def lead(crm: Crm) -> int:
    """A lead that was created at noon, renamed a second later and then moved."""
    [number] = crm.create("leads", {"name": "A"})
    crm.clock.advance(1)
    crm.patch(f"leads/{number}", {"name": "B"})
    crm.clock.advance(1)
    crm.patch(f"leads/{number}", {"status_id": 143})
    return number


def _kinds(crm: Crm, query: str = "") -> list[str]:
    return [event["type"] for event in crm.find("events", query)]


def test_newest_first_in_full_shape(crm: Crm, lead: int) -> None:
    """Every key that clients read is there."""
    [moved, renamed, added] = crm.find("events")
    pipeline = crm.get(f"leads/{lead}")["pipeline_id"]
    assert moved == {
        "id": moved["id"],
        "type": "lead_status_changed",
        "entity_id": lead,
        "entity_type": "lead",
        "created_by": crm.caller.user_id,
        "created_at": NOON + 2,
        "value_after": [{"lead_status": {"id": 143, "pipeline_id": pipeline}}],
        "value_before": moved["value_before"],
        "account_id": crm.account.id,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/events/{moved['id']}"}},
        "_embedded": {
            "entity": {
                "id": lead,
                "_links": {"self": {"href": f"{ORIGIN}/api/v4/leads/{lead}"}},
            }
        },
    }
    assert (len(moved["id"]), moved["id"].lower()) == (26, moved["id"])
    assert renamed["value_before"] == [{"name_field_value": {"name": "A"}}]
    assert list(added["value_after"][0]["note"]) == ["id"]
    assert crm.get(f"events/{moved['id']}") == moved
    assert crm.send("GET", "events/01hf3x8m2t9q4k7w5z6y1a0b3c").status == 204


def test_names_of_entities_when_asked(crm: Crm, lead: int) -> None:
    """Only those of the kind that `with` names."""
    [event] = crm.find("events", "limit=1&with=lead_name,contact_name")
    assert event["_embedded"]["entity"]["name"] == "B"
    [event] = crm.find("events", "limit=1&with=contact_name")
    assert "name" not in event["_embedded"]["entity"]
    assert event["entity_id"] == lead


def test_notes_and_catalogs_are_named_when_asked(crm: Crm, lead: int) -> None:
    """A note is told with its words, an element with its catalog's name."""
    note = {"note_type": "common", "params": {"text": "Hello"}}
    [number] = crm.create(f"leads/{lead}/notes", note)
    query = "filter[type]=common_note_added"
    assert crm.find("events", query)[0]["value_after"] == [{"note": {"id": number}}]
    [event] = crm.find("events", f"{query}&with=note")
    assert event["value_after"] == [{"note": {"id": number, **note}}]
    [event] = crm.find("events", "filter[type]=lead_added&with=note")
    assert list(event["value_after"][0]["note"]) == ["id"]
    [cars] = crm.create("catalogs", {"name": "Cars"})
    [lada] = crm.create(f"catalogs/{cars}/elements", {"name": "Lada"})
    link = {"to_entity_id": lada, "to_entity_type": "catalog_elements"}
    crm.post(f"leads/{lead}/link", [{**link, "metadata": {"catalog_id": cars}}])
    query = f"filter[entity]=catalog_{cars}"
    assert "catalog_name" not in crm.find("events", query)[0]["_embedded"]["entity"]
    [event] = crm.find("events", f"{query}&with=catalog_name,catalog_element_name")
    names = {"name": "Lada", "catalog_id": cars, "catalog_name": "Cars"}
    assert names.items() <= event["_embedded"]["entity"].items()


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("filter[type]=lead_added", ["lead_added"]),
        ("filter[type]=lead_added,name_field_changed", ["name_field_changed", "lead_added"]),
        ("filter[type][]=lead_added&filter[type][]=x", ["lead_added"]),
        ("filter[entity]=lead,contact&limit=1", ["lead_status_changed"]),
        ("filter[entity]=contact", []),
        (f"filter[created_at]={NOON + 2}", ["lead_status_changed"]),
        (f"filter[created_at]={NOON},{NOON + 1}", ["name_field_changed", "lead_added"]),
        (f"filter[created_at][to]={NOON}", ["lead_added"]),
        ("filter[created_by]=0", []),
        ("filter[value_after][value]=B", ["name_field_changed"]),
        ("filter[value_before][value]=B", []),
        ("filter[value_after][leads_statuses][0][status_id]=143", ["lead_status_changed"]),
        ("filter[value_after][leads_statuses][0][status_id]=142", []),
        ("filter[nonsense]=1&limit=1", ["lead_status_changed"]),
    ],
)
@pytest.mark.usefixtures("lead")
def test_filters(crm: Crm, query: str, kinds: list[str]) -> None:
    """Single values, lists, comma lists, ranges and values; all filters must fit."""
    assert _kinds(crm, query) == kinds


def test_filters_by_id_and_entity(crm: Crm, lead: int) -> None:
    """One entity type makes ids of entities clear."""
    ids = [event["id"] for event in crm.find("events")]
    chosen = crm.find("events", f"filter[id]={ids[2]},{ids[0]}")
    assert [event["id"] for event in chosen] == [ids[0], ids[2]]
    assert len(crm.find("events", f"filter[entity]=lead&filter[entity_id]={lead}")) == 3
    assert crm.find("events", f"filter[entity]=lead&filter[entity_id]={lead + 1}") == []


def test_responsible_users_and_enums(crm: Crm) -> None:
    """Values of further kinds."""
    field = {"name": "Size", "type": "select", "enums": [{"value": "S", "sort": 1}]}
    made = crm.post("leads/custom_fields", [field])["_embedded"]["custom_fields"][0]
    enum = made["enums"][0]["id"]
    user = crm.caller.user_id
    [lead] = crm.create("leads", {"responsible_user_id": user})
    value = {"field_id": made["id"], "values": [{"enum_id": enum}]}
    crm.patch(f"leads/{lead}", {"custom_fields_values": [value]})
    kind = f"custom_field_{made['id']}_value_changed"
    query = f"filter[type]={kind}&filter[value_after][custom_field_values]={enum},1"
    assert _kinds(crm, query) == [kind]
    assert _kinds(crm, "filter[type]=custom_field_value_changed") == [kind]
    assert _kinds(crm, f"filter[type]={kind}&filter[value_after][value]=S") == [kind]
    assert _kinds(crm, f"filter[value_after][responsible_user_id]={user}") == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("filter[entity_id]=1", "filter.entity"),
        ("filter[entity_id]=1&filter[entity]=lead,contact", "filter.entity"),
        ("filter[created_by]=1,2,3,4,5,6,7,8,9,10,11", "filter.created_by"),
        ("filter[type]=custom_field_1_value_changed,lead_added", "filter.type"),
    ],
)
def test_filters_that_do_not_go_together(crm: Crm, query: str, path: str) -> None:
    """400, and where."""
    answer = crm.send("GET", "events", query=query)
    [item] = orjson.loads(answer.body)["validation-errors"]
    assert (answer.status, item["errors"][0]["path"]) == (400, path)


def test_pages_of_at_most_a_hundred(crm: Crm) -> None:
    """More is cut; the next page goes on where the last one ended."""
    crm.create("contacts", *({"name": str(n)} for n in range(120)))
    first = crm.get("events", "limit=250")
    assert len(first["_embedded"]["events"]) == 100
    assert first["_links"]["next"]["href"] == f"{ORIGIN}/api/v4/events?limit=100&page=2"
    second = crm.get("events", "limit=100&page=2")
    assert len(second["_embedded"]["events"]) == 20
    assert "next" not in second["_links"]
    rows: Json = first["_embedded"]["events"] + second["_embedded"]["events"]
    assert [row["id"] for row in rows] == [event["id"] for event in reversed(crm.account.events)]


def test_the_log_is_read_only(crm: Crm) -> None:
    """Nothing can be written to it."""
    assert crm.send("POST", "events", [{}]).status == 405


def test_types_in_the_language_asked_for(crm: Crm) -> None:
    """The user's own language by default; fields have types of their own, which come last."""
    [field] = [
        row["id"]
        for row in crm.post("leads/custom_fields", [{"name": "Page", "type": "text"}])["_embedded"][
            "custom_fields"
        ]
    ]
    answer = crm.get("events/types", "language_code=en")
    types = answer["_embedded"]["events_types"]
    assert answer["_total_items"] == len(types)
    assert types[0] == {"key": "lead_added", "type": 1, "lang": "New lead"}
    wanted = {
        "key": f"custom_field_{field}_value_changed",
        "type": 24,
        "lang": 'Field "Page" changed',
    }
    assert wanted in types
    assert crm.find("events/types", key="events_types")[0]["lang"] == "Новая сделка"
    for language, name in (("es", "Nuevo lead"), ("pt", "Novo lead")):
        rows = crm.find("events/types", f"language_code={language}", key="events_types")
        assert rows[0]["lang"] == name
    assert all(row["lang"] for row in types)
