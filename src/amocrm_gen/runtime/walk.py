"""Which page of a list comes next, and when it is the last."""

from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

from attrs import define, evolve

from amocrm_gen.runtime.call import Operation, Page

__all__ = ["Walk"]

T = TypeVar("T")

_SILENT: Final = frozenset({"linked_page", "member_page"})
_CAPS: Final = frozenset({50, 100, 250})
"""Lengths to which the server may cut a longer limit without a word."""


@define
class Walk:
    """The way through a list, apart from any I/O."""

    number: int
    size: int
    left: int | None
    """Items to hand out yet, where the caller set a limit."""
    names_next: bool = True
    """Whether pages say that there is a next one; else only a short page is the last."""
    taken: int = 0
    """Pages seen so far."""

    @classmethod
    def plan(
        cls, operation: Operation, *, limit: int | None, page_size: int | None, page: int
    ) -> "Walk":
        """Plan a walk from a page on."""
        if page < 1 or (page_size is not None and page_size < 1) or (limit or 0) < 0:
            raise ValueError("page and page_size count from 1, limit from 0")
        most = operation.page_max or 250
        size = min(page_size or most, most)
        # Numbers of later pages count in pages of this size, so only a walk from the start can
        # ask for less.
        if limit and page == 1:
            size = min(size, limit)
        return cls(page, size, limit, operation.envelope not in _SILENT)

    @property
    def is_over(self) -> bool:
        """Whether the caller has got all that was wanted."""
        return self.left is not None and self.left <= 0

    def to_first(self) -> "Walk":
        """Return the walk to the first item alone."""
        # Later pages keep their size, since their numbers count in it.
        size = 1 if self.number == 1 else self.size
        return evolve(self, size=size, left=1 if self.left is None else min(self.left, 1))

    def take(self, page: Page[T]) -> Page[T]:
        """Go on behind a page; return what is wanted of it."""
        self.number += 1
        self.taken += 1
        if self.left is None:
            return page
        wanted = page.items[: self.left]
        self.left -= len(wanted)
        return page if len(wanted) == len(page.items) else evolve(page, items=wanted)

    def goes_on_after(self, page: Page[Any]) -> bool:  # Any: items of any class
        """Tell whether there is a page behind a page, as far as the page shows."""
        if not page.items or self.is_over:
            return False
        if not self.names_next:
            return len(page.items) >= self.size
        if page.next_href is None:
            return False
        # Some methods name a next page always; then a short page proves that there is none.
        # A page cut to one of the server's own limits is not short.
        length = len(page.items)
        return length >= min(self.size, _limit_in(page.self_href) or self.size) or length in _CAPS

    def pages_ahead(self, depth: int, page: Page[Any]) -> int:  # Any: as above
        """Return how many pages may be asked for at once behind a page that is not the last.

        It grows with the pages seen, so that a walk of two or three pages, which most are, asks for
        little beyond its end: a walk of n pages for min(depth, n - 1) at most.
        """
        ahead = min(depth, self.taken + 1)
        if self.left is not None:
            ahead = min(ahead, -(-self.left // self.size))
        if page.page_count is not None:
            ahead = min(ahead, page.page_count - self.number + 1)
        return ahead


def _limit_in(href: str | None) -> int | None:
    found = dict(parse_qsl(urlsplit(href or "").query)).get("limit", "")
    return int(found) if found.isdecimal() else None
