"""What the tests of this folder share."""

from __future__ import annotations

import pytest

from .crm import Crm, make_crm


@pytest.fixture
def crm() -> Crm:
    """A fresh account."""
    return make_crm()
