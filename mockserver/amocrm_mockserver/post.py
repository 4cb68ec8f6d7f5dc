"""Webhook messages on their way: what waits, what was tried, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import define, field, frozen

from amocrm_mockserver.hooks.policy import delay_after, is_valid, too_many_failures
from amocrm_mockserver.outbox import Outgoing

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.hooks.tell import Hook
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Attempt", "Delivery", "Post", "Stage"]

Stage: TypeAlias = Literal["waiting", "sending", "delivered", "failed", "dropped", "kept"]
"""`failed`: given up; `dropped`: its webhook is gone or off; `kept`: would leave this machine."""

_MOST_KEPT: Final = 1000
"""Beyond these the oldest are forgotten."""


@frozen
class Attempt:
    """One answer; status 0 is none in time."""

    at: float
    status: int


@define(eq=False, kw_only=True)
class Delivery:
    """One message to one address."""

    number: int
    subdomain: str
    webhook_id: int | None
    event: str
    outgoing: Outgoing
    due: float
    stage: Stage = "waiting"
    attempts: list[Attempt] = field(factory=list[Attempt])
    delays: tuple[float, ...] = ()
    """Seconds between attempts, where no webhook has it."""


@define
class Post:
    """All messages of a world, oldest first."""

    deliveries: dict[int, Delivery] = field(factory=dict[int, Delivery])
    _last: int = 0
    _waiting: dict[int, Delivery] = field(factory=dict[int, Delivery])

    def take_in(self, account: Account, now: float) -> None:
        """Take what an account has to tell."""
        for hook in account.hooks:
            self._add(account, hook, now)
        account.hooks.clear()

    def _add(self, account: Account, hook: Hook, now: float) -> None:
        self._last += 1
        delivery = Delivery(
            number=self._last,
            subdomain=account.subdomain,
            webhook_id=hook.webhook_id,
            event=hook.event,
            outgoing=Outgoing(
                method="POST",
                url=hook.url,
                headers=_form_headers(account) if hook.headers is None else hook.headers,
                body=hook.body,
                timeout=hook.timeout,
            ),
            due=now,
            delays=hook.delays,
        )
        self.deliveries[delivery.number] = self._waiting[delivery.number] = delivery
        if len(self.deliveries) > _MOST_KEPT:
            self._forget_one()

    def _forget_one(self) -> None:
        """Rather one that is over; where nobody sends, none ever is."""
        over = (d for d in self.deliveries.values() if d.number not in self._waiting)
        oldest = next(over, None) or next(iter(self.deliveries.values()))
        del self.deliveries[oldest.number]
        self._waiting.pop(oldest.number, None)

    @property
    def next_due(self) -> float | None:
        """When the next message is to be sent; None when none waits."""
        waiting = (d.due for d in self._waiting.values() if d.stage == "waiting")
        return min(waiting, default=None)

    def take_due(self, accounts: dict[str, Account], now: float) -> list[Delivery]:
        """Messages that are to be sent now; each is sent once until its answer is told."""
        due = [d for d in self._waiting.values() if d.stage == "waiting" and d.due <= now]
        taken: list[Delivery] = []
        for delivery in sorted(due, key=lambda delivery: (delivery.due, delivery.number)):
            if delivery.webhook_id is not None and not _is_wanted(accounts, delivery):
                self._end(delivery, "dropped")
            else:
                delivery.stage = "sending"
                taken.append(delivery)
        return taken

    def keep(self, delivery: Delivery) -> None:
        """The message cannot be sent from here; it can still be looked at."""
        if self.deliveries.get(delivery.number) is delivery:
            self._end(delivery, "kept")

    def answered(
        self, accounts: dict[str, Account], delivery: Delivery, status: int, now: float
    ) -> None:
        """Learn how an address answered, and settle what follows."""
        if self.deliveries.get(delivery.number) is not delivery:
            return
        delivery.attempts.append(Attempt(now, status))
        if is_valid(status):
            self._end(delivery, "delivered")
            return
        row = _webhook(accounts, delivery)
        if row is not None:
            failed_at: list[float] = [*row.get("_failed_at", []), now][-101:]
            disabled = row["disabled"] or too_many_failures(failed_at, now)
            account = accounts[delivery.subdomain]
            account.table("webhooks").change(row, {"_failed_at": failed_at, "disabled": disabled})
        tried = len(delivery.attempts)
        if delivery.webhook_id is None:
            delay = next(iter(delivery.delays[tried - 1 :]), None)
        else:
            delay = delay_after(tried, status)
        if delay is None:
            self._end(delivery, "failed")
        else:
            delivery.stage, delivery.due = "waiting", now + delay
            self._waiting[delivery.number] = delivery

    def start_again(self) -> None:
        """Nobody sends any more what was being sent, as after a restart."""
        for delivery in self._waiting.values():
            delivery.stage = "waiting"

    def clear(self) -> None:
        """Forget every message."""
        self.deliveries.clear()
        self._waiting.clear()

    def _end(self, delivery: Delivery, stage: Stage) -> None:
        delivery.stage = stage
        self._waiting.pop(delivery.number, None)


def _form_headers(account: Account) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", "amoCRM-Webhooks/3.0"),
        ("X-AmoCRM-RequestID", account.ids.uuid()),
    )


def _webhook(accounts: dict[str, Account], delivery: Delivery) -> Row | None:
    account = accounts.get(delivery.subdomain)
    if account is None:
        return None
    row: Row | None = account.table("webhooks").rows.get(delivery.webhook_id)
    return row


def _is_wanted(accounts: dict[str, Account], delivery: Delivery) -> bool:
    row = _webhook(accounts, delivery)
    return row is not None and not row["disabled"]
