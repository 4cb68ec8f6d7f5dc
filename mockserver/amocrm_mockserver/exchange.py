"""One call of the API: who asks what of which account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from amocrm_mockserver.happenings import Happenings

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.contract import Contract, Operation
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.router import Variables

__all__ = ["Exchange"]


@define(kw_only=True)
class Exchange:
    """Everything that answering one request depends on."""

    account: Account
    caller: Caller
    contract: Contract
    operation: Operation
    variables: Variables
    query: Query
    body: bytes
    now: int
    """Unix time, the same during the whole call."""
    wanted: frozenset[str] = frozenset()
    """The known members of `with`."""
    seeding: bool = False
    """The items come from a seed: they may name ids and columns that clients cannot write."""
    happened: Happenings = field(factory=Happenings)
    """What the call has done so far."""

    @property
    def origin(self) -> str:
        """The start of every URL handed out."""
        return self.caller.origin

    def tell(self, kind: str, action: str, row: Row, old: Row | None = None) -> None:
        """Note for webhooks what was done to a row; what a seed describes has not happened."""
        if not self.seeding:
            self.happened.tell(kind, action, row, old)

    def url(self, path: str) -> str:
        """The absolute address of a path of the API."""
        return f"{self.caller.origin}/api/v4/{path}"
