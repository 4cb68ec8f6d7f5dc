"""Bots that wait for a widget go on when they are told; bots are started by API v2, too."""

from __future__ import annotations

from typing import Final

import orjson
import pytest

from .crm import NOON, Crm, Json, make_crm

_WAITING: Final[Json] = [
    {"bot_id": 1, "continue_id": "abc", "entity_type": "leads", "entity_id": 7},
    {"bot_id": 2, "continue_id": 5, "entity_type": "leads", "entity_id": 8},
]
_SEED: Final[Json] = {
    "bots": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}],
    "leads": [{"id": 7, "name": "L"}, {"id": 8, "name": "M"}],
    "contacts": [{"id": 9, "name": "C"}],
    "waiting_bots": _WAITING,
}
_TOLD: Final[Json] = {
    "data": {"status": "success"},
    "execute_handlers": [
        {"handler": "show", "params": {"type": "text", "value": "Done"}},
        {"handler": "goto", "params": {"type": "question", "step": 5}},
    ],
}


@pytest.fixture
def crm() -> Crm:
    """An account with two bots that wait."""
    return make_crm(_SEED)


def _told(crm: Crm) -> Json:
    return {row["id"]: row["told"] for row in crm.account.table("bot_waits").rows.values()}


@pytest.mark.parametrize(("kind", "bot", "key"), [("salesbot", 1, "abc"), ("marketingbot", 2, "5")])
def test_a_bot_goes_on_once(crm: Crm, kind: str, bot: int, key: str) -> None:
    """It is told what to do; a second time nobody waits."""
    path = f"{kind}/{bot}/continue/{key}"
    response = crm.send("POST", path, _TOLD)
    assert (response.status, response.body) == (202, b"")
    assert _told(crm)[key] == _TOLD
    assert crm.send("POST", path, _TOLD).status == 404


@pytest.mark.parametrize("path", ["salesbot/1/continue/x", "salesbot/2/continue/abc"])
def test_nobody_waits_there(crm: Crm, path: str) -> None:
    """Another address, another bot."""
    assert crm.send("POST", path, _TOLD).status == 404


def test_another_bot_takes_its_place(crm: Crm) -> None:
    """What waits on an entity cannot go on after another bot was started there."""
    assert crm.send("POST", "bots/2/run", {"entity_id": 7, "entity_type": "leads"}).status == 202
    assert crm.send("POST", "salesbot/1/continue/abc", _TOLD).status == 404
    assert crm.send("POST", "salesbot/2/continue/5", {}).status == 400
    assert crm.send("POST", "salesbot/2/continue/5", {"data": {"a": 1}}).status == 202


def _show(**params: Json) -> Json:
    return {"handler": "show", "params": {"type": "text", **params}}


@pytest.mark.parametrize(
    ("handlers", "path"),
    [
        ([_show(value="x")] * 11, "execute_handlers"),
        ([_show(value="x" * 81)], "execute_handlers.0.params.value"),
        ([_show(type="buttons", buttons=["x"] * 26)], "execute_handlers.0.params.buttons"),
        ([_show(type="finish")], "execute_handlers.0.params.type"),
        ([{"handler": "goto", "params": {"type": "text"}}], "execute_handlers.0.params.type"),
        ([{"handler": "pay", "params": {"type": "text"}}], "execute_handlers.0.handler"),
        ([{"handler": "show", "params": {}}], "execute_handlers.0.params.type"),
    ],
)
def test_steps_that_cannot_be(crm: Crm, handlers: Json, path: str) -> None:
    """Refused by their place; the bot waits on."""
    response = crm.send("POST", "salesbot/1/continue/abc", {"execute_handlers": handlers})
    assert response.status == 400
    [item] = orjson.loads(response.body)["validation-errors"]
    assert [flaw["path"] for flaw in item["errors"]] == [path]
    most = [_show(value="x" * 80, buttons=["x"] * 25)] * 10
    assert crm.send("POST", "salesbot/1/continue/abc", {"execute_handlers": most}).status == 202


@pytest.mark.parametrize("rows", [[{}], [5], [{"bot_id": 1}], "x"])
def test_seeds_that_make_no_sense(rows: Json) -> None:
    """Who waits, where, and under which name."""
    with pytest.raises(ValueError, match="waiting_bots"):
        make_crm({"waiting_bots": rows})


def _run_old(crm: Crm, body: Json) -> tuple[int, Json]:
    response = crm.raw("POST", "/api/v2/salesbot/run", body=orjson.dumps(body))
    return response.status, orjson.loads(response.body)


def test_bots_are_started_by_the_old_api(crm: Crm) -> None:
    """Numbers name the entity's type; they may come as text."""
    runs = [
        {"bot_id": 1, "entity_id": 7, "entity_type": 2},
        {"bot_id": "2", "entity_id": "9", "entity_type": "1"},
    ]
    assert _run_old(crm, runs) == (202, {"success": True})
    rows = crm.account.table("bot_runs").rows.values()
    assert [(row["bot_id"], row["entity_type"], row["entity_id"]) for row in rows] == [
        (1, "leads", 7),
        (2, "contacts", 9),
    ]
    assert {row["started_at"] for row in rows} == {NOON}
    crm.send("POST", "bots/1/stop", {"entity_id": 7, "entity_type": "leads"})
    assert [row["stopped_at"] for row in rows] == [NOON, None]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        [5],
        [{"bot_id": 3, "entity_id": 7, "entity_type": 2}],
        [{"bot_id": 1, "entity_id": 6, "entity_type": 2}],
        [{"bot_id": 1, "entity_id": 7, "entity_type": 3}],
        [{"bot_id": 1, "entity_id": 7, "entity_type": 2}] * 101,
    ],
)
def test_what_the_old_api_refuses(crm: Crm, body: Json) -> None:
    """Bots and entities that are not there, and too many at once: nothing is started."""
    assert _run_old(crm, body)[0] == 400
    assert not crm.account.table("bot_runs").rows
