"""The command: what it writes, says and returns."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amocrm_codegen import targets
from amocrm_codegen.__main__ import main
from amocrm_codegen.compile import apis_of, compile_spec
from amocrm_codegen.coverage import coverage, markdown, read_evidence
from amocrm_codegen.fidelity import fidelity
from amocrm_codegen.guesses import read_register, switches
from amocrm_codegen.openapi import compile_document
from amocrm_gen.runtime.convert import structure, unstructure

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
BOOKS = """
resource: books
doc: Books of the library.
entities:
  Book:
    doc: A book
    fields:
      id: {type: integer, in: [read!]}
      title: {type: string, in: [read!, create!]}
operations:
  find:
    http: GET /api/v4/books
    summary: List books
    keywords: {en: [books], ru: [книги]}
    evidence: [docs]
    traits: {readonly: true, paginated: {max: 250}, empty: [204]}
    returns: {list: Book}
"""
OVERLAY = """
resource: books
entities:
  Book:
    fields:
      shelf: {type: string, nullable: true, in: [read!]}
operations:
  burn:
    http: DELETE /api/v4/books/{id}
    summary: Burn a book
    keywords: {en: [burn], ru: [сжечь]}
    evidence: [docs]
    returns: nothing
"""
NEW_RESOURCE = """
resource: shelves
doc: Where books stand.
types:
  Shelf:
    fields: {number: integer}
operations:
  get:
    http: GET /api/v4/shelves/{id}
    summary: Read one shelf
    keywords: {en: [shelf], ru: [полка]}
    evidence: [docs]
    traits: {readonly: true}
    returns: Shelf
"""


@pytest.fixture
def books(tiny_spec: Callable[[str], Path]) -> Path:
    """Return a spec folder that holds books."""
    return tiny_spec(BOOKS)


@pytest.fixture
def package(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return where a package of its own name may be written, so that it can be imported."""
    return tmp_path / f"books_{abs(hash(request.node.name))}"


def run(*arguments: object) -> int:
    """Run the command."""
    return main([str(argument) for argument in arguments])


