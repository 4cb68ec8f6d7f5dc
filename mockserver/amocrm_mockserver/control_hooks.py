"""Control calls about webhook messages: what was told to whom, and how it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.events import SINGULAR, log
from amocrm_mockserver.control_call import ControlCall, ControlError
from amocrm_mockserver.happenings import Happenings
from amocrm_mockserver.holder import first_admin
from amocrm_mockserver.hooks.tell import hooks_of

if TYPE_CHECKING:
    from amocrm_mockserver.post import Delivery
    from amocrm_mockserver.server import MockServer

__all__ = ["answer", "clear", "listing", "trash"]

_CARDS: Final = ("leads", "contacts", "companies", "customers")
_UNTOLD: Final = frozenset({"customer_restored"})
"""What the log has no event for."""


def listing(server: MockServer, _: ControlCall) -> object:
    """Every message to a webhook, oldest first."""
    return {"deliveries": [_described(each) for each in server.world.post.deliveries.values()]}


def clear(server: MockServer, call: ControlCall) -> object:
    """Forget every message, sent or not."""
    server.world.post.clear()
    return listing(server, call)


def answer(server: MockServer, call: ControlCall) -> object:
    """Take the place of the address: answer a message that waits, with a status or with 0."""
    status = call.get("status", int)
    if status is None or not 0 <= status <= 599:
        raise ControlError("status must be an integer from 0, which is no answer, to 599")
    number = call.variables["id"]
    found = server.world.post.deliveries.get(int(number)) if number.isdecimal() else None
    if found is None:
        raise ControlError(f"there is no delivery {number}", status=404)
    if found.stage not in {"waiting", "kept"}:
        raise ControlError(
            f"delivery {number} waits for no answer: it is {found.stage}", status=409
        )
    world = server.world
    world.post.answered(world.accounts, found, status, server.clock.now())
    return _described(found)


def trash(server: MockServer, call: ControlCall) -> object:
    """Do what only people do, in the user interface: delete a card, or bring it back."""
    account = server.world.accounts.get(call.variables["subdomain"])
    if account is None:
        raise ControlError(f"there is no account {call.variables['subdomain']}", status=404)
    kind, number = call.get("entity_type", str), call.get("id", int)
    if kind not in _CARDS:
        raise ControlError(f"entity_type must be one of {', '.join(_CARDS)}")
    row = account.table(kind).rows.get(number)
    if row is None:
        raise ControlError(f"there is no {kind} {number}", status=404)
    is_deleted = not call.get("restore", bool)
    if bool(row["is_deleted"]) != is_deleted:
        now, by = int(server.clock.now()), first_admin(account).id
        changes = {"is_deleted": is_deleted, "updated_at": now, "updated_by": by}
        account.table(kind).change(row, changes)
        done = f"{SINGULAR[kind]}_{'deleted' if is_deleted else 'restored'}"
        if done not in _UNTOLD:
            log(account, done, (kind, row["id"]), by=by, at=now)
        happened = Happenings()
        happened.tell(kind, "delete" if is_deleted else "restore", row)
        account.hooks.extend(hooks_of(account, happened))
        server.world.post.take_in(account, server.clock.now())
    return {"entity_type": kind, "id": number, "is_deleted": is_deleted}


def _described(delivery: Delivery) -> dict[str, object]:
    outgoing = delivery.outgoing
    return {
        "id": delivery.number,
        "account": delivery.subdomain,
        "webhook_id": delivery.webhook_id,
        "event": delivery.event,
        "url": outgoing.url,
        "headers": dict(outgoing.headers),
        "body": outgoing.body.decode(),
        "stage": delivery.stage,
        "due": delivery.due if delivery.stage == "waiting" else None,
        "attempts": [{"at": each.at, "status": each.status} for each in delivery.attempts],
    }
