"""The pages that people read, section by section."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["Section", "sections"]

_SHIPPED: Final = (
    "actions",
    "chats",
    "cli",
    "coming-from-membrane",
    "composed-actions",
    "connections",
    "errors",
    "migrating-from-php",
    "mock-server",
    "objects",
    "runtime",
    "spec-language",
)
_HEADING: Final = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_NO_LETTER: Final = re.compile(r"[^\w -]")


@frozen
class Section:
    """What stands under a heading."""

    page: str
    """`cli.md`."""
    page_title: str
    title: str
    text: str

    @property
    def id(self) -> str:
        """Where it is: `cli.md#log-in`."""
        return f"{self.page}#{_NO_LETTER.sub('', self.title.lower()).replace(' ', '-')}"


def sections() -> Iterator[Section]:
    """Go through the sections of all pages that the package brings."""
    folder = _folder()
    for name in _SHIPPED:
        page = folder.joinpath(f"{name}.md")
        if not page.is_file():
            continue
        text = page.read_text("utf-8")
        found = list(_HEADING.finditer(text))
        ends = [*(each.start() for each in found[1:]), len(text)]
        for heading, end in zip(found, ends, strict=True):
            yield Section(page.name, found[0][2], heading[2], text[heading.end() : end])


def _folder() -> Traversable:
    """Return the pages of the checkout, if this is one, else those in the package."""
    checkout = Path(__file__).parents[4] / "docs"
    return checkout if (checkout / "cli.md").is_file() else files("amocrm_gen").joinpath("pages")
