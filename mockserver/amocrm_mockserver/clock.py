"""The one clock of a mock server; token lives, rate windows and dates follow it."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock"]


class Clock:
    """Unix time that can be frozen and moved forward."""

    def __init__(
        self, *, frozen_at: float | None = None, source: Callable[[], float] = time.time
    ) -> None:
        self._source = source
        self._offset = 0.0
        self._frozen_at = frozen_at

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        if self._frozen_at is not None:
            return self._frozen_at
        return self._source() + self._offset

    def timestamp(self) -> int:
        """The current whole second, as amoCRM writes its times."""
        return int(self.now())

    def freeze(self, at: float | None = None) -> None:
        """Stand still, now or at the given time."""
        self._frozen_at = self.now() if at is None else at

    def advance(self, seconds: float) -> None:
        """Move forward, frozen or not."""
        if seconds < 0:
            message = f"the clock only moves forward, and {seconds} is negative; use freeze(at=...)"
            raise ValueError(message)
        if self._frozen_at is None:
            self._offset += seconds
        else:
            self._frozen_at += seconds

    def unfreeze(self) -> None:
        """Go on from the time shown."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - self._source()
            self._frozen_at = None

    @property
    def setting(self) -> tuple[float, float | None]:
        """How far it is ahead of real time, and the time at which it is frozen."""
        return self._offset, self._frozen_at

    @setting.setter
    def setting(self, value: tuple[float, float | None]) -> None:
        self._offset, self._frozen_at = value

    def http_date(self) -> str:
        """The time as a `Date` header has it."""
        return formatdate(self.now(), usegmt=True)
