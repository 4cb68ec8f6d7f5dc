"""Messages of the digital pipeline: what stands at a stage is told to the stage's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from attrs import frozen

from amocrm_mockserver.hooks.form import encode_form
from amocrm_mockserver.hooks.policy import STAGE_DELAYS
from amocrm_mockserver.hooks.stage_events import STAGES, place_of, stage_events
from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happenings
    from amocrm_mockserver.hooks.stage_events import StageEvent
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = [
    "EVENTS",
    "StageMessage",
    "mappings_in",
    "plant_stage_hooks",
    "read_stages",
    "stage_messages",
    "wrap",
]

TABLE: Final = "stage_hooks"
EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "leads": ("status", "add", "responsible", "call_in", "chat", "site_visit"),
    "customers": ("period", "call_in", "chat", "site_visit"),
}
"""What an address can be told of each kind of entity; the first one unless it says otherwise."""
_KINDS: Final[Mapping[str, str]] = {"leads": "statuses", "customers": "customer_statuses"}
"""The tables of the stages."""


@frozen
class StageMessage:
    """One message to one stage's address."""

    event: str
    url: str
    body: bytes
    kind: str
    """The content type of the body."""
    delays: tuple[float, ...]
    """Seconds after which it is sent again, as long as it does not arrive."""


def plant_stage_hooks(account: Account, given: object) -> None:
    """Take in what people set at stages; ValueError tells what makes no sense."""
    for index, item in enumerate(mappings_in(TABLE, given)):
        where = f"{TABLE}[{index}]"
        row: Row = {"entity_type": "leads", **item, "id": account.next_id(TABLE)}
        read_stages(account, where, row)
        known = EVENTS[row["entity_type"]]
        row.setdefault("event", known[0])
        if row["event"] not in known:
            raise ValueError(f"{where}: event must be one of {', '.join(known)}")
        account.table(TABLE).add(row)


def mappings_in(name: str, given: object) -> Sequence[Row]:
    """A list of a seed; ValueError tells where it is none of mappings."""
    if not is_array(given):
        raise ValueError(f"{name}: must be a list of mappings")
    for index, item in enumerate(given):
        if not is_object(item):
            raise ValueError(f"{name}[{index}]: must be a mapping")
    return given


def read_stages(account: Account, where: str, row: Row) -> None:
    """Check whose stage a row of a seed names, and where its messages go."""
    kind = row["entity_type"]
    if kind not in STAGES:
        raise ValueError(f"{where}: entity_type must be one of {', '.join(STAGES)}")
    key: Json = row.get("status_id")
    if kind == "leads":
        key = row.get("pipeline_id"), key
    if not account.has(_KINDS[kind], key):
        raise ValueError(f"{where}: there is no such stage")
    if not row.get("destination"):
        raise ValueError(f"{where}: destination must be an address")


def stage_messages(account: Account, happenings: Happenings) -> list[StageMessage]:
    """What the addresses of stages are told of a call."""
    rows = list(account.table(TABLE).rows.values())
    if not rows:
        return []
    return [
        wrap(account, f"stage_{event.name}", row["destination"], _told(account, event), TABLE)
        for event in stage_events(account, happenings)
        for row in rows
        if row["entity_type"] == event.entity_type
        and row["event"] == event.name
        and place_of(event.entity_type, row) == event.place
    ]


def wrap(account: Account, event: str, url: str, said: Json, guess: str) -> StageMessage:
    """A message, encoded by the guess of its kind, and sent as often as stages do."""
    guesses = account.guesses
    is_form = guesses[f"{guess}.encoding"] == "form"
    return StageMessage(
        event,
        url,
        encode_form(said) if is_form else orjson.dumps(said),
        "application/x-www-form-urlencoded" if is_form else "application/json",
        () if guesses["stage_hooks.retries"] == "once" else STAGE_DELAYS,
    )


def _told(account: Account, event: StageEvent) -> Row:
    row, item = event.row, {"id": event.row["id"]}
    if event.entity_type == "leads":
        now, before = ("status_id", "pipeline_id"), event.name == "status"
        item |= {key: row[key] for key in now}
        if before:
            item |= {f"old_{key}": event.old.get(key, row[key]) for key in now}
    else:
        item["period_id"] = row["status_id"]
        if event.name == "period":
            item["old_period_id"] = event.old["status_id"]
    block = {"id": account.id, "subdomain": account.subdomain}
    return {event.entity_type: {event.name: [item]}, "account": block}
