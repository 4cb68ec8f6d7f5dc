"""The files of a throttle: who may read them, how many there are, what if they are broken."""

import json
import logging
import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen.runtime import folder
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.folder import shared_folder
from amocrm_gen.runtime.throttle import state
from amocrm_gen.runtime.throttle.file import FileThrottle
from amocrm_gen.runtime.throttle.shared import SharedThrottle
from runtime.crowd import Clock

ACCOUNT = "example.amocrm.ru"


def throttle(place: Path, clock: Clock, rate: float = 1) -> Any:
    """Return the throttle of one more process, without a margin."""
    throttles = FileThrottle(folder=place, clock=clock, rate=rate, margin=0.0, warm_up=0.0)
    return throttles.throttle_for(ACCOUNT, "a")


def files(place: Path) -> list[Path]:
    """Return all files below a folder."""
    return [path for path in place.rglob("*") if path.is_file()]


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    """Folders have mode 0700 and files 0600, whatever the process's own mask is."""
    mask = os.umask(0)
    try:
        throttle(tmp_path / "new", Clock()).reserve()
    finally:
        os.umask(mask)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path / "new")}
    folders = {stat.S_IMODE(path.parent.stat().st_mode) for path in files(tmp_path / "new")}
    assert (modes, folders) == ({0o600}, {0o700})


def test_a_folder_that_others_can_enter_is_closed(tmp_path: Path) -> None:
    """A folder that was made with other rights is made private."""
    open_folder = tmp_path / f"throttle-{state.FORMAT}"
    open_folder.mkdir(mode=0o755)
    folder.make_private(open_folder)
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o700


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user could stop or free our traffic."""
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        folder.make_private(tmp_path)


def test_files_do_not_pile_up(tmp_path: Path) -> None:
    """Thousands of accounts share a few files, and leave nothing in them."""
    clock = Clock()
    throttles = FileThrottle(folder=tmp_path, clock=clock)
    for number in range(1000):
        throttles.throttle_for(f"account{number}.amocrm.ru", "a").reserve()
        clock.now += 0.5
    assert 32 <= len(files(tmp_path)) <= 64
    assert max(path.stat().st_size for path in files(tmp_path)) <= 1024


@given(cuts=st.lists(st.integers(0, 400), max_size=8), chance=st.integers().map(random.Random))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_a_broken_file_lets_nobody_send_too_much(
    tmp_path: Path, cuts: list[int], chance: random.Random
) -> None:
    """Wherever a file is cut off: nobody fails, and no window holds too many."""
    clock, sent = Clock(), []
    place = tmp_path / str(chance.random())
    for cut in [*cuts, None]:
        one = throttle(place, clock, rate=3)
        for _ in range(4):
            sent += [clock.now] if one.reserve().wait == 0 else []
        if cut is not None:
            (path,) = files(place)
            path.write_bytes(path.read_bytes()[: cut + 1])
        clock.now += chance.choice([0.1, 0.5, 1.5])
    assert all(sum(at <= other < at + 1.0 - 1e-6 for other in sent) <= 3 for at in sent)


@pytest.mark.parametrize("content", [b"{}", b"[]", b"7", b"\xff", b"\0" * 600])
def test_what_is_no_state_is_replaced(tmp_path: Path, content: bytes) -> None:
    """Whatever is in the file, everybody waits for one window, and then all is well."""
    clock = Clock()
    one = throttle(tmp_path, clock)
    one.reserve()
    (path,) = files(tmp_path)
    path.write_bytes(content)
    clock.now += 10
    waiting = one.reserve()
    assert waiting.wait == pytest.approx(1.0)
    clock.now += 1.0
    assert one.confirm(waiting) == 0


def test_a_ring_that_is_none_is_replaced(tmp_path: Path) -> None:
    """A file of the right form may hold what is no ring."""
    clock = Clock()
    one = throttle(tmp_path, clock)
    one.reserve()
    (path,) = files(tmp_path)
    content = json.loads(path.read_bytes())
    for name, strange in zip(content["rings"], (5, [1, 2]), strict=True):
        content["rings"][name] = strange
    path.write_text(json.dumps(content))
    assert one.reserve().wait == pytest.approx(1.0)


def test_nothing_counts_from_before_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock starts anew with the machine: a stop of the last run does not last for ever."""
    clock = Clock()
    throttle(tmp_path, clock).stop(300.0)
    clock.now = 5.0
    assert throttle(tmp_path, clock).reserve().wait == 0
    throttle(tmp_path, clock).stop(300.0)
    monkeypatch.setattr(state, "_clock_name", lambda: "another run")
    assert throttle(tmp_path, clock).reserve().wait == 0


def test_a_deleted_folder_is_made_anew(tmp_path: Path) -> None:
    """Whoever cleans caches does no harm but to forget."""
    clock = Clock()
    one = throttle(tmp_path, clock)
    one.reserve()
    for path in files(tmp_path):
        path.unlink()
        path.parent.rmdir()
    assert one.reserve().wait == 0
    assert one.reserve().wait == pytest.approx(1.0)


