"""What a merged card holds: what was chosen, else what all had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.page_calls import inside, numbers_in, text_in
from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.problems import Flaw

__all__ = ["read_field", "values_of"]

_CHOICES: Final = frozenset({"select", "multiselect", "radiobutton"})


def values_of(exchange: Exchange, kind: str, result: Json, main: Row, others: list[Row]) -> Row:
    """The item that changes the card which stays."""
    item: Row = {}
    name = text_in(inside(result, "NAME"))
    if name:
        item["name"] = name
    [user, *_] = [*numbers_in(inside(result, "MAIN_USER_ID")), None]
    if user in exchange.account.users:
        item["responsible_user_id"] = user
    if kind == "leads":
        item |= _of_lead(exchange, result, main)
    known = exchange.account.table(f"tags:{kind}").rows
    chosen = inside(result, "TAGS")
    tags = [number for row in (main, *others) for number in row["_tags"]]
    if chosen is not None:
        tags = [number for number in numbers_in(chosen) if number in known]
    item["_embedded"] = {"tags": [{"id": number} for number in dict.fromkeys(tags)]}
    item["_values"] = {
        **_joined(exchange, kind, main, others),
        **_chosen(exchange, kind, inside(result, "cfv")),
    }
    return item


def _of_lead(exchange: Exchange, result: Json, main: Row) -> Row:
    item: Row = {}
    [price, *_] = [*numbers_in(inside(result, "PRICE")), None]
    if price is not None:
        item["price"] = price
    [stage, *_] = [*numbers_in(inside(result, "STATUS")), None]
    if exchange.account.has("statuses", (main["pipeline_id"], stage)):
        item["status_id"] = stage
    return item


def _joined(exchange: Exchange, kind: str, main: Row, others: list[Row]) -> field_values.Values:
    """Phones and e-mails of all; of other fields what the card that stays lacks."""
    directory = field_directory(exchange.account, kind).by_id
    joined: field_values.Values = {}
    for other in others:
        for key, values in other["_values"].items():
            held: list[Row] = joined.get(key) or main["_values"].get(key) or []
            is_many = directory[int(key)]["type"] == "multitext"
            if is_many or not held:
                joined[key] = [*held, *(value for value in values if value not in held)]
    return joined


def _chosen(exchange: Exchange, kind: str, given: Json) -> field_values.Values:
    values: field_values.Values = {}
    for key, value in given.items() if is_object(given) else ():
        values |= read_field(exchange, kind, key, value)
    return values


def read_field(
    exchange: Exchange, kind: str, key: Json, given: Json, enum: Json = None
) -> field_values.Values:
    """One field as forms send it; nothing where the account does not know it so.

    `enum` is the kind of a phone or e-mail where it comes beside the text.
    """
    [number, *_] = [*numbers_in(key), 0]
    field = field_directory(exchange.account, kind).by_id.get(number)
    if field is None:
        return {}
    listed: list[Json] = given if is_array(given) else [given]
    values = [_value(field["type"], one, enum) for one in listed if text_in(one)]
    if not values:
        return {}
    flaws: list[Flaw] = []
    raw = [{"field_id": number, "values": values}]
    read = field_values.read(exchange.account, kind, raw, "", flaws)
    return {} if flaws else read


def _value(field_type: str, given: Json, enum: Json) -> Row:
    text = text_in(given)
    if field_type in _CHOICES:
        chosen = numbers_in(text)
        return {"enum_id": chosen[0]} if chosen else {"value": text}
    if field_type != "multitext":
        return {"value": text}
    written = _written(text)
    named = numbers_in(inside(written, "DESCRIPTION") if enum is None else enum)
    shown = text_in(inside(written, "VALUE")) or text
    return {"value": shown, **({"enum_id": named[0]} if named else {})}


def _written(text: str) -> Json:
    """A phone or e-mail that is written as JSON, with its kind."""
    try:
        return orjson.loads(text) if text.startswith("{") else None
    except orjson.JSONDecodeError:
        return None
