"""Prints everything of one document into a folder; several documents in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import asdict, frozen

from .openapi import dump
from .package import build_package
from .reference import print_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .waist import Schema

__all__ = ["Summary", "print_all"]

_DOCUMENT = "contract"
_SUMMARY = "summary"


@frozen
class Summary:
    """What was printed of a document."""

    title: str
    operations: int
    resources: int
    models: int


def print_all(documents: Mapping[str, Schema], folder: Path) -> tuple[Summary, ...]:
    """Print each document into a folder of its name: package, contract and reference.

    The first is printed here and the others beside, each by another process, since a generator
    of models takes seconds.
    """
    first, *others = documents
    for api, document in documents.items():
        (folder / api).mkdir()
        (folder / api / _DOCUMENT).write_bytes(dump(document))
    command = [sys.executable, "-m", __name__]
    running = [subprocess.Popen([*command, str(folder / api)]) for api in others]  # noqa: S603 - our own module
    found = [_print(documents[first], folder / first)]
    for api, process in zip(others, running, strict=True):
        if process.wait() != 0:
            raise RuntimeError(f"{api} could not be printed; the reason stands above")
        summary = json.loads((folder / api / _SUMMARY).read_text(encoding="utf-8"))
        found.append(Summary(**summary))
    return tuple(found)


def _print(document: Schema, folder: Path) -> Summary:
    printed = folder / "package"
    printed.mkdir()
    package = build_package(document, printed)
    text = print_reference(package.modules, title=package.title, api=document["x-amo-api"])
    (folder / "reference").write_text(text, encoding="utf-8", newline="\n")
    return Summary(
        package.title, package.operation_count, len(package.modules), package.model_count
    )


def _main(folder: Path) -> None:
    document = json.loads((folder / _DOCUMENT).read_bytes())
    summary = json.dumps(asdict(_print(document, folder)))
    (folder / _SUMMARY).write_text(summary, encoding="utf-8")


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
