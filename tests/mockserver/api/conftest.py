"""What the tests of this folder share."""

from __future__ import annotations

import pytest

from .crm import Crm, make_crm
from .drive import Drive, make_drive
from .messenger import Messenger


@pytest.fixture
def crm() -> Crm:
    """A fresh account."""
    return make_crm()


@pytest.fixture
def drive() -> Drive:
    """A fresh account's drive."""
    return make_drive()


@pytest.fixture
def messenger() -> Messenger:
    """A channel that is connected."""
    return Messenger()
