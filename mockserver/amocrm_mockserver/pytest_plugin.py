"""pytest fixtures; loaded by pytest in every project, so nothing is imported before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.testing import MockAccount
    from amocrm_mockserver.threaded import ThreadedServer

__all__ = ["amocrm", "amocrm_account", "amocrm_server"]


@pytest.fixture(scope="session")
def amocrm_server() -> Iterator[ThreadedServer]:
    """A mock server on free ports of this machine, one for the whole run."""
    from amocrm_mockserver.threaded import ThreadedServer  # noqa: PLC0415 -- slow to import, and not always used

    with ThreadedServer() as running:
        yield running


@pytest.fixture
def amocrm_account(amocrm_server: ThreadedServer) -> Iterator[MockAccount]:
    """A fresh account in it: no other test sees its rows, tokens or limits.

    The clock and the rules for faults are the server's; put back what you change of them.
    """
    from amocrm_mockserver.testing import fresh_account  # noqa: PLC0415 -- slow to import, and not always used

    account = fresh_account(amocrm_server)
    yield account
    with amocrm_server.server.locked() as world:
        if world.accounts.get(account.subdomain) is account.inside:
            world.remove_account(account.subdomain)


@pytest.fixture
def amocrm(amocrm_account: MockAccount) -> Iterator[Any]:  # Any: the client need not be installed
    """A client of that account."""
    try:
        from amocrm_gen import AmoCRM  # noqa: PLC0415 -- slow to import, and not always used
    except ImportError as error:
        message = f"the fixture `amocrm` needs the client, which cannot be imported: {error}"
        raise pytest.UsageError(message) from error

    with AmoCRM(
        amocrm_account.domain, token=amocrm_account.token, base_url=amocrm_account.base_url
    ) as client:
        yield client
