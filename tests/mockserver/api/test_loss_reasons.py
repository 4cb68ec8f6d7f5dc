"""Loss reasons: a directory that leads refer to."""

from __future__ import annotations

import orjson

from .crm import NOON, ORIGIN, Crm, make_crm

_PATH = "leads/loss_reasons"


def test_added_last_and_shown_whole() -> None:
    """A new reason answers with all its keys and without links of the list."""
    crm = make_crm({"loss_reasons": [{"id": 5, "name": "Price", "sort": 3}]})
    answer = crm.post(_PATH, [{"name": "Moved", "request_id": 7}, {"name": "Quiet", "sort": 1}])
    first, second = answer["_embedded"]["loss_reasons"]
    assert list(answer) == ["_total_items", "_embedded"]
    assert first == {
        "id": first["id"],
        "name": "Moved",
        "sort": 4,
        "created_at": NOON,
        "updated_at": NOON,
        "request_id": "7",
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/{_PATH}/{first['id']}"}},
    }
    assert [row["name"] for row in crm.find(_PATH)] == ["Quiet", "Price", "Moved"]
    assert second["sort"] == 1


def test_changed_alone_and_in_batches(crm: Crm) -> None:
    """Names and places change; times follow, ids stay."""
    number, other = crm.create(_PATH, {"name": "A"}, {"name": "B"})
    crm.clock.advance(5)
    changed = crm.patch(f"{_PATH}/{number}", {"name": "C"})
    assert (changed["name"], changed["updated_at"]) == ("C", NOON + 5)
    assert "request_id" not in changed
    [row] = crm.patch(_PATH, [{"id": other, "sort": 0}])["_embedded"]["loss_reasons"]
    assert (row["id"], row["sort"], row["request_id"]) == (other, 0, "0")
    assert crm.get(f"{_PATH}/{number}")["name"] == "C"


def test_a_deleted_reason_leaves_its_leads(crm: Crm) -> None:
    """Lost leads have no reason any more, and none can be lost for it."""
    [number] = crm.create(_PATH, {"name": "A"})
    lost = {"status_id": 143, "loss_reason_id": number}
    [lead] = crm.create("leads", lost)
    assert crm.send("DELETE", f"{_PATH}/{number}").status == 204
    assert crm.get(f"leads/{lead}")["loss_reason_id"] is None
    missing = crm.send("GET", f"{_PATH}/{number}")
    assert (missing.status, orjson.loads(missing.body)["detail"]) == (404, "Loss reason not found")
    assert crm.send("POST", "leads", [lost]).status == 400
    assert crm.send("DELETE", f"{_PATH}/{number}").status == 404


def test_no_reasons_are_no_content(crm: Crm) -> None:
    """An empty directory is told by 204."""
    for row in crm.find(_PATH):
        crm.send("DELETE", f"{_PATH}/{row['id']}")
    assert crm.send("GET", _PATH).status == 204


def test_names_are_required(crm: Crm) -> None:
    """Nothing is written of a batch with a nameless reason."""
    before = crm.find(_PATH)
    answer = crm.send("POST", _PATH, [{"name": "A"}, {"sort": 1}])
    [item] = orjson.loads(answer.body)["validation-errors"]
    assert (item["request_id"], item["errors"][0]["code"]) == ("1", "FieldMissing")
    assert crm.find(_PATH) == before
