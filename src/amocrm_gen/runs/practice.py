"""A fresh account in a mock server, to repeat a run in."""

import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from attrs import field, frozen
from orjson import dumps, loads
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from amocrm_gen.runs.errors import ReplayError
from amocrm_gen.runs.seeding import RunSeed
from amocrm_gen.runtime.errors import MissingExtra
from amocrm_gen.runtime.types import JsonObject

__all__ = ["Practice", "practice_account"]

_TRIES: Final = 30
"""Lists that a mock server may refuse, one after the other, before a replay begins empty."""


@frozen(kw_only=True)
class Practice:
    """An account, and how it is reached."""

    domain: str
    base_url: str
    token: str = field(repr=False)
    seeded: Mapping[str, int]
    """How many of each kind are in it."""
    left_out: tuple[str, ...] = ()
    """What could not be put in, and why."""

    @property
    def environment(self) -> dict[str, str]:
        """The connection that the environment makes."""
        return {
            "AMOCRM_ACCOUNT": self.domain,
            "AMOCRM_TOKEN": self.token,
            "AMOCRM_BASE_URL": self.base_url,
        }


@contextmanager
def practice_account(domain: str, seed: RunSeed, url: str | None) -> Generator[Practice]:
    """Give an account in the mock server at an address, or in a new one that ends with this."""
    subdomain, _, zone = domain.partition(".")
    if url is not None:
        made = _control(url, "/accounts", {"zone": zone})
        yield _practice(
            url.rstrip("/"),
            str(made["subdomain"]),
            zone,
            {},
            ("everything: an account of a server that already runs begins empty",),
        )
        return
    with tempfile.TemporaryDirectory(prefix="amocrm-replay-") as folder:
        file = Path(folder) / "seed.yaml"
        server, address, fitting = _start(file, subdomain, zone, seed)
        try:
            yield _practice(address, subdomain, zone, fitting.counts, fitting.left_out)
        finally:
            server.terminate()
            server.communicate(timeout=30)


def _start(
    file: Path, subdomain: str, zone: str, seed: RunSeed
) -> tuple[subprocess.Popen[str], str, RunSeed]:
    """Start a server; a list that it refuses is left out."""
    for _ in range(_TRIES):
        # JSON is YAML.
        file.write_bytes(
            dumps({"accounts": [{"subdomain": subdomain, "zone": zone, **seed.contents}]})
        )
        server = subprocess.Popen(  # noqa: S603 - our own program
            [
                sys.executable,
                *("-m", "amocrm_mockserver", "--port", "0", "--tls-port", "0", "--no-limits"),
                *("--seed", str(file)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        line = "" if server.stdout is None else server.stdout.readline()
        if line.startswith("ready "):
            return server, line.split()[1], seed
        said = server.communicate(timeout=30)[1]
        if "No module named" in said:
            raise MissingExtra("a replay on the mock server", "mock")
        smaller = seed.without_fault(said)
        if smaller is None:
            raise ReplayError(f"the mock server does not start: {said.strip()[-300:]}")
        seed = smaller
    raise ReplayError("the mock server takes nothing of what the run has read")


def _practice(
    url: str, subdomain: str, zone: str, seeded: Mapping[str, int], left_out: tuple[str, ...]
) -> Practice:
    token = _control(url, f"/accounts/{subdomain}/tokens", {})
    return Practice(
        domain=f"{subdomain}.{zone}",
        base_url=url,
        token=str(token["access_token"]),
        seeded=seeded,
        left_out=left_out,
    )


def _control(url: str, path: str, body: JsonObject) -> JsonObject:
    try:
        answer = PoolManager(retries=False, timeout=10.0).request(
            "POST",
            f"{url.rstrip('/')}/__mock__{path}",
            body=dumps(body),
            headers={"Content-Type": "application/json"},
        )
    except (HTTPError, OSError, ValueError):
        raise ReplayError(
            f"no mock server answers at {url}", advice="start one: amocrm mock serve"
        ) from None
    if answer.status >= 400:
        raise ReplayError(f"the mock server at {url} refuses: {answer.data.decode()[:200]}")
    return cast("JsonObject", loads(answer.data))
