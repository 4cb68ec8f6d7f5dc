"""What is generated, and where it goes: into a checkout, or into one package of a user's own."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from attrs import frozen

from .compile import MAIN_API
from .printing import print_all
from .write import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .printing import Summary
    from .waist import Schema
    from .write import Changes

__all__ = ["Build", "Target", "building", "checkout_targets", "find_checkout", "package_target"]


@frozen
class Target:
    """A file or folder that is generated whole."""

    kind: str
    """package, contract, reference, coverage, fidelity or guesses."""
    place: Path
    api: str = MAIN_API


@frozen
class Build:
    """Freshly generated files beside their places, and how they differ from what is there."""

    summaries: tuple[Summary, ...]
    fresh: tuple[tuple[Path, Changes], ...]


def find_checkout() -> Path | None:
    """Return the root of the checkout that this package is run from, if it is."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "spec" / "spec.schema.json").is_file() else None


def checkout_targets(root: Path, apis: tuple[str, ...]) -> tuple[Target, ...]:
    """Return what is generated in a checkout."""
    contracts = root / "mockserver" / "amocrm_mockserver" / "contract"
    found: list[Target] = []
    for api in apis:
        page = "reference.md" if api == MAIN_API else f"reference-{api}.md"
        found += [
            Target("package", root / "src" / "amocrm_gen" / api, api),
            Target("contract", contracts / f"{api}.json", api),
            Target("reference", root / "docs" / page, api),
        ]
    pages = [Target("coverage", root / "docs" / "coverage.md")]
    if (root / "spec" / "fidelity.md").is_file():
        pages.append(Target("fidelity", root / "docs" / "fidelity.md"))
    if (root / "spec" / "guesses.yaml").is_file():
        pages.append(Target("guesses", contracts / "guesses.json"))
    return (*found, *pages)


def package_target(folder: Path, api: str = MAIN_API) -> tuple[Target, ...]:
    """Return what is generated for a user: a package of its own."""
    return (Target("package", folder.absolute(), api),)


@contextmanager
def building(
    documents: Mapping[str, Schema],
    targets: tuple[Target, ...],
    *,
    pages: Mapping[str, Callable[[], str]],
    beside: bool = True,
) -> Iterator[Build]:
    """Generate everything; what was not moved to its place is gone afterwards.

    It is made beside its place, so that moving is one step, unless it is only to be compared.
    `pages` gives the text of targets that no single document says.
    """
    near = _existing(targets[0].place.parent) if beside else None
    with TemporaryDirectory(prefix=".amocrm-codegen-", dir=near) as name:
        folder = Path(name)
        apis = dict.fromkeys(target.api for target in targets)
        summaries = print_all({api: documents[api] for api in apis}, folder)
        fresh = []
        for target in targets:
            made = folder / target.api / target.kind
            if target.kind in pages:
                made.write_text(pages[target.kind](), encoding="utf-8", newline="\n")
            fresh.append((made, compare(made, target.place)))
        yield Build(summaries, tuple(fresh))


def _existing(folder: Path) -> Path:
    while not folder.is_dir():
        folder = folder.parent
    return folder
