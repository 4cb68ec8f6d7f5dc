"""Answers any operation of the contract: lists, single rows, creations, changes and deletions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import orjson

from amocrm_mockserver.behaviour import ACTIONS, BEHAVIOURS
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.body import Item, read_items
from amocrm_mockserver.envelope import NOTHING, hal, listed, written
from amocrm_mockserver.problems import (
    Flaw,
    ItemFlaws,
    ProblemError,
    bad_request,
    entity_errors,
    forbidden,
    invalid,
    method_not_allowed,
    missing,
    not_found,
    unsupported,
)
from amocrm_mockserver.render import View
from amocrm_mockserver.selection import select
from amocrm_mockserver.validate import Validator

if TYPE_CHECKING:
    from amocrm_mockserver.contract import Contract
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["Engine"]

_LOG: Final = logging.getLogger("amocrm_mockserver.guesses")


class Engine:
    """One contract, compiled as far as it has been needed; holds no state of any account."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.validator = Validator(contract)
        self._views: dict[tuple[str, str], View] = {}
        self._behaviours: dict[str, Behaviour] = {}

    def behaviour(self, table: str) -> Behaviour:
        """What is special to a table."""
        found = self._behaviours.get(table)
        if found is None:
            found = BEHAVIOURS.get(table, Behaviour)(table)
            self._behaviours[table] = found
        return found

    def run(self, exchange: Exchange) -> Response:  # noqa: PLR0911 -- one for each kind
        """Answer a call; raises ProblemError where amoCRM refuses."""
        operation = exchange.operation
        if operation.admin and not exchange.caller.is_admin:
            raise forbidden()
        self.behaviour(operation.table).admit(exchange)
        action = ACTIONS.get(operation.action)
        if action is not None:
            return action(self, exchange)
        match operation.kind:
            case "list":
                return self._list(exchange)
            case "get":
                return self._get(exchange)
            case "create":
                return self._create(exchange)
            case "update":
                return self._update(exchange)
            case "update_one":
                return self._update_one(exchange)
            case "delete":
                return self._delete(exchange)
            case "action":
                raise method_not_allowed()

    def show(
        self, exchange: Exchange, row: Row, marks: Row | None = None, *, schema: str | None = None
    ) -> Row:
        """A row in the operation's shape, or in that of another schema of the same table."""
        name = schema or exchange.operation.item
        if name is None:
            return row
        key = (name, exchange.operation.table)
        view = self._views.get(key)
        if view is None:
            view = View(self.contract, name, self.behaviour(exchange.operation.table))
            self._views[key] = view
        return view.show(exchange, row, marks)

    def show_of(self, table: str, exchange: Exchange, row: Row, marks: Row | None = None) -> Row:
        """A row of another table than the operation's own, in the shape in which it is read."""
        name = self.contract.read_schema(table)
        assert name is not None
        key = (name, table)
        view = self._views.get(key)
        if view is None:
            view = View(self.contract, name, self.behaviour(table))
            self._views[key] = view
        return view.show(exchange, row, marks)

    def _list(self, exchange: Exchange) -> Response:
        behaviour = self.behaviour(exchange.operation.table)
        page = select(exchange, behaviour)
        rows = [self._render(exchange, behaviour, row) for row in page.rows]
        return listed(exchange, page, rows, linked=behaviour.linked_lists)

    def _get(self, exchange: Exchange) -> Response:
        behaviour = self.behaviour(exchange.operation.table)
        row = behaviour.find(exchange)
        if row is None:
            if self._is_nothing(exchange, behaviour):
                return NOTHING
            raise self._unknown(behaviour)
        return hal(200, self._render(exchange, behaviour, row))

    def _is_nothing(self, exchange: Exchange, behaviour: Behaviour) -> bool:
        """Whether a row that is not there is told by an empty answer."""
        key = behaviour.missing
        return exchange.account.guesses[key] == "204" if key else exchange.operation.empty

    def _render(self, exchange: Exchange, behaviour: Behaviour, row: Row) -> Json:
        """What a reader sees of a row; kept with the row where that is safe."""
        if not behaviour.keeps_rendering or row.get("is_deleted"):
            return self.show(exchange, behaviour.part(exchange, row))
        key = (
            exchange.caller.origin,
            exchange.operation.item,
            exchange.wanted,
            exchange.account.directory_changes,
        )
        table = behaviour.home(exchange)
        kept: Json = table.kept.get(table.key(row))
        if kept is None or kept[0] != key:
            kept = key, orjson.Fragment(orjson.dumps(self.show(exchange, row)))
            table.keep(row, kept)
        return kept[1]

    def _create(self, exchange: Exchange) -> Response:
        behaviour = self.behaviour(exchange.operation.table)
        items = read_items(exchange, one_will_do=behaviour.one_will_do)
        rows = self.create(exchange, items)
        exchange.wanted = behaviour.shown_after_write
        shown = [
            self.show(exchange, row, _marks(exchange, item))
            for item, row in zip(items, rows, strict=True)
        ]
        return written(exchange, shown, linked=behaviour.linked_lists)

    def create(self, exchange: Exchange, items: list[Item]) -> list[Row]:
        """Make rows of the items: all of them, or none when one has a fault."""
        behaviour = self.behaviour(exchange.operation.table)
        taken = self._check(exchange, behaviour, items, [None] * len(items))
        rows = [behaviour.create(exchange, item) for item in taken]
        for item, row in zip(items, rows, strict=True):
            behaviour.take_more(exchange, row, item.raw)
        return rows

    def change(self, exchange: Exchange, row: Row, item: Item) -> None:
        """Change one row, or raise with every fault of the item."""
        behaviour = self.behaviour(exchange.operation.table)
        [taken] = self._check(exchange, behaviour, [item], [row])
        behaviour.update(exchange, row, taken)

    def _update(self, exchange: Exchange) -> Response:
        behaviour = self.behaviour(exchange.operation.table)
        items = read_items(exchange, one_will_do=behaviour.one_will_do)
        rows = self._rows_to_change(exchange, behaviour, items)
        taken = self._check(exchange, behaviour, items, rows)
        for item, row in zip(taken, rows, strict=True):
            if row is not None:
                behaviour.update(exchange, row, item)
        exchange.wanted = behaviour.shown_after_write
        shown = [
            self.show(exchange, row, {"request_id": item.request_id})
            for item, row in zip(items, rows, strict=True)
            if row is not None
        ]
        return written(exchange, shown, linked=behaviour.linked_lists)

    def _rows_to_change(
        self, exchange: Exchange, behaviour: Behaviour, items: list[Item]
    ) -> list[Row | None]:
        """The rows that the items name; an unknown one refuses the whole batch.

        Faults of the items themselves go before.
        """
        found: list[Row | None] = []
        unknown: dict[str, str] = {}
        for item in items:
            number: Json = item.raw.get("id")
            row = None
            if isinstance(number, int | str) and not isinstance(number, bool):
                row = behaviour.find_one(exchange, number)
                if row is None:
                    unknown[str(number)] = f"{behaviour.title()} not found"
            found.append(row)
        if unknown:
            self._check(exchange, behaviour, items, found)
            if exchange.account.guesses["batches.unknown_id"] == "errors":
                raise entity_errors(unknown)
            raise invalid(
                [
                    {"request_id": item.request_id, "errors": [unsupported("id")]}
                    for item, row in zip(items, found, strict=True)
                    if row is None
                ]
            )
        return found

    def _update_one(self, exchange: Exchange) -> Response:
        behaviour = self.behaviour(exchange.operation.table)
        [item] = read_items(exchange)
        row = behaviour.find(exchange)
        if row is None:
            raise self._unknown(behaviour)
        [taken] = self._check(exchange, behaviour, [item], [row], without="id")
        behaviour.update(exchange, row, taken)
        marks: Row = {}
        if item.marked or behaviour.marks_one:
            marks["request_id"] = item.request_id
        exchange.wanted = behaviour.shown_after_write
        return hal(exchange.operation.status, self.show(exchange, row, marks))

    def _delete(self, exchange: Exchange) -> Response:
        behaviour = self.behaviour(exchange.operation.table)
        row = behaviour.find(exchange)
        if row is None:
            raise self._unknown(behaviour)
        behaviour.delete(exchange, row)
        return NOTHING

    def _unknown(self, behaviour: Behaviour) -> ProblemError:
        return not_found(f"{behaviour.title()} not found")

    def _check(
        self,
        exchange: Exchange,
        behaviour: Behaviour,
        items: list[Item],
        rows: list[Row | None],
        *,
        without: str = "",
    ) -> list[Row]:
        """The items as they are stored; raises with every fault of every item."""
        operation = exchange.operation
        check = self.validator.check(operation.takes or "", without=without)
        taken: list[Row] = []
        faulty: list[ItemFlaws] = []
        for item, row in zip(items, rows, strict=True):
            flaws: list[Flaw] = []
            value: Row = check(item.raw, "", flaws, exchange.account) or {}
            value.pop("request_id", None)
            if exchange.seeding and "id" in item.raw:
                value["id"] = item.raw["id"]
            if row is None and operation.kind == "update" and "id" not in item.raw and not flaws:
                flaws.append(missing("id"))
            self._check_keys(exchange, behaviour, item, flaws)
            _check_time(exchange, value, row)
            behaviour.check(exchange, value, row, flaws)
            if flaws:
                faulty.append({"request_id": item.request_id, "errors": flaws})
            taken.append(value)
        if faulty:
            if exchange.account.guesses["batches.faulty_item"] == "others_saved":
                wrong = {flaws["request_id"] for flaws in faulty}
                for item, row, value in zip(items, rows, taken, strict=True):
                    if item.request_id not in wrong:
                        _save(exchange, behaviour, row, value)
            raise invalid(faulty)
        return taken

    def _check_keys(
        self, exchange: Exchange, behaviour: Behaviour, item: Item, flaws: list[Flaw]
    ) -> None:
        """Keys of an item that nothing is known of: they are passed over, but not in silence."""
        takes = exchange.operation.takes
        if exchange.seeding or takes is None:
            return
        known = self.validator.keys(takes)
        unknown = item.raw.keys() - known - behaviour.ignored if known else None
        if not unknown:
            return
        if exchange.account.guesses.refuses("bodies.unknown_keys"):
            flaws += [unsupported(key) for key in sorted(unknown)]
        else:
            _LOG.warning("%s: unknown keys: %s", exchange.operation.id, ", ".join(sorted(unknown)))


def _check_time(exchange: Exchange, item: Row, row: Row | None) -> None:
    """Whether a change that is older than what is stored is taken."""
    given, held = item.get("updated_at"), None if row is None else row.get("updated_at")
    is_older = given is not None and held is not None and given < held
    if is_older and exchange.account.guesses.refuses("updates.older_updated_at"):
        raise bad_request("Last modified date is older than in database")


def _save(exchange: Exchange, behaviour: Behaviour, row: Row | None, value: Row) -> None:
    if row is not None:
        behaviour.update(exchange, row, value)
    elif exchange.operation.kind == "create":
        behaviour.create(exchange, value)


def _marks(exchange: Exchange, item: Item) -> Row:
    """What the answer says of an item beside its row; a lone object needs no mark."""
    if exchange.operation.envelope == "item" and not item.marked:
        return {}
    return {"request_id": item.request_id}
