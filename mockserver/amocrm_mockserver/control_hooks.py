"""Control calls about webhook messages: what was told to whom, and how it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.control_call import ControlCall, ControlError

if TYPE_CHECKING:
    from amocrm_mockserver.post import Delivery
    from amocrm_mockserver.server import MockServer

__all__ = ["answer", "clear", "listing"]


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
