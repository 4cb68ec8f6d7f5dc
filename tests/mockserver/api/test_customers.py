"""Customers: modes, stages, segments, purchases and points."""

from __future__ import annotations

import orjson
import pytest

from .crm import NOON, ORIGIN, Crm, Json, make_crm


@pytest.fixture
def periodic() -> Crm:
    """An account that sorts customers by their next purchase."""
    return make_crm({"customers_mode": "periodicity"})


def _flaws(crm: Crm, method: str, path: str, body: Json) -> list[tuple[str, str]]:
    answer = crm.send(method, path, body)
    assert answer.status == 400, answer.body
    errors = orjson.loads(answer.body)["validation-errors"][0]["errors"]
    return [(flaw["code"], flaw["path"]) for flaw in errors]


def test_created_with_defaults_and_shown_whole(crm: Crm) -> None:
    """Every key that clients read is there."""
    answer = crm.post("customers", [{"name": "A", "next_price": 5, "next_date": NOON + 9}])
    [made] = answer["_embedded"]["customers"]
    links = {"self": {"href": f"{ORIGIN}/api/v4/customers/{made['id']}"}}
    assert made == {"id": made["id"], "request_id": "0", "_links": links}
    user = crm.caller.user_id
    shown = crm.get(f"customers/{made['id']}", "with=contacts,companies,catalog_elements,group_id")
    assert isinstance(shown.pop("status_id"), int)
    assert shown == {
        "id": made["id"],
        "name": "A",
        "next_price": 5,
        "next_date": NOON + 9,
        "responsible_user_id": user,
        "group_id": 0,
        "periodicity": 0,
        "created_by": user,
        "updated_by": user,
        "created_at": NOON,
        "updated_at": NOON,
        "closest_task_at": None,
        "is_deleted": False,
        "custom_fields_values": None,
        "ltv": 0,
        "purchases_count": 0,
        "average_check": 0,
        "account_id": crm.account.id,
        "_links": links,
        "_embedded": {
            "segments": [],
            "tags": [],
            "contacts": [],
            "companies": [],
            "catalog_elements": [],
        },
    }
    assert [event["entity_type"] for event in crm.events("customer_added")] == ["customer"]


def test_changed_alone_and_in_batches(crm: Crm) -> None:
    """Answers name the time of the change."""
    [number] = crm.create("customers", {"name": "A"})
    crm.clock.advance(5)
    one = crm.patch(f"customers/{number}", {"name": "B"})
    assert (one["updated_at"], "request_id" in one) == (NOON + 5, False)
    [row] = crm.patch("customers", [{"id": number, "next_price": 7}])["_embedded"]["customers"]
    assert list(row) == ["id", "updated_at", "request_id", "_links"]
    assert crm.get(f"customers/{number}")["next_price"] == 7
    assert [event["value_after"] for event in crm.events("name_field_changed")] == [
        [{"name_field_value": {"name": "B"}}]
    ]
    assert crm.send("PATCH", "customers/9", {"name": "B"}).status == 404
    assert crm.send("GET", "customers/9").status == 204


def test_filters(crm: Crm) -> None:
    """Columns, ranges, text."""
    first, second = crm.create(
        "customers", {"name": "A", "next_price": 5}, {"name": "B", "next_price": 50}
    )
    for query, found in (
        ("filter[name]=a", [first]),
        ("filter[next_price][from]=6", [second]),
        (f"filter[id][]={first}&filter[id][]={second}&query=b", [second]),
        ("filter[created_at]=1", []),
    ):
        assert [row["id"] for row in crm.find("customers", query)] == found


