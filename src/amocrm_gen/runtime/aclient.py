"""The asynchronous client: httpx under the conversation."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from amocrm_gen.runtime.call import Call, Operation, Page
from amocrm_gen.runtime.paging import AsyncPaginator

__all__ = ["AsyncClient"]

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")


class AsyncClient:
    """Sends calls to one account."""

    async def send(self, call: Call[T]) -> T:
        """Send one call and read its answer."""
        raise NotImplementedError(call)

    async def send_or_none(self, call: Call[T]) -> T | None:
        """Send one call; None instead of `NotFound`."""
        raise NotImplementedError(call)

    def paginate(
        self,
        make: Callable[[int, int], Call[Page[T]]],
        *,
        operation: Operation,
        limit: int | None = None,
        page_size: int | None = None,
        page: int = 1,
        prefetch: int | None = None,
    ) -> AsyncPaginator[T]:
        """Walk a list; `make(page, limit)` gives the call of one page."""
        raise NotImplementedError(make, operation, limit, page_size, page, prefetch)

    async def write(
        self,
        make: Callable[[Sequence[I]], Call[list[R]]],
        items: I | Iterable[I],
        *,
        operation: Operation,
    ) -> R | list[R]:
        """Create or update one item or any number; `make(items)` gives the call of one batch."""
        raise NotImplementedError(make, items, operation)

    def edit(
        self, read: Call[T], write: Callable[[I], Call[R]], takes: type[I]
    ) -> AbstractAsyncContextManager[T]:
        """Lock, read, let the `with` body change the object, send what it changed."""
        raise NotImplementedError(read, write, takes)
