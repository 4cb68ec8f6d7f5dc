"""Pipelines and their stages."""

from __future__ import annotations

import orjson
import pytest

from .crm import ORIGIN, Crm, Json, make_crm


def _pipeline(crm: Crm, **item: Json) -> Json:
    body = [{"name": "New", "sort": 20, **item}]
    return crm.post("leads/pipelines", body)["_embedded"]["pipelines"][0]


def _stages(crm: Crm, number: int) -> list[Json]:
    stages: list[Json] = crm.get(f"leads/pipelines/{number}")["_embedded"]["statuses"]
    return stages


def test_the_first_pipeline(crm: Crm) -> None:
    """A new account has the main one, with the stages of a new amoCRM account."""
    answer = crm.get("leads/pipelines")
    assert list(answer) == ["_total_items", "_links", "_embedded"]
    assert answer["_links"] == {"self": {"href": f"{ORIGIN}/api/v4/leads/pipelines"}}
    [pipeline] = answer["_embedded"]["pipelines"]
    assert list(pipeline) == [
        "id",
        "name",
        "sort",
        "is_main",
        "is_unsorted_on",
        "is_archive",
        "account_id",
        "_links",
        "_embedded",
    ]
    stages = pipeline["_embedded"]["statuses"]
    assert [(s["name"], s["sort"], s["color"], s["type"], s["is_editable"]) for s in stages] == [
        ("Неразобранное", 10, "#c1c1c1", 1, False),
        ("Первичный контакт", 20, "#99ccff", 0, True),
        ("Переговоры", 30, "#ffff99", 0, True),
        ("Принимают решение", 40, "#ffcc66", 0, True),
        ("Согласование договора", 50, "#ffcccc", 0, True),
        ("Успешно реализовано", 10000, "#CCFF66", 0, False),
        ("Закрыто и не реализовано", 11000, "#D5D8DB", 0, False),
    ]
    assert [stage["id"] for stage in stages[-2:]] == [142, 143]
    assert crm.get(f"leads/pipelines/{pipeline['id']}") == pipeline


def test_a_new_pipeline_with_stages(crm: Crm) -> None:
    """Sorts are renumbered; 142 and 143 take new names only; the new main one takes over."""
    statuses = [
        {"id": 142, "name": "Yes", "color": "#fffeb2"},
        {"name": "B", "sort": 30},
        {"name": "A", "sort": 10, "color": "#ffc8c8"},
    ]
    made = _pipeline(crm, is_main=True, is_unsorted_on=True, _embedded={"statuses": statuses})
    assert (made["request_id"], made["is_main"], made["is_archive"]) == ("0", True, False)
    stages = made["_embedded"]["statuses"]
    assert [(stage["name"], stage["sort"], stage["color"]) for stage in stages] == [
        ("Неразобранное", 10, "#c1c1c1"),
        ("A", 20, "#ffc8c8"),
        ("B", 30, "#fffeb2"),
        ("Yes", 10000, "#CCFF66"),
        ("Закрыто и не реализовано", 11000, "#D5D8DB"),
    ]
    mains = [p["id"] for p in crm.find("leads/pipelines") if p["is_main"]]
    assert mains == [made["id"]]
    [lead] = crm.create("leads", {})
    assert crm.get(f"leads/{lead}")["pipeline_id"] == made["id"]


def test_changing_a_pipeline(crm: Crm) -> None:
    """The answer has a mark; unsorted comes and goes; there is always a main one."""
    number = crm.find("leads/pipelines")[0]["id"]
    changed = crm.patch(
        f"leads/pipelines/{number}", {"name": "X", "is_main": False, "is_unsorted_on": False}
    )
    assert (changed["request_id"], changed["name"], changed["is_main"]) == ("0", "X", True)
    assert [stage["type"] for stage in changed["_embedded"]["statuses"]] == [0] * 6
    before = _stages(crm, number)
    changed = crm.patch(f"leads/pipelines/{number}", {"is_unsorted_on": True})
    assert changed["_embedded"]["statuses"][0]["type"] == 1
    assert changed["_embedded"]["statuses"][1:] == before
    other = _pipeline(crm, is_unsorted_on=False)
    crm.patch(f"leads/pipelines/{other['id']}", {"is_main": True})
    assert crm.get(f"leads/pipelines/{number}")["is_main"] is False


def test_deleting_a_pipeline(crm: Crm) -> None:
    """Not the last one, not one with leads; an unknown one is a fault of the id."""
    number = crm.find("leads/pipelines")[0]["id"]
    assert crm.send("DELETE", f"leads/pipelines/{number}", []).status == 400
    other = _pipeline(crm)["id"]
    [lead] = crm.create("leads", {"pipeline_id": number})
    response = crm.send("DELETE", f"leads/pipelines/{number}", [])
    assert response.status == 400
    assert orjson.loads(response.body)["detail"]
    crm.patch(f"leads/{lead}", {"pipeline_id": other})
    assert crm.send("DELETE", f"leads/pipelines/{number}", []).status == 204
    assert [p["is_main"] for p in crm.find("leads/pipelines")] == [True]
    response = crm.send("DELETE", f"leads/pipelines/{number}", [])
    flaw = {
        "code": "NotSupportedChoice",
        "path": "id",
        "detail": "The value you selected is not a valid choice.",
    }
    assert response.status == 400
    assert orjson.loads(response.body)["validation-errors"] == [{"errors": [flaw]}]


