"""`amocrm` as a process, in folders of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Done", "Shell"]

_EXECUTABLE = Path(sys.executable).with_name("amocrm")


@frozen
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # Any: JSON of a test
        """What it wrote to standard output."""
        return json.loads(self.out)

    @property
    def output(self) -> Any:  # Any: as above
        """What is under `output`; the command must have been good."""
        assert self.code == 0, self
        return self.json["output"]

    @property
    def error(self) -> Any:  # Any: as above
        """What is under `error`; the command must have failed."""
        assert self.code != 0, self
        return self.json["error"]


@frozen
class Shell:
    """Runs `amocrm` as a process, without a terminal."""

    home: Path
    environment: Mapping[str, str] = field(factory=dict[str, str], repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of each process: nothing of the user's own configuration."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AMOCRM_", "XDG_")) or name == "AMOCRM_REQUIRE_TOOLS"
        }
        own = {
            "HOME": str(self.home),
            "AMOCRM_CONFIG_FOLDER": str(self.home / "config"),
            "AMOCRM_STATE_FOLDER": str(self.home / "state"),
            "AMOCRM_SHARED_FOLDER": str(self.home / "shared"),
            "PYTHONWARNINGS": "error",
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }
        return kept | own | dict(self.environment)

    @property
    def line(self) -> list[str]:
        """What starts the command line."""
        if "PYTHONPATH" in os.environ:
            # A checkout that is not the installed one: the executable would run that one.
            return [sys.executable, "-m", "amocrm_gen.cli"]
        assert _EXECUTABLE.exists(), f"{_EXECUTABLE} is not there: run `make setup`"
        return [str(_EXECUTABLE)]

    def __call__(self, *arguments: str, given: str = "", **environment: str) -> Done:
        """Run it to its end; `given` is its standard input."""
        ended = subprocess.run(
            [*self.line, *arguments],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.variables | environment,
            cwd=self.home,
            check=False,
            timeout=120,
        )
        return Done(ended.returncode, ended.stdout, ended.stderr)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start it and leave it running."""
        return subprocess.Popen(
            [*self.line, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self.variables | environment,
            cwd=self.home,
        )
