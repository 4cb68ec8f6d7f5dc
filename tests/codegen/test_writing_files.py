"""Generated files come to their places whole, and nothing of somebody else's is touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amocrm_codegen.package import MARK, build_package
from amocrm_codegen.write import ForeignFileError, compare, replace

if TYPE_CHECKING:
    from amocrm_codegen.waist import Schema


def tree(folder: Path, **files: str) -> Path:
    """Make a folder of files; `__` in a name is a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{MARK}; do not edit.\n{text}\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestReplace:
    """A folder is replaced as a whole."""

    def test_changes_are_told_apart(self, tmp_path: Path) -> None:
        """Added, changed, removed and unchanged."""
        old = tree(tmp_path / "old", same="1", other="1", gone__deep="1")
        new = tree(tmp_path / "new", same="1", other="2", fresh="1")
        changes = compare(new, old)
        assert (changes.added, changes.changed) == (("fresh.py",), ("other.py",))
        assert (changes.removed, changes.unchanged) == (("gone/deep.py",), ("same.py",))
        assert changes.is_stale

    def test_files_no_longer_generated_are_removed(self, tmp_path: Path) -> None:
        """The folder is the generator's: what it no longer prints goes, empty folders too."""
        old = tree(tmp_path / "old", same="1", gone__deep="1")
        new = tree(tmp_path / "new", same="1")
        wanted = contents(new)
        replace(new, compare(new, old))
        assert contents(old) == wanted
        assert not (old / "gone").exists()
        assert list(tmp_path.iterdir()) == [old]

    def test_first_time(self, tmp_path: Path) -> None:
        """There need be nothing to replace."""
        new = tree(tmp_path / "new", a="1")
        replace(new, compare(new, tmp_path / "target"))
        assert list(contents(tmp_path / "target")) == ["a.py"]

    def test_equal_folder_is_left_alone(self, tmp_path: Path) -> None:
        """Nothing is touched when nothing has changed."""
        old, new = tree(tmp_path / "old", a="1"), tree(tmp_path / "new", a="1")
        before = old.stat().st_ino
        replace(new, compare(new, old))
        assert old.stat().st_ino == before

    def test_unchanged_files_keep_their_times(self, tmp_path: Path) -> None:
        """So that bytecode and the caches of checkers stay good."""
        old = tree(tmp_path / "old", same="1", other="1")
        os.utime(old / "same.py", (1000, 1000))
        new = tree(tmp_path / "new", same="1", other="2")
        replace(new, compare(new, old))
        assert (old / "same.py").stat().st_mtime == 1000

    def test_foreign_file_stops_everything(self, tmp_path: Path) -> None:
        """A hand-written file in the folder is named, and nothing is written."""
        old = tree(tmp_path / "old", same="1")
        (old / "mine.py").write_text("precious = True\n")
        before = contents(old)
        new = tree(tmp_path / "new", same="2")
        with pytest.raises(ForeignFileError, match=r"mine\.py"):
            replace(new, compare(new, old))
        assert contents(old) == before

    def test_bytecode_is_nobodys(self, tmp_path: Path) -> None:
        """Caches of Python neither count as extra nor stop the generator."""
        old = tree(tmp_path / "old", same="1")
        (old / "__pycache__").mkdir()
        (old / "__pycache__" / "same.cpython-311.pyc").write_bytes(b"code")
        assert not compare(tree(tmp_path / "new", same="1"), old).is_stale

    def test_old_folder_comes_back_when_the_new_cannot_come(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """There is never half a tree, whatever the file system does."""
        old, new = tree(tmp_path / "old", a="1"), tree(tmp_path / "new", a="2")
        before = contents(old)
        rename = Path.rename

        def refuse(self: Path, target: Path) -> Path:
            if self == new:
                raise PermissionError("busy")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(PermissionError):
            replace(new, compare(new, old))
        assert contents(old) == before

    def test_single_file(self, tmp_path: Path) -> None:
        """The contract and the reference are files, not folders."""
        new, old = tmp_path / "new.json", tmp_path / "old.json"
        new.write_text("2")
        old.write_text("1")
        changes = compare(new, old)
        assert changes.is_stale
        replace(new, changes)
        assert old.read_text() == "2"


class TestDeterminism:
    """The same spec gives the same bytes."""

    def test_place_does_not_matter(
        self,
        fragments_document: Schema,
        fragments_package: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Neither the folder of the output nor that of the run, nor a configuration found there."""
        here = tmp_path / "attrs"
        target = here / "src" / "other_name"
        target.mkdir(parents=True)
        (here / "pyproject.toml").write_text(
            "[tool.ruff]\nline-length = 40\nsrc = ['src']\n"
            "[tool.ruff.lint.isort]\nknown-first-party = ['attrs', 'typing']\n"
        )
        monkeypatch.chdir(here)
        build_package(fragments_document, target)
        assert contents(target) == {
            name: content
            for name, content in contents(fragments_package).items()
            if "__pycache__" not in name
        }

    def test_tools_leave_nothing_behind(self, fragments_package: Path) -> None:
        """The package holds Python, the document and the typing mark."""
        names = {path.name for path in fragments_package.iterdir()} - {"__pycache__"}
        folders = {"aio", "calls", "models", "sync"}
        assert names == folders | {
            "__init__.py",
            "aclient.py",
            "client.py",
            "openapi.json",
            "py.typed",
        }

    def test_first_line_names_the_source(self, fragments_package: Path) -> None:
        """Who opens a generated file learns what to edit instead."""
        for path in fragments_package.rglob("*.py"):
            assert path.read_text().startswith(MARK), path
        first = (fragments_package / "models" / "tagged.py").read_text().splitlines()[0]
        assert first == f"{MARK} from spec/v4/tagged.yaml; do not edit."
