"""Messages of the digital pipeline: what stands at a stage is told to the stage's address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_mockserver.hooks.form import encode_form
from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happening, Happenings
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["STAGE_EVENTS", "StageMessage", "plant_stage_hooks", "stage_messages"]

TABLE: Final = "stage_hooks"
STAGE_EVENTS: Final = ("add", "status", "responsible", "call_in", "chat", "site_visit")
"""What a lead at a stage may meet with; e-mail does not come to this server."""
_OF_NOTES: Final[Mapping[str, str]] = {"call_in": "call_in", "site_visit": "site_visit"}
"""Types of notes that are events of their lead's stage."""
_MOVED: Final = ("status_id", "pipeline_id")


@frozen
class StageMessage:
    """One message to one stage's address; it is sent once."""

    event: str
    url: str
    body: bytes


def plant_stage_hooks(account: Account, given: object) -> None:
    """Take in what people set at stages; ValueError tells what makes no sense."""
    if not is_array(given):
        raise ValueError(f"{TABLE}: must be a list of mappings")
    for index, item in enumerate(given):
        where = f"{TABLE}[{index}]"
        if not is_object(item):
            raise ValueError(f"{where}: must be a mapping")
        row: Row = {"event": "status", **item, "id": account.next_id(TABLE)}
        if not account.has("statuses", (row.get("pipeline_id"), row.get("status_id"))):
            raise ValueError(f"{where}: there is no such stage")
        if row["event"] not in STAGE_EVENTS:
            raise ValueError(f"{where}: event must be one of {', '.join(STAGE_EVENTS)}")
        if not row.get("destination"):
            raise ValueError(f"{where}: destination must be an address")
        account.table(TABLE).add(row)


def stage_messages(account: Account, happenings: Happenings) -> list[StageMessage]:
    """What the addresses of stages are told of a call."""
    rows = list(account.table(TABLE).rows.values())
    if not rows:
        return []
    return [
        StageMessage(f"stage_{event}", row["destination"], _body(account, event, lead, old))
        for event, lead, old in _events(account, happenings)
        for row in rows
        if (row["event"], *(row[key] for key in _MOVED)) == (event, *(lead[key] for key in _MOVED))
    ]


def _events(account: Account, happenings: Happenings) -> Iterator[tuple[str, Row, Row]]:
    """Events of leads: their names, the lead, and what its place was."""
    leads = account.table("leads").rows
    for happening in happenings:
        event = _event(happening)
        if event is None:
            continue
        row = happening.row
        if happening.kind != "leads":
            row = leads.get(row["entity_id"], {})
        if row:
            yield event, row, happening.old


def _event(happening: Happening) -> str | None:
    row, action = happening.row, happening.action
    match happening.kind:
        case "leads":
            return action if action in STAGE_EVENTS else None
        case "notes:leads":
            return _OF_NOTES.get(row["note_type"])
        case "messages":
            return "chat" if row.get("entity_type") == "lead" else None
        case _:
            return None


def _body(account: Account, event: str, lead: Row, old: Row) -> bytes:
    item: Row = {"id": lead["id"], **{key: lead[key] for key in _MOVED}}
    if event == "status":
        item |= {f"old_{key}": old.get(key, lead[key]) for key in _MOVED}
    block = {"id": account.id, "subdomain": account.subdomain}
    return encode_form({"leads": {event: [item]}, "account": block})
