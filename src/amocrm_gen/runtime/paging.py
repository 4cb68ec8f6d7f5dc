"""Walks a list page by page."""

from collections.abc import AsyncIterator, Iterator
from typing import Generic, TypeVar

from amocrm_gen.runtime.call import Page

__all__ = ["AsyncPaginator", "Paginator"]

T = TypeVar("T")


class Paginator(Generic[T]):
    """All items of a list; pages are asked for as the loop reaches them."""

    def __iter__(self) -> Iterator[T]:
        """Go through the items."""
        raise NotImplementedError

    def pages(self) -> Iterator[Page[T]]:
        """Go through whole pages."""
        raise NotImplementedError

    def first(self) -> T | None:
        """Return the first item, or None; one request."""
        raise NotImplementedError


class AsyncPaginator(Generic[T]):
    """All items of a list; pages are asked for as the loop reaches them."""

    def __aiter__(self) -> AsyncIterator[T]:
        """Go through the items."""
        raise NotImplementedError

    def pages(self) -> AsyncIterator[Page[T]]:
        """Go through whole pages."""
        raise NotImplementedError

    async def first(self) -> T | None:
        """Return the first item, or None; one request."""
        raise NotImplementedError
