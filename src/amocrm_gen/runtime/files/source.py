"""A file that is to be sent: a path, bytes, or an open file."""

import os
from io import BytesIO
from mimetypes import MimeTypes
from pathlib import Path
from typing import Final, Protocol, TypeAlias, runtime_checkable

from attrs import frozen

from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["Readable", "Source", "Uploadable", "open_source"]

_TYPES: Final = MimeTypes()
"""Python's own table, so that the same file is of the same type on every machine."""


@runtime_checkable
class Readable(Protocol):
    """A file that was opened for reading bytes, and can be gone back in."""

    def read(self, size: int = ..., /) -> bytes:
        """Read so many bytes."""
        ...

    def seek(self, offset: int, whence: int = ..., /) -> int:
        """Go to a place."""
        ...

    def tell(self) -> int:
        """Tell the place."""
        ...


Uploadable: TypeAlias = "str | os.PathLike[str] | bytes | Readable"


@frozen
class Source:
    """What is read from; part by part, never as a whole."""

    file: Readable
    start: int
    """Where the first byte stands."""
    size: int
    name: str
    content_type: str
    is_own: bool
    """Opened here, and to be closed here."""

    def read(self, offset: int, size: int) -> bytes:
        """Read a part; `ConfigurationError` if the file has become shorter."""
        self.file.seek(self.start + offset)
        parts: list[bytes] = []
        missing = size
        while missing:
            part = self.file.read(missing)
            if not part:
                raise ConfigurationError(
                    f"{self.name}: the file has become shorter while it was sent",
                    advice="upload it anew when nobody writes to it",
                )
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close what was opened here."""
        if self.is_own:
            close = getattr(self.file, "close", None)
            if close is not None:
                close()


def open_source(given: Uploadable, name: str | None, content_type: str | None) -> Source:
    """Open what is to be sent and find out its size, name and type.

    An open file is sent from where it stands.
    """
    file: Readable
    if isinstance(given, bytes | bytearray | memoryview):
        file, known, is_own = BytesIO(given), name, True
    elif isinstance(given, str | os.PathLike):
        path = Path(given)
        # Not buffered: what is read ahead would hide that the file has changed meanwhile.
        file, known, is_own = path.open("rb", buffering=0), name or path.name, True
    else:
        file, known, is_own = given, name or _name_of(given), False
    if not known:
        raise ConfigurationError("the file has no name", advice='give name="…" with its extension')
    try:
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
    except OSError as error:
        raise ConfigurationError(
            f"{known}: the size cannot be told, since one cannot go back in it",
            advice="give a path, bytes, or a file on disk",
        ) from error
    guessed = content_type or _TYPES.guess_type(known)[0] or "application/octet-stream"
    return Source(file, start, size, known, guessed, is_own)


def _name_of(file: object) -> str:
    name = getattr(file, "name", None)
    return Path(name).name if isinstance(name, str) else ""
