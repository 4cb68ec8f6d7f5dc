"""Adds, changes and deletions of API v2: each item is saved or refused by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from attrs import Factory, define

from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.legacy.answers import link, saved
from amocrm_mockserver.legacy.call import listed, number_of
from amocrm_mockserver.legacy.refusals import refused
from amocrm_mockserver.problems import ProblemError, bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = ["STALE", "RefusedError", "Writer", "save"]

STALE: Final = "Last modified date is older than in database"
_MOST: Final = 500
_MALFORMED: Final = 400


class RefusedError(Exception):
    """One item is refused, by one of amoCRM's numbers."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Writer(Protocol):
    """What is special to one kind of entity."""

    path: ClassVar[str]
    empty_add: ClassVar[int]
    """The number by which an addition of nothing is refused."""
    empty_update: ClassVar[int]
    empty: ClassVar[int]
    """The number by which a request without anything is refused."""
    wrong: ClassVar[int]
    """The number by which a request is refused that asks for nothing known."""
    unknown: ClassVar[int]
    """The number by which a change of what is not there is refused."""

    def add(self, call: LegacyCall, item: Row) -> Row:
        """Make a row; raises RefusedError or ProblemError."""
        ...

    def find(self, call: LegacyCall, number: int) -> Row | None:
        """The row that is to be changed."""
        ...

    def change(self, call: LegacyCall, row: Row, item: Row) -> None:
        """Change a row; raises RefusedError or ProblemError."""
        ...

    def delete(self, call: LegacyCall, row: Row) -> None:
        """Delete a row; raises RefusedError where that cannot be."""
        ...


@define
class _Outcome:
    items: list[Row] = Factory(list["Row"])
    added: list[Row] = Factory(list["Row"])
    stale: dict[str, str] = Factory(dict[str, str])
    unchanged: list[Row] = Factory(list["Row"])
    kept: list[Row] = Factory(list["Row"])

    @property
    def errors(self) -> Mapping[str, Json]:
        update: Json = {**self.stale} if self.stale and not self.unchanged else self.unchanged
        if self.stale and self.unchanged:
            update = {**self.stale, **{str(one["id"]): str(one["code"]) for one in self.unchanged}}
        groups = {"add": self.added, "update": update, "delete": self.kept}
        return {name: group for name, group in groups.items() if group}


def save(call: LegacyCall, writer: Writer) -> Response:
    """Carry out everything that the body asks for."""
    body = call.body
    if not body.keys() & {"add", "update", "delete"}:
        code = writer.wrong if body else writer.empty
        raise refused(_MALFORMED, code, call.request, call.now)
    parts = {name: listed(body.get(name)) for name in ("add", "update", "delete")}
    if sum(map(len, parts.values())) > _MOST:
        raise bad_request(f"At most {_MOST} entities can be saved at once")
    outcome = _Outcome()
    if "add" in body and not parts["add"]:
        outcome.added.append({"code": writer.empty_add})
    if "update" in body and not parts["update"]:
        outcome.unchanged.append({"id": 0, "code": writer.empty_update})
    for item in parts["add"]:
        _add(call, writer, item if is_object(item) else {}, outcome)
    for item in parts["update"]:
        _change(call, writer, item if is_object(item) else {}, outcome)
    for number in parts["delete"]:
        _delete(call, writer, number_of(number) or 0, outcome)
    return saved(call, outcome.items, outcome.errors)


def _add(call: LegacyCall, writer: Writer, item: Row, outcome: _Outcome) -> None:
    try:
        row = writer.add(call, item)
    except (RefusedError, ProblemError) as error:
        mark = number_of(item.get("request_id"))
        outcome.added.append({"code": _code(error), **({"request_id": mark} if mark else {})})
        return
    outcome.items.append(_saved(writer, row, item, 0))


def _change(call: LegacyCall, writer: Writer, item: Row, outcome: _Outcome) -> None:
    number = number_of(item.get("id")) or 0
    row = writer.find(call, number)
    if row is None:
        outcome.unchanged.append({"id": number, "code": writer.unknown})
        return
    given = number_of(item.get("updated_at"))
    if given is not None and given < row["updated_at"]:
        outcome.stale[str(number)] = STALE
        return
    try:
        writer.change(call, row, item)
    except (RefusedError, ProblemError) as error:
        outcome.unchanged.append({"id": number, "code": _code(error)})
        return
    outcome.items.append(
        {**_saved(writer, row, item, number), "updated_at": row["updated_at"]},
    )


def _delete(call: LegacyCall, writer: Writer, number: int, outcome: _Outcome) -> None:
    row = writer.find(call, number)
    if row is None:
        outcome.kept.append({"id": number, "code": writer.unknown})
        return
    try:
        writer.delete(call, row)
    except RefusedError as error:
        outcome.kept.append({"id": number, "code": error.code})


def _saved(writer: Writer, row: Row, item: Row, mark: int) -> Row:
    given = number_of(item.get("request_id"))
    return {
        "id": row["id"],
        "request_id": mark if given is None else given,
        "_links": link(f"/api/v2/{writer.path}?id={row['id']}"),
    }


def _code(error: RefusedError | ProblemError) -> int:
    return error.code if isinstance(error, RefusedError) else _MALFORMED
