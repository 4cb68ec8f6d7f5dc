"""The folder of this user's connections."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["config_folder"]

_NAME: Final = "amocrm-gen"


def config_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the platform's folder for configuration; `AMOCRM_CONFIG_FOLDER` names another one."""
    variables = os.environ if environment is None else environment
    named = variables.get("AMOCRM_CONFIG_FOLDER")
    if named:
        return Path(named)
    if sys.platform == "win32":
        local = variables.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    config = variables.get("XDG_CONFIG_HOME", "")
    # The XDG specification has relative paths ignored.
    return (Path(config) if config.startswith("/") else Path.home() / ".config") / _NAME
