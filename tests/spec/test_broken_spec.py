"""A broken spec is answered with every fault at once, each with its file, line and cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from amocrm_codegen.compile import compile_spec
from amocrm_codegen.faults import SpecError
from amocrm_codegen.openapi import compile_document, dump

SPEC = Path(__file__).parents[2] / "spec"

GOOD = """\
resource: books
doc: Books.
entities:
  Book:
    fields:
      id: {type: integer, in: [read!, update!]}
      title: {type: string, in: [read!, create!, update]}
      pages: {type: integer, in: [read], with: pages}
operations:
  find:
    http: GET /api/v4/books
    summary: List books
    keywords: {en: [books], ru: [книги]}
    traits: {readonly: true, paginated: {max: 250}, empty: [204]}
    with: [pages]
    filter: {id: {list: integer}}
    order: [id]
    returns: {list: Book}
    evidence: [docs]
  update:
    http: PATCH /api/v4/books
    summary: Change books
    keywords: {en: [change], ru: [изменить]}
    traits: {batch: {max: 250, match: id}, idempotent: true, lock: "books/{id}"}
    takes: {list: BookUpdate}
    returns: {list: Book}
    evidence: [docs]
"""

# (what is broken, text replaced, replacement, line of the fault, words of the message)
BROKEN = [
    ("syntax", "doc: Books.", "doc: [Books", 3, "not valid YAML"),
    ("duplicate key", "doc: Books.", "doc: Books.\ndoc: Twice.", 3, "'doc' is given twice"),
    ("boolean key", "doc: Books.", "on: Books.", 2, "is a boolean in YAML"),
    (
        "unknown key",
        "    with: [pages]",
        "    wit: [pages]",
        15,
        "unknown key 'wit', did you mean 'with'?",
    ),
    (
        "form of a list",
        "    takes: {list: BookUpdate}",
        "    body: form\n    takes: {list: BookUpdate}",
        20,
        "books.update has a form and takes no object",
    ),
    (
        "signed elsewhere",
        'lock: "books/{id}"}',
        'lock: "books/{id}", auth: signed}',
        20,
        "books.update is signed and not of the chats host",
    ),
    (
        "unknown trait",
        "traits: {readonly: true, pag",
        "traits: {readonli: true, pag",
        14,
        "did you mean 'readonly'?",
    ),
    (
        "bad presence",
        "in: [read], with",
        "in: [reed], with",
        8,
        "'reed' is not allowed, use one of read",
    ),
    (
        "bad http line",
        "http: GET /api/v4/books",
        "http: FETCH /api/v4/books",
        11,
        "has the wrong form, write a method and a path",
    ),
    (
        "missing summary",
        "    summary: List books\n",
        "",
        10,
        "operations.find: summary missing",
    ),
    (
        "unknown type",
        "takes: {list: BookUpdate}",
        "takes: {list: BookUpdat}",
        25,
        "there is no type BookUpdat, did you mean BookUpdate?",
    ),
    (
        "unknown order",
        "order: [id]",
        "order: [idd]",
        10,
        "order names the unknown field 'idd', did you mean 'id'?",
    ),
    (
        "unknown filter column",
        "filter: {id: {list: integer}}",
        "filter: {ib: {list: integer}}",
        16,
        "the filter 'ib' names the unknown field 'ib', known are",
    ),
    ("with not offered", "    with: [pages]\n", "", 10, "add pages to its `with`"),
    (
        "unknown lock variable",
        'lock: "books/{id}"',
        'lock: "books/{uid}"',
        20,
        "the lock names the unknown {uid}",
    ),
    (
        "path taken twice",
        "http: PATCH /api/v4/books",
        "http: GET /api/v4/books",
        20,
        "GET /api/v4/books is already books.find",
    ),
    (
        "batch without a list",
        "takes: {list: BookUpdate}",
        "takes: BookUpdate",
        20,
        "is a batch and takes no list",
    ),
    ("no keywords", "keywords: {en: [books], ru: [книги]}", "keywords: {en: [books]}", 10, "in ru"),
    ("reserved name", "  find:", "  list:", 10, "cannot be called 'list', choose another verb"),
    (
        "unbound variable",
        "    http: PATCH /api/v4/books",
        "    over: {kind: [a]}\n    http: PATCH /api/v4/books",
        22,
        "the path has no variable {kind}",
    ),
    (
        "beside nothing",
        "    takes: {list: BookUpdate}\n    returns: {list: Book}",
        "    takes: {list: BookUpdate}\n    beside: {errors: {list: Book}}\n    returns: nothing",
        20,
        "books.update has keys beside `_embedded`, which its answer lacks",
    ),
    ("readonly write", "traits: {batch:", "traits: {readonly: true, batch:", 20, "use GET"),
    (
        "contradicting type",
        "title: {type: string,",
        "title: {type: string, list: string,",
        7,
        "type and list contradict each other",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a spec folder of its own with one good resource."""
    spec = tmp_path / "spec"
    (spec / "v4").mkdir(parents=True)
    for name in ("spec.schema.json", "service.yaml", "common.yaml"):
        shutil.copy(SPEC / name, spec / name)
    common = (spec / "common.yaml").read_text(encoding="utf-8").replace(", ref: contacts", "")
    (spec / "common.yaml").write_text(common, encoding="utf-8")
    (spec / "v4" / "books.yaml").write_text(GOOD, encoding="utf-8")
    return spec


