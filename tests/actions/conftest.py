"""An office for the tests of composed actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.testing import MockAccount


@pytest.fixture
def office(amocrm_account: MockAccount) -> Iterator[Office]:
    """A fresh account with a day's work in it."""
    made = Office.of(amocrm_account)
    with made.amo, made.acting, made.wire:
        made.furnish()
        yield made
