"""Leads of API v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from amocrm_mockserver.behaviour.stages import LOST, WON
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.legacy.answers import found, link
from amocrm_mockserver.legacy.call import number_of
from amocrm_mockserver.legacy.cards import (
    CardWriter,
    company_of,
    main_contact_of,
    relations,
    shown_card,
)
from amocrm_mockserver.legacy.listing import (
    chosen,
    cut,
    filter_of,
    one_of,
    shown_rows,
    span_test,
)
from amocrm_mockserver.legacy.people import search_test
from amocrm_mockserver.legacy.saving import save

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.legacy.call import LegacyCall
    from amocrm_mockserver.message import Response

__all__ = ["LeadWriter", "find_leads", "save_leads"]

_CLOSED: Final = frozenset({WON, LOST})
_WITH_TASKS: Final = "2"


class LeadWriter(CardWriter):
    """Deals."""

    path: ClassVar[str] = "leads"
    empty_add: ClassVar[int] = 213
    empty_update: ClassVar[int] = 216
    empty: ClassVar[int] = 214
    wrong: ClassVar[int] = 215
    unknown: ClassVar[int] = 217
    field_unknown = 240
    columns: ClassVar = {
        "status_id": "status_id",
        "pipeline_id": "pipeline_id",
        "sale": "price",
        "closed_at": "closed_at",
    }
    links: ClassVar = {"contacts_id": "contacts", "company_id": "companies"}
    most_links: ClassVar = {"contacts_id": 40}

    def v4_item(self, call: LegacyCall, item: Row, row: Row | None = None) -> Row:
        """A stage tells its pipeline, but for those that all pipelines share."""
        taken = super().v4_item(call, item, row)
        if not taken.get("closed_at"):
            taken.pop("closed_at", None)
        stage = taken.get("status_id")
        if stage is not None and "pipeline_id" not in taken:
            pipeline = _pipeline_of(call, stage, row)
            if pipeline is not None:
                taken["pipeline_id"] = pipeline
        return taken


def _pipeline_of(call: LegacyCall, stage: int, row: Row | None) -> int | None:
    statuses = call.table("statuses").rows
    if row is not None and (row["pipeline_id"], stage) in statuses:
        return None
    if stage in _CLOSED:
        return None
    return next((pipeline for pipeline, number in statuses if number == stage), None)


def find_leads(call: LegacyCall) -> Response:
    """List leads."""
    rows: Iterable[Row] = shown_rows(call, "leads")
    if "only_deleted" in call.wanted:
        rows = (row for row in call.table("leads").rows.values() if row["is_deleted"])
    tests = {
        "responsible_user_id": one_of("responsible_user_id"),
        "query": search_test(call, "leads"),
        "status": one_of("status_id"),
    }
    wanted = chosen(call, rows, tests)
    if "id" not in call.query:
        more = list(_filters(call))
        wanted = [row for row in wanted if all(test(row) for test in more)]
    return found(call, [_lead(call, row) for row in cut(call, wanted)])


def _filters(call: LegacyCall) -> Iterator[Test]:
    asked = filter_of(call)
    if "date_create" in asked:
        yield span_test("created_at", asked["date_create"])
    if "date_modify" in asked:
        yield span_test("updated_at", asked["date_modify"])
    if "tasks" in asked:
        with_tasks = _WITH_TASKS in scalars(asked["tasks"])
        yield lambda row: (row["closest_task_at"] is not None) is with_tasks
    if "active" in asked and "1" in scalars(asked["active"]):
        yield lambda row: row["status_id"] not in _CLOSED


def save_leads(call: LegacyCall) -> Response:
    """Add and change leads."""
    return save(call, LeadWriter())


def _lead(call: LegacyCall, row: Row) -> Row:
    card = shown_card(call, "leads", row)
    pipeline = row["pipeline_id"]
    lead: Row = {
        **card,
        "is_deleted": bool(row["is_deleted"]),
        "main_contact": main_contact_of(call, "leads", row),
        "company": company_of(call, "leads", row),
        "contacts": relations(call, "leads", row, "contacts"),
        "closed_at": row["closed_at"] or 0,
        "status_id": row["status_id"],
        "sale": row["price"] or 0,
        "pipeline": {"id": pipeline, "_links": link(f"/api/v2/pipelines?id={pipeline}")},
    }
    wanted = call.wanted
    if "is_price_modified_by_robot" in wanted:
        lead["is_price_modified_by_robot"] = bool(row.get("is_price_modified_by_robot"))
    if "loss_reason_name" in wanted:
        reason = call.table("loss_reasons").rows.get(row["loss_reason_id"])
        lead["loss_reason_id"] = number_of(row["loss_reason_id"]) or 0
        lead["loss_reason_name"] = reason["name"] if reason else ""
    if "catalog_elements_links" in wanted:
        linked = call.account.links.of("leads", row["id"], "catalog_elements")
        lead["_embedded"] = {
            "catalog_elements_links": [
                {"id": number, "catalog_id": held["catalog_id"], "quantity": held["quantity"]}
                for number, held in linked.items()
            ]
        }
    return lead
