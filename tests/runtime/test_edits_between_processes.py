"""Edits of one entity by many processes all count."""

import subprocess
import sys
from pathlib import Path

import pytest

from amocrm_gen import AmoCRM
from amocrm_gen.v4.models.leads import LeadCreate
from amocrm_mockserver.testing import MockAccount

pytestmark = pytest.mark.processes

EDITS = 50


@pytest.mark.parametrize(
    "locks", ["file", pytest.param("redis", marks=pytest.mark.requires_tool("redis-server"))]
)
def test_no_edit_is_lost(
    amocrm_account: MockAccount, locks: str, request: pytest.FixtureRequest
) -> None:
    """Four processes, two of them asynchronous, edit one lead 50 times each."""
    place = request.getfixturevalue("redis_url") if locks == "redis" else "default"
    account = amocrm_account
    amo = AmoCRM(account.domain, token=account.token, base_url=account.base_url, throttle=None)
    lead = amo.leads.create(LeadCreate(name="Roof", price=0)).id
    command = [sys.executable, "-m", "runtime.edit_worker"]
    what = [account.domain, account.token, account.base_url, place, str(lead), str(EDITS)]
    workers = [
        subprocess.Popen(
            [*command, kind, *what],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            text=True,
        )
        for kind in ("sync", "async", "sync", "async")
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.close()
    assert [worker.wait() for worker in workers] == [0] * 4
    found = amo.leads.get(lead)
    amo.close()
    assert found.price == 4 * EDITS
