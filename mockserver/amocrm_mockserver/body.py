"""Reads the body of a write into items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from attrs import frozen

from amocrm_mockserver.brackets import decode
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.problems import (
    ItemFlaws,
    empty_body,
    invalid,
    limit_exceeded,
    malformed_body,
    wrong_type,
)
from amocrm_mockserver.validate import as_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Item", "read_form", "read_items", "read_json"]


@frozen
class Item:
    """One object of the body, and the mark by which the answer names it."""

    request_id: str
    raw: Row
    marked: bool = False
    """The mark is the client's own."""


def read_json(body: bytes) -> Json:
    """The body as JSON; None when there is none."""
    if not body.strip():
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise malformed_body() from None


def read_form(body: bytes) -> Mapping[int | str, Json]:
    """The body as a form in PHP's brackets; one that is JSON is taken, too."""
    if body.lstrip()[:1] == b"{":
        taken: dict[int | str, Json] = {}
        value = read_json(body)
        taken.update(value if is_object(value) else {})
        return taken
    return decode(body.decode("utf-8", "replace"))


def read_items(exchange: Exchange, *, one_will_do: bool = False) -> list[Item]:
    """The items of a write; raises what amoCRM answers to a body it cannot take apart.

    `one_will_do` also takes a bare object where a list is due.
    """
    operation = exchange.operation
    value = read_json(exchange.body)
    if operation.body_required and (value is None or value in ([], {})):
        raise empty_body()
    if not operation.takes_list:
        return _items([value or {}])
    items = as_list(value or [])
    if items is None:
        lone = one_will_do or not is_object(value)
        items = [value] if lone else list(value.values())
    if operation.batch_max and len(items) > operation.batch_max:
        status = int(exchange.account.guesses["batches.too_long"])
        raise limit_exceeded(operation.batch_max, status=status)
    return _items(items)


def _items(values: list[Json]) -> list[Item]:
    items: list[Item] = []
    flaws: list[ItemFlaws] = []
    for index, value in enumerate(values):
        if is_object(value):
            items.append(_item(index, value))
        elif value == []:
            items.append(Item(str(index), {}))
        else:
            flaws.append({"request_id": str(index), "errors": [wrong_type("", "array")]})
    if flaws:
        raise invalid(flaws)
    return items


def _item(index: int, value: Row) -> Item:
    mark: Json = value.get("request_id")
    if isinstance(mark, bool):
        mark = int(mark)
    if isinstance(mark, str | int | float):
        return Item(str(mark), value, marked=True)
    return Item(str(index), value)