def test_tags_notes_tasks_fields_and_links(crm: Crm) -> None:
    """All that other cards have."""
    [field] = crm.create("customers/custom_fields", {"name": "F", "type": "text"})
    value = {"field_id": field, "values": [{"value": "x"}]}
    item = {"name": "A", "custom_fields_values": [value], "_embedded": {"tags": [{"name": "t"}]}}
    [number] = crm.create("customers", item)
    [contact] = crm.create("contacts", {"name": "C"})
    to = {"to_entity_id": contact, "to_entity_type": "contacts"}
    crm.post(f"customers/{number}/link", [to])
    crm.post(
        "customers/notes", [{"entity_id": number, "note_type": "common", "params": {"text": "n"}}]
    )
    task = {"text": "t", "complete_till": NOON + 5, "entity_id": number, "entity_type": "customers"}
    crm.create("tasks", task)
    shown = crm.get(f"customers/{number}", "with=contacts")
    assert shown["custom_fields_values"][0]["values"] == [{"value": "x"}]
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == ["t"]
    assert shown["_embedded"]["contacts"][0]["is_main"] is True
    assert shown["closest_task_at"] == NOON + 5
    assert [note["params"] for note in crm.find(f"customers/{number}/notes")] == [{"text": "n"}]
    customers = crm.get(f"contacts/{contact}", "with=customers")["_embedded"]["customers"]
    assert [one["id"] for one in customers] == [number]
    assert [tag["name"] for tag in crm.find("customers/tags")] == ["t"]


def test_modes(crm: Crm) -> None:
    """The account follows; what is off is refused, and what is not paid for."""
    body = {"mode": "periodicity", "is_enabled": True}
    assert crm.patch("customers/mode", body) == body
    assert crm.get("account")["customers_mode"] == "periodicity"
    assert crm.send("GET", "customers/segments").status == 422
    assert len(crm.find("customers/statuses")) == 4
    crm.patch("customers/mode", {"mode": "segments", "is_enabled": True})
    assert crm.send("GET", "customers/statuses").status == 422
    assert crm.send("GET", "customers/segments").status == 204
    crm.patch("customers/mode", {"mode": "segments", "is_enabled": False})
    assert crm.get("account")["customers_mode"] == "disabled"
    for path in ("customers", "customers/segments", "customers/transactions", "customers/1"):
        assert crm.send("GET", path).status == 422
    assert _flaws(crm, "PATCH", "customers/mode", {"mode": "x"}) == [
        ("NotSupportedChoice", "mode"),
        ("FieldMissing", "is_enabled"),
    ]
    unpaid = make_crm({"customers_mode": "unavailable"})
    assert unpaid.send("PATCH", "customers/mode", body).status == 402
    assert unpaid.send("GET", "customers").status == 402


def test_periodic_customers(periodic: Crm) -> None:
    """They need a time, stand in stages, and move when they buy."""
    assert _flaws(periodic, "POST", "customers", [{"name": "A"}]) == [("FieldMissing", "next_date")]
    recent, expected, *_ = [row["id"] for row in periodic.find("customers/statuses")]
    bad = {"name": "A", "next_date": NOON, "status_id": 9}
    assert _flaws(periodic, "POST", "customers", [bad])[0][1] == "status_id"
    [number] = periodic.create("customers", {**bad, "status_id": expected})
    periodic.post(f"customers/{number}/transactions", [{"price": 5, "next_date": NOON + 99}])
    shown = periodic.get(f"customers/{number}")
    assert (shown["status_id"], shown["next_date"]) == (recent, NOON + 99)
    [moved] = periodic.events("customer_status_changed")
    assert moved["value_before"] == [{"customer_status": {"id": expected}}]
    query = f"filter[value_after][customers_statuses][0][status_id]={recent}"
    assert len(periodic.find("events", query)) == 1


