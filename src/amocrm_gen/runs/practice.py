"""A fresh account in a mock server, to repeat a run in."""

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import field, frozen
from orjson import dumps

from amocrm_gen.connections.mock_server import Launched, check_installed, control, launch
from amocrm_gen.runs.errors import ReplayError
from amocrm_gen.runs.seeding import RunSeed
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
    check_installed()
    with tempfile.TemporaryDirectory(prefix="amocrm-replay-") as folder:
        file = Path(folder) / "seed.yaml"
        server, fitting = _start(file, subdomain, zone, seed)
        try:
            yield _practice(str(server.url), subdomain, zone, fitting.counts, fitting.left_out)
        finally:
            server.process.terminate()
            server.process.wait(timeout=30)


def _start(file: Path, subdomain: str, zone: str, seed: RunSeed) -> tuple[Launched, RunSeed]:
    """Start a server; a list that it refuses is left out."""
    for _ in range(_TRIES):
        # JSON is YAML.
        file.write_bytes(
            dumps({"accounts": [{"subdomain": subdomain, "zone": zone, **seed.contents}]})
        )
        server = launch("--port", "0", "--no-limits", "--seed", str(file))
        if server.url is not None:
            return server, seed
        smaller = seed.without_fault(server.said)
        if smaller is None:
            raise ReplayError(f"the mock server does not start: {server.said.strip()[-300:]}")
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
    status, found = control("POST", url, path, body)
    if status == 0:
        raise ReplayError(f"no mock server answers at {url}", advice="start one: amocrm mock serve")
    if status != 200 or not isinstance(found, dict):
        said = found.get("detail") if isinstance(found, dict) else "it does not answer as one"
        raise ReplayError(f"the mock server at {url} refuses: {said}")
    return found
