"""An environment for each client, made from its lock and from nothing else."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from attrs import frozen

from .client import Client

__all__ = ["ROOT", "Environment", "InstallError", "missing_tools", "prepare"]

ROOT: Final = Path(__file__).parents[2] / ".conformance"
"""The folder of the environments; git ignores it."""

_COMMON: Final = Path(__file__).parent / "clients" / "common"


class InstallError(Exception):
    """A client could not be installed; the message is the installer's own."""


@frozen
class Environment:
    """An installed client."""

    client: Client
    folder: Path

    @property
    def command(self) -> tuple[str, ...]:
        """Starts the client's driver."""
        if self.client.language == "node":
            return ("node", str(self.client.driver))
        return (str(_python_of(self.folder)), str(self.client.driver))

    @property
    def log(self) -> Path:
        """Where what the client prints goes."""
        return self.folder / "log"

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables by which the driver finds the client."""
        if self.client.language == "node":
            return {"NODE_PATH": str(self.folder / "node_modules")}
        return {"PYTHONPATH": str(_COMMON)}


def missing_tools(client: Client) -> tuple[str, ...]:
    """Name the programs that the client needs and this machine lacks."""
    needed = ("node", "npm") if client.language == "node" else ()
    return tuple(tool for tool in needed if shutil.which(tool) is None)


def prepare(client: Client) -> Environment:
    """Install the client, unless an environment of the same lock is there already."""
    environment = Environment(client, ROOT / client.folder.name)
    stamp = environment.folder / "stamp"
    wanted = _fingerprint(client)
    environment.log.unlink(missing_ok=True)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return environment
    shutil.rmtree(environment.folder, ignore_errors=True)
    environment.folder.mkdir(parents=True)
    if client.language == "python":
        _install_python(environment)
    else:
        _install_node(environment)
    stamp.write_text(wanted, encoding="utf-8")
    return environment


def _fingerprint(client: Client) -> str:
    digest = hashlib.sha256()
    for lock in client.locks:
        digest.update(lock.read_bytes())
    if client.language == "python":
        digest.update(f"{sys.version_info[:2]} {sys.base_prefix}".encode())
    return digest.hexdigest()


def _install_python(environment: Environment) -> None:
    (lock,) = environment.client.locks
    _run((sys.executable, "-m", "venv", str(environment.folder)), environment.folder)
    pip = (str(_python_of(environment.folder)), "-m", "pip", "--disable-pip-version-check")
    only_the_lock = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
    install = (*pip, "install", "--quiet", *only_the_lock, "-r", str(lock))
    _run(install, environment.folder)


def _install_node(environment: Environment) -> None:
    for lock in environment.client.locks:
        shutil.copy(lock, environment.folder)
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    _run(("npm", "ci", "--ignore-scripts", *quiet), environment.folder)


def _python_of(folder: Path) -> Path:
    windows = folder / "Scripts" / "python.exe"
    return windows if windows.exists() else folder / "bin" / "python"


def _run(command: tuple[str, ...], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        message = f"{' '.join(command)} ended with {done.returncode}:\n{said}"
        raise InstallError(message)
