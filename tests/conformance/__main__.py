"""Runs the clients and prints the matrix: ``python -m tests.conformance [--write | --check]``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .client import CLIENTS, Client
from .driver import DriverError
from .environment import InstallError, missing_tools
from .matrix import Matrix, as_page, as_text
from .runner import Column, run_client
from .server import Server, ServerError

__all__ = ["main"]

PAGE: Final = Path(__file__).parents[2] / "docs" / "conformance.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 if no step failed and, with --check, the page is the one that would be written."""
    options = _parser().parse_args(arguments)
    wanted = [client for client in CLIENTS if not options.client or client.name in options.client]
    runnable = [client for client in wanted if not missing_tools(client)]
    try:
        matrix = _run(runnable)
    except (DriverError, InstallError, ServerError) as failure:
        _tell(f"conformance: {failure}")
        return 1
    if matrix:
        _print(as_text(matrix))
    complete = runnable == list(CLIENTS)
    return max(
        _report_missing([client for client in wanted if client not in runnable]),
        any(outcome.result == "failed" for col in matrix.values() for outcome in col.values()),
        _settle_page(matrix, options) if complete else 0,
    )


def _run(clients: Sequence[Client]) -> Matrix:
    matrix: dict[Client, Column] = {}
    if not clients:
        return matrix
    with Server() as server:
        for client in clients:
            matrix[client] = run_client(client, server, _tell)
    return matrix


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _report_missing(clients: Sequence[Client]) -> int:
    for client in clients:
        tools = " and ".join(missing_tools(client))
        _print(f"conformance: {client.name} did not run: {tools} not installed")
    return int(bool(clients) and os.environ.get("AMOCRM_REQUIRE_TOOLS") == "1")


def _settle_page(matrix: Matrix, options: argparse.Namespace) -> int:
    page = as_page(matrix)
    if options.write:
        PAGE.write_text(page, encoding="utf-8")
    elif options.check and (not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page):
        _print(f"conformance: {PAGE} is out of date; run python -m tests.conformance --write")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.conformance", description=__doc__)
    names = [client.name for client in CLIENTS]
    parser.add_argument("--client", action="append", choices=names, help="only this one")
    page = parser.add_mutually_exclusive_group()
    page.add_argument("--write", action="store_true", help="write docs/conformance.md")
    page.add_argument("--check", action="store_true", help="fail if docs/conformance.md differs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
