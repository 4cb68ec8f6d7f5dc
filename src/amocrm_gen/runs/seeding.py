"""What a run has read of its account, as the seed of a mock server."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Self, cast
from urllib.parse import urlsplit

from attrs import define, evolve, field, frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.runs.route import Route, find_route
from amocrm_gen.runs.run import Run
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.types import JsonValue

__all__ = ["RunSeed", "seed_of"]

_ENTITIES: Final = ("leads", "contacts", "companies", "customers")
_KEPT: Final[Mapping[str, frozenset[str]]] = {
    "account": frozenset(
        {"id", "name", "country", "currency", "currency_symbol", "customers_mode"}
    ),
    "users": frozenset({"id", "name", "email"}),
    "pipelines": frozenset({"id", "name", "sort", "is_main", "is_unsorted_on"}),
    "statuses": frozenset({"id", "name", "sort", "color"}),
    "loss_reasons": frozenset({"id", "name", "sort"}),
    "tags": frozenset({"id", "name", "color"}),
    "custom_fields": frozenset({"id", "name", "type", "code", "sort", "enums"}),
    "catalogs": frozenset({"id", "name", "type"}),
    "tasks": frozenset(
        (
            *("id", "text", "complete_till", "entity_id", "entity_type", "is_completed"),
            *("responsible_user_id", "task_type_id", "result", "duration"),
            *("created_at", "updated_at"),
        )
    ),
}
"""What of each kind a seed takes over; of entities it is all that is not left out."""
_LEFT_OUT: Final = frozenset(
    (
        *("_links", "account_id", "score", "closest_task_at", "group_id", "source_id"),
        *("labor_cost", "is_price_modified_by_robot", "created_by", "updated_by"),
        *("is_unsorted", "price_by_robot"),
    )
)
_FIXED: Final = frozenset({142, 143})
"""The stages of every pipeline."""
_PREDEFINED: Final = frozenset({"PHONE", "EMAIL", "POSITION", "WEB", "ADDRESS", "IM"})
"""Codes of fields that every account has, with ids of its own."""
_FAULT: Final = re.compile(r"\b([a-z_]+)(?:\.([a-z_]+))?(?:\[\d+\])?: ")

_Row = dict[str, JsonValue]


@frozen
class RunSeed:
    """The contents of an account."""

    contents: Mapping[str, JsonValue] = field(repr=False)
    left_out: tuple[str, ...] = ()
    """What a mock server did not take, and why."""

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        counted: dict[str, int] = {}
        for name, value in self.contents.items():
            lists = value.items() if isinstance(value, dict) else [("", value)]
            for kind, rows in lists:
                if isinstance(rows, list):
                    counted[f"{name}.{kind}" if kind else name] = len(rows)
        return counted

    def without_fault(self, said: str) -> Self | None:
        """Return it without the list that a server complains of; None if it names none."""
        for name, kind in _FAULT.findall(said):
            rows = self.contents.get(name)
            if rows is None:
                continue
            kept: dict[str, JsonValue] = {
                key: value for key, value in self.contents.items() if key != name
            }
            if isinstance(rows, dict) and kind in rows and len(rows) > 1:
                kept[name] = {key: value for key, value in rows.items() if key != kind}
            reason = f"{name}: {said.strip().splitlines()[-1][-200:]}"
            return evolve(self, contents=kept, left_out=(*self.left_out, reason))
        return None


def seed_of(run: Run) -> RunSeed:
    """Collect the entities in the answers of a run, and all that they need to be there."""
    gathered = _Gathered()
    for exchange in run.exchanges:
        if exchange.method == "GET" and exchange.status == 200 and exchange.body:
            path = urlsplit(exchange.url).path
            _, route, _ = find_route("GET", path)
            try:
                content: object = loads(exchange.body)
            except JSONDecodeError:
                continue
            if route is not None and is_object(content):
                gathered.take(route, cast("_Row", content))
    return RunSeed(gathered.contents())


@define
class _Gathered:
    """Rows by kind and id; what was read last of one counts."""

    rows: dict[tuple[str, str], dict[object, _Row]] = field(
        factory=dict[tuple[str, str], dict[object, _Row]]
    )
    account: _Row = field(factory=dict[str, JsonValue])
    admin: JsonValue = None

    def take(self, route: Route, content: _Row) -> None:
        """Take the entities of one answer."""
        table = route.table
        if table == "account":
            self.account = _only("account", content)
            self.admin = content.get("current_user_id")
            return
        kind = str(route.over.get("entity_type", ""))
        for row in _listed(route, content):
            if table in _ENTITIES and isinstance(row.get("id"), int):
                self._entity(table, row)
            elif table == "pipelines":
                self._pipeline(row)
            elif table == "users":
                self._put("users", "", row)
                rights = row.get("rights")
                if isinstance(rights, dict) and rights.get("is_admin") and self.admin is None:
                    self.admin = row.get("id")
            elif table == "custom_fields" and kind in _ENTITIES:
                if row.get("code") not in _PREDEFINED:
                    self._put(table, kind, row)
            elif table in {"loss_reasons", "catalogs", "tasks"} or (table == "tags" and kind):
                self._put(table, kind, row)
                self._refer(row)

    def _put(self, table: str, kind: str, row: _Row) -> None:
        kept = _only(table, row)
        self.rows.setdefault((table, kind), {})[row.get("id")] = kept

    def _need(self, table: str, kind: str, row: _Row) -> None:
        """See that something is there that a row refers to."""
        self.rows.setdefault((table, kind), {}).setdefault(row["id"], row)

    def _entity(self, table: str, row: _Row) -> None:
        kept: _Row = {
            key: value
            for key, value in row.items()
            if value is not None and key not in _LEFT_OUT and key != "_embedded"
        }
        number = row.get("account_id")
        if isinstance(number, int):
            self.account.setdefault("id", number)
        embedded = row.get("_embedded")
        inner: _Row = {}
        for name in ("tags", "contacts", "companies"):
            listed = embedded.get(name) if isinstance(embedded, dict) else None
            if not isinstance(listed, list) or not listed or name == table:
                continue
            if name == "tags":
                inner[name] = [_only("tags", each) for each in listed if isinstance(each, dict)]
                continue
            linked = [each for each in listed if isinstance(each, dict)]
            inner[name] = [{"id": each["id"]} for each in linked]
            for each in linked:
                self._need(name, "", {"id": each["id"], "name": f"{name[:-1]} {each['id']}"})
        if inner:
            kept["_embedded"] = inner
        kept["custom_fields_values"] = list(self._values(table, kept.get("custom_fields_values")))
        if not kept["custom_fields_values"]:
            del kept["custom_fields_values"]
        self.rows.setdefault((table, ""), {})[row["id"]] = kept
        self._refer(row)

    def _values(self, table: str, values: JsonValue) -> Iterator[_Row]:
        for value in values if isinstance(values, list) else []:
            if not isinstance(value, dict):
                continue
            listed = value.get("values")
            code = value.get("field_code")
            if code in _PREDEFINED:
                plain: list[JsonValue] = [
                    {key: each[key] for key in ("value", "enum_code") if each.get(key) is not None}
                    for each in (listed if isinstance(listed, list) else [])
                    if isinstance(each, dict)
                ]
                yield {"field_code": code, "values": plain}
                continue
            enums: dict[JsonValue, JsonValue] = {
                each["enum_id"]: each.get("value")
                for each in (listed if isinstance(listed, list) else [])
                if isinstance(each, dict) and each.get("enum_id") is not None
            }
            wanted: _Row = {
                "id": value.get("field_id"),
                "name": value.get("field_name"),
                "type": value.get("field_type"),
            }
            if enums:
                wanted["enums"] = [{"id": key, "value": text} for key, text in enums.items()]
            self._need("custom_fields", table, wanted)
            yield {"field_id": value.get("field_id"), "values": listed}

    def _pipeline(self, row: _Row) -> None:
        kept = _only("pipelines", row)
        embedded = row.get("_embedded")
        listed = embedded.get("statuses") if isinstance(embedded, dict) else None
        kept["_embedded"] = {
            "statuses": [
                _only("statuses", each)
                for each in (listed if isinstance(listed, list) else [])
                if isinstance(each, dict) and each.get("id") not in _FIXED and each.get("type") != 1
            ]
        }
        self.rows.setdefault(("pipelines", ""), {})[row.get("id")] = kept

    def _refer(self, row: _Row) -> None:
        """See to the user, the reason and the entity that a row names."""
        user = row.get("responsible_user_id")
        if isinstance(user, int) and user > 0:
            self._need("users", "", {"id": user, "name": f"User {user}"})
        reason = row.get("loss_reason_id")
        if isinstance(reason, int):
            self._need("loss_reasons", "", {"id": reason, "name": f"Reason {reason}"})
        kind, number = row.get("entity_type"), row.get("entity_id")
        if kind in _ENTITIES and isinstance(number, int):
            self._need(str(kind), "", {"id": number, "name": f"{str(kind)[:-1]} {number}"})

    def contents(self) -> dict[str, JsonValue]:
        """Return the contents of the account."""
        self._stages()
        made: dict[str, JsonValue] = dict(self.account)
        for (table, kind), rows in self.rows.items():
            listed: list[JsonValue] = list(rows.values())
            if table == "users":
                listed = list(self._users(rows))
            if kind:
                below = made.setdefault(table, {})
                if isinstance(below, dict):
                    below[kind] = listed
            else:
                made[table] = listed
        return made

    def _users(self, rows: Mapping[object, _Row]) -> Iterator[_Row]:
        admin = self.admin if self.admin in rows else next(iter(rows))
        for number, row in rows.items():
            yield {
                "email": f"user{number}@example.com",
                **row,
                **({"admin": True} if number == admin else {}),
            }

    def _stages(self) -> None:
        """See that each lead's pipeline and stage are there."""
        for lead in self.rows.get(("leads", ""), {}).values():
            pipeline, stage = lead.get("pipeline_id"), lead.get("status_id")
            if not isinstance(pipeline, int):
                continue
            known = self.rows.setdefault(("pipelines", ""), {})
            row = known.setdefault(
                pipeline,
                {
                    "id": pipeline,
                    "name": f"Pipeline {pipeline}",
                    "sort": len(known) + 1,
                    "is_main": not known,
                    "_embedded": {"statuses": []},
                },
            )
            embedded = row["_embedded"]
            listed = embedded["statuses"] if isinstance(embedded, dict) else None
            if (
                isinstance(listed, list)
                and isinstance(stage, int)
                and stage not in _FIXED
                and not any(isinstance(each, dict) and each.get("id") == stage for each in listed)
            ):
                listed.append(
                    {"id": stage, "name": f"Stage {stage}", "sort": 10 * len(listed) + 20}
                )


def _listed(route: Route, content: _Row) -> Iterator[_Row]:
    if route.key is None:
        yield content
        return
    embedded = content.get("_embedded")
    rows = embedded.get(route.key) if isinstance(embedded, dict) else None
    if is_list(rows):
        yield from (cast("_Row", row) for row in rows if is_object(row))


def _only(table: str, row: Mapping[str, JsonValue]) -> _Row:
    return {key: value for key, value in row.items() if key in _KEPT[table] and value is not None}
