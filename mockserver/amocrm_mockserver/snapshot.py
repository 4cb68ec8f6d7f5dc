"""A whole world as bytes, and back."""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, cast

from amocrm_mockserver.clock import Clock

if TYPE_CHECKING:
    from amocrm_mockserver.world import World

__all__ = ["freeze_world", "thaw_world"]


def freeze_world(world: World) -> bytes:
    """The world and the setting of its clock; the clock itself belongs to the server."""
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump((world.clock.setting, world))
    return buffer.getvalue()


def thaw_world(snapshot: bytes, clock: Clock) -> World:
    """The world again, living by this clock, which is set as it was."""
    unpickler = _Unpickler(io.BytesIO(snapshot), clock)
    setting, world = cast("tuple[tuple[float, float | None], World]", unpickler.load())
    clock.setting = setting
    return world


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: object) -> str | None:
        return "clock" if isinstance(obj, Clock) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, clock: Clock) -> None:
        super().__init__(file)
        self._clock = clock

    def persistent_load(self, pid: object) -> Clock:
        if pid != "clock":
            raise pickle.UnpicklingError(f"unknown part {pid}")
        return self._clock
