"""What is installed for a client is pinned by hash and by nothing that names a host."""

import json

import pytest

from .client import CLIENTS, Client


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_lock_names_no_host(client: Client) -> None:
    """Where packages come from is the machine's business."""
    for lock in client.locks:
        assert "://" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_lock_holds_the_version_of_the_matrix(client: Client) -> None:
    """The client's own version is the one that the page speaks of."""
    if client.language == "python":
        wanted = f"{client.name}=={client.version} \\\n    --hash=sha256:"
        assert wanted in client.locks[0].read_text(encoding="utf-8")
    else:
        lock = json.loads(client.locks[1].read_text(encoding="utf-8"))
        assert lock["packages"][f"node_modules/{client.name}"]["version"] == client.version


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_lock_pins_everything_by_hash(client: Client) -> None:
    """No package is left to chance."""
    if client.language == "python":
        text = client.locks[0].read_text(encoding="utf-8")
        pins = [block for block in text.split("\n") if "==" in block]
        assert pins
        assert all(pin.endswith("\\") for pin in pins)
    else:
        packages = json.loads(client.locks[1].read_text(encoding="utf-8"))["packages"]
        assert all("integrity" in row for path, row in packages.items() if path)
