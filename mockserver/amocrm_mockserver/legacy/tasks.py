"""Tasks of API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from amocrm_mockserver.body import Item
from amocrm_mockserver.filters import numbers, scalars
from amocrm_mockserver.jsonvalue import is_object, object_at
from amocrm_mockserver.legacy.answers import found, link
from amocrm_mockserver.legacy.call import number_of
from amocrm_mockserver.legacy.codes import ELEMENT_NUMBERS, ELEMENT_TYPES
from amocrm_mockserver.legacy.listing import (
    chosen,
    cut,
    filter_of,
    one_of,
    shown_rows,
    span_test,
)
from amocrm_mockserver.legacy.saving import RefusedError, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = ["TaskWriter", "find_tasks", "save_tasks"]

_NUMBERS: Final = {
    "element_id": "entity_id",
    "task_type": "task_type_id",
    "responsible_user_id": "responsible_user_id",
    "created_by": "created_by",
    "updated_by": "updated_by",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "complete_till": "complete_till",
    "complete_till_at": "complete_till",
}
_DAY: Final = 86400


class TaskWriter:
    """Writes tasks by the rules of API v4."""

    path: ClassVar[str] = "tasks"
    empty_add: ClassVar[int] = 227
    empty_update: ClassVar[int] = 230
    empty: ClassVar[int] = 228
    wrong: ClassVar[int] = 229
    unknown: ClassVar[int] = 231

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make a task; without a deadline it is due at the end of the day."""
        taken = self._v4_item(item)
        _check_element(call, taken)
        taken.setdefault("text", "")
        taken.setdefault("complete_till", call.now - call.now % _DAY + _DAY - 60)
        [row] = call.engine.create(call.v4("tasks.create"), [Item("0", taken)])
        return row

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The task."""
        return call.table("tasks").rows.get(number)

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Change a task."""
        taken = {**self._v4_item(item), "id": row["id"]}
        if "entity_id" in taken and "entity_type" not in taken:
            taken["entity_type"] = row["entity_type"]
        _check_element(call, taken)
        call.engine.change(call.v4("tasks.update"), row, Item("0", taken))

    def delete(self, call: LegacyCall, row: Row) -> None:
        """Tasks cannot be deleted."""
        del call, row
        raise RefusedError(405)

    def _v4_item(self, item: Row) -> Row:
        taken: Row = {}
        for name, column in _NUMBERS.items():
            number = number_of(item.get(name))
            if number is not None:
                taken[column] = number
        kind = ELEMENT_TYPES.get(number_of(item.get("element_type")) or 0)
        if kind is not None:
            taken["entity_type"] = kind
        if isinstance(item.get("text"), str):
            taken["text"] = item["text"]
        if item.get("is_completed") is not None:
            taken["is_completed"] = item["is_completed"] in (True, 1, "1", "true")
        result = _result_text(item.get("result"))
        if result:
            taken["result"] = {"text": result}
        if not taken.get("entity_id"):
            taken.pop("entity_id", None)
            taken.pop("entity_type", None)
        return taken


def _result_text(given: Json) -> str:
    text: Json = given.get("text") if is_object(given) else given
    return text if isinstance(text, str) else ""


def _check_element(call: LegacyCall, taken: Row) -> None:
    number, kind = taken.get("entity_id"), taken.get("entity_type")
    if number is None:
        return
    if kind is None:
        raise RefusedError(235)
    if not call.account.has(kind, number):
        raise RefusedError({"contacts": 233, "leads": 234}.get(kind, 232))


def find_tasks(call: LegacyCall) -> Response:
    """List tasks."""
    tests: dict[str, Callable[[Tree], Test]] = {
        "element_id": one_of("entity_id"),
        "responsible_user_id": one_of("responsible_user_id"),
        "type": _of_type,
    }
    wanted = chosen(call, shown_rows(call, "tasks"), tests)
    if "id" not in call.query:
        more = list(_filters(call))
        wanted = [row for row in wanted if all(test(row) for test in more)]
    return found(call, [_task(call, row) for row in cut(call, wanted)])


def _of_type(tree: Tree) -> Test:
    kinds = {
        f"{text.removesuffix('y')}ies" if text == "company" else f"{text}s"
        for text in scalars(tree)
    }
    return lambda row: row["entity_type"] in kinds


def _filters(call: LegacyCall) -> Iterator[Test]:
    asked = filter_of(call)
    if "date_create" in asked:
        yield span_test("created_at", asked["date_create"])
    if "date_modify" in asked:
        yield span_test("updated_at", asked["date_modify"])
    if "status" in asked:
        done = {text == "1" for text in scalars(asked["status"])}
        yield lambda row: row["is_completed"] in done
    if "created_by" in asked:
        yield one_of("created_by")(asked["created_by"])
    if "task_type" in asked:
        yield one_of("task_type_id")(asked["task_type"])
    pipes = asked.get("pipe")
    if isinstance(pipes, dict):
        stages = {(key, number) for key, tree in pipes.items() for number in numbers(tree)}
        leads = call.table("leads").rows
        yield lambda row: row["entity_type"] == "leads" and _stands(leads[row["entity_id"]], stages)


def _stands(lead: Row, stages: set[tuple[int | str, int | float]]) -> bool:
    return (lead["pipeline_id"], lead["status_id"]) in stages


def save_tasks(call: LegacyCall) -> Response:
    """Add and change tasks."""
    return save(call, TaskWriter())


def _task(call: LegacyCall, row: Row) -> Row:
    result: Json = []
    text = object_at(row, "result").get("text")
    if text is not None:
        result = {"id": row.get("_result_id") or 0, "text": text}
    return {
        "id": row["id"],
        "element_id": row["entity_id"] or 0,
        "element_type": ELEMENT_NUMBERS.get(row["entity_type"], 0),
        "complete_till_at": row["complete_till"],
        "task_type": row["task_type_id"],
        "text": row["text"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "responsible_user_id": row["responsible_user_id"],
        "is_completed": bool(row["is_completed"]),
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
        "account_id": call.account.id,
        "group_id": row["group_id"],
        "result": result,
        "_links": link(f"/api/v2/tasks?id={row['id']}"),
    }
