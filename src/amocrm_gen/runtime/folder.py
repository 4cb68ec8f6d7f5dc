"""The folders of this user on this machine for what processes share."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["OWNER_FILE", "lasting_folder", "make_folder", "make_private", "shared_folder"]

OWNER_FILE: Final = 0o600
_OWNER_FOLDER: Final = 0o700
_NAME: Final = "amocrm-gen"


def shared_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of throttles and locks; `AMOCRM_SHARED_FOLDER` names another one.

    All processes of a user must find the same one, a cron job as well as a login shell: that is why
    it is no runtime folder, which is there only while somebody is logged in.
    """
    variables = os.environ if environment is None else environment
    named = variables.get("AMOCRM_SHARED_FOLDER")
    if named:
        return Path(named)
    return _caches(variables) / _NAME


def lasting_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of what must not be lost; `AMOCRM_STATE_FOLDER` names another one."""
    variables = os.environ if environment is None else environment
    named = variables.get("AMOCRM_STATE_FOLDER")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return _caches(variables) / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    state = variables.get("XDG_STATE_HOME", "")
    return (Path(state) if state.startswith("/") else Path.home() / ".local" / "state") / _NAME


def _caches(variables: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        local = variables.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    cache = variables.get("XDG_CACHE_HOME", "")
    # The XDG specification has relative paths ignored.
    return Path(cache) if cache.startswith("/") else Path.home() / ".cache"


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, for their owner only."""
    if not folder.exists():
        make_folder(folder.parent)
        folder.mkdir(mode=_OWNER_FOLDER, exist_ok=True)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can enter; one that others can write to is closed."""
    make_folder(folder)
    status = folder.stat()
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise ConfigurationError(
            f"the folder {folder} belongs to another user",
            advice="name a folder of your own in AMOCRM_SHARED_FOLDER",
        )
    if status.st_mode & 0o077:
        folder.chmod(_OWNER_FOLDER)
