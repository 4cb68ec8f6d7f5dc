"""A stateful mock of the amoCRM (Kommo) API, for tests and for work without an account."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_mockserver.clock import Clock
    from amocrm_mockserver.integration import Integration
    from amocrm_mockserver.message import Fault, Request, Response
    from amocrm_mockserver.seed import AccountSeed, Seed, SeedError, parse_seed, read_seed
    from amocrm_mockserver.serve import Addresses
    from amocrm_mockserver.server import MockServer
    from amocrm_mockserver.testing import MockAccount, fresh_account, mock_amocrm
    from amocrm_mockserver.threaded import ThreadedServer

__all__ = [
    "AccountSeed",
    "Addresses",
    "Clock",
    "Fault",
    "Integration",
    "MockAccount",
    "MockServer",
    "Request",
    "Response",
    "Seed",
    "SeedError",
    "ThreadedServer",
    "fresh_account",
    "mock_amocrm",
    "parse_seed",
    "read_seed",
]

_HOMES = {
    "AccountSeed": "seed",
    "Addresses": "serve",
    "Clock": "clock",
    "Fault": "message",
    "Integration": "integration",
    "MockAccount": "testing",
    "MockServer": "server",
    "Request": "message",
    "Response": "message",
    "Seed": "seed",
    "SeedError": "seed",
    "ThreadedServer": "threaded",
    "fresh_account": "testing",
    "mock_amocrm": "testing",
    "parse_seed": "seed",
    "read_seed": "seed",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: pytest loads this package in every project."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
