"""The output of every fragment passes both type checkers at their strictest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_output_passes_mypy(fragments_package: Path, tmp_path: Path) -> None:
    """Under --strict."""
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(tmp_path), str(fragments_package)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_output_passes_pyright(fragments_package: Path) -> None:
    """In strict mode."""
    folder = fragments_package.parent
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT / "src")],
        "include": [fragments_package.name],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["generalDiagnostics"] == []
    # A folder that is not found would give no diagnostics, either.
    assert report["summary"]["filesAnalyzed"] >= len(list(fragments_package.rglob("*.py")))
