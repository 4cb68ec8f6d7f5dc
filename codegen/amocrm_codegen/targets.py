"""What is generated, and where it goes: into a checkout, or into one package of a user's own."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from attrs import frozen

from .openapi import dump
from .package import build_package
from .reference import print_reference
from .write import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .package import Package
    from .waist import Schema
    from .write import Changes

__all__ = ["Build", "Target", "building", "checkout_targets", "find_checkout", "package_target"]


@frozen
class Target:
    """A file or folder that is generated whole."""

    kind: str
    """package, contract or reference."""
    place: Path


@frozen
class Build:
    """Freshly generated files beside their places, and how they differ from what is there."""

    package: Package
    fresh: tuple[tuple[Path, Changes], ...]


def find_checkout() -> Path | None:
    """Return the root of the checkout that this package is run from, if it is."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "spec" / "spec.schema.json").is_file() else None


def checkout_targets(root: Path) -> tuple[Target, ...]:
    """Return what is generated in a checkout."""
    return (
        Target("package", root / "src" / "amocrm_gen" / "v4"),
        Target("contract", root / "mockserver" / "amocrm_mockserver" / "contract" / "v4.json"),
        Target("reference", root / "docs" / "reference.md"),
    )


def package_target(folder: Path) -> tuple[Target, ...]:
    """Return what is generated for a user: a package of its own."""
    return (Target("package", folder.absolute()),)


@contextmanager
def building(
    document: Schema, targets: tuple[Target, ...], *, beside: bool = True
) -> Iterator[Build]:
    """Generate everything; what was not moved to its place is gone afterwards.

    It is made beside its place, so that moving is one step, unless it is only to be compared.
    """
    near = _existing(targets[0].place.parent) if beside else None
    with TemporaryDirectory(prefix=".amocrm-codegen-", dir=near) as name:
        folder = Path(name)
        printed = folder / "package"
        printed.mkdir()
        package = build_package(document, printed)
        contract = folder / "contract"
        contract.write_bytes(dump(document))
        reference = folder / "reference"
        text = print_reference(package.modules, title=document["info"]["title"])
        reference.write_text(text, encoding="utf-8", newline="\n")
        fresh = (
            (folder / target.kind, compare(folder / target.kind, target.place))
            for target in targets
        )
        yield Build(package, tuple(fresh))


def _existing(folder: Path) -> Path:
    while not folder.is_dir():
        folder = folder.parent
    return folder
