"""A whole world as bytes, and back."""

from __future__ import annotations

import io
import pickle
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.state import Table

if TYPE_CHECKING:
    from amocrm_mockserver.world import World

__all__ = ["freeze_world", "thaw_world"]

_Reduced: TypeAlias = tuple[Any, tuple[Any, ...], tuple[None, dict[str, Any]]]
"""How pickle writes an object with slots."""


_clock: ContextVar[Clock] = ContextVar("clock")


def freeze_world(world: World) -> bytes:
    """The world and the setting of its clock; the clock itself belongs to the server."""
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump((world.clock.setting, world))
    return buffer.getvalue()


def thaw_world(snapshot: bytes, clock: Clock) -> World:
    """The world again, living by this clock, which is set as it was."""
    token = _clock.set(clock)
    try:
        setting, world = cast(
            "tuple[tuple[float, float | None], World]",
            pickle.loads(snapshot),  # noqa: S301 -- made by freeze_world
        )
    finally:
        _clock.reset(token)
    clock.setting = setting
    return world


def _server_clock() -> Clock:
    return _clock.get()


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:  # Any: what pickle takes
        if isinstance(obj, Clock):
            return _server_clock, ()
        if not isinstance(obj, Table):
            return NotImplemented
        # What a table keeps ready for answers is made anew, and cannot be pickled.
        reduced = cast("_Reduced", obj.__reduce_ex__(pickle.HIGHEST_PROTOCOL)[:3])
        make, arguments, (_, slots) = reduced
        return make, arguments, (None, {**slots, "kept": {}})
