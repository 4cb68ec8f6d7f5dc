"""What the tests of the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

    from amocrm_mockserver.testing import MockAccount


@pytest.fixture
def cli(tmp_path: Path) -> Shell:
    """`amocrm` with an empty configuration: `cli("status")`."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return Shell(home)


@pytest.fixture
def practice(tmp_path: Path, amocrm_account: MockAccount) -> Shell:
    """`amocrm` that is connected to a fresh account of a mock server, by the environment."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return Shell(
        home,
        {
            "AMOCRM_ACCOUNT": amocrm_account.domain,
            "AMOCRM_TOKEN": amocrm_account.token,
            "AMOCRM_BASE_URL": amocrm_account.base_url,
        },
    )
