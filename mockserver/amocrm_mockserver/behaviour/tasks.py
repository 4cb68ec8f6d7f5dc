"""Tasks: deadlines, completion, and the deadline that the entity shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.filters import agrees, pairs
from amocrm_mockserver.problems import Flaw, missing, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Filter
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Tasks"]

_DEFAULT_TYPE = 1
_TOLD_OLD = ("text", "is_completed")
"""Columns whose former values webhooks tell."""


class Tasks(Behaviour):
    """Things to do."""

    noun = "Task"
    missing = "tasks.missing"
    marks_one = True

    def filter(self, exchange: Exchange, described: Filter, tree: Tree) -> Test | None:
        """Tasks of leads that stand in certain stages."""
        if described.name != "lead_statuses":
            return None
        leads = exchange.account.table("leads").rows
        columns = ("pipeline_id", "status_id")
        stands = agrees(columns, pairs(columns, tree))

        def test(row: Row) -> bool:
            lead = leads.get(row["entity_id"]) if row["entity_type"] == "leads" else None
            return lead is not None and stands(lead)

        return test

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """The type must be known, and so must the entity."""
        account = exchange.account
        known = account.table("task_types").rows
        if "task_type_id" in item and item["task_type_id"] not in known:
            flaws.append(unsupported("task_type_id"))
        kind = item.get("entity_type", row["entity_type"] if row else None)
        if item.get("entity_id") is not None:
            if kind is None:
                flaws.append(missing("entity_type"))
            elif not account.has(kind, item["entity_id"]):
                flaws.append(unsupported("entity_id"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A task is a call of no duration unless it says otherwise."""
        row = self.blank(exchange, item)
        row["task_type_id"] = _DEFAULT_TYPE
        row.update(item)
        if not row["is_completed"]:
            row["result"] = None
        if row["entity_id"] is None:
            row["entity_type"] = None
        self.home(exchange).add(row)
        record(exchange, "task_added", "tasks", row["id"], by=row["created_by"])
        if row["is_completed"]:
            self._log_completion(exchange, row)
        _renew_deadline(exchange.account, row["entity_type"], row["entity_id"])
        exchange.tell("tasks", "add", row)
        return row

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Change the task, and log what changed."""
        changes = self.changes(exchange, row, item)
        if not changes.get("is_completed", row["is_completed"]):
            changes["result"] = None
        elif changes.get("result") is None:
            changes.pop("result", None)
        old = dict(row)
        self.home(exchange).change(row, changes)
        self._log(exchange, row, old)
        _renew_deadline(exchange.account, old["entity_type"], old["entity_id"])
        _renew_deadline(exchange.account, row["entity_type"], row["entity_id"])
        key = "responsible_user_id"
        if old[key] != row[key]:
            exchange.tell("tasks", "responsible", row, {key: old[key]})
        exchange.tell("tasks", "update", row, {key: old[key] for key in _TOLD_OLD})

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Forget the task, and log it; its entity has another deadline."""
        super().delete(exchange, row)
        record(exchange, "task_deleted", "tasks", row["id"])
        _renew_deadline(exchange.account, row["entity_type"], row["entity_id"])
        exchange.tell("tasks", "delete", row)

    def _log(self, exchange: Exchange, row: Row, old: Row) -> None:
        for column, kind, told in (
            ("complete_till", "task_deadline_changed", "task_deadline"),
            ("text", "task_text_changed", "task"),
            ("task_type_id", "task_type_changed", "task_type"),
            ("responsible_user_id", "entity_responsible_changed", "responsible_user"),
        ):
            if old[column] != row[column]:
                key = {"task_deadline": "timestamp", "task": "text"}.get(told, "id")
                record(
                    exchange,
                    kind,
                    "tasks",
                    row["id"],
                    before=[{told: {key: old[column]}}],
                    after=[{told: {key: row[column]}}],
                    by=row["updated_by"],
                )
        if row["is_completed"] and not old["is_completed"]:
            self._log_completion(exchange, row)

    def _log_completion(self, exchange: Exchange, row: Row) -> None:
        by = row["updated_by"]
        record(exchange, "task_completed", "tasks", row["id"], by=by)
        if row["result"] is not None:
            number = exchange.account.next_id("notes")
            self.home(exchange).change(row, {"_result_id": number})
            note: Json = {"note": {"id": number}}
            end = ("tasks", row["id"])
            is_parents = exchange.account.guesses["events.task_result_of"] == "parent"
            if is_parents and row["entity_id"] is not None:
                end = (row["entity_type"], row["entity_id"])
            record(exchange, "task_result_added", *end, after=[note], by=by)


def _renew_deadline(account: Account, kind: str | None, number: int | None) -> None:
    """An entity shows the nearest deadline of its open tasks."""
    if kind is None or number is None:
        return
    table = account.table(kind)
    row = table.rows.get(number)
    if row is None:
        return
    tasks = account.table("tasks")
    nearest = min(
        (
            task["complete_till"]
            for key in tasks.having("entity_id", number)
            if (task := tasks.rows[key])["entity_type"] == kind and not task["is_completed"]
        ),
        default=None,
    )
    if row["closest_task_at"] != nearest:
        table.change(row, {"closest_task_at": nearest})
