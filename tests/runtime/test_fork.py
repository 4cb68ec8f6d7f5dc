"""One client can be made before a fork and used on both sides of it."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.adriver import AsyncDriver
from runtime.sample import get
from runtime.site import Site, SiteServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")


@pytest.mark.processes
def test_answers_are_never_mixed(tmp_path: Path) -> None:
    """Parent and children with warm connections and busy threads get their own answers."""
    site, har = Site(), tmp_path / "traffic.har"
    site.fill(500)
    server = SiteServer(site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        given = json.dumps({"url": server.url, "har": str(har), "children": 3})
        ran = subprocess.run(
            [sys.executable, "-m", "runtime.fork_worker", given],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        )
    finally:
        server.shutdown()
        server.server_close()
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["wrong"] == []
    assert told["mine"] == 20
    for child, (is_fresh, pairs) in enumerate(told["children"]):
        assert is_fresh
        base = 100 * (child + 1)
        assert sorted(pairs) == [[number, number] for number in range(base, base + 10)]
    entries = json.loads(har.read_bytes())["log"]["entries"]
    assert len(entries) == len(site.asked)


def test_an_asynchronous_client_goes_from_loop_to_loop() -> None:
    """Connections are those of one loop and process; in another the client opens its own."""
    site = Site()
    site.fill(1)
    server = SiteServer(site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        client = AsyncClient("example", token="long-lived", base_url=server.url, throttle=None)

        async def read() -> Any:
            lead = await client.send(get(1))
            driver: Any = client._driver
            await driver._http.aclose()
            driver._anew = httpx.AsyncClient
            return lead, driver._http

        (one, first), (two, second) = asyncio.run(read()), asyncio.run(read())
        assert (one.id, two.id) == (1, 1)
        assert first is not second
    finally:
        server.shutdown()
        server.server_close()


def test_another_process_gets_connections_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fork the asynchronous client does not touch the parent's."""

    async def look() -> tuple[Any, Any, Any]:
        driver = AsyncDriver(httpx.AsyncClient(), 1.0, anew=httpx.AsyncClient)
        mine = driver._client()
        assert driver._client() is mine
        monkeypatch.setattr(os, "getpid", lambda: -1)
        theirs = driver._client()
        given = AsyncDriver(mine, 1.0)
        return mine, theirs, given._client()

    mine, theirs, given = asyncio.run(look())
    assert theirs is not mine
    # A client that was passed in is its owner's to replace.
    assert given is mine
