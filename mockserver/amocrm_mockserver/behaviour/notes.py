"""Notes: entries in the feed of an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import record
from amocrm_mockserver.behaviour.links import touch
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.drive import usable_file
from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.problems import Flaw, entity_errors, missing, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response

__all__ = ["Notes", "add_note", "pin", "unpin"]

_PARENT_GONE: Final = 226
_EVENTS: Final[Mapping[str, str]] = {
    "common": "common_note_added",
    "call_in": "incoming_call",
    "call_out": "outgoing_call",
    "sms_in": "incoming_sms",
    "sms_out": "outgoing_sms",
    "service_message": "service_note_added",
    "extended_service_message": "service_note_added",
    "geolocation": "geo_note_added",
    "attachment": "attachment_note_added",
    "message_cashier": "message_to_cashier_note_added",
    "site_visit": "site_visit_note_added",
    "targeting_in": "targeting_in_note_added",
    "targeting_out": "targeting_out_note_added",
    "invoice_paid": "invoice_paid",
}


class Notes(Behaviour):
    """The feed."""

    noun = "Note"
    missing = "notes.missing"
    ignored = frozenset({"entity_id", "note_type", "is_need_to_trigger_digital_pipeline"})

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:
        """A new note needs an entity that is there; the type of a note does not change."""
        if row is not None:
            item.pop("note_type", None)
            return
        if item.pop("is_need_to_trigger_digital_pipeline", True) is False:
            item["_is_quiet"] = True
        number: Json = self.scope(exchange).get("entity_id", item.get("entity_id"))
        if number is None:
            if not any(flaw["path"] == "entity_id" for flaw in flaws):
                flaws.append(missing("entity_id"))
        elif not flaws and not exchange.account.has(self._kind(exchange), number):
            raise entity_errors([{"code": _PARENT_GONE}])

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Make the note and log it; the entity has changed with it."""
        row = self.blank(exchange, item)
        row.update({**item, **self.scope(exchange), "is_pinned": False})
        if row["note_type"] == "attachment":
            name = row["params"].get("file_name")
            row["params"] = {"is_drive_attachment": True, "original_name": name, **row["params"]}
            file = usable_file(exchange.account, row["params"].get("file_uuid"))
            if file is not None:  # the latest version is meant when none is named
                row["params"].setdefault("version_uuid", file["version_uuid"])
        self.home(exchange).add(row)
        _log(exchange, self._kind(exchange), row)
        return row

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """Parameters that are not mentioned stay."""
        changes = super().changes(exchange, row, item)
        if "params" in item:
            changes["params"] = {**row["params"], **item["params"]}
        return changes

    def _kind(self, exchange: Exchange) -> str:
        return exchange.operation.over["entity_type"]


def _log(exchange: Exchange, kind: str, row: Row) -> None:
    event = _EVENTS.get(row["note_type"])
    by: int = row["created_by"]
    if event is not None:
        told: Json = {"note": {"id": row["id"]}}
        record(exchange, event, kind, row["entity_id"], after=[told], by=by)
    if exchange.account.guesses["notes.updated_at_of_parent"] == "changed":
        touch(exchange, (kind, row["entity_id"]), by)
    exchange.tell(f"notes:{kind}", "note", row)


def add_note(
    exchange: Exchange, owner: tuple[str, int], note_type: str, params: Row, **columns: Json
) -> Row:
    """A note that another operation leaves in the feed of an entity."""
    account, user = exchange.account, exchange.caller.user_id
    by: int = columns.get("created_by", user)
    responsible: int = columns.get("responsible_user_id", user)
    row: Row = {
        "id": account.next_id("notes"),
        "entity_id": owner[1],
        "created_by": by,
        "updated_by": by,
        "created_at": exchange.now,
        "updated_at": exchange.now,
        "responsible_user_id": responsible,
        "group_id": account.group_of(responsible),
        "note_type": note_type,
        "params": params,
        "is_pinned": False,
        "account_id": account.id,
        **columns,
    }
    account.table(f"notes:{owner[0]}").add(row)
    _log(exchange, owner[0], row)
    return row


def pin(_engine: Engine, exchange: Exchange) -> Response:
    """Fix a note at the top of the feed."""
    return _set_pinned(exchange, is_pinned=True)


def unpin(_engine: Engine, exchange: Exchange) -> Response:
    """Let a note go from the top of the feed."""
    return _set_pinned(exchange, is_pinned=False)


def _set_pinned(exchange: Exchange, *, is_pinned: bool) -> Response:
    table = exchange.account.table(exchange.operation.partition)
    row = table.rows.get(exchange.variables["id"])
    entity = exchange.variables.get("entity_id")
    if row is None or entity not in (None, row["entity_id"]):
        raise not_found("Note not found")
    table.change(row, {"is_pinned": is_pinned})
    return NOTHING
