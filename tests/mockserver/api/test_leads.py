"""Leads: what is shown, stages, closing, complex creation, the log."""

from __future__ import annotations

import orjson

from .crm import NOON, ORIGIN, Crm, make_crm


def _stages(crm: Crm) -> tuple[int, list[int]]:
    [pipeline] = crm.find("leads/pipelines")
    stages = pipeline["_embedded"]["statuses"]
    return pipeline["id"], [stage["id"] for stage in stages if stage["is_editable"]]


def test_a_new_lead_is_shown_whole(crm: Crm) -> None:
    """Every key, in the order of the docs."""
    pipeline, [first, *_] = _stages(crm)
    [number] = crm.create("leads", {"name": "Roof", "price": 100.7})
    user = crm.caller.user_id
    assert list(crm.get(f"leads/{number}").items()) == [
        ("id", number),
        ("name", "Roof"),
        ("price", 100),
        ("responsible_user_id", user),
        ("group_id", 0),
        ("status_id", first),
        ("pipeline_id", pipeline),
        ("loss_reason_id", None),
        ("created_by", user),
        ("updated_by", user),
        ("created_at", NOON),
        ("updated_at", NOON),
        ("closed_at", None),
        ("closest_task_at", None),
        ("is_deleted", False),
        ("custom_fields_values", None),
        ("score", None),
        ("account_id", crm.account.id),
        ("labor_cost", None),
        ("is_price_computed", False),
        ("_links", {"self": {"href": f"{ORIGIN}/api/v4/leads/{number}"}}),
        ("_embedded", {"tags": [], "companies": []}),
    ]


def test_with_adds_and_unknown_members_do_not_matter(crm: Crm) -> None:
    """Members are added in the order of the docs, whatever the order asked."""
    [number] = crm.create("leads", {"name": "x"})
    asked = "with=source_id,nope,loss_reason,contacts,is_price_modified_by_robot,catalog_elements"
    shown = crm.get(f"leads/{number}", asked)
    assert shown["source_id"] is None
    assert shown["is_price_modified_by_robot"] is False
    keys = ["tags", "companies", "contacts", "catalog_elements", "loss_reason"]
    assert list(shown["_embedded"]) == keys
    assert list(shown)[8] == "source_id"


def test_answers_to_writes(crm: Crm) -> None:
    """The mark comes back as text, the index stands in for it; one alone has none of its own."""
    answer = crm.post("leads", [{"name": "a", "request_id": "q"}, {"request_id": 7}, {}])
    rows = answer["_embedded"]["leads"]
    assert [row["request_id"] for row in rows] == ["q", "7", "2"]
    assert answer["_links"] == {"self": {"href": f"{ORIGIN}/api/v4/leads"}}
    assert all(list(row) == ["id", "request_id", "_links"] for row in rows)
    number = rows[0]["id"]
    changed = crm.patch("leads", [{"id": number, "name": "b"}])["_embedded"]["leads"]
    links = {"self": {"href": f"{ORIGIN}/api/v4/leads/{number}"}}
    assert changed == [{"id": number, "updated_at": NOON, "request_id": "0", "_links": links}]
    one = {"id": number, "updated_at": NOON, "_links": links}
    assert crm.patch(f"leads/{number}", {"name": "c"}) == one
    marked = crm.patch(f"leads/{number}", {"name": "d", "request_id": "0"})
    assert marked == {**one, "request_id": "0"}


def test_numeric_keys_make_a_list(crm: Crm) -> None:
    """PHP writes a list with holes as an object."""
    answer = crm.post("leads", {"10": {"name": "second"}, "2": {"name": "first"}})
    first, second = (row["id"] for row in answer["_embedded"]["leads"])
    assert crm.get(f"leads/{first}")["name"] == "first"
    assert crm.get(f"leads/{second}")["name"] == "second"


def test_what_was_read_can_be_sent_back(crm: Crm) -> None:
    """Read-only keys, nulls and the stored time are taken without a change but the time."""
    [number] = crm.create("leads", {"name": "a", "_embedded": {"tags": [{"name": "hot"}]}})
    lead = crm.get(f"leads/{number}", "with=contacts,loss_reason")
    crm.clock.advance(60)
    crm.patch(f"leads/{number}", lead)
    assert crm.get(f"leads/{number}", "with=contacts,loss_reason") == {
        **lead,
        "updated_at": NOON + 60,
    }


def test_an_empty_name_becomes_the_id(crm: Crm) -> None:
    """In the language of the host."""
    [number] = crm.create("leads", {})
    assert crm.get(f"leads/{number}")["name"] == f"Сделка #{number}"
    english = make_crm(zone="kommo.com")
    [number] = english.create("leads", {"name": ""})
    assert english.get(f"leads/{number}")["name"] == f"Lead #{number}"


