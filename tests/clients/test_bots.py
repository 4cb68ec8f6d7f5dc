"""Bots by the client."""

from __future__ import annotations

import pytest

from amocrm_gen import NotFound
from amocrm_gen.v4 import (
    BotHandler,
    BotHandlerParams,
    BotResume,
    BotRun,
    BotStopTarget,
    BotTarget,
)

from .places import KINDS, Kind, Place
from .seeded import amocrm_with

_BOTS = [
    {"id": 1, "name": "A", "type_functionality": "regular", "settings": {"active": True}},
    {"id": 2, "name": "B", "type_functionality": "greeting"},
]


def test_life_of_a_bot() -> None:
    """Found, started alone and with others, stopped."""
    with amocrm_with({"bots": _BOTS, "leads": [{"id": 7, "name": "L"}]}) as amocrm:
        bots = amocrm.bots
        assert [bot.id for bot in bots.find(filter={"type_functionality": ["greeting"]})] == [2]
        assert bots.get(1, with_=["favorite"]).is_favorite is False
        assert bots.get_or_none(3) is None
        bots.run(1, BotTarget(entity_id=7, entity_type="leads"))
        bots.run_many([BotRun(bot_id=2, entity_id=7, entity_type="leads")])
        bots.stop(2, BotStopTarget(entity_id=7, entity_type="leads"))
        with pytest.raises(NotFound):
            bots.run(3, BotTarget(entity_id=7, entity_type="leads"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bot_type", ["salesbot", "marketingbot"])
def test_a_waiting_bot_goes_on(kind: Kind, bot_type: str) -> None:
    """Once, with what it was told; then nobody waits."""
    waiting = {"bot_id": 1, "continue_id": "abc", "entity_type": "leads", "entity_id": 7}
    seed = {"bots": _BOTS, "leads": [{"id": 7, "name": "L"}], "waiting_bots": [waiting]}
    steps = [
        BotHandler(handler="show", params=BotHandlerParams(type="text", value="Done")),
        BotHandler(handler="goto", params=BotHandlerParams(type="finish")),
    ]
    told = BotResume(data={"paid": True}, execute_handlers=steps)
    with Place.opened(kind, seed) as place:
        place.ask(lambda amo: amo.bots.resume(bot_type, 1, "abc", told))
        [row] = place.table("bot_waits")
        assert row["told"]["data"] == {"paid": True}
        shown, ended = (each["params"] for each in row["told"]["execute_handlers"])
        assert (shown["value"], ended["type"]) == ("Done", "finish")
        with pytest.raises(NotFound):
            place.ask(lambda amo: amo.bots.resume(bot_type, 1, "abc", told))


def test_bots_by_the_old_api() -> None:
    """The same bots, over the same entities."""
    with amocrm_with({"bots": _BOTS, "leads": [{"id": 7, "name": "L"}]}) as amocrm:
        run = {"bot_id": 1, "entity_id": 7, "entity_type": 2}
        assert amocrm.request("POST", "/api/v2/salesbot/run", json=[run]) == {"success": True}
