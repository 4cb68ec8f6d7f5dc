"""The output of the fragments is the reviewed one, and each of them is used by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fragment_cases import FRAGMENTS
from write_golden import HERE, golden_files

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = sorted(
    path.relative_to(HERE / "golden").as_posix() for path in HERE.glob("golden/**/*.py")
)
BEHAVIOURS = "".join(path.read_text() for path in sorted(HERE.glob("test_fragment_*.py")))
"""The tests that use the output."""


class TestGolden:
    """The output is the committed one, to the byte."""

    @pytest.mark.parametrize("path", GOLDEN)
    def test_output_is_what_was_reviewed(self, path: str, fragments_package: Path) -> None:
        """A change of the output shows up in a diff; `write_golden.py` accepts it."""
        assert (fragments_package / path).read_text() == (HERE / "golden" / path).read_text()

    def test_every_file_has_a_golden_one(self, fragments_package: Path) -> None:
        """No output is left out of the comparison."""
        assert sorted(golden_files(fragments_package)) == GOLDEN

    @pytest.mark.parametrize("fragment", FRAGMENTS)
    def test_every_fragment_has_a_behaviour(self, fragment: str) -> None:
        """A fragment without a test that uses its output proves little."""
        assert f'"calls.{fragment}"' in BEHAVIOURS or f'"models.{fragment}"' in BEHAVIOURS
