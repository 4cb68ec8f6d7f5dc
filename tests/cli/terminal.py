"""`amocrm` on a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
from typing import TYPE_CHECKING, Self

from attrs import define

if TYPE_CHECKING:
    from shell import Shell

__all__ = ["Terminal"]


@define
class Terminal:
    """A process whose standard streams are a terminal, and what is seen there."""

    process: subprocess.Popen[bytes]
    master: int
    seen: str = ""

    @classmethod
    def start(
        cls, shell: Shell, *arguments: str, columns: int = 80, **environment: str
    ) -> Terminal:
        """Start `amocrm` on a new terminal."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen(
            [*shell.line, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=shell.variables | {"COLUMNS": str(columns), "TERM": "xterm"} | environment,
            cwd=shell.home,
            start_new_session=True,
        )
        os.close(slave)
        return cls(process, master)

    def until(self, text: str) -> str:
        """Read until some text is seen; return all that was seen."""
        while text not in self.seen:
            assert self._read(), f"{text!r} was not seen in {self.seen!r}"
        return self.seen

    def page(self) -> str:
        """Return the page that it wants to have opened."""
        self.until("allow access:\n\n")
        _, _, rest = self.seen.partition("allow access:\n\n")
        while "\n" not in rest:
            assert self._read(), self.seen
            _, _, rest = self.seen.partition("allow access:\n\n")
        return rest.split()[0]

    def write(self, text: str) -> None:
        """Type something."""
        os.write(self.master, text.encode())

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        while self._read():
            pass
        return self.process.wait(60)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)

    def _read(self) -> bool:
        try:
            more = os.read(self.master, 65_536)
        except OSError:  # what Linux says of a terminal that nobody has open any more
            return False
        self.seen += more.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(more)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        os.close(self.master)
