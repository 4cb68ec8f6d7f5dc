"""A server in this process, and a client of one account in it."""

from collections.abc import Iterator

import pytest
from php_stage import Place, Tenant

from amocrm_gen import AmoCRM


@pytest.fixture
def place() -> Place:
    """Return a server in this process."""
    return Place()


@pytest.fixture
def tenant(place: Place) -> Tenant:
    """Return an account in it."""
    return place.tenant()


@pytest.fixture
def amo(tenant: Tenant) -> Iterator[AmoCRM]:
    """Return a client of that account."""
    with tenant.client() as client:
        tenant.place.asked()
        yield client
