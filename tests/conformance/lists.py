"""Lists: pages, filters, search and order."""

import time
from typing import Final

from .step import Context, Step, expect, same, step

__all__ = ["LISTS"]

_MORE_THAN_A_PAGE: Final = 260
"""Above the largest page there is, since one of the clients always asks for that."""
_PAGE: Final = 100


@step("Lists", "lists leads over several pages")
def list_leads(context: Context) -> None:
    """It tells every lead once."""
    _list(context, "leads")


@step("Lists", "lists contacts over several pages")
def list_contacts(context: Context) -> None:
    """It tells every contact once."""
    _list(context, "contacts")


@step("Lists", "takes an empty list for empty")
def find_nothing(context: Context) -> None:
    """No lead has that id."""
    same(context.driver.ask("find_by_id", ids=[2_000_000_000]), [], "the leads it found")


@step("Lists", "filters by a list of ids")
def filter_by_id(context: Context) -> None:
    """It finds the wanted leads and no other."""
    leads = context.account.add("leads", [{"name": f"Filtered {n}"} for n in range(5)])
    wanted = leads[::2]
    same(sorted(context.driver.ask("find_by_id", ids=wanted)), sorted(wanted), "the leads")


@step("Lists", "filters by time of creation")
def filter_by_time(context: Context) -> None:
    """Both ends of the range count."""
    start = int(time.time()) - 900_000
    moments = [start - 1, start, start + 50, start + 100, start + 101]
    leads = context.account.add("leads", [{"name": "Old", "created_at": at} for at in moments])
    found = context.driver.ask("find_by_time", start=start, end=start + 100)
    same(sorted(found), sorted(leads[1:4]), "the leads")


@step("Lists", "filters by stage")
def filter_by_stage(context: Context) -> None:
    """It finds the leads of one stage of one pipeline."""
    pipeline, stage = another_pipeline(context)
    placed = {"pipeline_id": pipeline, "status_id": stage}
    leads = context.account.add("leads", [{"name": "Placed", **placed}, {"name": "Elsewhere"}])
    found = context.driver.ask("find_by_stage", **placed)
    same(found, leads[:1], "the leads")


@step("Lists", "searches by text")
def search(context: Context) -> None:
    """It finds the lead by a part of its name."""
    (lead,) = context.account.add("leads", [{"name": "Quixotic windmill"}])
    same(context.driver.ask("search", text="windmill"), [lead], "the leads")


@step("Lists", "asks for an order and gets it")
def list_backwards(context: Context) -> None:
    """The highest id comes first, over the pages as well."""
    leads = context.account.add("leads", [{"name": f"Ordered {n}"} for n in range(5)])
    found = context.driver.ask("list_backwards", ids=leads)
    same(found, sorted(leads, reverse=True), "the leads")


def another_pipeline(context: Context) -> tuple[int, int]:
    """A pipeline that only this step uses, and its first stage of its own."""
    stages = [{"name": "Talks", "sort": 20, "color": "#fffeb2"}]
    pipeline = {
        "name": "Second",
        "sort": 500,
        "is_main": False,
        "is_unsorted_on": True,
        "_embedded": {"statuses": stages},
    }
    (pipeline_id,) = context.account.add("leads/pipelines", [pipeline])
    stored = context.account.row(f"leads/pipelines/{pipeline_id}")
    (stage,) = [row for row in stored["_embedded"]["statuses"] if row["name"] == "Talks"]
    return pipeline_id, stage["id"]


def _list(context: Context, table: str) -> None:
    lacking = _MORE_THAN_A_PAGE - len(context.account.ids(table))
    context.account.add(table, [{"name": f"Row {n}"} for n in range(lacking)])
    stored = context.account.ids(table)
    expect(len(stored) >= _MORE_THAN_A_PAGE, "the list is too short to prove anything")
    told = context.driver.ask(f"list_{table}", limit=_PAGE)
    same(len(told), len(set(told)), f"the number of {table} told")
    same(set(told), stored, f"the set of {table}")


LISTS: Final[tuple[Step, ...]] = (
    list_leads,
    list_contacts,
    find_nothing,
    filter_by_id,
    filter_by_time,
    filter_by_stage,
    search,
    list_backwards,
)
