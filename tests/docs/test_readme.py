"""The README's examples run as they stand, against the mock server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import amocrm_gen
from amocrm_gen.v4 import AmoCRM, AsyncAmoCRM
from amocrm_mockserver.testing import mock_amocrm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.testing import MockAccount

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
FIXTURE_BLOCK = next(block for block in BLOCKS if "def test_import" in block)
SCRIPT_BLOCKS = [block for block in BLOCKS if block is not FIXTURE_BLOCK]


@pytest.fixture
def account() -> Iterator[MockAccount]:
    """Return an account of a running mock server."""
    with mock_amocrm() as found:
        yield found


def test_examples_run_in_order(
    account: MockAccount,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each example runs in the namespace that those before it left, like in one session."""

    def connect(kind: Any) -> Any:
        def construct(name: str, **given: Any) -> Any:
            given.setdefault("base_url", account.base_url)
            if "token" in given and given["token"].startswith("your"):
                given["token"] = account.token
                name = account.subdomain
            if "integration" in given:
                name = account.subdomain
            return kind(name, **given)

        return construct

    monkeypatch.setattr(amocrm_gen, "AmoCRM", connect(AmoCRM), raising=False)
    monkeypatch.setattr(amocrm_gen, "AsyncAmoCRM", connect(AsyncAmoCRM), raising=False)
    monkeypatch.chdir(tmp_path)
    integration = account.integration
    replacements = {
        "http://127.0.0.1:8080": account.base_url,
        "your integration's id": integration.client_id,
        "your integration's secret": integration.client_secret,
        "https://www.example.com/oauth2/": integration.redirect_uri,
        "the code of the redirect": account.issue_code(),
    }
    seeded = AmoCRM(account.subdomain, token=account.token, base_url=account.base_url)
    with seeded:
        from amocrm_gen.v4 import LeadCreate  # noqa: PLC0415  # models are loaded when asked for

        seeded.leads.create([LeadCreate(name=f"Seed {n}", price=n * 5_000) for n in range(1, 8)])
    namespace: dict[str, Any] = {}
    for block in SCRIPT_BLOCKS:
        code = block
        for old, new in replacements.items():
            code = code.replace(old, new)
        exec(compile(code, "README.md", "exec"), namespace)  # our own README
    namespace["amo"].close()
    out = capsys.readouterr().out
    assert "Seed 1 5000" in out
    assert "no such lead" in out
    assert "NotSupportedChoice" in out


def test_fixture_example_runs(tmp_path: Path) -> None:
    """The example of a test is collected and passes in a project of its own."""
    code = f"from amocrm_gen.v4 import LeadCreate\n\n\n{FIXTURE_BLOCK}"
    (tmp_path / "test_example.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_no_example_was_lost() -> None:
    """The README keeps a runnable example for each part it praises."""
    assert len(SCRIPT_BLOCKS) >= 7
    assert "not affiliated with amoCRM or Kommo" in (ROOT / "README.md").read_text("utf-8")
