"""The generated client, sync or async, at an account of the mock server over real sockets."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any, Self

from attrs import define, field

from amocrm_gen import AmoCRM, AsyncAmoCRM, FieldMarker
from amocrm_gen.v4.models.custom_fields import CustomFieldCreate, CustomFieldType
from amocrm_mockserver.faults import FaultRule
from amocrm_mockserver.testing import MockAccount
from runtime.amo import Driven

__all__ = ["Desk"]


@define(repr=False)
class Desk:
    """Opens clients of one kind, and puts the server's faults away in the end."""

    account: MockAccount = field(repr=False)
    kind: str
    _stack: ExitStack = field(factory=ExitStack)

    @classmethod
    @contextmanager
    def at(cls, account: MockAccount, kind: str) -> Iterator[Self]:
        """Open one."""
        with ExitStack() as stack:
            yield cls(account, kind, stack)
        with account.server.locked():
            account.server.faults.armed.clear()

    def __repr__(self) -> str:
        return f"Desk({self.kind!r})"

    def open(self, **options: Any) -> Driven:
        """Return a client of the account."""
        given = {"token": self.account.token, "base_url": self.account.base_url}
        name = self.account.domain
        if self.kind == "sync":
            client = AmoCRM(name, **given, throttle=None, **options)
            self._stack.callback(client.close)
            return Driven(client)
        runner = self._stack.enter_context(asyncio.Runner())
        other = AsyncAmoCRM(name, **given, throttle=None, **options)
        self._stack.callback(lambda: runner.run(other.aclose()))
        return Driven(other, runner)

    def fail(self, **rule: Any) -> None:
        """Let requests go wrong."""
        with self.account.server.locked():
            self.account.server.faults.add(FaultRule(account=self.account.subdomain, **rule))

    def mend(self) -> None:
        """Let no more requests go wrong."""
        with self.account.server.locked():
            self.account.server.faults.armed.clear()

    def field_marker(self, **options: Any) -> FieldMarker:
        """Make a custom field of leads that holds keys."""
        made = self.open().do(
            lambda client: client.custom_fields.create(
                "leads", CustomFieldCreate(name="Key", type=CustomFieldType.TEXT)
            )
        )
        return FieldMarker(made.id, **options)

    def names(self) -> list[str]:
        """Return the names of all leads that the account has."""
        return sorted(lead["name"] for lead in self.leads())

    def leads(self) -> list[dict[str, Any]]:
        """Return the rows of all leads."""
        with self.account.server.locked():
            table = self.account.inside.tables.get("leads")
            return [] if table is None else [dict(row) for row in table.rows.values()]

    def at_once(self, driven: Driven, actions: Iterable[Callable[[Any], Any]]) -> list[Any]:
        """Do several things at the same time, each in a thread or in a task."""
        if driven.runner is not None:

            async def work() -> list[Any]:
                return await asyncio.gather(*(action(driven.client) for action in actions))

            return driven.runner.run(work())
        results: list[Any] = []
        threads = [
            Thread(target=lambda action=action: results.append(action(driven.client)))
            for action in actions
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results
