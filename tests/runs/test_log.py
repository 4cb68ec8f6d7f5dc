"""The run log holds no secret, is its user's alone, and is shared by processes."""

import json
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amocrm_gen.runs.errors import UnknownRun
from amocrm_gen.runs.log import RunLog
from amocrm_gen.runs.recording import Recording
from amocrm_gen.runs.run import Run
from amocrm_gen.runtime.traffic import Exchange, Request

CANARY = "canary-5f3759df-secret"

_WRITER = """
import sys
from pathlib import Path
from amocrm_gen.runs.log import RunLog
from amocrm_gen.runs.recording import Recording
log = RunLog(Path(sys.argv[1]))
for number in range(20):
    log.add(Recording(("leads", "find", sys.argv[2]), "leads find").finish("ok", 0))
"""


def run(**values: Any) -> Run:
    """A run with few words."""
    recording = Recording(("leads", "find"), "leads find", **values)
    return recording.finish("ok", 0)


def test_keeps_what_a_run_was(tmp_path: Path) -> None:
    """Everything that was told comes back, the requests with their JSON."""
    log = RunLog(tmp_path / "runs.sqlite")
    recording = Recording(("leads", "find"), "leads find", "shop", "shop.amocrm.ru")
    recording.action, recording.input = "leads.find", {"limit": 2}
    sent = Request(method="GET", url="https://shop.amocrm.ru/api/v4/leads", headers=())
    recording.add(
        Exchange(
            request=sent,
            status=200,
            headers=(),
            body='{"a":1}',
            started_at=datetime.now(UTC),
            seconds=0.1,
        )
    )
    assert list(recording.watch([{"id": 1}, {"id": 2}])) == [{"id": 1}, {"id": 2}]
    number = log.add(recording.finish("ok", 0))
    found = log.get(number).as_json(details=True)
    assert (found["action"], found["input"]) == ("leads.find", {"limit": 2})
    assert found["output"] == {"items": [{"id": 1}, {"id": 2}]}
    exchanges: Any = found["exchanges"]
    assert exchanges[0]["body"] == {"a": 1}
    assert log.list(limit=5)[0]["id"] == number


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    """The file and those that SQLite puts beside it."""
    log = RunLog(tmp_path / "state" / "runs.sqlite")
    with sqlite3.connect(tmp_path / "other"):
        log.add(run())
    for file in (tmp_path / "state").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_lets_the_oldest_go(tmp_path: Path) -> None:
    """No more are kept than so many; a number that is gone is unknown."""
    log = RunLog(tmp_path / "runs.sqlite", most=3)
    numbers = [log.add(run()) for _ in range(5)]
    assert [entry["id"] for entry in log.list(limit=9)] == numbers[:1:-1]
    with pytest.raises(UnknownRun):
        log.get(numbers[0])


def test_is_switched(tmp_path: Path) -> None:
    """By the command, and by the environment, which goes before it."""
    log = RunLog(tmp_path / "runs.sqlite")
    assert log.is_on({})
    log.switch(on=False)
    assert not log.is_on({})
    assert log.is_on({"AMOCRM_RUN_LOG": "on"})
    log.switch(on=True)
    assert not log.is_on({"AMOCRM_RUN_LOG": "off"})


def test_forgets_everything(tmp_path: Path) -> None:
    """Nothing of what was there is left in the file."""
    log = RunLog(tmp_path / "runs.sqlite")
    recording = Recording(("mark-of-this-run",), "x")
    log.add(recording.finish("ok", 0))
    assert log.clear() == 1
    assert all(b"mark-of-this-run" not in file.read_bytes() for file in tmp_path.iterdir())


def test_processes_write_at_once(tmp_path: Path) -> None:
    """Four that begin with a new file lose nothing."""
    path = tmp_path / "runs.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), str(number)])
        for number in range(4)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * 4
    assert len(RunLog(path).list(limit=1000)) == 80


def test_long_lists_are_cut() -> None:
    """A hundred items stand for a hundred thousand, and none of the rest is held."""
    recording = Recording((), "leads find")
    assert sum(1 for _ in recording.watch({"id": number} for number in range(100_000))) == 100_000
    output: Any = recording.finish("ok", 0).output
    assert (len(output["items"]), output["leftOut"]) == (100, 99_900)


_WORDS = st.sampled_from(
    [
        ("--token", CANARY),
        (f"--token={CANARY}",),
        ("--client-secret", CANARY),
        ("-H", f"Authorization: Bearer {CANARY}"),
        ("-H", f"X-Api-Key: {CANARY}"),
        ("--json", json.dumps({"client_secret": CANARY})),
        ("-d", f"grant_type=authorization_code&code={CANARY}"),
        ("--data", json.dumps({"grant_type": "x", "code": CANARY})),
        ("--set", f"auth.client_secret={CANARY}"),
        ("--query", f"access_token={CANARY}"),
        (f"https://shop.amocrm.ru/x?access_token={CANARY}",),
        (f"known {CANARY} value",),
    ]
)


@given(st.lists(_WORDS, max_size=4), st.booleans())
@example([("-H", f"Authorization: Bearer {CANARY}"), (f"known {CANARY} value",)], False)
def test_no_secret_is_written(words: list[tuple[str, ...]], is_known: bool) -> None:
    """Whatever way a secret came in by, it is in no part of the run."""
    line = tuple(word for part in words for word in part)
    named = [word for word in words if not word[0].startswith("known ")]
    recording = Recording(line, "request", secrets=[CANARY] if is_known else [])
    recording.input = {"client_secret": CANARY, "deep": [{"refresh_token": CANARY}]}
    recording.output = {"access_token": CANARY, "text": f"Bearer {CANARY}"}
    recording.given = {"-": json.dumps({"password": CANARY})}
    if not is_known and len(named) < len(words):
        # A value that stands alone is known by its name elsewhere in the line only.
        recording.arguments = tuple(word for part in named for word in part)
    found = recording.finish("ok", 0)
    assert CANARY not in json.dumps(found.as_json(details=True))
    assert CANARY not in json.dumps(dict(found.given))
