"""Sends what objects write, under the locks of the entities that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.converse import converse, held_keys
from amocrm_gen.runtime.effects import Free, Hold, Talk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.session import Session
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["send"]


def send(
    client: Client, path: str, make: Callable[[], JsonObject], *, changed: Sequence[int] = ()
) -> object:
    """Send a body to a path, and return the answer.

    The body is made when the locks of the changed entities are held: its times must not be older
    than what others wrote while it waited.
    """
    kind = path.rsplit("/", 1)[1]
    operation = Operation(name=f"{kind}.save", method="POST", path=path, envelope="item")

    def talk(session: Session) -> Talk[object]:
        wanted = {f"{session.account.domain}/{kind}/{number}" for number in changed}
        keys = sorted(wanted - held_keys.get())
        held = (yield Hold(session.locks, keys)) if keys else None
        try:
            return (yield from converse(session, Call[object](operation, path, body=make())))
        finally:
            if held is not None:
                yield Free(held)

    return client.perform(talk)
