"""`python -m tests.stateful`: the deep run, and what it has done; `--write` renews the list."""

from __future__ import annotations

import sys

from .covered import LIST
from .deep import run_deep


def main() -> None:
    """Run and print."""
    tally = run_deep()
    print(tally)  # noqa: T201 -- the command's output
    if "--write" in sys.argv[1:]:
        LIST.write_text("".join(f"{name}\n" for name in sorted(tally.operations)), encoding="utf-8")


if __name__ == "__main__":
    main()