def test_stages(periodic: Crm) -> None:
    """Added in their place, changed, deleted; those of the system stay."""
    path = "customers/statuses"
    answer = periodic.post(path, [{"name": "Loyal", "sort": 1, "request_id": "r"}])
    [made] = answer["_embedded"]["statuses"]
    assert (answer["_total_items"], made["request_id"]) == (1, "r")
    rows = periodic.find(path)
    assert [row["sort"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0]["type"] == 4
    [own] = [row for row in rows if not row["is_default"]]
    assert (own["id"], own["color"], own["conditions"]) == (made["id"], "#fffeb2", [[], []])
    changed = periodic.patch(f"{path}/{own['id']}", {"name": "Best", "color": "#98cbff"})
    assert (changed["name"], changed["color"], changed["request_id"]) == ("Best", "#98cbff", "0")
    assert _flaws(periodic, "PATCH", f"{path}/{own['id']}", {"color": "#000000"})[0][1] == "color"
    [number] = periodic.create("customers", {"name": "A", "next_date": NOON})
    assert periodic.get(f"customers/{number}")["status_id"] == own["id"]
    assert periodic.send("DELETE", f"{path}/{own['id']}").status == 204
    assert periodic.get(f"customers/{number}")["status_id"] == rows[0]["id"]
    assert periodic.send("DELETE", f"{path}/{rows[0]['id']}").status == 400
    assert periodic.send("GET", f"{path}/{own['id']}").status == 404
    for name in range(26):
        periodic.create(path, {"name": str(name), "sort": 9})
    assert periodic.send("POST", path, [{"name": "31", "sort": 9}]).status == 400


def test_segments(crm: Crm) -> None:
    """One by one; their members are counted, come and go."""
    path = "customers/segments"
    made = crm.post(path, {"name": "Wholesale", "color": "2176ff"})
    assert made == {
        "id": made["id"],
        "created_at": NOON,
        "updated_at": NOON,
        "account_id": crm.account.id,
        "name": "Wholesale",
        "color": "2176ff",
        "available_products_price_types": [],
        "customers_count": 0,
        "custom_fields_values": [],
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/{path}/{made['id']}"}},
    }
    refs = {"segments": [{"id": made["id"], "name": "ignored"}]}
    [number] = crm.create("customers", {"name": "A", "_embedded": refs})
    assert crm.get(f"{path}/{made['id']}")["customers_count"] == 1
    assert [ref["id"] for ref in crm.get(f"customers/{number}")["_embedded"]["segments"]] == [
        made["id"]
    ]
    crm.patch(f"customers/{number}", {"name": "B"})
    assert crm.find(path)[0]["customers_count"] == 1
    crm.patch(f"customers/{number}", {"_embedded": {"segments": []}})
    assert crm.find(path)[0]["customers_count"] == 0
    assert len(crm.events("entity_segment_attached")) == 1
    assert len(crm.events("entity_segment_detached")) == 1
    assert len(crm.events("segment_created")) == 1
    crm.patch(f"customers/{number}", {"_embedded": refs})
    assert crm.patch(f"{path}/{made['id']}", {"name": "C"})["name"] == "C"
    assert _flaws(crm, "POST", path, {"name": "A", "color": "fffeb2"})[0][1] == "color"
    unknown = [{"name": "A", "_embedded": {"segments": [{"id": 9}]}}]
    assert _flaws(crm, "POST", "customers", unknown)[0][1] == "_embedded.segments.0.id"
    assert crm.send("DELETE", f"{path}/{made['id']}").status == 204
    assert crm.get(f"customers/{number}")["_embedded"]["segments"] == []
    assert crm.send("GET", f"{path}/{made['id']}").status == 404


def test_purchases_make_totals(crm: Crm) -> None:
    """Each counts, and what is deleted does not any more."""
    [number, other] = crm.create("customers", {"name": "A"}, {"name": "B"})
    path = f"customers/{number}/transactions"
    element = {"id": 5, "metadata": {"catalog_id": 7, "quantity": 2}}
    items = [{"price": 5, "comment": "x", "_embedded": {"catalog_elements": [element]}}]
    answer = crm.post(path, [*items, {"price": 6}])
    first, second = answer["_embedded"]["transactions"]
    assert (first["customer_id"], second["request_id"]) == (number, "1")
    shown = crm.get(f"customers/{number}")
    assert [shown[key] for key in ("ltv", "purchases_count", "average_check")] == [11, 2, 5]
    row = crm.get(f"customers/transactions/{first['id']}")
    assert row["_embedded"] == {
        "customer": {
            "id": number,
            "_links": {"self": {"href": f"{ORIGIN}/api/v4/customers/{number}"}},
        },
        "catalog_elements": [element],
    }
    assert (row["comment"], row["completed_at"], row["is_deleted"]) == ("x", NOON, False)
    assert row["_links"]["self"]["href"] == f"{ORIGIN}/api/v4/{path}/{first['id']}"
    assert crm.get(f"{path}/{first['id']}") == row
    assert crm.send("GET", f"customers/{other}/transactions/{first['id']}").status == 204
    assert crm.send("GET", f"customers/{other}/transactions").status == 204
    assert [one["id"] for one in crm.find(path, f"filter[id]={second['id']}")] == [second["id"]]
    assert crm.send("DELETE", f"customers/transactions/{first['id']}").status == 204
    assert crm.send("DELETE", f"{path}/{second['id']}").status == 204
    assert crm.send("GET", "customers/transactions").status == 204
    shown = crm.get(f"customers/{number}")
    assert [shown[key] for key in ("ltv", "purchases_count", "average_check")] == [0, 0, 0]
    assert len(crm.events("transaction_added")) == 2
    told = crm.events("ltv_field_changed")[0]
    assert (told["value_before"], told["value_after"]) == (
        [{"ltv_field_value": {"ltv": 0}}],
        [{"ltv_field_value": {"ltv": 5}}],
    )
    assert crm.send("POST", "customers/9/transactions", [{"price": 1}]).status == 404
    assert _flaws(crm, "POST", path, [{"comment": "x"}]) == [("FieldMissing", "price")]


def test_webhooks_hear_of_customers(crm: Crm) -> None:
    """Of new ones, of changes, and of purchases as changes."""
    events = ["add_customer", "update_customer"]
    crm.post("webhooks", {"destination": "https://hook.example.test/", "settings": events})
    [number] = crm.create("customers", {"name": "A"})
    crm.patch(f"customers/{number}", {"name": "B"})
    crm.post(f"customers/{number}/transactions", [{"price": 5}])
    told = [hook.event for hook in crm.account.hooks]
    assert told == ["add_customer", "update_customer", "update_customer"]


@pytest.mark.parametrize("body", [{"earn": 1, "redeem": 1}, {"redeem": 51}, {"earn": -1}])
def test_points(crm: Crm, body: Json) -> None:
    """Given and taken, one at a time, never below nothing."""
    [number] = crm.create("customers", {"name": "A"})
    path = f"customers/{number}/bonus_points"
    assert crm.post(path, {"earn": 100}) == {"bonus_points": 100}
    assert crm.post(path, {"redeem": 50}) == {"bonus_points": 50}
    assert crm.send("POST", path, body).status == 400
    assert crm.post(path, {"redeem": 0}) == {"bonus_points": 50}
    assert crm.send("POST", "customers/9/bonus_points", {"earn": 1}).status == 404


def test_followers() -> None:
    """Only a seed names them."""
    rows = [{"entity_id": 101, "subscriber_id": 501, "type": "user"}]
    lead = {"id": 101, "name": "L"}
    crm = make_crm({"leads": [lead], "subscriptions": {"leads": rows}})
    page = crm.get("leads/101/subscriptions")
    assert (page["_total_items"], page["_page_count"]) == (1, 1)
    assert page["_embedded"]["subscriptions"] == [{"subscriber_id": 501, "type": "user"}]
    [number] = crm.create("leads", {})
    assert crm.send("GET", f"leads/{number}/subscriptions").status == 204
    assert crm.send("GET", "leads/9/subscriptions").status == 404
    for seed in ({"tasks": []}, {"leads": [1]}, {"leads": [{"entity_id": 1}]}):
        with pytest.raises(ValueError, match="subscriptions"):
            make_crm({"subscriptions": seed})


def test_writes_of_the_directory_are_for_admins() -> None:
    """Others get 403."""
    people = [{"id": 501, "name": "A", "admin": True}, {"id": 502, "name": "B"}]
    crm = make_crm({"users": people})
    crm.caller = type(crm.caller)(user_id=502, is_admin=False, client_id=None, origin=ORIGIN)
    assert crm.send("POST", "customers/segments", {"name": "x"}).status == 403
    body = {"mode": "segments", "is_enabled": True}
    assert crm.send("PATCH", "customers/mode", body).status == 403
    assert crm.send("POST", "customers", [{"name": "A"}]).status == 200
