"""Brings generated files to their places: whole folders, never half of one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from .package import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Changes", "ForeignFileError", "compare", "replace"]

_OURS_WITHOUT_MARK = frozenset({"openapi.json", "py.typed"})


class ForeignFileError(Exception):
    """A folder that is to be generated holds files that somebody else wrote."""


@frozen
class Changes:
    """How what was generated differs from what is there."""

    target: Path
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def is_stale(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.added or self.changed or self.removed)


def compare(fresh: Path, target: Path) -> Changes:
    """Compare a fresh file or folder with the one that is in its place."""
    new, old = _contents(fresh), _contents(target)
    both = sorted(new.keys() & old.keys())
    return Changes(
        target,
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(name for name in both if new[name].read_bytes() != old[name].read_bytes()),
        removed=tuple(sorted(old.keys() - new.keys())),
        unchanged=tuple(name for name in both if new[name].read_bytes() == old[name].read_bytes()),
    )


def replace(fresh: Path, changes: Changes) -> None:
    """Put the fresh file or folder in its place; it must lie on the same file system.

    Until the last step the old one is whole, and after it the new one is. Files that stay the same
    keep their times.
    """
    target = changes.target
    foreign = [name for name in changes.removed if not _is_ours(target / name)]
    if foreign:
        raise ForeignFileError(
            f"{target} would be generated whole, but these files in it are not ours: "
            f"{', '.join(foreign)}; move them away, or choose another folder"
        )
    if not changes.is_stale:
        return
    if fresh.is_file():
        fresh.replace(target)
        return
    for name in changes.unchanged:
        shutil.copystat(target / name, fresh / name)
    if not target.exists():
        fresh.rename(target)
        return
    old = fresh.with_name(f"{fresh.name}.old")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)


def _contents(place: Path) -> dict[str, Path]:
    if place.is_file():
        return {"": place}
    return {path.relative_to(place).as_posix(): path for path in _files(place)}


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(root, name) for name in names)


def _is_ours(path: Path) -> bool:
    if path.name in _OURS_WITHOUT_MARK:
        return True
    with path.open("rb") as file:
        return file.readline().startswith(MARK.encode())
