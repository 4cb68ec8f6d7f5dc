"""A Redis server of the tests' own, which ends with them."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["redis_server"]


@contextmanager
def redis_server() -> Iterator[str]:
    """Start a server that keeps nothing, and give its address; a socket file needs no free port."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        socket = Path(folder, "socket")
        command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", ""]
        with subprocess.Popen(
            [*command, "--appendonly", "no", "--dir", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            # It says so when it takes connections.
            said: list[str] = []
            for line in process.stdout:
                said.append(line)
                if "ready to accept connections" in line.lower():
                    break
            else:
                raise RuntimeError("".join(["redis-server did not start:\n", *said]))
            try:
                yield f"unix://{socket}"
            finally:
                process.terminate()
