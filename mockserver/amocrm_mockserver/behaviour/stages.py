"""The stages that every pipeline has, and how a lead finds its first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = [
    "COLORS",
    "LOST",
    "LOST_SORT",
    "UNSORTED_SORT",
    "UNSORTED_TYPE",
    "WON",
    "WON_SORT",
    "first_stage",
    "main_pipeline",
    "regular_stages",
    "renumber",
    "stages",
]

WON: Final = 142
LOST: Final = 143
UNSORTED_TYPE: Final = 1
UNSORTED_SORT: Final = 10
WON_SORT: Final = 10000
LOST_SORT: Final = 11000
COLORS: Final = [
    "#fffeb2",
    "#fffd7f",
    "#fff000",
    "#ffeab2",
    "#ffdc7f",
    "#ffce5a",
    "#ffdbdb",
    "#ffc8c8",
    "#ff8f92",
    "#d6eaff",
    "#c1e0ff",
    "#98cbff",
    "#ebffb1",
    "#deff81",
    "#87f2c0",
    "#f9deff",
    "#f3beff",
    "#ccc8f9",
    "#eb93ff",
    "#f2f3f4",
    "#e6e8ea",
]
"""The colours that stages may be given; the first one is the default."""


def main_pipeline(account: Account) -> Row:
    """The pipeline of leads that name none."""
    rows = account.table("pipelines").rows.values()
    return next((row for row in rows if row["is_main"]), None) or next(iter(rows))


def stages(account: Account, pipeline_id: int) -> list[Row]:
    """All stages of a pipeline in their order."""
    table = account.table("statuses")
    rows = [table.rows[key] for key in table.having("pipeline_id", pipeline_id)]
    return sorted(rows, key=lambda row: (row["sort"], row["id"]))


def regular_stages(account: Account, pipeline_id: int) -> list[Row]:
    """The stages between unsorted and closed."""
    return [row for row in stages(account, pipeline_id) if row["is_editable"]]


def first_stage(account: Account, pipeline_id: int) -> int:
    """Where a lead begins: the first stage after unsorted."""
    known = [row for row in stages(account, pipeline_id) if row["type"] != UNSORTED_TYPE]
    number: int = known[0]["id"]
    return number


def renumber(account: Account, pipeline_id: int) -> None:
    """Give the regular stages the sorts 20, 30, 40 and so on."""
    table = account.table("statuses")
    for place, row in enumerate(regular_stages(account, pipeline_id)):
        table.change(row, {"sort": UNSORTED_SORT * (place + 2)})
