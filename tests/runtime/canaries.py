"""Secrets that sing: wherever one of them is shown, a test fails."""

import copy
import json
import logging
import pickle
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import amocrm_gen
from amocrm_gen.runtime.errors import AmoError

__all__ = ["CANARIES", "Aviary", "canary"]

CANARIES = {
    name: f'canary-{name}-"+/ y='
    for name in ("secret", "api", "code", "password", "channel", "user", "query")
} | {name: f"canary-{name}-x+/y=" for name in ("access", "refresh", "next", "nextref", "cookie")}
"""Those that no header can carry have letters that each encoding writes in another way."""
_OURS = str(Path(amocrm_gen.__file__).parent)


def canary(name: str) -> str:
    """Return one of them."""
    return CANARIES[name]


def _songs() -> Iterator[str]:
    for secret in CANARIES.values():
        yield from {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


class Aviary(logging.Handler):
    """Collects all that is shown while it is open."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.shown: list[tuple[str, str]] = []

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        """Listen to the log and to warnings."""
        aviary, logger = cls(), logging.getLogger("amocrm_gen")
        before = logger.level
        logger.addHandler(aviary)
        logger.setLevel(logging.DEBUG)
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                yield aviary
            aviary.show("warning", *(str(one.message) for one in warned))
        finally:
            logger.removeHandler(aviary)
            logger.setLevel(before)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line of the log down, as text and as its parts."""
        self.show("log", logging.Formatter().format(record), repr(record.args))

    def show(self, where: str, *texts: object) -> None:
        """Write down what is shown."""
        self.shown += [(where, str(text)) for text in texts]

    def reprs(self, *values: object) -> None:
        """Write down how values show themselves, in containers, too."""
        for value in values:
            self.show(f"repr of {type(value).__name__}", repr(value), repr([value]), value)

    def error(self, error: BaseException) -> None:
        """Write down every way in which an error can be shown."""
        self.reprs(error)
        self.show("traceback", "".join(traceback.format_exception(error)))
        self.show("attributes", repr(vars(error)), repr(error.args))
        self._locals(traceback.TracebackException.from_exception(error, capture_locals=True))
        if isinstance(error, AmoError):
            self.show("curl", error.curl())
            # Bytes as text, so that what is inside is found.
            self.show("pickle", pickle.dumps(error, protocol=0).decode("latin-1"))
            self.show("pickle", repr(vars(pickle.loads(pickle.dumps(error)))))
            self.show("copy", repr(vars(copy.copy(error))), repr(vars(copy.deepcopy(error))))

    def _locals(self, told: traceback.TracebackException) -> None:
        for part in filter(None, (told.__cause__, told.__context__)):
            self._locals(part)
        for frame in told.stack:
            # What stands in the frames of others is theirs.
            if frame.filename.startswith(_OURS):
                self.show(f"locals of {frame.filename}:{frame.lineno}", repr(frame.locals))

    def leaks(self) -> list[str]:
        """Return where a secret was shown."""
        songs = list(_songs())
        return [
            f"{song} in {where}: {text[:600]}"
            for where, text in self.shown
            for song in songs
            if song in text
        ]


def told_by(value: Any) -> str:
    """Return all canaries in several writings, as a server could repeat them."""
    return " ".join([*CANARIES.values(), json.dumps(value), quote(str(value))])
