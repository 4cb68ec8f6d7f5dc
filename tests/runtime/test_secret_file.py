"""A file of secrets is its owner's only, and whole whenever its writer dies."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.tokens.file import FileTokenStore
from amocrm_gen.runtime.tokens.secret_file import SecretFile
from amocrm_gen.runtime.tokens.sqlite import SqliteTokenStore
from amocrm_gen.runtime.tokens.store import TokenStore
from amocrm_gen.runtime.tokens.token import Token

OLD, NEW = b'{"word": "old"}', b'{"word": "new"}'
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, content: bytes = OLD) -> SecretFile:
    """Return a file that holds something."""
    file = SecretFile(folder / "secret.json")
    with file.lock():
        file.write(content)
    return file


def modes(folder: Path) -> dict[str, int]:
    """Return the mode of the folder and of everything in it."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize("kind", [FileTokenStore, SqliteTokenStore])
def test_everything_is_its_owners_only(kind: type[TokenStore], tmp_path: Path) -> None:
    """Files 0600 and new folders 0700, locks and journals included, whatever the umask."""
    before = os.umask(0)
    try:
        store: Any = kind(tmp_path / "new" / "deep" / "tokens")
        store.save("a", Token(access_token="x"))
        store.locks.acquire(["token/a"]).release()
    finally:
        os.umask(before)
    found = modes(tmp_path / "new")
    folders = {"new", "deep", "tokens.locks"}
    assert found.pop("new") == 0o700
    assert "tokens" in found
    for name, mode in found.items():
        assert mode == (0o700 if name in folders else 0o600), name


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    """A new content is never as open as the old one may have been."""
    path = tmp_path / "secret.json"
    path.write_bytes(OLD)
    path.chmod(0o644)
    written(tmp_path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a link leads to is replaced, not the link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "secret.json").write_bytes(OLD)
    (tmp_path / "secret.json").symlink_to(tmp_path / "real" / "secret.json")
    written(tmp_path, NEW)
    assert (tmp_path / "secret.json").is_symlink()
    assert (tmp_path / "real" / "secret.json").read_bytes() == NEW


def test_a_link_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    """Who puts a link where the new content is prepared does not get to read it."""
    (tmp_path / "secret.json.new").symlink_to(tmp_path / "trap")
    written(tmp_path, NEW)
    assert not (tmp_path / "trap").exists()
    assert (tmp_path / "secret.json").read_bytes() == NEW


@pytest.mark.parametrize("step", ["open", "write", "fsync", "close", "replace"])
def test_a_failure_at_any_step(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old or the new content is there, and the file can be written again."""
    file = written(tmp_path)
    whole = getattr(Path if step == "replace" else os, step)
    failed = []

    def fail(*given: object, **named: object) -> object:
        if failed or (step == "open" and not str(given[0]).endswith(".new")):
            return whole(*given, **named)
        failed.append(step)
        if step == "close":
            whole(*given)
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Path if step == "replace" else os, step, fail)
        with file.lock(), pytest.raises(OSError, match="disk full"):
            file.write(NEW)
    assert failed == [step]
    assert SecretFile(file.path).read() == (NEW if step == "replace" else OLD)
    assert {path.name for path in tmp_path.iterdir()} == {"secret.json", "secret.json.lock"}
    assert written(tmp_path, NEW).read() == NEW


@given(kept=st.integers(0, len(NEW)))
@same_folder
def test_what_a_killed_writer_has_left(tmp_path: Path, kept: int) -> None:
    """A whole content beside is the newer one; a part of one is nothing."""
    file = written(tmp_path)
    (tmp_path / "secret.json.new").write_bytes(NEW[:kept])
    assert SecretFile(file.path).read() == (NEW if kept == len(NEW) else OLD)
    assert not (tmp_path / "secret.json.new").exists()


def test_the_old_content_is_there_until_the_last_step(tmp_path: Path) -> None:
    """Who reads without waiting sees the old content whole, then the new one."""
    file = written(tmp_path)
    seen = []
    whole = Path.replace

    def look(self: Path, target: Path) -> Path:
        seen.append(file.path.read_bytes())
        return whole(self, target)

    with pytest.MonkeyPatch.context() as patch, file.lock():
        patch.setattr(Path, "replace", look)
        file.write(NEW)
    assert seen == [OLD]
    assert file.read() == NEW


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": 5}', b'{"a": {"access_token": 5}}', b"\xff"]
)
def test_a_damaged_file_is_a_clear_error(content: bytes, tmp_path: Path) -> None:
    """What is no token file is named, and is neither shown nor overwritten."""
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"tokens\.json"):
        FileTokenStore(path).load("a")
    if content[:1] != b"{" or content == b"{":
        with pytest.raises(ConfigurationError, match=r"tokens\.json"):
            FileTokenStore(path).save("a", Token(access_token="x"))
    assert path.read_bytes() == content


def test_what_is_not_known_is_kept(tmp_path: Path) -> None:
    """An entry that this version cannot read is not lost when another is saved."""
    path = tmp_path / "tokens.json"
    path.write_bytes(b'{"strange": {"token": 5}}')
    FileTokenStore(path).save("a", Token(access_token="x"))
    assert b'"strange"' in path.read_bytes()


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """Who only looks for a token needs no folder that can be written to."""
    for store in (FileTokenStore(tmp_path / "x" / "t"), SqliteTokenStore(tmp_path / "x" / "s")):
        assert store.load("a") is None
        assert store.accounts() == []
        store.delete("a")
    assert list(tmp_path.iterdir()) == []
