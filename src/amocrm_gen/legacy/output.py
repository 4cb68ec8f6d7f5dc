"""Where debug messages go, beside loggers: standard output, and a file."""

import os
import sys
from pathlib import Path

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.folder import OWNER_FILE

__all__ = ["LogFile", "StandardOutput"]


class StandardOutput:
    """Prints each message."""

    def debug(self, message: str, /) -> None:
        """Print a message."""
        sys.stdout.write(message)
        sys.stdout.flush()


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the log file {path} cannot be written: {error.strerror}",
        advice="name a file in a folder that this user may write to",
    )


class LogFile:
    """Appends each message to a file that any number of processes may share.

    Its folder is made; the file is for this user alone. A file that cannot be written is a
    `ConfigurationError`.
    """

    def __init__(self, path: Path | str = "logs/debug.log") -> None:
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def __repr__(self) -> str:
        """Tell the file."""
        return f"LogFile({str(self.path)!r})"

    def debug(self, message: str, /) -> None:
        """Append a message under a lock."""
        from filelock import FileLock  # noqa: PLC0415 - for those who debug

        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"), mode=OWNER_FILE)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            with lock, os.fdopen(os.open(self.path, flags, OWNER_FILE), "ab") as file:
                file.write(message.encode())
        except OSError as error:
            raise _unwritable(self.path, error) from None
