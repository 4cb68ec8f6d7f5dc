"""Opens clients of connections: they share tokens, throttle and locks with the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from amocrm_gen.connections.book import Book
from amocrm_gen.connections.connection import Connection
from amocrm_gen.connections.connector import connector_for
from amocrm_gen.connections.errors import ActionRequired, ConnectionFault
from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.secret import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from urllib3 import PoolManager

    from amocrm_gen.runtime.ledger.ledger import Ledger
    from amocrm_gen.runtime.watching import Debug, Recorder
    from amocrm_gen.v4.client import AmoCRM

# ruff: noqa: PLC0415 - a command that only lists connections pays for no client

__all__ = ["SECRET_VARIABLES", "connect", "environment_connection", "open_client", "select"]

SECRET_VARIABLES: Final = ("AMOCRM_TOKEN", "AMOCRM_CLIENT_SECRET")
"""Variables of the environment that no other program is handed."""
_TIMEOUT: Final = 30.0


def connect(  # noqa: PLR0913 - the names that users type
    account: str | None = None,
    *,
    book: Book | None = None,
    timeout: float | tuple[float, float] = _TIMEOUT,
    har: Path | str | Recorder | None = None,
    debug: Debug | None = None,
    transport: PoolManager | None = None,
) -> AmoCRM:
    """Open a client of a connected account.

    `connect("example")` takes the id, the domain or the subdomain of a connection. Left out,
    `AMOCRM_ACCOUNT` names it, else it is the default one. With `AMOCRM_TOKEN` the environment is
    the connection, and no file is read. `NotConnected` says that `amocrm login` comes first.
    """
    found = select(account, book=book)
    return open_client(found, book=book, timeout=timeout, har=har, debug=debug, transport=transport)


def select(
    account: str | None = None,
    *,
    book: Book | None = None,
    environment: Mapping[str, str] | None = None,
) -> Connection:
    """Return the connection that is meant; where none is named, that of the environment."""
    variables = os.environ if environment is None else environment
    given = environment_connection(variables)
    named = account or variables.get("AMOCRM_ACCOUNT") or None
    if given is not None and (account is None or given.is_called(account)):
        return given
    kept = Book() if book is None else book
    return kept.default() if named is None else kept.get(named)


def environment_connection(environment: Mapping[str, str] | None = None) -> Connection | None:
    """Return the connection that AMOCRM_ACCOUNT and AMOCRM_TOKEN make; None without a token."""
    variables = os.environ if environment is None else environment
    if not variables.get("AMOCRM_TOKEN"):
        return None
    account = variables.get("AMOCRM_ACCOUNT")
    if not account:
        raise ConnectionFault(
            "AMOCRM_TOKEN is set, and AMOCRM_ACCOUNT is not",
            advice="set AMOCRM_ACCOUNT to the subdomain or the domain, or unset AMOCRM_TOKEN",
        )
    base_url = variables.get("AMOCRM_BASE_URL") or None
    place = Account.parse(account, base_url=base_url)
    return Connection(
        id="environment",
        connector=connector_for(place.domain, base_url=base_url),
        domain=place.domain,
        base_url=base_url,
        is_of_environment=True,
    )


def open_client(  # noqa: PLR0913 - as for `connect`
    connection: Connection,
    *,
    book: Book | None = None,
    timeout: float | tuple[float, float] = _TIMEOUT,
    har: Path | str | Recorder | None = None,
    debug: Debug | None = None,
    transport: PoolManager | None = None,
    ledger: Ledger | None = None,
) -> AmoCRM:
    """Open a client of a connection; `ActionRequired` if nobody has granted it access."""
    from amocrm_gen.v4.client import AmoCRM

    kept = Book() if book is None else book
    store = None if connection.is_of_environment else kept.store_of(connection)
    integration = connection.integration
    token = None
    if store is None:
        token = conceal(os.environ.get("AMOCRM_TOKEN", ""))
    else:
        found = store.load(connection.domain)
        if found is None:
            from amocrm_gen.connections.state import state_of

            state = state_of(connection, book=kept).plain()
            raise ActionRequired(
                f"nobody has logged in to {connection.domain} yet",
                advice=f"run `amocrm login {connection.id}`",
                details={"connectionId": connection.id, **state},
            )
        if integration is None:
            # Nothing renews it; as a token it names its integration to the throttle.
            token, store = found.access_token, None
    return AmoCRM(
        connection.domain,
        token=token,
        integration=integration,
        store=store,
        base_url=connection.base_url,
        timeout=timeout,
        har=har,
        debug=debug,
        transport=transport,
        ledger=ledger,
    )