def test_closing_and_reopening(crm: Crm) -> None:
    """Closed leads have a time, lost ones may have a reason; both go when the lead is reopened."""
    reason = next(iter(crm.account.table("loss_reasons").rows))
    [number] = crm.create("leads", {"name": "a"})
    crm.clock.advance(5)
    crm.patch(f"leads/{number}", {"status_id": 143, "loss_reason_id": reason})
    lead = crm.get(f"leads/{number}", "with=loss_reason")
    assert (lead["closed_at"], lead["loss_reason_id"]) == (NOON + 5, reason)
    [shown] = lead["_embedded"]["loss_reason"]
    assert set(shown) == {"id", "name", "sort", "created_at", "updated_at", "_links"}
    crm.patch(f"leads/{number}", {"name": "b"})
    assert crm.get(f"leads/{number}")["closed_at"] == NOON + 5
    crm.patch(f"leads/{number}", {"status_id": 142, "closed_at": NOON - 5})
    lead = crm.get(f"leads/{number}")
    assert (lead["closed_at"], lead["loss_reason_id"]) == (NOON - 5, None)
    _, [first, *_] = _stages(crm)
    crm.patch(f"leads/{number}", {"status_id": first, "loss_reason_id": reason})
    lead = crm.get(f"leads/{number}")
    assert (lead["closed_at"], lead["loss_reason_id"]) == (None, None)


def test_a_move_to_another_pipeline_starts_at_its_first_stage(crm: Crm) -> None:
    """A stage of the old pipeline is refused there."""
    _, [first, second, *_] = _stages(crm)
    stages = {"statuses": [{"name": "A"}, {"name": "B"}]}
    pipeline = crm.post("leads/pipelines", [{"name": "Other", "_embedded": stages}])
    other = pipeline["_embedded"]["pipelines"][0]
    begin = next(s["id"] for s in other["_embedded"]["statuses"] if s["name"] == "A")
    [number] = crm.create("leads", {"name": "a", "status_id": second})
    crm.patch(f"leads/{number}", {"pipeline_id": other["id"]})
    assert crm.get(f"leads/{number}")["status_id"] == begin
    assert crm.send("PATCH", f"leads/{number}", {"status_id": first}).status == 400
    crm.patch(f"leads/{number}", {"status_id": 142})
    assert crm.get(f"leads/{number}")["pipeline_id"] == other["id"]


def test_links_made_at_creation(crm: Crm) -> None:
    """The first contact is the main one unless another is marked; one company at most."""
    contacts = crm.create("contacts", {"name": "A"}, {"name": "B"}, {"name": "C"})
    [company] = crm.create("companies", {"name": "Co"})
    refs = [{"id": number} for number in contacts]
    [plain, marked] = crm.create(
        "leads",
        {"_embedded": {"contacts": refs, "companies": [{"id": company}]}},
        {"_embedded": {"contacts": [refs[0], {"id": contacts[1], "is_main": True}, refs[2]]}},
    )
    for number, main in ((plain, contacts[0]), (marked, contacts[1])):
        shown = crm.get(f"leads/{number}", "with=contacts")["_embedded"]["contacts"]
        assert [one["id"] for one in shown] == contacts
        assert [one["id"] for one in shown if one["is_main"]] == [main]
    assert [c["id"] for c in crm.get(f"leads/{plain}")["_embedded"]["companies"]] == [company]
    leads = crm.get(f"contacts/{contacts[2]}", "with=leads")["_embedded"]["leads"]
    assert [lead["id"] for lead in leads] == [plain, marked]


def test_complex_creation(crm: Crm) -> None:
    """Lead, contact and company are made and linked with each other; known ones are only linked."""
    phone = {"field_code": "PHONE", "values": [{"value": "+7 900", "enum_code": "MOB"}]}
    answer = crm.post(
        "leads/complex",
        [
            {
                "name": "Deal",
                "request_id": "r",
                "_embedded": {
                    "tags": [{"name": "hot"}],
                    "contacts": [{"first_name": "Ann", "custom_fields_values": [phone]}],
                    "companies": [{"name": "Acme"}],
                },
            },
            {"name": "Bare"},
        ],
    )
    [full, bare] = answer
    assert list(full) == ["id", "contact_id", "company_id", "request_id", "merged"]
    assert (full["request_id"], full["merged"]) == (["r"], False)
    assert bare == {
        "id": bare["id"],
        "contact_id": None,
        "company_id": None,
        "request_id": ["1"],
        "merged": False,
    }
    contact = crm.get(f"contacts/{full['contact_id']}", "with=leads")
    assert contact["name"] == "Ann"
    assert [c["id"] for c in contact["_embedded"]["companies"]] == [full["company_id"]]
    assert [lead["id"] for lead in contact["_embedded"]["leads"]] == [full["id"]]
    lead = crm.get(f"leads/{full['id']}", "with=contacts")
    assert lead["_embedded"]["contacts"][0]["is_main"] is True
    assert [tag["name"] for tag in lead["_embedded"]["tags"]] == ["hot"]
    known = {"contacts": [{"id": full["contact_id"], "name": "ignored"}]}
    [again] = crm.post("leads/complex", [{"name": "Again", "_embedded": known}])
    assert again["contact_id"] == full["contact_id"]
    assert crm.get(f"contacts/{full['contact_id']}")["name"] == "Ann"


