"""Settings of the property tests, and a stage for both clients."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

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
