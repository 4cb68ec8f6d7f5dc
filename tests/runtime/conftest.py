"""Settings of the property tests, and a stage for both clients."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_mockserver.testing import MockAccount
from runtime.amo import Amo
from runtime.desk import Desk
from runtime.renewals import Kept
from runtime.twins import Stage

settings.register_profile(
    "runtime", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("runtime")


@pytest.fixture(params=["sync", "async"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return a stage on which one of the two clients plays."""
    with Stage(request.param) as opened:
        yield opened


@pytest.fixture(scope="session")
def running_amo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Amo]:
    """Return the mock server under amoCRM's own names; its clock only goes forward."""
    with Amo.started(tmp_path_factory.mktemp("amo")) as started:
        yield started


@pytest.fixture(params=["sync", "async"])
def amo(
    request: pytest.FixtureRequest, running_amo: Amo, caplog: pytest.LogCaptureFixture
) -> Iterator[Amo]:
    """Return it for clients of one of the two kinds; in the end no secret must be in the log."""
    with running_amo.of(request.param) as opened, caplog.at_level(logging.DEBUG, "amocrm_gen"):
        yield opened
        logged = "\n".join(
            logging.Formatter().format(record) for record in caplog.get_records("call")
        )
        assert not [secret for secret in opened.secrets() if secret in logged]


@pytest.fixture
def kept(amo: Amo) -> Kept:
    """Return an account and a store that holds its tokens."""
    tenant, store = amo.tenant(), MemoryTokenStore()
    store.save(tenant.domain, tenant.token())
    tenant.asked()
    return tenant, store


@pytest.fixture(params=["sync", "async"])
def desk(request: pytest.FixtureRequest, amocrm_account: MockAccount) -> Iterator[Desk]:
    """Return what opens generated clients of one of the two kinds."""
    with Desk.at(amocrm_account, request.param) as opened:
        yield opened
