"""Fills an account with what a seed lists, through the same rules as requests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.bots import plant_waits
from amocrm_mockserver.behaviour.chat_channels import plant_channels
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.subscriptions import plant_subscriptions
from amocrm_mockserver.behaviour.unsorted_seeding import plant_unsorted
from amocrm_mockserver.body import Item
from amocrm_mockserver.engine import Engine
from amocrm_mockserver.exchange import Exchange
from amocrm_mockserver.hooks.stage_hooks import plant_stage_hooks
from amocrm_mockserver.hooks.widget_hooks import plant_widget_hooks
from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.contract import Contract, Operation
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.router import Variables

__all__ = ["plant"]

_FIRST: Final = (
    "catalogs",
    "custom_fields",
    "tags",
    "sources",
    "catalog_elements",
    "companies",
    "contacts",
    "leads",
    "customer_segments",
    "customers",
)
"""What others refer to comes before them, whatever the order of the seed."""
_READ_ONLY: Final[Mapping[str, str]] = {
    "bots": "bots.find",
    "chat_template_reviews": "chat_templates.find",
    "talk_messages": "talks.find_messages",
    "talks": "talks.find",
    "webhooks": "webhooks.find",
    "widgets": "widgets.find",
}
"""Lists of a seed that hold rows as they are read, and the methods that read them."""

_BESIDE: Final[Mapping[str, Callable[[Account, Json], None]]] = {
    "chat_channels": plant_channels,
    "stage_hooks": plant_stage_hooks,
    "waiting_bots": plant_waits,
    "widget_hooks": plant_widget_hooks,
}
"""Lists of a seed that hold what only people set up."""


def plant(
    account: Account,
    caller: Caller,
    contract: Contract,
    lists: Mapping[str, object],
    links: Sequence[Row],
) -> None:
    """Create the rows of all lists, then the links.

    A list stands under the name of its resource; where there is one for each entity type, under
    the type within that. ValueError names what is wrong.
    """
    engine = _engine(contract)
    keys = sorted(lists, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    for key in keys:
        value: Json = lists[key]
        for kind, items in value.items() if is_object(value) else [("", value)]:
            where = f"{key}.{kind}" if kind else key
            if key in _BESIDE:
                _BESIDE[key](account, items)
                continue
            if key == "subscriptions":
                plant_subscriptions(account, kind, items)
                continue
            if key == "unsorted":
                creation = contract.operations["unsorted.create_sip"]
                inbox = _exchange(account, caller, contract, creation)
                plant_unsorted(engine, inbox, kind, items)
                continue
            operation = _creation(contract, key, kind)
            if key in _READ_ONLY:
                _lay_down(engine, account, caller, contract, key, items)
                continue
            if operation is None:
                raise ValueError(f"{where}: nothing of that name can be created")
            exchange = _exchange(account, caller, contract, operation)
            for variables, run in _runs(operation, where, items):
                _create(engine, evolve(exchange, variables=variables), where, run)
    for index, link in enumerate(links):
        _connect(account, caller, contract, index, link)


@cache
def _engine(contract: Contract) -> Engine:
    return Engine(contract)


def _creation(contract: Contract, key: str, kind: str) -> Operation | None:
    if kind == "catalogs":
        return contract.operations.get(f"{key}.create_for_catalog")
    name = f"{key}.create.{kind}" if kind else f"{key}.create"
    return contract.operations.get(name)


def _runs(operation: Operation, where: str, items: Json) -> Iterator[tuple[Variables, Json]]:
    """Items that stand under one path; what varies in it, an item says itself."""
    if not operation.variables:
        yield {}, items
        return
    for item in _mappings(where, items):
        missing = [name for name in operation.variables if name not in item]
        if missing:
            raise ValueError(f"{where}: {missing[0]} is missing")
        variables = {name: item[name] for name in operation.variables}
        yield variables, [{name: item[name] for name in item if name not in variables}]


def _lay_down(  # noqa: PLR0913, PLR0917 -- one list and where it goes
    engine: Engine, account: Account, caller: Caller, contract: Contract, key: str, items: Json
) -> None:
    """Rows as they are read, of what the API does not create."""
    if key == "chat_template_reviews":
        for item in _mappings(key, items):
            account.table(key).add({"reject_reason": "", **item})
        return
    behaviour = engine.behaviour(key)
    operation = contract.operations[_READ_ONLY[key]]
    exchange = _exchange(account, caller, contract, operation)
    for item in _mappings(key, items):
        row = behaviour.blank(exchange, item)
        account.table(operation.partition).add({**row, **item})


def _mappings(where: str, items: Json) -> list[Row]:
    if not is_array(items) or not all(is_object(item) for item in items):
        raise ValueError(f"{where}: must be a list of mappings")
    return items


def _exchange(
    account: Account, caller: Caller, contract: Contract, operation: Operation
) -> Exchange:
    return Exchange(
        account=account,
        caller=caller,
        contract=contract,
        operation=operation,
        variables={},
        query={},
        body=b"",
        now=int(account.clock.now()),
        seeding=True,
    )


def _create(engine: Engine, exchange: Exchange, where: str, items: Json) -> None:
    given = [Item(str(index), item) for index, item in enumerate(_mappings(where, items))]
    try:
        rows = engine.create(exchange, given)
    except ProblemError as error:
        raise ValueError(f"{where}: {error.response.body.decode()}") from error
    table = engine.behaviour(exchange.operation.table).home(exchange)
    writable = exchange.contract.schema(exchange.operation.takes or "").get("properties", {})
    for item, row in zip(given, rows, strict=True):
        # A seed may also name what clients cannot write: is_deleted, score, group_id and so on.
        more = {key: value for key, value in item.raw.items() if key in row and key not in writable}
        if more:
            table.change(row, more)


def _connect(account: Account, caller: Caller, contract: Contract, index: int, link: Row) -> None:
    try:
        one = (str(link["entity_type"]), int(link["entity_id"]))
        two = (str(link["to_entity_type"]), int(link["to_entity_id"]))
    except KeyError as error:
        raise ValueError(f"links[{index}]: {error.args[0]} is missing") from error
    for kind, number in (one, two):
        if kind != "catalog_elements" and not account.has(kind, number):
            raise ValueError(f"links[{index}]: there is no {kind} {number}")
    operation = contract.operations[f"links.link.{one[0]}"]
    exchange = _exchange(account, caller, contract, operation)
    connect(exchange, one, two, link.get("metadata") or {})
