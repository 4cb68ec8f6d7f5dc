"""The id of a channel in an account: that of the channel, an underscore, the account's amojo_id."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["parts_of_scope", "scope_of"]


def scope_of(account: Account, channel: Row) -> str:
    """The id of the channel in the account."""
    return f"{channel['id']}_{account.row['amojo_id']}"


def parts_of_scope(scope: str) -> tuple[str, str]:
    """The ids of the channel and of the account; the latter is empty in a lone channel's id."""
    channel_id, _, amojo_id = scope.partition("_")
    return channel_id, amojo_id
