"""The examples of the page on chats run as they stand, against the mock server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import yaml

import amocrm_gen
from amocrm_gen.v4 import AmoCRM
from amocrm_mockserver import MockServer, parse_seed
from amocrm_mockserver.testing import mock_amocrm

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "chats.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
[SEED] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_examples_run_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each example runs in the namespace that those before it left; a manager answers."""
    with mock_amocrm() as account:

        def construct(_name: str, **given: Any) -> AmoCRM:
            given |= {"token": account.token, "base_url": account.base_url}
            return AmoCRM(account.subdomain, **given)

        monkeypatch.setattr(amocrm_gen, "AmoCRM", construct, raising=False)
        [channel] = yaml.safe_load(SEED)["accounts"][0]["chat_channels"]
        own = f"{account.base_url}/__mock__/accounts/{account.subdomain}/chat_channels"
        # Beyond this machine, so that the example finds the hook alone and in the first place.
        channel["hook_url"] = "https://kchat.example.test/:scope_id"
        assert httpx.post(own, json=channel).status_code == 200
        namespace: dict[str, Any] = {}
        for block in BLOCKS:
            code = block.replace("http://127.0.0.1:8080", account.base_url)
            code = code.replace("/accounts/example/", f"/accounts/{account.subdomain}/")
            exec(compile(code, "docs/chats.md", "exec"), namespace)  # our own page
        namespace["amo"].close()
    out = capsys.readouterr().out
    assert "Is it in stock?" in out
    assert "200\n[('chat-1', 'It is')]" in out
    assert namespace["on_hook"](b"{}", None) == 403


def test_the_seed_is_one() -> None:
    """The mock server starts with it, and knows the channel."""
    server = MockServer(parse_seed(SEED))
    [row] = server.world.accounts["example"].table("chat_channels").rows.values()
    assert (row["name"], row["is_connected"], row["typing"]) == ("Kchat", False, True)


def test_no_example_was_lost() -> None:
    """There is one for each part."""
    assert len(BLOCKS) == 5
