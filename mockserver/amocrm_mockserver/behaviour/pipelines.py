"""Pipelines of leads and the stages in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.stages import (
    COLORS,
    LOST,
    LOST_SORT,
    UNSORTED_SORT,
    UNSORTED_TYPE,
    WON,
    WON_SORT,
    stages,
)
from amocrm_mockserver.behaviour.statuses import check_color, shown_status, status_row
from amocrm_mockserver.jsonvalue import Json, array_at, object_at, objects_at
from amocrm_mockserver.problems import (
    Flaw,
    ProblemError,
    bad_request,
    invalid_without_item,
    unprocessable,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.render import Show

__all__ = ["Pipelines", "add_pipeline"]

_MOST_PIPELINES: Final = 50
_MOST_STAGES: Final = 100
_DEFAULT_SORT: Final = 100
_SYSTEM: Final = {
    UNSORTED_TYPE: ("Неразобранное", "Incoming leads", "#c1c1c1", UNSORTED_SORT),
    WON: ("Успешно реализовано", "Closed - won", "#CCFF66", WON_SORT),
    LOST: ("Закрыто и не реализовано", "Closed - lost", "#D5D8DB", LOST_SORT),
}
_REGULAR: Final = (
    ("Первичный контакт", "Initial contact", "#99ccff"),
    ("Переговоры", "Discussions", "#ffff99"),
    ("Принимают решение", "Decision making", "#ffcc66"),
    ("Согласование договора", "Contract discussion", "#ffcccc"),
)


class Pipelines(Behaviour):
    """What may be done with pipelines."""

    noun = "Pipeline"
    default_order = "sort"
    marks_one = True

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {
            "statuses": lambda exchange, row: [
                shown_status(exchange, stage)
                for stage in stages(exchange.account, row["id"])
                if not stage.get("_off")
            ]
        }

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """Colours of the first stages are from the list; there are limits."""
        if exchange.seeding:
            return
        given = objects_at(object_at(item, "_embedded"), "statuses")
        for index, stage in given:
            check_color(exchange.account, stage, f"_embedded.statuses.{index}.color", flaws)
        if row is None and len(exchange.account.table("pipelines").rows) >= _MOST_PIPELINES:
            raise bad_request("The limit of pipelines has been reached")
        if len(given) > _MOST_STAGES:
            raise bad_request("The limit of statuses has been reached")

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the pipeline with its stages."""
        return add_pipeline(exchange.account, item)

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """There is always one main pipeline; unsorted comes and goes with its flag."""
        changes = super().changes(exchange, row, item)
        changes.pop("_embedded", None)
        account = exchange.account
        if "is_main" in changes:
            if changes["is_main"]:
                _demote_others(account, row["id"])
            else:
                changes["is_main"] = row["is_main"]
        if "is_unsorted_on" in changes:
            _switch_unsorted(account, row["id"], on=changes["is_unsorted_on"])
        return changes

    def find(self, exchange: Exchange) -> Row | None:
        """The pipeline; the deletion of an unknown one is told as a fault of the id."""
        row = super().find(exchange)
        if row is None and exchange.operation.kind == "delete":
            raise invalid_without_item([unsupported("id")])
        return row

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Neither the last pipeline nor one with leads goes; the next one becomes main."""
        account = exchange.account
        _refuse_deletion(account, row)
        super().delete(exchange, row)
        for stage in stages(account, row["id"]):
            account.table("statuses").remove(stage)
        _forget_in_fields(account, row["id"])
        if row["is_main"]:
            left = account.table("pipelines").rows.values()
            heir = min(left, key=lambda other: (other["sort"], other["id"]))
            account.table("pipelines").change(heir, {"is_main": True})


def _refuse_deletion(account: Account, row: Row) -> None:
    leads = account.table("leads").rows.values()
    if len(account.table("pipelines").rows) == 1:
        raise _refusal(account, "The last pipeline can not be deleted")
    if any(lead["pipeline_id"] == row["id"] for lead in leads):
        raise _refusal(account, "Pipeline with leads can not be deleted")
    if row["is_main"] and account.guesses.refuses("pipelines.main_deletion"):
        raise _refusal(account, "The main pipeline can not be deleted")


def _refusal(account: Account, detail: str) -> ProblemError:
    status = account.guesses["pipelines.deletion_refusal"]
    return unprocessable(detail) if status == "422" else bad_request(detail)


def _forget_in_fields(account: Account, number: int) -> None:
    for name, table in account.tables.items():
        if name.startswith("custom_fields:"):
            for field in table.rows.values():
                for key in ("required_statuses", "hidden_statuses"):
                    refs: list[Row] = field.get(key) or []
                    kept = [ref for ref in refs if ref["pipeline_id"] != number]
                    if len(kept) != len(refs):
                        table.change(field, {key: kept})


def _demote_others(account: Account, number: int) -> None:
    table = account.table("pipelines")
    for other in table.rows.values():
        if other["id"] != number and other["is_main"]:
            table.change(other, {"is_main": False})


def _switch_unsorted(account: Account, number: int, *, on: bool) -> None:
    table = account.table("statuses")
    known = [stage for stage in stages(account, number) if stage["type"] == UNSORTED_TYPE]
    for stage in known:
        table.change(stage, {"_off": not on})
    if on and not known:
        table.add(_unsorted(account, number))


def add_pipeline(account: Account, item: Row) -> Row:
    """A new pipeline with the stages given, or the usual ones, and those that all have."""
    table = account.table("pipelines")
    number: int = item.get("id") or account.next_id("pipelines")
    row: Row = {
        "id": number,
        "name": item["name"],
        "sort": item.get("sort", _DEFAULT_SORT),
        "is_main": item.get("is_main", not table.rows),
        "is_unsorted_on": item.get("is_unsorted_on", True),
        "is_archive": item.get("is_archive", False),
        "account_id": account.id,
    }
    table.add(row)
    if row["is_main"]:
        _demote_others(account, number)
    given: list[Row] = array_at(object_at(item, "_embedded"), "statuses")
    statuses = account.table("statuses")
    for stage in _first_stages(account, number, given, is_unsorted_on=row["is_unsorted_on"]):
        statuses.add(stage)
    return row


def _first_stages(
    account: Account, number: int, given: list[Row], *, is_unsorted_on: bool
) -> Iterable[Row]:
    known = {stage.get("id"): stage for stage in given}
    if is_unsorted_on:
        named = [stage for stage in given if stage.get("type") == UNSORTED_TYPE]
        yield {**_unsorted(account, number), **(_own(named[0]) if named else {})}
    plain = [
        stage
        for stage in given
        if stage.get("id") not in (WON, LOST) and stage.get("type") != UNSORTED_TYPE
    ]
    plain.sort(key=lambda stage: stage.get("sort") or 0)
    if not plain:
        word = 0 if account.speaks_russian else 1
        plain = [{"name": names[word], "color": names[2]} for names in _REGULAR]
    for place, stage in enumerate(plain):
        own: Json = stage.get("id") or account.next_id("statuses")
        yield status_row(
            account,
            number,
            {
                "id": own,
                "name": stage.get("name", ""),
                "sort": UNSORTED_SORT * (place + 2),
                "color": stage.get("color") or COLORS[0],
            },
        )
    for system in (WON, LOST):
        yield {**_system(account, number, system, system), **_own(known.get(system, {}))}


def _own(given: Row) -> Row:
    """What a request may say of a system stage: its name; a seed also its id."""
    return {key: given[key] for key in ("id", "name") if given.get(key)}


def _unsorted(account: Account, number: int) -> Row:
    return _system(account, number, UNSORTED_TYPE, account.next_id("statuses"))


def _system(account: Account, pipeline_id: int, which: int, number: int) -> Row:
    russian, english, color, sort = _SYSTEM[which]
    name = russian if account.speaks_russian else english
    row = status_row(
        account, pipeline_id, {"id": number, "name": name, "sort": sort, "color": color}
    )
    row["is_editable"] = False
    row["type"] = UNSORTED_TYPE if which == UNSORTED_TYPE else 0
    return row