def test_complex_faults_have_the_path_of_their_part(crm: Crm) -> None:
    """One wrong contact refuses all, and nothing is made."""
    contact = {"responsible_user_id": "x", "custom_fields_values": [{"field_id": 5, "values": []}]}
    items = [{"name": "good"}, {"_embedded": {"contacts": [contact], "companies": [{"id": 5}]}}]
    response = crm.send("POST", "leads/complex", items)
    [item] = orjson.loads(response.body)["validation-errors"]
    assert item["request_id"] == "1"
    assert [(error["code"], error["path"]) for error in item["errors"]] == [
        ("InvalidType", "_embedded.contacts.0.responsible_user_id"),
        ("NotSupportedChoice", "_embedded.contacts.0.responsible_user_id"),
        ("NotSupportedChoice", "_embedded.contacts.0.custom_fields_values.0.field_id"),
        ("NotSupportedChoice", "_embedded.companies.0.id"),
    ]
    assert crm.find("leads") == []


def test_the_trash_is_shown_to_those_who_ask() -> None:
    """Little is told of a lead there; by the normal list and by id it is not there."""
    gone = {"id": 101, "name": "Gone", "is_deleted": True, "updated_at": NOON - 5}
    crm = make_crm({"leads": [gone, {"id": 102, "name": "Here"}]})
    assert [lead["id"] for lead in crm.find("leads")] == [102]
    assert crm.find("leads", "filter[id]=101") == []
    assert crm.send("GET", "leads/101").status == 204
    [lead] = crm.find("leads", "with=only_deleted&filter[id][]=101")
    assert (lead["id"], lead["updated_at"], lead["is_deleted"]) == (101, NOON - 5, True)
    assert (lead["name"], lead["price"], lead["status_id"]) == (None, None, None)
    assert crm.get("leads/101", "with=only_deleted")["id"] == 101


def test_changes_are_logged(crm: Crm) -> None:
    """Each kind of change is an event of its own, in the shape of the docs."""
    pipeline, [first, second, *_] = _stages(crm)
    user = crm.caller.user_id
    [number] = crm.create("leads", {"name": "a", "price": 1, "tags_to_add": [{"name": "t"}]})
    [added] = crm.events("lead_added")
    assert list(added["value_after"][0]["note"]) == ["id"]
    assert added["created_by"] == user
    assert crm.events("entity_tag_added")[0]["value_after"] == [{"tag": {"name": "t"}}]
    crm.patch(
        f"leads/{number}",
        {
            "name": "b",
            "price": 2,
            "status_id": second,
            "updated_by": 0,
            "_embedded": {"tags": [{"name": "u"}]},
        },
    )
    [moved] = crm.events("lead_status_changed")
    assert (moved["entity_type"], moved["entity_id"], moved["created_by"]) == ("lead", number, 0)
    assert moved["value_before"] == [{"lead_status": {"id": first, "pipeline_id": pipeline}}]
    assert moved["value_after"] == [{"lead_status": {"id": second, "pipeline_id": pipeline}}]
    [sale] = crm.events("sale_field_changed")
    assert sale["value_before"] == [{"sale_field_value": {"sale": 1}}]
    assert sale["value_after"] == [{"sale_field_value": {"sale": 2}}]
    [name] = crm.events("name_field_changed")
    assert name["value_after"] == [{"name_field_value": {"name": "b"}}]
    assert crm.events("entity_tag_deleted")[0]["value_before"] == [{"tag": {"name": "t"}}]
    before = len(crm.account.events)
    crm.patch(f"leads/{number}", {"name": "b", "price": 2, "status_id": second})
    assert len(crm.account.events) == before
    ids = [event["id"] for event in crm.account.events]
    assert ids == sorted(set(ids))
    assert {len(one) for one in ids} == {26}
