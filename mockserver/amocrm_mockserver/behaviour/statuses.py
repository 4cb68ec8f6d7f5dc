"""Stages of a pipeline: their order, colours and descriptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.stages import (
    COLORS,
    UNSORTED_TYPE,
    first_stage,
    regular_stages,
    renumber,
    stages,
)
from amocrm_mockserver.problems import Flaw, bad_request, not_found, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Statuses", "check_color", "shown_status", "status_row"]

_LAST_SORT: Final = 9999
_MOST_STAGES: Final = 100
_SHOWN: Final = ("id", "name", "sort", "is_editable", "pipeline_id", "color", "type", "account_id")
_LEVELS: Final = ("newbie", "candidate", "master")


def check_color(account: Account, stage: Row, path: str, flaws: list[Flaw]) -> None:
    """Stages have one of the colours of the list."""
    color = stage.get("color")
    is_other = color is not None and color not in COLORS
    if is_other and account.guesses.refuses("stages.unknown_color"):
        flaws.append(unsupported(path))


def status_row(account: Account, pipeline_id: int, columns: Row) -> Row:
    """A stage of the ordinary kind."""
    return {
        "id": columns["id"],
        "name": columns["name"],
        "sort": columns["sort"],
        "is_editable": True,
        "pipeline_id": pipeline_id,
        "color": columns["color"],
        "type": 0,
        "account_id": account.id,
        "descriptions": [],
    }


def shown_status(exchange: Exchange, row: Row) -> Row:
    """A stage as pipelines embed it."""
    href = exchange.url(f"leads/pipelines/{row['pipeline_id']}/statuses/{row['id']}")
    shown = {name: row[name] for name in _SHOWN}
    shown["_links"] = {"self": {"href": href}}
    return shown


class Statuses(Behaviour):
    """What may be done with stages."""

    noun = "Status"
    marks_one = True
    linked_lists = False
    shown_after_write = frozenset({"descriptions"})

    def key(self, exchange: Exchange) -> Json:
        """Won and lost have the same id in every pipeline."""
        return exchange.variables["pipeline_id"], exchange.variables["id"]

    def find(self, exchange: Exchange) -> Row | None:
        """The stage, unless it is unsorted and that is switched off."""
        row = super().find(exchange)
        return None if row is None or row.get("_off") else row

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """The stages of a pipeline that is there."""
        number = self._pipeline(exchange)
        return [row for row in stages(exchange.account, number) if not row.get("_off")]

    default_order = "sort"

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """Only regular stages may change in more than their name."""
        number = self._pipeline(exchange)
        if row is None and len(stages(exchange.account, number)) >= _MOST_STAGES:
            raise bad_request("The limit of statuses has been reached")
        is_system = row is not None and row["type"] == UNSORTED_TYPE
        if is_system and exchange.account.guesses.refuses("stages.change_of_unsorted"):
            raise bad_request("System status can not be changed")
        check_color(exchange.account, item, "color", flaws)

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Put the stage in its place among the others."""
        account = exchange.account
        columns: Row = {
            "id": item.get("id") or account.next_id("statuses"),
            "name": item["name"],
            "sort": min(item.get("sort", _LAST_SORT), _LAST_SORT),
            "color": item.get("color") or COLORS[0],
        }
        number = self._pipeline(exchange)
        row = account.table("statuses").add(status_row(account, number, columns))
        self._describe(exchange, row, item.get("descriptions") or [])
        self._renumber(exchange)
        return row

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Won and lost take a new name only."""
        names = ("name", "sort", "color") if row["is_editable"] else ("name",)
        changes = {name: item[name] for name in names if item.get(name) is not None}
        if "sort" in changes:
            changes["sort"] = min(changes["sort"], _LAST_SORT)
        exchange.account.table("statuses").change(row, changes)
        if "descriptions" in item:
            self._describe(exchange, row, item["descriptions"])
        if "sort" in changes:
            self._renumber(exchange)

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Leads of the stage move to the first one."""
        account, number = exchange.account, row["pipeline_id"]
        if not row["is_editable"]:
            raise bad_request("System status can not be deleted")
        if len(regular_stages(account, number)) == 1:
            raise bad_request("The last status can not be deleted")
        account.table("statuses").remove(row)
        heir = first_stage(account, number)
        leads = account.table("leads")
        for lead in leads.rows.values():
            if lead["pipeline_id"] == number and lead["status_id"] == row["id"]:
                leads.change(lead, {"status_id": heir})
        renumber(account, number)

    def _renumber(self, exchange: Exchange) -> None:
        """Give the stages even places; whether amoCRM keeps those that are sent is not known."""
        if exchange.account.guesses["stages.sort"] == "renumbered":
            renumber(exchange.account, self._pipeline(exchange))

    def _pipeline(self, exchange: Exchange) -> int:
        number = int(exchange.variables["pipeline_id"])
        if not exchange.account.has("pipelines", number):
            raise not_found("Pipeline not found")
        return number

    def _describe(self, exchange: Exchange, row: Row, given: list[Row]) -> None:
        """One description for each level; one with an id and without a text is removed."""
        account = exchange.account
        held = {known["level"]: known for known in row["descriptions"]}
        zone = timedelta(seconds=account.utc_offset)
        moment = datetime.fromtimestamp(exchange.now, UTC) + zone
        now = moment.strftime("%Y-%m-%d %H:%M:%S")
        for one in given:
            level, text = one["level"], one.get("description")
            if text is None:
                held = {key: old for key, old in held.items() if old["id"] != one.get("id")}
                continue
            known = held.get(level)
            same = next((old for old in held.values() if old["id"] == one.get("id")), known)
            if same is not None and same is not known:
                held.pop(same["level"])
            held[level] = {
                "id": same["id"] if same else account.next_id("descriptions"),
                "account_id": account.id,
                "created_at": same["created_at"] if same else now,
                "updated_at": now,
                "created_by": same["created_by"] if same else 0,
                "updated_by": exchange.caller.user_id if same else None,
                "pipeline_id": row["pipeline_id"],
                "status_id": row["id"],
                "level": level,
                "description": text,
            }
        shown = [held[level] for level in _LEVELS if level in held]
        account.table("statuses").change(row, {"descriptions": shown})
