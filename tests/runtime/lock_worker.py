# ruff: noqa: PLC0415, T201 - it says what it does, and loads only what it is asked for
"""A process that takes and releases locks as it is told: one JSON command a line.

`python lock_worker.py KIND PLACE` with KIND file, stripes (no `fcntl`) or redis.
"""

import json
import os
import random
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any


def locks_of(kind: str, place: str) -> Any:
    """Return locks of a kind; without `fcntl` for stripes."""
    if kind == "redis":
        from amocrm_gen.runtime.locks.redis import RedisLocks

        return RedisLocks(place, life=3.0)
    from amocrm_gen.runtime.locks.file import FileLocks

    return FileLocks(folder=place)


def hide_fcntl() -> None:
    """Make this process one of a platform without `fcntl`, whose locks filelock knows."""
    import filelock  # noqa: F401 - it keeps using what it found

    sys.modules["fcntl"] = None  # type: ignore[assignment]


def main() -> None:
    """Do what is told, and answer each command with one line."""
    kind, place = sys.argv[1:]
    if kind == "stripes":
        hide_fcntl()
    locks = locks_of(kind, place)
    held: Any = None
    for line in sys.stdin:
        verb, *words = json.loads(line)
        if verb == "take":
            # Said before, so that whoever hears it knows that this process is about to wait.
            print("asking", flush=True)
            held = locks.acquire(words)
        elif verb == "free":
            held.release()
        elif verb == "add":
            _add(locks, *words)
        elif verb == "fork":
            _add_in_child(locks, *words)
        print("done", flush=True)


def _add(locks: Any, key: str, path: str, times: str) -> None:
    """Raise a number in a file, so often from each of two threads, among locks of other things."""

    def work() -> None:
        for _ in range(int(times)):
            keys = [key, *random.sample("abcd", random.randrange(3))]
            random.shuffle(keys)
            held = locks.acquire(keys)
            with Path(path).open("r+") as file:
                number = int(file.read() or 0)
                file.seek(0)
                file.write(str(number + 1))
            held.release()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _add_in_child(locks: Any, *words: str) -> None:
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            _add(locks, *words)
            os._exit(0)
        os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the child failed")


if __name__ == "__main__":
    main()
