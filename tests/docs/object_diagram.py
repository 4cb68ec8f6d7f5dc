"""Draws the classes of `amocrm_gen.objects`, for docs/objects.md.

`python tests/docs/object_diagram.py` writes the page; with `--check` it says whether that is stale.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import amocrm_gen.objects
from amocrm_gen.objects import CrmObject, IncomingLead

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main", "page"]

_PAGE: Final = Path(__file__).parents[2] / "docs" / "objects.md"
_HEAD: Final = """\
<!-- Made by tests/docs/object_diagram.py; do not edit. -->
# Objects

The classes of `amocrm_gen.objects`. What a class has, those below it have, too; functions for
many objects at once are `{functions}`.

```mermaid
classDiagram
"""


def page() -> str:
    """Return the page."""
    public = [getattr(amocrm_gen.objects, name) for name in amocrm_gen.objects.__all__]
    functions = "`, `".join(one.__name__ for one in public if inspect.isfunction(one))
    classes = {base for one in public if inspect.isclass(one) for base in _bases(one)}
    ordered = sorted(classes, key=lambda one: (len(one.__mro__), one.__name__))
    lines = [line for one in ordered for line in _lines(one)]
    return f"{_HEAD.format(functions=functions)}{chr(10).join(lines)}\n```\n"


def _bases(cls: type) -> Iterator[type]:
    return (base for base in cls.__mro__ if issubclass(base, CrmObject | IncomingLead))


def _lines(cls: type) -> Iterator[str]:
    for base in cls.__bases__:
        if base is not object:
            yield f"    {_name(base)} <|-- {_name(cls)}"
    yield f"    class {_name(cls)} {{"
    path = vars(cls).get("path")
    if path:
        yield f"        {path}"
    for name in sorted(inspect.get_annotations(cls)):
        if not name.startswith("_") and name.islower() and name not in vars(cls):
            yield f"        {name}"
    for name, member in vars(cls).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            yield f"        {name}()"
    yield "    }"


def _name(cls: type) -> str:
    return cls.__name__.strip("_")


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in arguments:
        is_fresh = _PAGE.is_file() and _PAGE.read_text("utf-8") == text
        sys.stdout.write("docs/objects.md is up to date\n" if is_fresh else "it is stale\n")
        return 0 if is_fresh else 1
    _PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
