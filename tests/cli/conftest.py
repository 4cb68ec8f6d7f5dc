"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shell import Shell

if TYPE_CHECKING:
    from amocrm_mockserver.testing import MockAccount


_QUICK = {"test_start", "test_action", "test_help"}
"""Modules whose processes run with all quick tests, to show that each part starts."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave tests that start processes to the full run, but for some."""
    for item in items:
        if Path(__file__).parent not in item.path.parents or item.path.stem in _QUICK:
            continue
        if {"cli", "practice"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.processes)


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
