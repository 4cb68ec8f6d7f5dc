"""How many sends fit into any window of time: the algorithm, without a clock of its own."""

from attrs import define, field

__all__ = ["Ring"]


@define
class Ring:
    """At most `limit` sends in any `window` seconds, first come, first served.

    A sender books a time, waits for it, and is checked again when it wakes, against the times of
    the real sends: a late one must not let the next ones bunch up behind it.
    """

    limit: int
    window: float
    booked: list[float] = field(factory=list[float])
    """Times that were given out, in order, as far back as they count."""
    sent: list[float] = field(factory=list[float])
    """Times of the last real sends, in order."""
    closed_until: float = float("-inf")

    def earliest(self, now: float) -> float:
        """Return the first time that is free for one more send."""
        self.booked = [time for time in self.booked if time > now - self.window]
        time = max(now, self.closed_until)
        if self.booked:
            time = max(time, self.booked[-1])
        if len(self.booked) >= self.limit:
            time = max(time, self.booked[-self.limit] + self.window)
        return time

    def book(self, time: float) -> None:
        """Take a time."""
        self.booked.append(time)

    def give_back(self, time: float) -> None:
        """Return a time that will not be used."""
        if time in self.booked:
            self.booked.remove(time)

    def wait(self, now: float) -> float:
        """Return how long a send must still wait for the real sends before it; 0 lets it go."""
        free = self.closed_until
        if len(self.sent) >= self.limit:
            free = max(free, self.sent[-self.limit] + self.window)
        return max(0.0, free - now)

    def record(self, now: float) -> None:
        """Note a real send."""
        self.sent = [*self.sent[1 - self.limit :], now] if self.limit > 1 else [now]

    def close(self, until: float) -> None:
        """Let nobody send before a time."""
        self.closed_until = max(self.closed_until, until)
