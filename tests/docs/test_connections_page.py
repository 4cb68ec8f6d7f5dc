"""docs/connections.md tells all codes of logins, and its Python works."""

import re
from pathlib import Path
from typing import get_args

import pytest

from amocrm_gen.connections import Book
from amocrm_gen.connections.errors import LoginCode
from amocrm_gen.connections.granting import accept_token
from amocrm_gen.connections.state import StateName
from amocrm_mockserver.testing import MockAccount

PAGE = (Path(__file__).parents[2] / "docs/connections.md").read_text(encoding="utf-8")


def test_every_code_and_state_is_on_the_page() -> None:
    """No login fails with a code that is explained nowhere."""
    told = set(re.findall(r"`([A-Za-z_]+)`", PAGE))
    assert set(get_args(LoginCode)) <= told
    assert set(get_args(StateName)) <= told


def test_the_python_of_the_page_works(
    amocrm_account: MockAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a connected account of the mock server."""
    monkeypatch.setenv("AMOCRM_CONFIG_FOLDER", str(tmp_path))
    for name in ("AMOCRM_ACCOUNT", "AMOCRM_TOKEN", "AMOCRM_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    accept_token(
        Book(), amocrm_account.token, connection_id="example", base_url=amocrm_account.base_url
    )
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "docs/connections.md", "exec"), {})
    assert Book().get("shop").domain == "example.kommo.com"
