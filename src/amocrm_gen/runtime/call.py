"""What is asked of the API: an operation and one call of it, as values without any I/O."""

from collections.abc import Iterator
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import field, frozen

from amocrm_gen.runtime.sink import Sink
from amocrm_gen.runtime.types import JsonValue

__all__ = ["Auth", "Call", "Envelope", "Host", "Method", "Operation", "Page", "Retry"]

Method: TypeAlias = Literal["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]

Retry: TypeAlias = Literal["safe", "idempotent", "refused_only"]
"""When a call may be sent again: `safe` and `idempotent` after a lost answer, too;
`refused_only` just when the server said, or the network shows, that nothing was done."""

Envelope: TypeAlias = Literal[
    "page",
    "page_total",
    "count_page",
    "linked_page",
    "member_page",
    "list_total",
    "written",
    "created_total",
    "embedded",
    "count",
    "member",
    "array",
    "item",
    "bytes",
    "none",
    "raw",
]
"""How the answer wraps its items. Those with `page` in their names give a `Page`, those up to
`array` a list, `item` one object, `bytes` the body as it is, `none` nothing, `raw` whatever JSON
there is."""

Auth: TypeAlias = Literal["bearer", "signed", "none"]
"""What a call proves its right with: the account's token, the secret of a chat channel, nothing."""

Host: TypeAlias = Literal["account", "www", "drive", "amojo", "api", "forms", "gso", "piper"]

T = TypeVar("T")


@frozen(kw_only=True)
class Operation:
    """An operation of the API with the traits that the runtime acts on."""

    name: str
    """Resource and operation: `leads.find`."""
    method: Method
    path: str
    """The template: `/api/v4/leads/{id}`."""
    retry: Retry = "refused_only"
    envelope: Envelope = "item"
    key: str | None = None
    """The key under `_embedded` that holds the items."""
    empty: bool = False
    """Whether 204 means that there is nothing, instead of an error."""
    page_max: int | None = None
    batch_max: int | None = None
    batch_match: Literal["request_id", "id", "position"] = "request_id"
    """What ties an item of the answer to an item that was sent."""
    lock: str | None = None
    """What must not be written twice at once: `leads/{id}`; the ids come from the path or body."""
    filters: tuple[str, ...] = ()
    """The keys that `filter` may have; the server would pass over others and answer with all."""
    joined: tuple[str, ...] = ()
    """Those of them whose values stand in one, with commas between them."""
    withs: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    host: Host = "account"
    """Which of amoCRM's hosts serves it."""
    auth: Auth = "bearer"
    headers: tuple[tuple[str, str], ...] = ()
    """What is sent with every call."""


@frozen
class Call(Generic[T]):
    """One call: where it goes, what it carries, and what its answer is read as."""

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: JsonValue = field(default=None, repr=False)
    """The JSON body; None sends none."""
    returns: object = None
    """The class, or union of classes, of one item; None leaves the JSON as it is."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    is_lazy: bool = False
    """Whether the items of a page are left as JSON, to be read one by one by `Page.read`."""
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    """A body in PHP's brackets, instead of JSON."""
    content: bytes | None = field(default=None, repr=False)
    """A body that is sent as it is; a header names its type."""
    sink: Sink | None = field(default=None, repr=False, eq=False)
    """What takes the body of a good answer in, instead of the memory."""


@frozen
class Page(Generic[T]):
    """One page of a list."""

    items: list[T]
    number: int = 1
    next_href: str | None = None
    """The address of the next page, if the server names one."""
    total_items: int | None = None
    page_count: int | None = None
    self_href: str | None = None
    """The address of this page as the server repeats it."""
    unread: "Call[Page[T]] | None" = field(default=None, repr=False, eq=False)
    """The call by which the items, which are JSON yet, are to be read."""
    served_at: int | None = field(default=None, repr=False, eq=False)
    """When the server has answered, in unix seconds of its clock."""

    def read(self) -> Iterator[T]:
        """Go through the items; those that are JSON yet are read as the loop reaches them.

        An item's JSON is freed before the next is read, and the item itself when the loop lets go
        of it, so that a walk uses the same memory over and over while it is warm.
        """
        if self.unread is None:
            return iter(self.items)
        from amocrm_gen.runtime.answers import read_items  # noqa: PLC0415 - it imports this

        return read_items(self.unread, self.items)
