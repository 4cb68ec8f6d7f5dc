"""Lists as amoCRM's own pages load them: contacts and companies, counts of leads, users."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour import field_values
from amocrm_mockserver.behaviour.page_calls import form_of, inside, numbers_in, text_in
from amocrm_mockserver.behaviour.tags import tag_names
from amocrm_mockserver.behaviour.users import default_group
from amocrm_mockserver.holder import find_holder
from amocrm_mockserver.jsonvalue import is_object
from amocrm_mockserver.message import json_response
from amocrm_mockserver.state import is_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["find_contacts", "find_managers", "sum_leads"]

_PAGE: Final = 50
_NUMBERS: Final[Mapping[str, int]] = {"contacts": 1, "companies": 3}
_WORDS: Final[Mapping[str, str]] = {"contacts": "contact", "companies": "company"}
_TIME: Final = "%d.%m.%Y %H:%M"


def find_contacts(_engine: Engine, exchange: Exchange) -> Response:
    """A page of contacts and companies, or how many there are."""
    form = form_of(exchange)
    listing = exchange.operation.over.get("listing")
    asked = numbers_in(form.get("element_type"))
    kinds = [
        kind
        for kind, number in _NUMBERS.items()
        if listing in {None, kind} and (not asked or number in asked)
    ]
    test = field_values.field_test(_fields_asked(form))
    found = [
        (kind, row)
        for kind in kinds
        for row in exchange.account.table(kind).rows.values()
        if is_shown(row) and test(row)
    ]
    if form.get("only_count") == "Y":
        return json_response(200, {"count": len(found)})
    [number, *_] = [*numbers_in(form.get("page")), 1]
    start = max(number - 1, 0) * _PAGE
    items = [_contact(exchange, *one) for one in found[start : start + _PAGE]]
    persons = sum(kind == "contacts" for kind, _ in found)
    summary = {"count": len(found), "persons_count": persons}
    url = "/contacts/list/" if listing is None else f"/contacts/list/{listing}/"
    return json_response(200, {"response": {"url": url, "items": items, "summary": summary}})


def _fields_asked(form: dict[int | str, Json]) -> Json:
    return inside(form.get("filter"), "cf") if text_in(form.get("useFilter")) else None


def _contact(exchange: Exchange, kind: str, row: Row) -> Row:
    account = exchange.account
    url = _card(kind, row["id"])
    company = next(iter(account.links.of(kind, row["id"], "companies")), None)
    shown = account.table("companies").rows.get(company)
    deadline: int | None = row["closest_task_at"]
    return {
        "id": row["id"],
        "name": {"text": row["name"], "url": url},
        "class_name": f"js-list-row {_WORDS[kind]}",
        "url": url,
        "element_type": _NUMBERS[kind],
        "entity": _WORDS[kind],
        "is_deleted": row["is_deleted"],
        "rights": {"contacts": {"edit": True}, "companies": {"edit": True}},
        "company_name": {
            "name": shown["name"] if shown else "",
            "url": _card("companies", shown["id"]) if shown else "",
        },
        "manager": _user(account, row["responsible_user_id"]),
        "creator": _user(account, row["created_by"]),
        "modified_by": _user(account, row["updated_by"]),
        "date_create": _moment(account, row["created_at"]),
        "date_modified": _moment(account, row["updated_at"]),
        "date_of_nearest_task": {
            "date": "" if deadline is None else _moment(account, deadline),
            "failed": deadline is not None and deadline < exchange.now,
        },
        "tags": {"items": tag_names(account, kind, row["_tags"])},
        "custom_fields": [_field(field) for field in field_values.show(account, kind, row) or ()],
    }


def _field(field: Row) -> Row:
    values = [
        {**({"enum": str(value["enum_id"])} if "enum_id" in value else {}), "value": value["value"]}
        for value in field["values"]
        if "value" in value
    ]
    return {"id": str(field["field_id"]), "name": field["field_name"], "values": values}


def _card(kind: str, number: int) -> str:
    return f"/{kind}/detail/{number}"


def _user(account: Account, user_id: int) -> str:
    holder = find_holder(account, user_id)
    return "" if holder is None else holder.name


def _moment(account: Account, seconds: int) -> str:
    return datetime.fromtimestamp(seconds + account.utc_offset, UTC).strftime(_TIME)


def sum_leads(_engine: Engine, exchange: Exchange) -> Response:
    """How many leads a pipeline has, in all and by stage."""
    form = form_of(exchange)
    pipeline = exchange.variables["pipeline_id"]
    asked = form.get("filter")
    stages = numbers_in(_stages_asked(asked, pipeline))
    users = numbers_in(inside(asked, "main_user"))
    test = field_values.field_test(inside(asked, "cf"))
    found = [
        row
        for row in exchange.account.table("leads").rows.values()
        if row["pipeline_id"] == pipeline
        and is_shown(row)
        and (not stages or row["status_id"] in stages)
        and (not users or row["responsible_user_id"] in users)
        and test(row)
    ]
    told: Row = {"all_count": len(found)}
    if form.get("leads_by_status") == "Y":
        numbers = [row["status_id"] for row in found]
        told["leadsByStatus"] = {str(one): numbers.count(one) for one in dict.fromkeys(numbers)}
    return json_response(200, told)


def _stages_asked(asked: Json, pipeline: int | str) -> Json:
    """The stages that a filter names for a pipeline, whose id is a number in forms."""
    named = inside(asked, "pipe")
    found = named.items() if is_object(named) else ()
    return next((value for key, value in found if str(key) == str(pipeline)), None)


def find_managers(_engine: Engine, exchange: Exchange) -> Response:
    """Users by department; those without a paid seat for those who ask for them."""
    account = exchange.account
    free = form_of(exchange).get("free_users") == "Y"
    groups = {0: default_group(account)["name"]}
    groups |= {row["id"]: row["name"] for row in account.table("groups").rows.values()}
    managers = {
        str(row["id"]): _manager(row)
        for row in account.users.values()
        if free or not row["rights"]["is_free"]
    }
    named = {f"group_{number}": name for number, name in groups.items()}
    return json_response(200, {"groups": named, "managers": managers})


def _manager(row: Row) -> Row:
    rights: Row = row["rights"]
    return {
        "id": str(row["id"]),
        "title": row["name"],
        "option": row["name"],
        "login": row["email"],
        "group": f"group_{rights.get('group_id') or 0}",
        "is_admin": "Y" if rights["is_admin"] else "N",
        "free_user": "Y" if rights["is_free"] else "N",
        "active": rights["is_active"],
        "status": "OK",
        "amojo_id": row["amojo_id"],
        "avatar": "",
    }
