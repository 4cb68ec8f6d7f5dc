"""How the client introduces itself."""

import platform
from importlib.metadata import PackageNotFoundError, version

__all__ = ["agent"]


def agent(given: str | None) -> str:
    """Return the `User-Agent`: the user's own words, then package and Python."""
    try:
        own = version("amocrm-gen")
    except PackageNotFoundError:
        own = "unknown"
    words = [] if given is None else [given]
    return " ".join([*words, f"amocrm-gen/{own}", f"python/{platform.python_version()}"])
