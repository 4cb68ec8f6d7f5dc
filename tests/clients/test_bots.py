"""Bots by the client."""

from __future__ import annotations

import pytest

from amocrm_gen import NotFound
from amocrm_gen.v4 import BotRun, BotStopTarget, BotTarget

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
