"""What the tests of this folder share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_mockserver import Addresses, Clock, MockServer, ThreadedServer

from .asking import NOON, Asker, two_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def ask() -> Asker:
    """Asks a server with two accounts whose clock stands still."""
    return Asker(MockServer(two_accounts(), clock=Clock(frozen_at=NOON)))


@pytest.fixture(scope="module")
def running() -> Iterator[ThreadedServer]:
    """A server with two accounts that listens on three ports."""
    server = MockServer(two_accounts())
    with ThreadedServer(server, addresses=Addresses(proxy_port=0)) as threaded:
        yield threaded
