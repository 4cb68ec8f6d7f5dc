"""Notes of API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from amocrm_mockserver.body import Item
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.jsonvalue import object_at
from amocrm_mockserver.legacy.answers import found, link
from amocrm_mockserver.legacy.call import number_of
from amocrm_mockserver.legacy.codes import (
    ELEMENT_NUMBERS,
    ELEMENT_TYPES,
    NOTE_NUMBERS,
    NOTE_TYPES,
)
from amocrm_mockserver.legacy.listing import chosen, cut, one_of
from amocrm_mockserver.legacy.saving import RefusedError, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = ["NoteWriter", "find_notes", "save_notes"]

_KINDS: Final = {
    "contact": "contacts",
    "lead": "leads",
    "company": "companies",
    "customer": "customers",
    "task": "tasks",
}
_COMMON: Final = 4
_TASK_RESULT: Final = 13
_WRITABLE: Final = frozenset({4, 13, 25, 102, 103})
_WITH_PARAMS: Final = frozenset({25, 102, 103})
_AUTHORS: Final = ("responsible_user_id", "created_by", "updated_by", "created_at", "updated_at")


class NoteWriter:
    """Writes notes by the rules of API v4."""

    path: ClassVar[str] = "notes"
    empty_add: ClassVar[int] = 218
    empty_update: ClassVar[int] = 224
    empty: ClassVar[int] = 222
    wrong: ClassVar[int] = 223
    unknown: ClassVar[int] = 225

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make a note; one on a task is the task's result."""
        number = number_of(item.get("element_id"))
        kind = ELEMENT_TYPES.get(number_of(item.get("element_type")) or 0)
        note_type = number_of(item.get("note_type"))
        if note_type is None:
            raise RefusedError(221)
        if number is None or kind is None or not call.account.has(kind, number):
            raise RefusedError(226)
        if note_type not in _WRITABLE:
            raise RefusedError(244)
        if kind == "tasks":
            return _add_result(call, number, item)
        name = "common" if note_type == _TASK_RESULT else NOTE_TYPES[note_type]
        taken: Row = {"entity_id": number, "note_type": name, "params": _params(item, note_type)}
        taken |= _authors(item)
        [row] = call.engine.create(call.v4(f"notes.create.{kind}"), [Item("0", taken)])
        return row

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The note, of whatever entity."""
        tables = (call.table(f"notes:{kind}") for kind in _KINDS.values())
        return next((table.rows[number] for table in tables if number in table.rows), None)

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Change the text or the parameters of a note."""
        kind = _kind_of(call, row)
        number = NOTE_NUMBERS.get(row["note_type"], _COMMON)
        taken: Row = {"id": row["id"], **_authors(item)}
        if "text" in item or "params" in item:
            taken["params"] = _params(item, number)
        call.engine.change(call.v4(f"notes.update.{kind}"), row, Item("0", taken))

    def delete(self, call: LegacyCall, row: Row) -> None:
        """Notes cannot be deleted."""
        del call, row
        raise RefusedError(405)


def _authors(item: Row) -> Row:
    given = {name: number_of(item.get(name)) for name in _AUTHORS}
    return {name: number for name, number in given.items() if number is not None}


def _params(item: Row, note_type: int) -> Row:
    """Parameters as API v4 has them; the text of some types stands among them."""
    given = object_at(item, "params")
    if note_type not in _WITH_PARAMS:
        return {"text": str(item.get("text") or given.get("text") or "")}
    params: Row = {"text": str(given.get("text") or item.get("text") or "")}
    if note_type == 25:
        params["service"] = str(given.get("service") or "")
    elif given.get("phone"):
        params["phone"] = str(given["phone"])
    return params


def _add_result(call: LegacyCall, number: int, item: Row) -> Row:
    """A note on a task is what came of it, and completes it."""
    task = call.table("tasks").rows[number]
    text = str(item.get("text") or "")
    taken = {"id": number, "is_completed": True, "result": {"text": text}}
    call.engine.change(call.v4("tasks.update"), task, Item("0", taken))
    return {**task, "id": task.get("_result_id") or number}


def _kind_of(call: LegacyCall, row: Row) -> str:
    return next(kind for kind in _KINDS.values() if row["id"] in call.table(f"notes:{kind}").rows)


def find_notes(call: LegacyCall) -> Response:
    """List notes of entities of one kind, or of all."""
    given = call.query.get("type")
    kinds = [_KINDS[text] for text in scalars(given) if text in _KINDS] if given else []
    kinds = kinds or list(_KINDS.values())
    tests: dict[str, Callable[[Tree], Test]] = {
        "element_id": one_of("entity_id"),
        "note_type": _of_types,
    }
    rows = sorted(_rows(call, kinds), key=lambda row: int(row["id"]))
    wanted = cut(call, chosen(call, rows, tests))
    return found(call, [_note(call, row) for row in wanted])


def _rows(call: LegacyCall, kinds: list[str]) -> Iterator[Row]:
    for kind in kinds:
        yield from call.table(f"notes:{kind}").rows.values()


def _of_types(tree: Tree) -> Test:
    wanted = {number_of(text) for text in scalars(tree)}
    return lambda row: NOTE_NUMBERS.get(row["note_type"]) in wanted


def save_notes(call: LegacyCall) -> Response:
    """Add and change notes."""
    return save(call, NoteWriter())


def _note(call: LegacyCall, row: Row) -> Row:
    number = NOTE_NUMBERS.get(row["note_type"], _COMMON)
    params = object_at(row, "params")
    shown: Row = {
        "id": row["id"],
        "responsible_user_id": row["responsible_user_id"],
        "created_by": row["created_by"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "account_id": call.account.id,
        "group_id": row["group_id"],
        "updated_by": row["updated_by"],
        "is_editable": number == _COMMON,
        "element_id": row["entity_id"],
        "element_type": ELEMENT_NUMBERS[_kind_of(call, row)],
        "attachment": "",
        "note_type": number,
        "_links": link(f"/api/v2/notes?type={_singular(call, row)}&id={row['id']}"),
    }
    if number == _COMMON:
        shown["text"] = params.get("text", "")
    else:
        shown["params"] = params
    return shown


def _singular(call: LegacyCall, row: Row) -> str:
    kind = _kind_of(call, row)
    return next(name for name, plural in _KINDS.items() if plural == kind)
