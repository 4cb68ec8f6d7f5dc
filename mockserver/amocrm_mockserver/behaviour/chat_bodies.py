"""Bodies of the chats host: checked as any other, refused in that host's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from amocrm_mockserver.chat_problems import wrong_request

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.problems import Flaw

__all__ = ["check_value", "parse_body", "read_body"]


def parse_body(exchange: Exchange) -> Json:
    """The body as JSON; raises 400 where it is none."""
    try:
        return orjson.loads(exchange.body)
    except orjson.JSONDecodeError:
        raise wrong_request("the body is not JSON") from None


def read_body(engine: Engine, exchange: Exchange) -> Row:
    """The body that the operation takes; raises 400 with the first fault."""
    return check_value(engine, exchange, exchange.operation.takes or "", parse_body(exchange))


def check_value(engine: Engine, exchange: Exchange, schema: str, raw: Json, path: str = "") -> Row:
    """A value of a schema, checked; raises 400 with the first fault."""
    flaws: list[Flaw] = []
    taken: Row = engine.validator.check(schema)(raw, path, flaws, exchange.account)
    if flaws:
        raise wrong_request(f"{flaws[0]['path'] or 'body'}: {flaws[0]['detail']}")
    return taken
