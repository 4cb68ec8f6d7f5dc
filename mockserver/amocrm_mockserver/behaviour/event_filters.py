"""The filters of the event log: comma lists, and values before and after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import SINGULAR
from amocrm_mockserver.filters import agrees, bounds, pairs, scalars, within
from amocrm_mockserver.problems import Flaw, invalid_without_item, missing, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["event_tests", "plural_of"]

_ANY_FIELD: Final = "custom_field_value_changed"
_ONE_FIELD: Final = re.compile(r"custom_field_\d+_value_changed")
_MOST: Final[Mapping[str, int]] = {"id": 100, "created_by": 10, "entity_id": 10}
"""How many values a filter takes."""
_PLURAL: Final = {singular: plural for plural, singular in SINGULAR.items()}
_VALUES: Final[Mapping[str, str]] = {
    "nps": "rate",
    "sale_field_value": "sale",
    "name_field_value": "name",
    "ltv_field_value": "ltv",
    "custom_field_value": "text",
}
"""What `value` is compared with: the key of an element, and the key within."""


def plural_of(entity_type: str) -> str | None:
    """The table of an entity type as events name it."""
    return _PLURAL.get(entity_type)


def event_tests(exchange: Exchange) -> list[Test]:
    """What every event wanted must pass; ProblemError for filters that do not go together."""
    asked = exchange.query.get("filter")
    if not isinstance(asked, dict):
        return []
    lists = {name: _texts(asked[name]) for name in _LISTS if name in asked}
    _check(lists)
    tests = [_LISTS[name](values) for name, values in lists.items()]
    if "created_at" in asked:
        tests.append(_moment(asked["created_at"]))
    for side in ("value_before", "value_after"):
        values = asked.get(side)
        if isinstance(values, dict):
            tests += [_OF_VALUES[str(k)](side, v) for k, v in values.items() if k in _OF_VALUES]
    return tests


def _check(lists: Mapping[str, list[str]]) -> None:
    flaws: list[Flaw] = [
        unsupported(f"filter.{name}")
        for name, most in _MOST.items()
        if len(lists.get(name, ())) > most
    ]
    if "entity_id" in lists and len(lists.get("entity", ())) != 1:
        flaws.append(
            unsupported("filter.entity") if "entity" in lists else missing("filter.entity")
        )
    types = lists.get("type", [])
    if len(types) > 1 and any(_ONE_FIELD.fullmatch(kind) for kind in types):
        flaws.append(unsupported("filter.type"))
    if flaws:
        raise invalid_without_item(flaws)


def _texts(tree: Tree) -> list[str]:
    """The values of a list, which may also stand in one text with commas between."""
    return [part.strip() for text in scalars(tree) for part in text.split(",") if part.strip()]


def _column(name: str) -> Callable[[list[str]], Test]:
    def make(values: list[str]) -> Test:
        wanted = frozenset(values)
        return lambda event: str(event[name]) in wanted

    return make


def _types(values: list[str]) -> Test:
    wanted = frozenset(values)
    any_field = _ANY_FIELD in wanted

    def test(event: Row) -> bool:
        kind: str = event["type"]
        return kind in wanted or (any_field and _ONE_FIELD.fullmatch(kind) is not None)

    return test


_LISTS: Final[Mapping[str, Callable[[list[str]], Test]]] = {
    "id": _column("id"),
    "created_by": _column("created_by"),
    "entity": _column("entity_type"),
    "entity_id": _column("entity_id"),
    "type": _types,
}


def _moment(tree: Tree) -> Test:
    """From one time on, or between two: as a range, or with a comma between."""
    if isinstance(tree, str) and "," in tree:
        low, _, high = tree.partition(",")
        tree = {"from": low.strip(), "to": high.strip()}
    return within("created_at", *bounds(tree, since=True))


def _elements(event: Row, side: str, key: str) -> Iterator[Row]:
    return (element[key] for element in event[side] if key in element)


def _stages(side: str, tree: Tree) -> Test:
    stands = agrees(("pipeline_id", "id"), pairs(("pipeline_id", "status_id"), tree))
    return lambda event: any(stands(stage) for stage in _elements(event, side, "lead_status"))


def _customer_stages(side: str, tree: Tree) -> Test:
    stands = agrees(("id",), pairs(("status_id",), tree))
    return lambda event: any(stands(stage) for stage in _elements(event, side, "customer_status"))


def _numbered(key: str, column: str) -> Callable[[str, Tree], Test]:
    def make(side: str, tree: Tree) -> Test:
        wanted = {int(text) for text in _texts(tree) if text.isdecimal()}
        return lambda event: any(one.get(column) in wanted for one in _elements(event, side, key))

    return make


def _exact(side: str, tree: Tree) -> Test:
    wanted = set(scalars(tree))

    def said(event: Row) -> Iterator[Json]:
        for element in event[side]:
            for key, inner in element.items():
                if key in _VALUES:
                    yield inner.get(_VALUES[key])

    return lambda event: any(str(value) in wanted for value in said(event))


_OF_VALUES: Final[Mapping[str, Callable[[str, Tree], Test]]] = {
    "leads_statuses": _stages,
    "customers_statuses": _customer_stages,
    "responsible_user_id": _numbered("responsible_user", "id"),
    "custom_field_values": _numbered("custom_field_value", "enum_id"),
    "value": _exact,
}