def faults_of(folder: Path, *overlays: Path) -> list[str]:
    """Return the faults of a spec as they are printed."""
    with pytest.raises(SpecError) as caught:
        compile_spec(folder, overlays)
    return [str(fault) for fault in caught.value.faults]


def test_good_spec_compiles(folder: Path) -> None:
    """The spec that all cases break is itself without a fault."""
    document = compile_document(compile_spec(folder))
    assert set(document["paths"]) == {"/api/v4/books"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"), [c[1:] for c in BROKEN], ids=[c[0] for c in BROKEN]
)
def test_fault_names_place_and_cure(
    folder: Path, old: str, new: str, line: int, words: str
) -> None:
    """Each kind of fault is reported at its line, with what to do."""
    assert old in GOOD
    path = folder / "v4" / "books.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    faults = faults_of(folder)
    matching = [fault for fault in faults if words in fault]
    assert matching, faults
    assert matching[0].startswith(f"spec/v4/books.yaml:{line}: ")
    assert ", " in matching[0]


def test_all_faults_come_at_once(folder: Path) -> None:
    """Faults of several lines and files are gathered, in the order of files and lines."""
    path = folder / "v4" / "books.yaml"
    broken = GOOD.replace("with: [pages]", "wit: [pages]").replace(
        "in: [read], with", "in: [x], with"
    )
    path.write_text(broken, encoding="utf-8")
    (folder / "v4" / "authors.yaml").write_text(
        "resource: authors\nentitys: {}\n", encoding="utf-8"
    )
    faults = faults_of(folder)
    assert [fault.split(": ")[0] for fault in faults] == [
        "spec/v4/authors.yaml:2",
        "spec/v4/books.yaml:8",
        "spec/v4/books.yaml:15",
    ]


def test_resources_that_need_each_other_are_refused(folder: Path) -> None:
    """Two modules that import each other would become one, so the spec may not ask for it."""
    (folder / "v4" / "authors.yaml").write_text(
        "resource: authors\ntypes:\n  Author: {fields: {best: books.Book}}\n", encoding="utf-8"
    )
    path = folder / "v4" / "books.yaml"
    path.write_text(
        GOOD.replace(
            "      pages:", "      author: {type: authors.Author, in: [read!]}\n      pages:"
        ),
        encoding="utf-8",
    )
    assert any("authors → books → authors need each other" in fault for fault in faults_of(folder))


def test_overlay_adds_without_a_fork(folder: Path, tmp_path: Path) -> None:
    """An overlay file adds a field and an operation to a resource that it does not repeat."""
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        "resource: books\n"
        "entities:\n  Book:\n    fields:\n      isbn: {type: string, nullable: true, in: [read!]}\n"
        "operations:\n  get:\n    http: GET /api/v4/books/{id}\n    summary: Read a book\n"
        "    traits: {readonly: true, empty: [204]}\n"
        "    with: [pages]\n    returns: Book\n",
        encoding="utf-8",
    )
    document = compile_document(compile_spec(folder, [overlay]))
    assert "/api/v4/books/{id}" in document["paths"]
    book = document["components"]["schemas"]["books.Book"]
    assert book["properties"]["isbn"] == {"type": ["string", "null"]}
    assert list(book["properties"])[:3] == ["id", "title", "pages"]


def test_fault_in_an_overlay_names_the_overlay(folder: Path, tmp_path: Path) -> None:
    """What is wrong in an overlay is reported there, not in the file that it is laid over."""
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        "resource: books\nentities:\n  Book:\n    fields:\n      shelf: Shelf\n", encoding="utf-8"
    )
    assert faults_of(folder, overlay)[0].startswith("mine.yaml:5: there is no type Shelf")


def test_same_spec_gives_same_bytes(folder: Path) -> None:
    """Compiling is deterministic."""
    assert dump(compile_document(compile_spec(folder))) == dump(
        compile_document(compile_spec(folder))
    )
