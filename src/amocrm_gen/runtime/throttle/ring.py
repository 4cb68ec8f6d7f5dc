"""How many sends fit into any window of time: the algorithm, without a clock of its own."""

from bisect import bisect_right, insort

from attrs import define, field

__all__ = ["Ring", "Waiter"]


@define
class Waiter:
    """One who stands in the line of a ring."""

    name: str
    arrival: float
    """When it came for the first time: who comes back late has its old place."""
    ready: float
    """When all other rings let it go, as far as was known when it asked last."""
    until: float
    """Until when its place is kept. It said it would ask again before: if not, it may be dead."""


@define
class Ring:
    """At most `limit` sends in any `window` seconds, first come, first served.

    A sender asks, is told when to ask again, and is let go only if by then the real sends leave
    room: one that wakes late must not let the next ones bunch up behind it. Whoever is not there in
    time is passed over, so that a dead one's turn is used by the next.
    """

    limit: int
    window: float
    sent: list[float] = field(factory=list[float])
    """Times of the real sends that still count, in order."""
    line: list[Waiter] = field(factory=list[Waiter])
    """Who waits, in the order they came."""
    closed_until: float = 0.0
    """Nobody sends before: the server said 429."""
    stopped_until: float = 0.0
    """Everybody is refused before: the server blocks the account."""

    def forget(self, now: float) -> None:
        """Drop sends that no longer count and waiters that did not come."""
        if self.sent and self.sent[0] + self.window <= now:
            self.sent = [time for time in self.sent if time + self.window > now]
        if self.line:
            self.line = [waiter for waiter in self.line if waiter.until >= now]

    def is_free(self, now: float) -> bool:
        """Tell whether one may send at once: nobody waits and nothing holds it up."""
        if self.line or self.closed_until > now:
            return False
        return len(self.sent) < self.limit or self.sent[-self.limit] + self.window <= now

    def free_at(self, rank: int, now: float) -> float:
        """Return when one more may send, if `rank` others before it send as soon as they may."""
        rounds, place = divmod(rank, self.limit)
        place += len(self.sent) - self.limit
        start = max(now, self.closed_until)
        if place >= 0:
            start = max(start, self.sent[place] + self.window)
        return start + rounds * self.window

    def rank(self, name: str, arrival: float, horizon: float) -> int:
        """Count who goes before: who came earlier and is held up by nothing else until then."""
        rank = 0
        for waiter in self.line:
            if waiter.name == name or waiter.arrival > arrival:
                break
            rank += waiter.ready <= horizon
        return rank

    def admit(self, waiter: Waiter) -> None:
        """Let one wait, or wait on."""
        for index, other in enumerate(self.line):
            if other.name == waiter.name:
                self.line[index] = waiter
                return
        place = bisect_right(self.line, waiter.arrival, key=lambda other: other.arrival)
        self.line.insert(place, waiter)

    def leave(self, name: str) -> None:
        """Take one out of the line."""
        self.line = [waiter for waiter in self.line if waiter.name != name]

    def record(self, time: float) -> None:
        """Note a send, in advance if it may take a while."""
        insort(self.sent, time)

    def matters_until(self) -> float:
        """Return when the ring will be as good as new."""
        sent = self.sent[-1] + self.window if self.sent else 0.0
        times = [waiter.until for waiter in self.line]
        return max(self.closed_until, self.stopped_until, sent, *times)
