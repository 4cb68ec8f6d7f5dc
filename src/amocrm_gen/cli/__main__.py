"""`amocrm`, and `python -m amocrm_gen.cli`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_MISSING = (
    "amocrm: the command line needs packages that are not installed\n"
    "What to do: pip install 'amocrm-gen[cli]'\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        from amocrm_gen.cli.running import run  # noqa: PLC0415 - it needs click
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("amocrm_gen"):
            raise
        sys.stderr.write(_MISSING)
        return 2

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