def test_a_new_stage(crm: Crm) -> None:
    """Put behind those before it and renumbered; descriptions are in the answer to a write."""
    number = crm.find("leads/pipelines")[0]["id"]
    path = f"leads/pipelines/{number}/statuses"
    texts = [{"level": "master", "description": "m"}, {"level": "newbie", "description": "n"}]
    answer = crm.post(path, [{"name": "Last", "sort": 100, "descriptions": texts}, {"name": "X"}])
    assert list(answer) == ["_total_items", "_embedded"]
    [last, other] = answer["_embedded"]["statuses"]
    assert (last["sort"], last["color"], other["sort"]) == (60, "#fffeb2", 70)
    assert [one["level"] for one in last["descriptions"]] == ["newbie", "master"]
    first = last["descriptions"][0]
    assert first == {
        "id": first["id"],
        "account_id": crm.account.id,
        "created_at": "2023-11-15 01:13:20",
        "updated_at": "2023-11-15 01:13:20",
        "created_by": 0,
        "updated_by": None,
        "pipeline_id": number,
        "status_id": last["id"],
        "level": "newbie",
        "description": "n",
    }
    shown = crm.get(f"{path}/{last['id']}")
    assert "descriptions" not in shown
    assert set(last) - set(shown) == {"descriptions", "request_id"}
    assert (
        crm.get(f"{path}/{last['id']}", "with=descriptions")["descriptions"] == last["descriptions"]
    )
    listed = crm.get(path)
    assert listed["_total_items"] == 9
    assert [stage["sort"] for stage in listed["_embedded"]["statuses"]][-4:] == [
        60,
        70,
        10000,
        11000,
    ]
    response = crm.send("POST", path, [{"name": "Z", "color": "#99ccff"}])
    assert orjson.loads(response.body)["validation-errors"][0]["errors"][0]["path"] == "color"


def test_changing_a_stage(crm: Crm) -> None:
    """Won and lost take a name; unsorted takes nothing; a new sort moves the stage."""
    number = crm.find("leads/pipelines")[0]["id"]
    path = f"leads/pipelines/{number}/statuses"
    unsorted, first, second, *_ = _stages(crm, number)
    body = {"id": first["id"], "name": "a", "sort": 35, "request_id": "0"}
    changed = crm.patch(f"{path}/{first['id']}", body)
    assert (changed["name"], changed["sort"], changed["request_id"]) == ("a", 30, "0")
    assert changed["descriptions"] == []
    assert _stages(crm, number)[1]["id"] == second["id"]
    won = crm.patch(f"{path}/142", {"name": "Yes", "color": "#fffeb2"})
    assert (won["name"], won["color"], won["sort"]) == ("Yes", "#CCFF66", 10000)
    assert crm.send("PATCH", f"{path}/{unsorted['id']}", {"name": "x"}).status == 400
    assert crm.send("PATCH", f"{path}/77", {"name": "x"}).status == 404


def test_descriptions_are_edited_by_id_and_level(crm: Crm) -> None:
    """A text edits, no text deletes, a level without an id overwrites."""
    number = crm.find("leads/pipelines")[0]["id"]
    path = f"leads/pipelines/{number}/statuses/{_stages(crm, number)[1]['id']}"

    def write(**one: Json) -> list[Json]:
        written: list[Json] = crm.patch(path, {"descriptions": [one]})["descriptions"]
        return written

    [made] = write(level="newbie", description="a")
    [edited] = write(id=made["id"], level="newbie", description="b")
    assert (edited["id"], edited["description"]) == (made["id"], "b")
    assert edited["updated_by"] == crm.caller.user_id
    assert [one["description"] for one in write(level="newbie", description="c")] == ["c"]
    assert write(id=made["id"], level="newbie") == []


def test_deleting_a_stage_moves_its_leads(crm: Crm) -> None:
    """To the first one; system stages and the last one stay."""
    pipeline = _pipeline(crm, _embedded={"statuses": [{"name": "A"}, {"name": "B"}]})
    number = pipeline["id"]
    path = f"leads/pipelines/{number}/statuses"
    unsorted, a, b, *_ = _stages(crm, number)
    [lead] = crm.create("leads", {"pipeline_id": number, "status_id": b["id"]})
    assert crm.send("DELETE", f"{path}/{b['id']}", []).status == 204
    assert crm.get(f"leads/{lead}")["status_id"] == a["id"]
    for stage in (a["id"], unsorted["id"], 142):
        assert crm.send("DELETE", f"{path}/{stage}", []).status == 400
    assert crm.send("DELETE", f"{path}/{b['id']}", []).status == 404


@pytest.mark.parametrize("count", [50])
def test_there_is_a_limit_of_pipelines(count: int) -> None:
    """One more is refused."""
    crm = make_crm({"pipelines": [{"name": str(index)} for index in range(count)]})
    assert crm.send("POST", "leads/pipelines", [{"name": "x"}]).status == 400
