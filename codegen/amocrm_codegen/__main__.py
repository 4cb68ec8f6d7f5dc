"""The command `amocrm-codegen`: from the spec to the SDK."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .compile import MAIN_API, apis_of, compile_spec
from .faults import SpecError
from .load import find_spec_folder
from .openapi import compile_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .coverage import Entry
    from .targets import Build, Target
    from .waist import Schema
    from .write import Changes

__all__ = ["main"]

_STALE = 1
_FAULTY = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 stale, 2 refused."""
    with _uncollected():
        return _main(arguments)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave garbage alone: it is little, and looking for it takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _main(arguments: Sequence[str] | None) -> int:
    started = time.perf_counter()
    options = _parser().parse_args(arguments)
    folder = options.spec or find_spec_folder()
    try:
        apis = apis_of(folder) if options.out is None else (options.api,)
        documents = {
            api: compile_document(
                compile_spec(folder, options.overlay if api == options.api else (), api=api)
            )
            for api in apis
        }
    except SpecError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)  # noqa: T201 - the output of a command
        count = len(error.faults)
        return _refuse(f"{count} fault{'s' * (count != 1)} in the spec; nothing was written")
    if options.command == "coverage":
        from .coverage import table  # noqa: PLC0415 - not needed otherwise
        from .rows import summary  # noqa: PLC0415 - as above

        _say(table(_coverage(folder, documents)))
        _say(summary(_php_tests(folder)))
        return 0
    return _generate(options, folder, documents, started)


def _php_tests(folder: Path) -> Path:
    return folder.parent / "tests" / "legacy"


def _coverage(folder: Path, documents: Mapping[str, Schema]) -> tuple[Entry, ...]:
    from .coverage import coverage  # noqa: PLC0415 - not needed otherwise

    return coverage(folder / "inventory.tsv", documents.values(), _evidence(folder))


def _evidence(folder: Path) -> dict[str, dict[str, str]]:
    from .coverage import read_evidence  # noqa: PLC0415 - not needed otherwise

    return read_evidence(folder.parent / "tests" / "evidence.tsv")


def _generate(
    options: argparse.Namespace, folder: Path, documents: Mapping[str, Schema], started: float
) -> int:
    # These load the code generators, which a faulty spec need not wait for.
    from .coverage import markdown  # noqa: PLC0415
    from .fidelity import fidelity  # noqa: PLC0415
    from .guesses import read_register, switches  # noqa: PLC0415
    from .targets import building  # noqa: PLC0415
    from .waist import DocumentError  # noqa: PLC0415
    from .write import ForeignFileError, replace  # noqa: PLC0415

    targets = _targets(options, tuple(documents))
    if isinstance(targets, str):
        return _refuse(targets)
    try:
        with building(
            documents,
            targets,
            pages={
                "coverage": lambda: markdown(_coverage(folder, documents), _php_tests(folder)),
                "fidelity": lambda: fidelity(
                    folder.parent,
                    documents.values(),
                    _evidence(folder),
                    read_register(folder / "guesses.yaml"),
                ),
                "guesses": lambda: switches(read_register(folder / "guesses.yaml")),
            },
            beside=not options.check,
        ) as build:
            if not options.check:
                for fresh, changes in build.fresh:
                    replace(fresh, changes)
            return _report(build, started, check=options.check)
    except (DocumentError, ForeignFileError) as error:
        return _refuse(str(error))


def _targets(options: argparse.Namespace, apis: tuple[str, ...]) -> tuple[Target, ...] | str:
    from .targets import checkout_targets, find_checkout, package_target  # noqa: PLC0415

    if options.out is not None:
        if not options.out.name.isidentifier():
            return f"{options.out} cannot be imported: name the folder like a Python package"
        return package_target(options.out, options.api)
    root = find_checkout()
    if root is None:
        return "this is no checkout of amocrm-gen: say where the package goes, with --out PACKAGE"
    if options.overlay or options.spec:
        return "the checkout's own package is made from its own spec: say --out PACKAGE"
    return checkout_targets(root, apis)


def _report(build: Build, started: float, *, check: bool) -> int:
    for one in build.summaries:
        counts = f"operations: {one.operations}, resources: {one.resources}, models: {one.models}"
        _say(f"{one.title}: {counts}" if len(build.summaries) > 1 else counts)
    for _, changes in build.fresh:
        if check:
            _say_stale(changes)
        else:
            _say(f"{_shown(changes.target)}: {_counts(changes)}")
    stale = any(changes.is_stale for _, changes in build.fresh)
    if check and stale:
        _say("what is generated is not what the spec says; run amocrm-codegen")
    elif check:
        _say("everything is up to date")
    _say(f"{time.perf_counter() - started:.1f} s")
    return _STALE if check and stale else 0


def _say_stale(changes: Changes) -> None:
    for what, names in (
        ("stale", changes.changed),
        ("missing", changes.added),
        ("extra", changes.removed),
    ):
        for name in names:
            _say(f"{what}: {_shown(changes.target / name)}")


def _counts(changes: Changes) -> str:
    counts = {
        "added": len(changes.added),
        "changed": len(changes.changed),
        "removed": len(changes.removed),
        "unchanged": len(changes.unchanged),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the output of a command


def _refuse(line: str) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - the output of a command
    return _FAULTY


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="amocrm-codegen",
        description="Write the typed client, the contract and the reference from the YAML spec.",
        epilog="Exit codes: 0 done, 1 stale (--check), 2 the spec or the options are wrong.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        choices=["generate", "coverage"],
        default="generate",
        help="generate (the default), or print how much of the inventory the spec holds",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; name what is stale")
    parser.add_argument("--spec", type=Path, metavar="DIR", help="read this spec instead")
    parser.add_argument(
        "--overlay",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="lay a YAML file of your own over the spec; can be given again",
    )
    parser.add_argument(
        "--api", default=MAIN_API, help="of which API a package of your own is; v4 if left out"
    )
    parser.add_argument(
        "--out", type=Path, metavar="PACKAGE", help="write a package of your own into this folder"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