def test_without_files_the_process_keeps_its_own_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no file can be written the default throttle works in memory, and says so once."""
    taken = tmp_path / "file"
    taken.touch()
    monkeypatch.setenv("AMOCRM_SHARED_FOLDER", str(taken))
    # A throttle that was made before would still have its folder.
    monkeypatch.setattr("amocrm_gen.runtime.throttle.shared._files", FileThrottle)
    one = SharedThrottle("files.amocrm.ru", "a")
    with caplog.at_level(logging.WARNING, "amocrm_gen"):
        waits = [one.reserve().wait for _ in range(8)]
    assert waits[:7] == [0.0] * 7
    assert waits[7] > 0
    assert [record.getMessage()[:31] for record in caplog.records] == [
        "the throttle's files cannot be "
    ]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"AMOCRM_SHARED_FOLDER": "/x", "XDG_CACHE_HOME": "/y"}, Path("/x")),
        ({"XDG_CACHE_HOME": "/y"}, Path("/y/amocrm-gen")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache" / "amocrm-gen"),
        ({}, Path.home() / ".cache" / "amocrm-gen"),
    ],
)
def test_the_folder_is_one_for_all_processes(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: Path
) -> None:
    """On Linux it is in the user's cache, which is there whether or not anybody is logged in."""
    monkeypatch.setattr(sys, "platform", "linux")
    assert shared_folder(environment) == expected


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_platforms_have_caches_too(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """Each platform has its own place for caches."""
    monkeypatch.setattr(sys, "platform", platform)
    assert shared_folder({"LOCALAPPDATA": "/local"}).parent.name in {"Caches", "local"}
    assert shared_folder({}).parent.name in {"Caches", "Local"}


_CLIENT = """
import sys
{before}
from amocrm_gen import AmoCRM, FileLocks, FileThrottle
amo = AmoCRM("example", token="t")
loaded = lambda: print(*(x for x in ("fcntl", "filelock", "redis") if sys.modules.get(x)))
loaded()
throttle = FileThrottle(rate=2, warm_up=0).throttle_for("a", "b")
print([round(throttle.reserve().wait, 1) for _ in range(3)])
held = FileLocks().acquire(["x", "y"])
held.release()
FileLocks().acquire(["y", "z"]).release()
loaded()
"""


@pytest.mark.processes
@pytest.mark.parametrize(
    ("before", "used"),
    [("", "fcntl"), ("sys.modules['fcntl'] = None", "filelock")],
    ids=["fcntl", "no fcntl"],
)
def test_what_is_loaded(tmp_path: Path, before: str, used: str) -> None:
    """A start loads no locks; without `fcntl` filelock takes its place."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CLIENT.format(before=before)],
        env={**os.environ, "AMOCRM_SHARED_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["", "[0.0, 0.0, 1.0]", used]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files(tmp_path))


_SENDER = """
import sys, time
from amocrm_gen import FileThrottle
throttles = FileThrottle(folder=sys.argv[1], rate=100, account_rate=None, warm_up=0)
throttle = throttles.throttle_for("a", "b")
while True:
    slot = throttle.reserve()
    wait = slot.wait
    while wait > 0:
        time.sleep(wait)
        wait = throttle.confirm(slot)
    print(flush=True)
"""


@pytest.mark.processes
def test_processes_that_are_killed_neither_stop_nor_free_the_others(tmp_path: Path) -> None:
    """However many are killed, those that live go on, and together they keep the rate."""
    began = time.monotonic()

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", _SENDER, str(tmp_path)], stdout=subprocess.PIPE
        )

    sent = 0
    living = start()
    for _ in range(4):
        doomed = start()
        for sender in (living, doomed):
            assert sender.stdout is not None
            for _ in range(20):
                sent += len(sender.stdout.readline())
        doomed.kill()
        sent += len(doomed.communicate()[0])
    living.kill()
    sent += len(living.communicate()[0])
    # The longer it took, the more may have been sent: a slow machine cannot fail this.
    assert 160 <= sent <= 100 * ((time.monotonic() - began) / 1.02 + 1)


_PARENT = """
import os, sys, threading
from amocrm_gen import FileThrottle
throttle = FileThrottle(folder=sys.argv[1], rate=5, warm_up=0).throttle_for("a", "b")
waiting = [throttle.reserve() for _ in range(20)]
busy = True
def work():
    while busy:
        throttle.cancel(throttle.reserve())
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(30):
    child = os.fork()
    if child == 0:
        # The places before it are its parent's: it has one of its own in the shared queue.
        os._exit(0 if throttle.reserve().is_known else 1)
    assert os.waitpid(child, 0)[1] == 0
busy = False
print("done")
"""


@pytest.mark.processes
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
def test_children_do_not_inherit_the_parents_queue(tmp_path: Path) -> None:
    """A fork in whatever moment leaves the child with a free lock and a queue of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", _PARENT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("done\n", "")
