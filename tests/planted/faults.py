"""The faults."""

from __future__ import annotations

from typing import Final

from .plant import Plant

__all__ = ["PLANTS"]

_WALK: Final = "tests/stateful/test_quick.py::test_agrees_rule_by_rule[CrmMachine]"
_DRILLS: Final = "tests/stateful/test_quick.py::test_agrees_on_certain_steps"
_SERVICES: Final = "tests/stateful/test_quick.py::test_agrees_rule_by_rule[ServiceMachine]"
_MOCK: Final = "amocrm_mockserver"
_CLIENT: Final = "amocrm_gen.runtime"


def _in_server(name: str, module: str, old: str, new: str, caught_by: str = _WALK) -> Plant:
    return Plant(name, f"{_MOCK}.{module}", old, new, caught_by)


def _in_client(name: str, module: str, old: str, new: str, caught_by: str = _WALK) -> Plant:
    return Plant(name, f"{_CLIENT}.{module}", old, new, caught_by)


PLANTS: Final = (
    _in_server(
        "a link is seen from one side only",
        "linkage",
        "self._ends.setdefault(two, {}).setdefault(one[0], {})[one[1]] = shared",
        "self._ends.setdefault(two, {}).setdefault(one[0], {})",
    ),
    _in_server(
        "next skips a page",
        "envelope",
        'links["next"] = _page_link(url, query, page.number + 1, page.size)',
        'links["next"] = _page_link(url, query, page.number + 2, page.size)',
    ),
    _in_server(
        "there is always a next",
        "envelope",
        "    if page.more:\n",
        "    if page.size:\n",
    ),
    _in_server(
        "an empty list is 200",
        "envelope",
        "    if not rows and operation.empty:\n        return NOTHING\n",
        "",
    ),
    _in_server(
        "a refresh token is good twice",
        "token_endpoint",
        "    token.revoked = True\n",
        "",
        "tests/mockserver/transport/test_token_endpoint.py::test_refusal",
    ),
    _in_server(
        "a page lacks its last row",
        "selection",
        "start, end = ((number - 1) * size, number * size) if size",
        "start, end = ((number - 1) * size, number * size - 1) if size",
    ),
    _in_server(
        "a page of filtered rows begins too late",
        "selection",
        "rows = list(islice(passing, (number - 1) * size, number * size + 1))",
        "rows = list(islice(passing, number * size - 1, number * size + 1))",
        "tests/mockserver/api/test_lists.py",
    ),
    _in_server(
        "tags that are added replace the others",
        "behaviour.cards",
        "held = [*held, *(number for number in more if number not in held)]",
        "held = more",
        _DRILLS,
    ),
    _in_server(
        "a tag is entered twice",
        "behaviour.tags",
        '    for number in table.having("name", name):\n        return table.rows[number]\n',
        "",
    ),
    _in_server(
        "no event tells of a price",
        "behaviour.leads",
        'if "price" in old and old["price"] != row["price"]:',
        'if "prices" in old:',
    ),
    _in_server(
        "updated_at stays",
        "behaviour.plain",
        'exchange.now if given in (None, row["updated_at"]) else given',
        'row["updated_at"] if given is None else given',
        _DRILLS,
    ),
    _in_server(
        "closed_at that is given is lost",
        "behaviour.leads",
        'changes["closed_at"] = item.get("closed_at") or exchange.now',
        'changes["closed_at"] = exchange.now',
        _DRILLS,
    ),
    _in_server(
        "a lead that is open again stays closed",
        "behaviour.leads",
        "        if status not in _CLOSED:\n",
        "        if status in ():\n",
        _DRILLS,
    ),
    _in_server(
        "a loss reason stays with a lead that is not lost",
        "behaviour.leads",
        "        if status != LOST and not is_kept:\n",
        "        if status not in _CLOSED and False:\n",
        _DRILLS,
    ),
    _in_server(
        "null is absent",
        "render",
        "shown.update(zip(keys, values(row), strict=False))",
        "shown.update((k, v) for k, v in zip(keys, values(row), strict=False) if v is not None)",
    ),
    _in_server(
        "two contacts are the main one",
        "behaviour.links",
        'other["main_contact"] = False',
        'other["main_contact"] = other["main_contact"]',
        _DRILLS,
    ),
    _in_server(
        "no contact is the main one after the main one has gone",
        "behaviour.links",
        'next(iter(left))["main_contact"] = True',
        "pass",
        _DRILLS,
    ),
    _in_server(
        "a lead has two companies",
        "behaviour.links",
        "            if former != company[1]:\n",
        "            if former in ():\n",
        _DRILLS,
    ),
    _in_server(
        "a new link leaves the other side unchanged",
        "behaviour.links",
        "        _change(exchange, two, by)\n",
        "",
        _DRILLS,
    ),
    _in_server(
        "a task that is done still presses",
        "behaviour.tasks",
        ' == kind and not task["is_completed"]',
        " == kind",
    ),
    _in_server(
        "a note leaves its entity unchanged",
        "behaviour.notes",
        '    touch(exchange, (kind, row["entity_id"]), by)\n',
        "",
    ),
    _in_server(
        "unknown ids of a batch are passed over",
        "engine",
        "        if unknown:\n            self._check",
        "        if len(unknown) == len(items):\n            self._check",
        _DRILLS,
    ),
    _in_server(
        "every item of an answer has the same request_id",
        "engine",
        '    return {"request_id": item.request_id}\n',
        '    return {"request_id": "0"}\n',
    ),
    _in_server(
        "a declined lead is not in the trash",
        "behaviour.unsorted_sorting",
        'changes = {"is_deleted": True, ',
        'changes = {"is_deleted": False, ',
        _DRILLS,
    ),
    _in_server(
        "an accepted lead stays hidden",
        "behaviour.unsorted_sorting",
        '"created_by": by, "_hidden": False}',
        '"created_by": by}',
    ),
    _in_server(
        "the summary counts declined leads as accepted",
        "behaviour.unsorted_sorting",
        'states.count("declined")',
        'states.count("accepted")',
        _DRILLS,
    ),
    _in_server(
        "new values of a field join the old",
        "behaviour.field_values",
        "            held[number] = values[number]\n",
        "            held[number] = [*held.get(number, []), *(values[number] or [])]\n",
        _DRILLS,
    ),
    _in_server(
        "a purchase that is taken back still counts",
        "behaviour.transactions",
        '_count(exchange, row["customer_id"], -row["price"], -1, by)',
        '_count(exchange, row["customer_id"], 0, 0, by)',
    ),
    _in_server(
        "stages are numbered from the wrong place",
        "behaviour.stages",
        "UNSORTED_SORT * (place + 2)",
        "UNSORTED_SORT * (place + 3)",
    ),
    _in_server(
        "the same destination is subscribed twice",
        "behaviour.webhooks",
        '        row = _at(table, item["destination"])\n',
        "        row = None\n",
        _SERVICES,
    ),
    _in_client(
        "the last item of a page is lost",
        "paging",
        "            yield from page.read()\n",
        "            yield from list(page.read())[:-1]\n",
        "tests/runtime/test_paging.py::test_a_walk_sees_everything_once",
    ),
    _in_client(
        "times are sent a second late",
        "encode",
        "    return math.floor(moment.timestamp())\n",
        "    return math.floor(moment.timestamp()) + 1\n",
        _DRILLS,
    ),
    _in_client(
        "members of with are joined by semicolons",
        "encode",
        'else ",".join(with_)',
        'else ";".join(with_)',
        _DRILLS,
    ),
    _in_client(
        "descending is ascending",
        "encode",
        '"desc" if order.startswith("-") else "asc"',
        '"asc" if order.startswith("-") else "asc"',
        _DRILLS,
    ),
)
