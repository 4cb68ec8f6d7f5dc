"""Each row of the table of the PHP library's features has a test that is named after it."""

from pathlib import Path

from amocrm_codegen.rows import ROWS, rows_of, summary

HERE = Path(__file__).parent


def test_all_90_rows() -> None:
    """The numbers are there, and no others."""
    assert sorted(rows_of(HERE)) == list(range(1, ROWS + 1))
    assert summary(HERE) == "PHP library rows: 90/90"


def test_a_missing_row_is_told(tmp_path: Path) -> None:
    """A folder with less is told as such."""
    (tmp_path / "test_few.py").write_text("def test_a01_x():\n    pass\ndef test_a02_y(): ...\n")
    assert rows_of(tmp_path) == {1, 2}
    assert summary(tmp_path) == "PHP library rows: 2/90"
    assert summary(tmp_path / "nowhere") == "PHP library rows: 0/90"
