"""Repeats a run in this process, with an account of a mock server in the place of the real one."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Final
from unittest import mock

from amocrm_gen.actions.saved.shelf import own_shelf
from amocrm_gen.cli.surroundings import Surroundings
from amocrm_gen.runs.difference import differences
from amocrm_gen.runs.errors import ReplayError
from amocrm_gen.runs.practice import practice_account
from amocrm_gen.runs.seeding import seed_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from amocrm_gen.runs.run import Run
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["replay"]

_ACCOUNT: Final = frozenset({"-a", "--account", "--connectionId", "--connectionKey"})


def replay(run: Run, url: str | None) -> JsonObject:
    """Run it once more; returns how it went then and now, and what differs."""
    from amocrm_gen.cli.running import run_in  # noqa: PLC0415 - it needs all commands

    seed = seed_of(run)
    with (
        practice_account(run.domain or "example.amocrm.ru", seed, url) as account,
        tempfile.TemporaryDirectory(prefix="amocrm-replay-") as folder,
        _environment(account.environment, folder),
        mock.patch.object(sys, "stdin", io.StringIO(run.given.get("-", ""))),
    ):
        line = list(_line(run, Path(folder)))
        surroundings = Surroundings.of(line)
        surroundings.is_mute, surroundings.is_logged = True, False
        run_in(surroundings, line)
        if surroundings.recording is None:
            raise ReplayError(
                "the command has not reached the account this time",
                advice=f"try its line by hand: amocrm {' '.join(line)}",
            )
        ended = surroundings.ended or ("ok", 0)
        now = surroundings.recording.finish(*ended)
    return {
        "account": account.domain,
        "seeded": dict(account.seeded),
        "notSeeded": list(account.left_out),
        "then": _told(run),
        "now": _told(now),
        "differences": list(differences(run, now)),
    }


def _told(run: Run) -> JsonObject:
    return {"outcome": run.outcome, "exitCode": run.exit_code, "requests": run.requests}


def _line(run: Run, folder: Path) -> Iterator[str]:
    """Go through the words of the line, without the account, and with copies of its files."""
    words = iter(run.arguments)
    for word in words:
        if word in _ACCOUNT:
            next(words, None)
        elif word.partition("=")[0] in _ACCOUNT or word.startswith("-a"):
            continue
        elif word in run.given and word != "-":
            copy = folder / f"given-{len(list(folder.iterdir()))}"
            copy.write_text(run.given[word], "utf-8")
            yield f"@{copy}"
        else:
            yield word


@contextmanager
def _environment(own: dict[str, str], folder: str) -> Generator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMOCRM_")}
    # Nothing of the real account is read or remembered: no token, no create, no throttle. The
    # user's own actions are what may have been run.
    shelf = own_shelf().folder
    if shelf.is_dir():
        copytree(shelf, Path(folder) / "config" / shelf.name)
    folders = {
        f"AMOCRM_{name}_FOLDER": str(Path(folder) / name.lower())
        for name in ("CONFIG", "STATE", "SHARED")
    }
    with mock.patch.dict(os.environ, {**kept, **folders, **own}, clear=True):
        yield
