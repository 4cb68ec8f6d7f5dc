"""What a shell proposes where a connection or an action is to be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

# ruff: noqa: PLC0415 - whoever does not complete does not wait

__all__ = ["action_ids", "connection_ids"]


def connection_ids(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of connections that begin so; none if their file cannot be read."""
    from amocrm_gen.connections.book import Book
    from amocrm_gen.runtime.errors import AmoError

    try:
        return [one.id for one in Book().list() if one.id.startswith(incomplete)]
    except (AmoError, OSError):
        return []


def action_ids(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of actions that begin so, the most used first."""
    from amocrm_gen.actions.catalog import Catalog
    from amocrm_gen.actions.saved.shelf import own_shelf

    catalog = Catalog.of(shelf=own_shelf())
    return [each.id for each in catalog.popular() if each.id.startswith(incomplete)]
