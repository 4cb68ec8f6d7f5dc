"""Settings of the property tests."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "runtime", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("runtime")
