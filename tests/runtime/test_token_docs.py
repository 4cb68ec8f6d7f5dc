"""The examples about tokens in the docs run as they stand, against the mock server."""

import re
from pathlib import Path
from typing import Any

import pytest

import amocrm_gen
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.tokens.php import PhpTokenStore
from amocrm_gen.runtime.tokens.token import Token
from amocrm_gen.v4 import AmoCRM
from amocrm_mockserver.testing import MockAccount

DOCS = Path(__file__).parents[2] / "docs" / "runtime.md"
_, _, SECTION = DOCS.read_text("utf-8").partition("\n## Tokens and OAuth\n")
BLOCKS = re.findall(r"```python\n(.*?)```", SECTION.partition("\n## ")[0], re.DOTALL)


def test_the_examples_run_in_order(
    amocrm_account: MockAccount,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each runs in the namespace that those before it left; an idle account is renewed."""
    account, known = amocrm_account, amocrm_account.integration

    def connect(name: str, **given: Any) -> AmoCRM:
        name = account.domain if name == "example" else name
        return AmoCRM(name, base_url=account.base_url, **given)

    monkeypatch.setattr(amocrm_gen, "AmoCRM", connect, raising=False)
    monkeypatch.chdir(tmp_path)
    integration = Integration(
        client_id=known.client_id,
        client_secret=known.client_secret,
        redirect_uri=known.redirect_uri,
    )
    php = PhpTokenStore("tokens", integration)
    php.save(account.domain, Token.read(account.token, account.refresh_token))
    replacements = {
        "your integration's id": known.client_id,
        "your integration's secret": known.client_secret,
        "https://www.example.com/oauth2/": known.redirect_uri,
        "the code of the redirect": account.issue_code(),
        "example.amocrm.ru": account.domain,
        "< 45": "< 91",
    }
    namespace: dict[str, Any] = {}
    for block in BLOCKS:
        code = block
        for old, new in replacements.items():
            code = code.replace(old, new)
        exec(compile(code, DOCS.name, "exec"), namespace)  # our own page
    assert len(BLOCKS) == 4
    assert f"client_id={known.client_id}" in capsys.readouterr().out
    assert namespace["amo"].account.get().id == account.inside.id
    with account.server.locked() as world:
        tokens = [t for t in world.grants.refresh.values() if t.grant.client_id == known.client_id]
    assert len(tokens) == 3