class TestOut:
    """A package of the user's own."""

    def test_package_can_be_imported(
        self, books: Path, package: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The command says what it made, and that works."""
        assert run("--spec", books, "--out", package) == 0
        said = capsys.readouterr().out
        assert "operations: 1, resources: 1, models: 3" in said
        assert "added" in said
        sys.path.insert(0, str(package.parent))
        try:
            module = importlib.import_module(f"{package.name}.calls.books")
            assert module.find().path == "/api/v4/books"
        finally:
            sys.path.remove(str(package.parent))

    def test_second_run_changes_nothing(
        self, books: Path, package: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The summary says so."""
        run("--spec", books, "--out", package)
        capsys.readouterr()
        assert run("--spec", books, "--out", package) == 0
        said = capsys.readouterr().out
        assert "unchanged" in said
        assert "added" not in said

    def test_folder_of_others_is_not_taken(
        self, books: Path, package: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A folder with hand-written files is refused, and stays as it is."""
        package.mkdir()
        (package / "notes.txt").write_text("mine")
        assert run("--spec", books, "--out", package) == 2
        assert "notes.txt" in capsys.readouterr().err
        assert [path.name for path in package.iterdir()] == ["notes.txt"]

    def test_name_must_be_importable(
        self, books: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A folder that Python cannot import is refused at once."""
        assert run("--spec", books, "--out", tmp_path / "my-package") == 2
        assert "cannot be imported" in capsys.readouterr().err

    def test_own_spec_needs_a_place(self, books: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Another spec never overwrites the client of the checkout."""
        assert run("--spec", books) == 2
        assert "--out" in capsys.readouterr().err


class TestOverlay:
    """A user's YAML over the spec."""

    def test_fields_operations_and_resources_are_added(
        self, books: Path, package: Path, tmp_path: Path
    ) -> None:
        """Without a fork: what was there stays, what is new works like it."""
        mine, more = tmp_path / "mine.yaml", tmp_path / "more.yaml"
        mine.write_text(OVERLAY)
        more.write_text(NEW_RESOURCE)
        assert run("--spec", books, "--overlay", mine, "--overlay", more, "--out", package) == 0
        sys.path.insert(0, str(package.parent))
        try:
            book = importlib.import_module(f"{package.name}.models.books").Book
            calls = importlib.import_module(f"{package.name}.calls.books")
            shelves = importlib.import_module(f"{package.name}.calls.shelves")
        finally:
            sys.path.remove(str(package.parent))
        links = {"self": {"href": "https://example.amocrm.ru/api/v4/books/1"}}
        wire = {"id": 1, "title": "t", "shelf": None, "_links": links}
        assert structure(wire, book).shelf is None
        assert unstructure(structure(wire, book)) == wire
        assert calls.burn(5).operation.method == "DELETE"
        assert calls.find().returns is book
        assert shelves.get(3).path == "/api/v4/shelves/3"
        first = (package / "models" / "books.py").read_text().splitlines()[0]
        assert "spec/v4/books.yaml and mine.yaml" in first


class TestFaults:
    """A spec that is wrong."""

    def test_all_faults_are_told_and_nothing_is_written(
        self,
        tiny_spec: Callable[[str], Path],
        package: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Each on a line of its own, with file, line and remedy."""
        broken = BOOKS.replace("type: integer", "type: intger").replace("readonly", "readnly")
        assert run("--spec", tiny_spec(broken), "--out", package) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len([line for line in lines if line.startswith("spec/v4/books.yaml:")]) == 2
        assert "nothing was written" in lines[-1]
        assert not package.exists()

    def test_old_package_survives_a_fault(
        self, tiny_spec: Callable[[str], Path], package: Path
    ) -> None:
        """What was generated before is not touched."""
        folder = tiny_spec(BOOKS)
        run("--spec", folder, "--out", package)
        before = {path: path.read_bytes() for path in package.rglob("*.py")}
        (folder / "v4" / "books.yaml").write_text(BOOKS.replace("Book}", "Bok}"))
        assert run("--spec", folder, "--out", package) == 2
        assert {path: path.read_bytes() for path in package.rglob("*.py")} == before


class TestCheck:
    """`--check` compares and writes nothing."""

    @pytest.fixture
    def made(self, books: Path, package: Path, capsys: pytest.CaptureFixture[str]) -> Path:
        """Return a fresh package."""
        run("--spec", books, "--out", package)
        capsys.readouterr()
        return package

    def check(self, books: Path, made: Path) -> int:
        """Run the check."""
        return run("--spec", books, "--out", made, "--check")

    def test_fresh_package_passes(
        self, books: Path, made: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nothing to say, exit code 0."""
        assert self.check(books, made) == 0
        assert "up to date" in capsys.readouterr().out

    def test_every_difference_is_named(
        self, books: Path, made: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Stale, missing and extra files, and exit code 1; they all stay as they are."""
        (made / "client.py").write_text("changed\n")
        (made / "aclient.py").unlink()
        (made / "mine.py").write_text("mine\n")
        assert self.check(books, made) == 1
        said = capsys.readouterr().out
        for what, name in (("stale", "client.py"), ("missing", "aclient.py"), ("extra", "mine.py")):
            assert f"{what}: {made / name}" in said
        assert (made / "client.py").read_text() == "changed\n"
        assert not (made / "aclient.py").exists()

    def test_change_of_the_spec_is_seen(
        self, books: Path, made: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A new field makes the package stale."""
        source = books / "v4" / "books.yaml"
        source.write_text(source.read_text().replace("A book", "A good book"))
        assert self.check(books, made) == 1
        assert f"stale: {made / 'models' / 'books.py'}" in capsys.readouterr().out


class TestSecondApi:
    """An older API hangs on the client of the main one."""

    def test_its_resources_hang_on_a_client(
        self, books: Path, package: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The package has no client of its own, and the main one leads to it."""
        (books / "v2").mkdir()
        older = BOOKS.replace("/api/v4/", "/api/v2/")
        (books / "v2" / "books.yaml").write_text(older)
        assert apis_of(books) == ("v4", "v2")
        assert compile_document(compile_spec(books))["x-amo-beside"] == ["v2"]
        assert run("--spec", books, "--api", "v2", "--out", package) == 0
        monkeypatch.syspath_prepend(package.parent)
        made = importlib.import_module(package.name)
        asked: list[Any] = []

        class Client:
            def paginate(self, make: Callable[[int, int], object], **_: object) -> object:
                asked.append(make(1, 250))
                return "the pages"

        older_api = made.V2(Client())
        assert older_api.books.find() == "the pages"
        assert asked[0].path == "/api/v2/books"
        assert not hasattr(made, "AmoCRM")


class TestCheckout:
    """The client that is in the repository."""

    @pytest.mark.skipif(targets.find_checkout() is None, reason="runs from a checkout only")
    def test_deleted_client_comes_back_to_the_byte(self) -> None:
        """The spec is the only hand-kept source: without the old files the same ones are made."""
        apis = apis_of(ROOT / "spec")
        documents = {api: compile_document(compile_spec(ROOT / "spec", api=api)) for api in apis}
        entries = coverage(
            ROOT / "spec" / "inventory.tsv",
            documents.values(),
            read_evidence(ROOT / "tests" / "evidence.tsv"),
        )
        evidence = read_evidence(ROOT / "tests" / "evidence.tsv")
        register = read_register(ROOT / "spec" / "guesses.yaml")
        pages = {
            "coverage": lambda: markdown(entries, ROOT / "tests" / "legacy"),
            "fidelity": lambda: fidelity(ROOT, documents.values(), evidence, register),
            "guesses": lambda: switches(register),
        }
        places = targets.checkout_targets(ROOT, apis)
        real_places = targets.checkout_targets(ROOT, apis)
        with targets.building(documents, places, pages=pages, beside=False) as build:
            for (fresh, _), real in zip(build.fresh, real_places, strict=True):
                changes = targets.compare(fresh, real.place)
                assert not changes.is_stale, changes
                assert changes.unchanged

    def test_contract_is_the_document_of_the_client(self) -> None:
        """The mock server reads the same bytes as the client's tools."""
        contract, document = (
            ROOT / "mockserver" / "amocrm_mockserver" / "contract" / "v4.json",
            ROOT / "src" / "amocrm_gen" / "v4" / "openapi.json",
        )
        assert contract.read_bytes() == document.read_bytes()


class TestCoverage:
    """How much of the inventory there is."""

    def test_rows_are_counted(self, books: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Names of path variables do not matter; what is missing shows."""
        lines = [
            "api\tmethod\tpath\tresource\tsources\tsheet\tnote",
            "v4\tGET\t/api/v4/books\tbooks\tdocs\t1\t",
            "v4\tPOST\t/api/v4/books\tbooks\tdocs\t1\t",
            "v4\tGET\t/api/v4/shelves/{shelf_id}\tshelves\tdocs\t1\t",
            "v2\tGET\t/api/v2/books\tbooks\tdocs\t1\t",
        ]
        (books / "inventory.tsv").write_text("\n".join(lines) + "\n")
        shelves = NEW_RESOURCE
        (books / "v4" / "shelves.yaml").write_text(shelves)
        assert run("--spec", books, "coverage") == 0
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        none = ["0"] * 4
        assert ["v4", "books", "2", "1", *none] in rows
        assert ["v4", "shelves", "1", "1", *none] in rows
        assert ["v4", "all", "3", "2", *none] in rows
        assert ["v2", "all", "1", "0", *none] in rows
        assert rows[-2] == ["all", "4", "2", *none]
        assert rows[-1] == ["PHP", "library", "rows:", "0/90"]

    def test_tests_are_counted(self, books: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What a run has recorded stands in the columns, and what is missing on the page."""
        head = "api\tmethod\tpath\tresource\tsources\tsheet\tnote"
        row = "v4\tGET\t/api/v4/books\tbooks\tdocs\t1\t"
        (books / "inventory.tsv").write_text(f"{head}\n{row}\n")
        folder = books.parent / "tests"
        folder.mkdir()
        seen = ["operation\tcolumn\ttest", "books.find\tclient\ta::b", "books.find\tmock\tc::d"]
        (folder / "evidence.tsv").write_text("\n".join(seen) + "\n")
        assert run("--spec", books, "coverage") == 0
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert ["v4", "books", "1", "1", "1", "1", "0", "0"] in rows
        document = compile_document(compile_spec(books))
        entries = coverage(
            books / "inventory.tsv", [document], read_evidence(folder / "evidence.tsv")
        )
        page = markdown(entries, ROOT / "tests" / "legacy")
        assert "| v4 | books | 1 | 1 | 1 | 1 | 0 | 0 |" in page
        assert "- `GET /api/v4/books` (books.find): golden, stateful" in page

    def test_apis_do_not_share_evidence(self, books: Path) -> None:
        """Operations of two APIs may have the same id."""
        head = "api\tmethod\tpath\tresource\tsources\tsheet\tnote"
        row = "v2\tGET\t/api/v4/books\tbooks\tdocs\t1\t"
        (books / "inventory.tsv").write_text(f"{head}\n{row}\n")
        document = {**compile_document(compile_spec(books)), "x-amo-api": "v2"}
        seen = {"books.find": {"client": "a::b"}, "v2:books.find": {"mock": "c::d"}}
        [entry] = coverage(books / "inventory.tsv", [document], seen)
        assert entry.tests == {"mock": "c::d"}

    def test_calls_without_methods_are_no_gaps(
        self, books: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """No test can call them by the client, unless it calls them by itself."""
        source = books / "v4" / "books.yaml"
        source.write_text(source.read_text().replace("{readonly", "{unexposed: true, readonly"))
        head = "api\tmethod\tpath\tresource\tsources\tsheet\tnote"
        row = "v4\tGET\t/api/v4/books\tbooks\tdocs\t1\t"
        (books / "inventory.tsv").write_text(f"{head}\n{row}\n")
        assert run("--spec", books, "coverage") == 0
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert ["v4", "books", "1", "1", "–", "0", "0", "0"] in rows
        document = compile_document(compile_spec(books))
        php_tests = ROOT / "tests" / "legacy"
        none = coverage(books / "inventory.tsv", [document], {})
        assert "- `GET /api/v4/books` (books.find): mock, golden, stateful" in markdown(
            none, php_tests
        )
        seen = {"books.find": {"client": "a::b"}}
        called = coverage(books / "inventory.tsv", [document], seen)
        assert "| v4 | books | 1 | 1 | 1 | 0 | 0 | 0 |" in markdown(called, php_tests)


def test_wheel_copy_of_the_spec_is_enough(
    books: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside a checkout the packaged spec is read, and --out says where to write."""
    packaged = tmp_path / "site-packages" / "spec"
    shutil.copytree(books, packaged)
    monkeypatch.setattr("amocrm_codegen.__main__.find_spec_folder", lambda: packaged)
    monkeypatch.setattr(targets, "find_checkout", lambda: None)
    assert run() == 2
    assert run("--out", package) == 0
    assert (package / "models" / "books.py").is_file()
