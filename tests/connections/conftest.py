"""A book of connections of its own for each test."""

from pathlib import Path

import pytest

from amocrm_gen.connections import Book

_VARIABLES = (
    "AMOCRM_ACCOUNT",
    "AMOCRM_BASE_URL",
    "AMOCRM_CLIENT_ID",
    "AMOCRM_CLIENT_SECRET",
    "AMOCRM_REDIRECT_URI",
    "AMOCRM_TOKEN",
)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """Return the empty book that everything in the test finds by itself."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMOCRM_CONFIG_FOLDER", str(tmp_path / "config"))
    return Book()
