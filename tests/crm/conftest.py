"""A client without a throttle: many small requests are made, and the rate is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen import AmoCRM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.testing import MockAccount


@pytest.fixture
def amocrm(amocrm_account: MockAccount) -> Iterator[AmoCRM]:
    """Return a client of a fresh account."""
    with AmoCRM(
        amocrm_account.domain,
        token=amocrm_account.token,
        base_url=amocrm_account.base_url,
        throttle=None,
    ) as client:
        yield client
