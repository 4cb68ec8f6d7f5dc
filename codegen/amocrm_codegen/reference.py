"""Prints `docs/reference.md`: every method on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from .compile import MAIN_API

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .endpoints import Module

__all__ = ["print_reference"]

_TEMPLATES = Path(__file__).parent / "templates"


def print_reference(modules: Iterable[Module], *, title: str, api: str = MAIN_API) -> str:
    """Return the Markdown of the reference; what hangs on another client says so."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown of our own texts
    )
    template = environment.get_template("reference.md.jinja")
    owner = "amo" if api == MAIN_API else f"amo.{api}"
    return template.render(modules=list(modules), title=title, owner=owner)
