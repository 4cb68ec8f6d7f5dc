"""Messages of the digital pipeline to widgets that people have set at its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.hooks.stage_events import STAGES, stage_events
from amocrm_mockserver.hooks.stage_hooks import StageMessage, mappings_in, read_stages, wrap
from amocrm_mockserver.jsonvalue import is_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happenings
    from amocrm_mockserver.hooks.stage_events import StageEvent
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["plant_widget_hooks", "widget_messages"]

_TABLE: Final = "widget_hooks"
_TYPES: Final[Mapping[str, int]] = {
    "lead_added": 1,
    "lead_status_changed": 14,
    "lead_appeared_in_status": 15,
    "mail_in": 16,
    "call_in": 17,
    "site_visit": 18,
    "chat": 19,
    "customer_added": 20,
    "customer_period_changed": 21,
    "customer_appeared_in_period": 22,
}
_ELEMENTS: Final[Mapping[str, int]] = {"leads": 2, "customers": 12}
_ADDED: Final[Mapping[str, str]] = {"leads": "lead_added", "customers": "customer_added"}
_MOVED: Final[Mapping[str, tuple[str, str]]] = {
    "leads": ("lead_status_changed", "lead_appeared_in_status"),
    "customers": ("customer_period_changed", "customer_appeared_in_period"),
}
"""The codes of a move to the stage, and of one within an action that spans several."""


def plant_widget_hooks(account: Account, given: object) -> None:
    """Take in the actions of widgets at stages; ValueError tells what makes no sense.

    An action begins at one stage. `stages` are those that it is stretched over, which takes
    `action_multiple`; without `type_codes` it is told of everything.
    """
    for index, item in enumerate(mappings_in(_TABLE, given)):
        where = f"{_TABLE}[{index}]"
        usual: Row = {"entity_type": "leads", "settings": {}, "stages": [], "type_codes": None}
        row: Row = {**usual, "action_multiple": False, **item, "id": account.next_id(_TABLE)}
        for name in ("stages", "type_codes"):
            if not is_array(row[name]) and row[name] is not usual[name]:
                raise ValueError(f"{where}: {name} must be a list")
        for status_id in (row.get("status_id"), *row["stages"]):
            read_stages(account, where, {**row, "status_id": status_id})
        for code in row["type_codes"] or ():
            if code not in _TYPES:
                raise ValueError(f"{where}: type_codes must be some of {', '.join(_TYPES)}")
        account.table(_TABLE).add(row)


def widget_messages(account: Account, happenings: Happenings) -> list[StageMessage]:
    """What the widgets of stages are told of a call."""
    rows = list(account.table(_TABLE).rows.values())
    if not rows:
        return []
    return [
        wrap(account, f"widget_{code}", row["destination"], told, _TABLE)
        for event in stage_events(account, happenings)
        for row in rows
        if row["entity_type"] == event.entity_type
        for code, movement in _codes(row, event)
        if row["type_codes"] is None or code in row["type_codes"]
        for told in [_told(account, row, event, code, movement)]
    ]


def _codes(row: Row, event: StageEvent) -> Iterator[tuple[str, str | None]]:
    """What the event is to an action: its code, and for leads which way it went."""
    kind = event.entity_type
    places = _places(row)
    is_in, was_in = event.place in places, event.former in places
    is_multiple = bool(row["action_multiple"])
    if event.name == "add":
        if is_in:
            yield _ADDED[kind], None
    elif event.name in {"status", "period"}:
        entered, within = _MOVED[kind]
        if is_in and not was_in:
            yield entered, "went_to_trigger"
        elif is_in and is_multiple:
            yield within, "went_in_trigger"
        elif was_in and not is_in and is_multiple and kind == "leads":
            yield entered, "went_from_trigger"
    elif is_in and event.name in _TYPES:
        yield event.name, None


def _places(row: Row) -> list[tuple[int, ...]]:
    """The stages of an action."""
    stretched: list[int] = row["stages"] if row["action_multiple"] else []
    columns = STAGES[row["entity_type"]]
    named: list[Row] = [{**row, "status_id": number} for number in (row["status_id"], *stretched)]
    return [tuple(one[column] for column in columns) for one in named]


def _told(account: Account, row: Row, event: StageEvent, code: str, movement: str | None) -> Row:
    data: Row = {"id": event.row["id"], "element_type": _ELEMENTS[event.entity_type]}
    data |= {column: event.row[column] for column in ("status_id", *STAGES[event.entity_type])}
    if movement is not None and event.entity_type == "leads":
        data["direction_of_movement"] = movement
    now = int(account.clock.now())
    return {
        "event": {"type": _TYPES[code], "type_code": code, "data": data, "time": now},
        "action": {"settings": {"widget": {"settings": row["settings"]}}},
        "subdomain": account.subdomain,
        "account_id": account.id,
    }
