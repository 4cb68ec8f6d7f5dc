"""An action as JSON, as the command line and agents are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_gen.actions.action import Action
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["shown"]


def shown(action: Action) -> JsonObject:
    """Return all that there is to know of an action."""
    return {
        "id": action.id,
        "name": action.name,
        "description": action.description,
        "kind": action.kind,
        "resource": action.resource,
        "write": action.is_write,
        "destructive": action.is_destructive,
        "requests": {"least": action.requests.least, "most": action.requests.most},
        "source": action.source,
        "example": action.example,
        "inputSchema": action.input_schema,
        "outputSchema": action.output_schema,
    }
