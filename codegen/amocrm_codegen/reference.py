"""Prints `docs/reference.md`: every method on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .endpoints import Module

__all__ = ["print_reference"]

_TEMPLATES = Path(__file__).parent / "templates"


def print_reference(modules: Iterable[Module], *, title: str) -> str:
    """Return the Markdown of the reference."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown of our own texts
    )
    template = environment.get_template("reference.md.jinja")
    return template.render(modules=list(modules), title=title)
