"""The throttle that all clients of one process share by default."""

from threading import Lock
from typing import Final

from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.throttle.ring import Ring

__all__ = ["shared_throttle"]

PER_INTEGRATION: Final = 7
PER_ACCOUNT: Final = 50
MARGIN: Final = 0.020
"""Seconds added to the window of one second: the way to the server is not always equally long."""

_lock: Final = Lock()
_rings_lock: Final = Lock()
_rings: Final[dict[tuple[str, ...], Ring]] = {}
_throttles: Final[dict[tuple[str, str], MemoryThrottle]] = {}


def shared_throttle(account: str, integration: str) -> MemoryThrottle:
    """Return the throttle of an integration in an account; all such clients get the same one."""
    with _lock:
        if (account, integration) not in _throttles:
            rings = (
                _rings.setdefault((account, integration), Ring(PER_INTEGRATION, 1.0 + MARGIN)),
                _rings.setdefault((account,), Ring(PER_ACCOUNT, 1.0 + MARGIN)),
            )
            _throttles[account, integration] = MemoryThrottle(rings, lock=_rings_lock)
        return _throttles[account, integration]
