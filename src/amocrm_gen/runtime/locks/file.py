"""Locks for all processes of one user on one machine."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from attrs import define, field

from amocrm_gen.runtime.folder import shared_folder
from amocrm_gen.runtime.locks.board import Board, board_in, spot_of
from amocrm_gen.runtime.locks.errand import fetch
from amocrm_gen.runtime.locks.locks import Held

__all__ = ["FileLocks"]


def _path(given: Path | str | None) -> Path | None:
    return None if given is None else Path(given)


@define(eq=False)
class FileLocks:
    """Threads and tasks of a process stand in a queue; the first of it waits for other processes.

    The kernel frees what a process holds when it dies. Processes that are to share must name the
    same folder, on a disk of the machine.
    """

    folder: Path | None = field(default=None, converter=_path, kw_only=True)
    """Where the lock file is; left out, in the user's cache folder."""

    def acquire(self, keys: Sequence[str]) -> "_HeldSpots":
        """Wait until all keys are free, and take them."""
        board = self.board()
        held = _HeldSpots(board.near.acquire(keys), board)
        try:
            for spot in _spots(keys):
                held.take(spot, wait=True)
        except BaseException:
            held.release()
            raise
        return held

    def try_acquire(self, keys: Sequence[str]) -> "_HeldSpots | None":
        """Take all keys if they are free now; None if they are not."""
        board = self.board()
        near = board.near.try_acquire(keys)
        if near is None:
            return None
        held = _HeldSpots(near, board)
        try:
            if all(held.take(spot, wait=False) for spot in _spots(keys)):
                return held
        except BaseException:
            held.release()
            raise
        held.release()
        return None

    async def acquire_async(self, keys: Sequence[str]) -> "_HeldSpots":
        """Wait without blocking the loop until all keys are free, and take them."""
        board = self.board()
        held = _HeldSpots(await board.near.acquire_async(keys), board)
        try:
            left = _spots(keys)
            while left and held.take(left[0], wait=False):
                del left[0]
        except BaseException:
            held.release()
            raise
        if left:
            await fetch(held, lambda given_up: held.take_all(left, given_up))
        return held

    def board(self) -> Board:
        """Return where spots are taken."""
        return board_in(shared_folder() if self.folder is None else self.folder)


def _spots(keys: Sequence[str]) -> list[int]:
    """Return the spots of keys in the order that all processes take them in."""
    return sorted({spot_of(key) for key in keys})


@define(eq=False)
class _HeldSpots:
    """What one holder has: its place in the process, and the spots it took so far."""

    near: Held
    board: Board
    spots: list[int] = field(factory=list[int])
    owner: int = field(factory=os.getpid)

    def take(self, spot: int, *, wait: bool) -> bool:
        """Take one more."""
        taken = self.board.take(spot, wait=wait)
        if taken:
            self.spots.append(spot)
        return taken

    def take_all(self, left: list[int], given_up: Event) -> None:
        """Take all that is left, unless nobody wants it any more."""
        while left and not given_up.is_set():
            self.take(left[0], wait=True)
            del left[0]

    def release(self) -> None:
        """Let the next one in, of another process or of this one."""
        # In a child of the holder nothing is held, and what is taken there is somebody else's.
        if self.owner != os.getpid():
            return
        while self.spots:
            self.board.free(self.spots.pop())
        # Whoever releases twice must not let two in; the place in the queue sees to that.
        self.near.release()
