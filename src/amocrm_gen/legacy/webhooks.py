"""Webhooks of API v2, one or any number."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from amocrm_gen.objects.base import items_of

if TYPE_CHECKING:
    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["subscribe", "unsubscribe"]

_MOST: Final = 100
"""Webhooks that an account can have."""


Hook: TypeAlias = Mapping[str, str | Sequence[str]]
"""`{"url": …, "events": ["add_lead"]}`"""


def subscribe(client: "Client", hooks: Hook | Iterable[Hook]) -> "list[JsonObject]":
    """Subscribe addresses to events: `{"url": …, "events": ["add_lead"]}`, one or at most 100.

    Returns what became of each: `{"url": …, "result": True}`. Raises ValueError for more than
    100, before anything is sent.
    """
    return _send(client, "subscribe", hooks)


def unsubscribe(client: "Client", hooks: Hook | Iterable[Hook]) -> "list[JsonObject]":
    """Take subscriptions back; as `subscribe`."""
    return _send(client, "unsubscribe", hooks)


def _send(client: "Client", verb: str, given: Hook | Iterable[Hook]) -> "list[JsonObject]":
    hooks = [cast("Hook", given)] if isinstance(given, Mapping) else list(given)
    if len(hooks) > _MOST:
        raise ValueError(f"{len(hooks)} webhooks are given; an account has at most {_MOST}")
    if not hooks:
        return []
    body = cast("JsonValue", {verb: hooks})
    return items_of(client.request("POST", f"/api/v2/webhooks/{verb}", json=body))
