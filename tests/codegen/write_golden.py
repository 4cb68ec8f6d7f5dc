"""Writes the golden output of the fragments anew: `python tests/codegen/write_golden.py`.

Look at the difference before it is committed: it is what users will see.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from amocrm_codegen.compile import compile_spec
from amocrm_codegen.openapi import compile_document
from amocrm_codegen.package import build_package

HERE = Path(__file__).parent
KEPT = ("*.py", "models/*.py", "calls/*.py", "sync/*.py", "aio/expanded.py")


def golden_files(package: Path) -> dict[str, bytes]:
    """Return the files of a generated package that are compared."""
    found = (path for pattern in KEPT for path in sorted(package.glob(pattern)))
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in found}


def main() -> None:
    """Generate the fragments and replace the golden files."""
    golden = HERE / "golden"
    shutil.rmtree(golden, ignore_errors=True)
    with TemporaryDirectory() as name:
        spec = Path(name) / "spec"
        shutil.copytree(HERE / "fragments", spec)
        shutil.copy(HERE.parents[1] / "spec" / "spec.schema.json", spec)
        package = Path(name) / "fragments_client"
        package.mkdir()
        build_package(compile_document(compile_spec(spec)), package)
        for path, content in golden_files(package).items():
            target = golden / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


if __name__ == "__main__":
    main()
