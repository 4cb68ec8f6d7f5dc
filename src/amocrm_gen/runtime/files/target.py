"""A file that is fetched: into a path, which appears when all is there, or into an open file."""

import os
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Protocol, TypeAlias, cast

from attrs import define, field

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.files.state import FileProgress, Listener

__all__ = ["Downloadable", "Target", "Writable"]


class Writable(Protocol):
    """A file that was opened for writing bytes."""

    def write(self, data: bytes, /) -> object:
        """Write all of it."""
        ...


Downloadable: TypeAlias = "str | os.PathLike[str] | Writable"


@define
class Target:
    """Takes a file in; see `Sink`."""

    given: Downloadable
    listener: Listener | None
    done: int = 0
    """Bytes that have come."""
    _total: int | None = None
    _file: Writable | None = field(default=None, repr=False)
    _start: int | None = None
    """Where the first byte goes, in a file that one can go back in."""

    @property
    def _path(self) -> Path | None:
        is_path = isinstance(self.given, str | os.PathLike)
        return Path(cast("str", self.given)) if is_path else None

    @property
    def _draft(self) -> Path:
        path = self._path
        assert path is not None
        return path.with_name(f"{path.name}.{self._mark}.part")

    _mark: str = field(factory=lambda: token_hex(4), repr=False)

    def begin(self, size: int | None) -> None:
        """Begin anew."""
        if self._file is None:
            self._open()
        elif self._start is not None:
            file = cast("BinaryIO", self._file)
            file.seek(self._start)
            file.truncate()
        elif self.done:
            raise ConfigurationError(
                "the download broke off, and one cannot go back in what it was written to",
                advice="give a path, or a file on disk",
            )
        self.done, self._total = 0, size

    def _open(self) -> None:
        if self._path is not None:
            self._file, self._start = self._draft.open("wb"), 0
            return
        self._file = cast("Writable", self.given)
        seekable = getattr(self._file, "seekable", None)
        if seekable is not None and seekable():
            self._start = cast("BinaryIO", self._file).tell()

    def write(self, piece: bytes) -> None:
        """Write a piece."""
        assert self._file is not None
        self._file.write(piece)

    def wrote(self, count: int) -> None:
        """Tell how far it is."""
        self.done += count
        self._tell()

    def _tell(self) -> None:
        if self.listener is not None:
            self.listener(FileProgress(done=self.done, total=self._total))

    def keep(self) -> None:
        """All is there: put it into its place."""
        path = self._path
        if path is not None:
            if self._file is None:  # an answer without a body
                self._open()
            cast("BinaryIO", self._file).close()
            self._draft.replace(path)

    def drop(self) -> None:
        """Forget a part of a file."""
        if self._path is not None and self._file is not None:
            cast("BinaryIO", self._file).close()
            self._draft.unlink(missing_ok=True)
