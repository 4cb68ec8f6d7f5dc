"""Options of the commands that make connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["credential_options"]

F = TypeVar("F", bound="Callable[..., Any]")  # Any: whatever a command takes

_OPTIONS: Final = (
    click.option(
        "--connector",
        "--connectorKey",
        "connector",
        metavar="KEY",
        help="Where the account is: amocrm-ru, amocrm-com, kommo or mock.",
    ),
    click.option("--client-id", metavar="ID", help="The integration's ID. [AMOCRM_CLIENT_ID]"),
    click.option(
        "--client-secret",
        metavar="-|@FILE",
        help="Its secret key, from standard input or a file. [AMOCRM_CLIENT_SECRET]",
    ),
    click.option(
        "--redirect-uri",
        metavar="URI",
        help="Its redirect URI, exactly as it is registered. [AMOCRM_REDIRECT_URI]",
    ),
    click.option(
        "--id", "connection_id", metavar="ID", help="The connection's id; else the subdomain."
    ),
    click.option(
        "--base-url",
        metavar="URL",
        envvar="AMOCRM_BASE_URL",
        help="A mock server's address, to log in there.",
    ),
)


def credential_options(command: F) -> F:
    """Give a command the options that say which account, and by which integration."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
