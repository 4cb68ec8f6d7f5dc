"""Files much larger than a part go through little memory."""

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from amocrm_gen import AmoCRM, AsyncAmoCRM
from runtime.amo import Driven

pytestmark = pytest.mark.processes

MEGABYTE = 1 << 20
SIZE = 40 * MEGABYTE


@pytest.fixture
def url() -> Iterator[str]:
    """Return the address of a mock server in a process of its own."""
    command = [sys.executable, "-m", "amocrm_mockserver", "--port", "0", "--tls-port", "0"]
    with subprocess.Popen([*command, "--no-limits"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = next(line for line in server.stdout if line.startswith("ready "))
        yield ready.split()[1]
        server.terminate()


@pytest.fixture(params=["sync", "async"])
def driven(request: pytest.FixtureRequest, url: str) -> Iterator[Driven]:
    """Return one of the two clients."""
    import asyncio  # noqa: PLC0415 - for one of the two

    made: Any = urllib3.request("POST", f"{url}/__mock__/accounts/example/tokens", json={}).json()
    given = {"token": made["access_token"], "base_url": url, "throttle": None}
    if request.param == "sync":
        with AmoCRM("example", **given) as client:
            yield Driven(client)
        return
    with asyncio.Runner() as runner:
        twin = AsyncAmoCRM("example", **given)
        yield Driven(twin, runner)
        runner.run(twin.aclose())


def test_a_large_file_there_and_back(driven: Driven, tmp_path: Path) -> None:
    """40 MB go in parts of half a megabyte.

    What httpx leaves of its requests waits for the garbage collector, so that more of them stay.
    """
    most = (4 if driven.runner is None else 20) * MEGABYTE
    path, back = tmp_path / "large.bin", tmp_path / "back.bin"
    with path.open("wb") as file:
        for number in range(40):
            file.write(number.to_bytes(1, "big") * MEGABYTE)
    driven.read()
    tracemalloc.start()
    try:
        made = driven.do(lambda client: client.files.upload(path))
        sent = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        came = driven.do(lambda client: client.files.download(made, back))
        received = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (made.size, came, back.stat().st_size) == (SIZE, SIZE, SIZE)
    with path.open("rb") as one, back.open("rb") as other:
        while part := one.read(MEGABYTE):
            assert part == other.read(MEGABYTE)
    assert sent < most
    assert received < most
