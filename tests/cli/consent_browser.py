"""A browser for tests: it opens the consent page, decides, and follows where it is sent.

Its first argument is what to do: "allow", "deny" or "nothing"; its last one the page. What it and
the processes above it are called with is written to the file BROWSER_LOG.
"""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen


def _lines() -> list[str]:
    """Return the command lines of this process and of its parent, and its environment."""
    places = [f"/proc/{number}/cmdline" for number in (os.getpid(), os.getppid())]
    places.append("/proc/self/environ")
    return [Path(place).read_text(errors="replace").replace("\0", " ") for place in places]


def main() -> None:
    """Play the person."""
    decision, page = sys.argv[1], sys.argv[-1]
    lines = _lines()
    if decision != "nothing":
        with urlopen(page) as shown:
            assert b"Allow" in shown.read()
        fields = {**dict(parse_qsl(urlsplit(page).query)), "decision": decision}
        with urlopen(page.partition("?")[0], data=urlencode(fields).encode()) as answer:
            lines.append(answer.read().decode())
    if "BROWSER_LOG" in os.environ:
        Path(os.environ["BROWSER_LOG"]).write_text("\n".join(lines))


main()
