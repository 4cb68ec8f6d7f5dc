"""The page for those who come from the PHP library: all 90 features, and its samples work."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "migrating-from-php.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def test_all_features_are_told() -> None:
    """Each number stands once, in a block that is run."""
    numbers = [int(n) for block in BLOCKS for n in re.findall(r"^# (\d+)\. ", block, re.MULTILINE)]
    assert sorted(numbers) == list(range(1, 91))


def test_all_examples_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after the other, as a reader would run them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "legacy"))
    import php_stage  # noqa: PLC0415 - it is beside other tests

    place = php_stage.Place()
    tenant = place.tenant(subdomain="example")
    place.tenant(subdomain="second")
    code = tenant.code()
    replaced = {
        "Accounts(settings)": "Accounts(settings, transport=pool)",
        "your integration's id": tenant.integration.client_id,
        "your integration's secret": str(tenant.integration.client_secret),
        "the code of the redirect": code,
        "your api key": php_stage.KEY,
    }
    namespace: dict[str, Any] = {"pool": place.pool}
    for number, block in enumerate(BLOCKS):
        text = block
        for old, new in replaced.items():
            text = text.replace(old, new)
        exec(compile(text, f"{PAGE.name}, block {number}", "exec"), namespace)  # our own page
    assert "example.amocrm.ru example.amocrm.com" in capsys.readouterr().out
    assert namespace["amo"].domain == tenant.domain
    sys.modules.pop("php_stage", None)
