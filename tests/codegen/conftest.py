"""The fragments are one tiny API; it is generated once and used by all tests of this folder."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amocrm_codegen.compile import compile_spec
from amocrm_codegen.openapi import compile_document
from amocrm_codegen.package import build_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from amocrm_codegen.waist import Schema

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def fragments_spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a spec folder of all fragments."""
    folder = tmp_path_factory.mktemp("fragments") / "spec"
    shutil.copytree(HERE / "fragments", folder)
    shutil.copy(ROOT / "spec" / "spec.schema.json", folder)
    return folder


@pytest.fixture(scope="session")
def fragments_document(fragments_spec: Path) -> Schema:
    """Return the OpenAPI document of the fragments."""
    return compile_document(compile_spec(fragments_spec))


@pytest.fixture(scope="session")
def fragments_package(
    fragments_document: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return the folder of the package `fragments_client`, which can be imported."""
    parent = tmp_path_factory.mktemp("generated")
    folder = parent / "fragments_client"
    folder.mkdir()
    build_package(fragments_document, folder)
    sys.path.insert(0, str(parent))
    yield folder
    sys.path.remove(str(parent))


@pytest.fixture
def part(fragments_package: Path) -> Any:  # Any: generated modules have no static type here
    """Return a function that imports a module of the generated package."""

    def load(name: str) -> ModuleType:
        return importlib.import_module(f"{fragments_package.name}.{name}")

    return load


@pytest.fixture
def tiny_spec(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes a spec folder with one resource of the given YAML."""

    def make(resource: str) -> Path:
        folder = tmp_path / "spec"
        (folder / "v4").mkdir(parents=True)
        for name in ("service.yaml", "common.yaml"):
            shutil.copy(HERE / "fragments" / name, folder)
        shutil.copy(ROOT / "spec" / "spec.schema.json", folder)
        (folder / "v4" / "books.yaml").write_text(resource, encoding="utf-8")
        return folder

    return make
