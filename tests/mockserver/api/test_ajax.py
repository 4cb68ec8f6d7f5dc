"""What amoCRM's own pages call: answers to the letter, refusals, events and webhooks."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import orjson
import pytest

from .crm import NOON, Crm, Json, make_crm

_HOOK: Final = {
    "destination": "https://example.com/hook",
    "settings": ["delete_lead", "delete_task", "delete_customer", "delete_catalog_4523"],
}


@pytest.fixture
def crm() -> Crm:
    """An account with something of each kind, which tells an address what is deleted."""
    made = make_crm(
        {
            "leads": [{"id": 11, "name": "l"}],
            "companies": [{"id": 9, "name": "c"}],
            "customers": [{"id": 601, "name": "c"}],
            "catalogs": [{"id": 4523, "name": "Cars"}],
            "catalog_elements": [{"id": 31, "catalog_id": 4523, "name": "Car"}],
            "tasks": [
                {
                    "id": 901,
                    "entity_type": "leads",
                    "entity_id": 11,
                    "text": "t",
                    "complete_till": NOON,
                }
            ],
            "notes": {
                "leads": [
                    {"id": 902, "entity_id": 11, "note_type": "common", "params": {"text": "a"}}
                ]
            },
        }
    )
    made.post("webhooks", _HOOK)
    return made


def _call(crm: Crm, path: str, form: Json, method: str = "POST") -> tuple[int, Json]:
    response = crm.raw(method, path, body=urlencode(form).encode())
    kinds = {"application/json", "application/problem+json"}
    assert response.header("Content-Type") in kinds, response.body
    return response.status, orjson.loads(response.body)


def _told(crm: Crm) -> list[str]:
    return [hook.event for hook in crm.account.hooks]


def test_the_trash(crm: Crm) -> None:
    """What was deleted once cannot be deleted again; companies are called contacts."""
    path = "/ajax/leads/multiple/delete/"
    assert _call(crm, path, {"ID[]": 11}) == (200, {"status": "success", "message": "Удалено"})
    said = "Недостаточно прав для удаления сделки"
    refusal = {"status": "fail", "errors": [said], "message": said}
    assert _call(crm, path, {"ID[]": 11}) == (200, refusal)
    [event] = crm.events("lead_deleted")
    assert (event["entity_id"], event["value_after"], event["value_before"]) == (11, [], [])
    assert _told(crm) == ["delete_lead"]
    _, answer = _call(crm, "/ajax/companies/multiple/delete/", {"ID[]": 8})
    assert answer["message"] == "Недостаточно прав для удаления контакта"
    body = [{"entity_id": 11, "note_type": "common", "params": {"text": "x"}}]
    refused = crm.send("POST", "leads/notes", body)
    assert orjson.loads(refused.body)["errors"] == [{"code": 226}]


def test_tasks_and_notes(crm: Crm) -> None:
    """The lead has no deadline any more; notes are logged, and gone notes are no error."""
    path = "/private/notes/edit2.php"
    form = {"ID": 901, "ACTION": "TASK_DELETE"}
    assert _call(crm, path, form) == (200, {"status": "ok", "id": 901})
    assert _call(crm, path, form) == (400, {"status": "fail", "id": 901})
    assert crm.get("leads/11")["closest_task_at"] is None
    assert len(crm.events("task_deleted")) == 1
    assert "delete_task" in _told(crm)
    form = {"ID": 902, "ACTION": "NOTE_DELETE"}
    assert _call(crm, path, form) == (200, {"status": "ok", "id": 902})
    assert _call(crm, path, form) == (200, {"status": "no note", "id": 902})
    [event] = crm.events("common_note_deleted")
    assert event["value_after"] == [{"note": {"id": 902}}]
    assert _call(crm, path, {"ID": 902, "ACTION": "?"}) == (400, {"status": "fail", "id": 902})


def test_customers(crm: Crm) -> None:
    """Unknown ones, and all when customers are off, are told by code."""
    path = "/ajax/v1/customers/set/"

    def delete(*numbers: int) -> Json:
        body = orjson.dumps({"request": {"customers": {"delete": numbers}}})
        return orjson.loads(crm.raw("POST", path, body=body).body)["response"]["customers"]

    assert delete(601, 602)["delete"] == {
        "customers": {"601": {"id": 601}},
        "errors": [{"id": 602, "code": 282}],
    }
    assert (len(crm.events("customer_deleted")), _told(crm)) == (1, ["delete_customer"])
    crm.account.row["customers_mode"] = "disabled"
    assert delete(601)["delete"]["errors"] == [{"id": 601, "code": 426}]


def test_catalogs(crm: Crm) -> None:
    """One at a time, with its elements and fields; a list of ids breaks amoCRM."""
    path, key = "/ajax/v1/catalogs/set/", "request[catalogs][delete]"
    failed = crm.raw("POST", path, body=urlencode({f"{key}[]": 4523}).encode())
    assert (failed.status, failed.header("Content-Type")) == (500, "text/html")
    status, answer = _call(crm, path, {"request[catalogs][what]": 1})
    assert (status, answer["response"]["error_code"]) == (400, "222")
    field = [{"name": "f", "type": "text"}]
    crm.post("catalogs/4523/custom_fields", field)
    answer = _call(crm, path, {key: 4523})[1]
    deleted = {"catalogs": {"4523": {"id": 4523, "name": "Cars"}}, "errors": []}
    assert answer["response"]["catalogs"]["delete"] == deleted
    assert _told(crm) == ["delete_catalog_4523"]
    assert crm.send("GET", "catalogs/4523").status == 404
    assert not crm.account.table("catalog_custom_fields").rows
    answer = _call(crm, path, {key: 4523})[1]
    assert answer["response"]["catalogs"]["delete"]["errors"] == [{"id": 4523, "code": 282}]


def test_products_stay(crm: Crm) -> None:
    """A catalog that the account needs is not deleted."""
    number = crm.create("catalogs", {"name": "p", "type": "products"})[0]
    answer = _call(crm, "/ajax/v1/catalogs/set/", {"request[catalogs][delete]": number})[1]
    assert answer["response"]["catalogs"]["delete"]["catalogs"] == {}
    assert crm.get(f"catalogs/{number}")["name"] == "p"


def test_pipelines(crm: Crm) -> None:
    """The answer names the pipeline and the time; refusals are those of the API."""
    item = {"name": "p", "sort": 2, "is_main": False, "is_unsorted_on": False}
    number = crm.create("leads/pipelines", item)[0]
    path = "/ajax/v1/pipelines/delete"
    done = _call(crm, path, {"request[id]": number})
    assert done == (200, {"response": {str(number): True, "server_time": NOON}})
    status, answer = _call(crm, path, {"request[id]": number})
    assert (status, answer["validation-errors"][0]["errors"][0]["path"]) == (400, "id")


def test_links_that_cannot_be(crm: Crm) -> None:
    """They are told among the errors; the others are made."""
    form = {
        "request[links][link][0][from]": "leads",
        "request[links][link][0][from_id]": 11,
        "request[links][link][0][to]": "companies",
        "request[links][link][0][to_id]": 9,
        "request[links][link][1][from]": "leads",
        "request[links][link][1][from_id]": 11,
        "request[links][link][1][to]": "leads",
        "request[links][link][1][to_id]": 11,
    }
    told = _call(crm, "/ajax/v1/links/set/", form)[1]["response"]["links"]["link"]
    assert [link["to"] for link in told["links"]] == ["companies"]
    assert [error["item"]["to"] for error in told["errors"]] == ["leads"]
    assert len(crm.events("entity_linked")) == 2


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/ajax/merge/leads/save", {"id[]": 11, "result_element[ID]": 11}),
        ("/ajax/merge/leads/save", {"id[0]": 11, "id[1]": 12}),
        ("/ajax/v1/multiactions/set", {"request[multiactions][add][0][ids][]": 11}),
        ("/ajax/v1/multiactions/set", {}),
        ("/ajax/v1/catalog_elements/set/", {}),
        ("/ajax/v1/customers/set/", {}),
    ],
)
def test_bodies_that_lack_something(crm: Crm, path: str, form: Json) -> None:
    """Nothing is done."""
    status, answer = _call(crm, path, form)
    assert (status, answer["response"]["error_code"]) == (400, "222")
    assert not _told(crm)


def test_a_form_in_parts(crm: Crm) -> None:
    """Browsers may send it so; a form without its hash is refused."""
    mark = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
    pairs = {"form_id": "12", "hash": "e29", "fields[name_1]": "Анна"}
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (mark, name.encode(), value.encode())
        for name, value in pairs.items()
    ]
    body = b"".join(parts) + b"--%s--\r\n" % mark
    assert orjson.loads(crm.raw("POST", "/queue/add", body=body).body) == {"status": "success"}
    [row] = crm.find("leads/unsorted")
    assert (row["category"], row["metadata"]["form_id"]) == ("forms", "12")
    [contact] = row["_embedded"]["contacts"]
    assert crm.account.table("contacts").rows[contact["id"]]["name"] == "Анна"
    assert _call(crm, "/queue/add", {"form_id": "12"})[0] == 400
