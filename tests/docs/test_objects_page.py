"""The diagram of the object layer is that of the classes."""

from pathlib import Path

import object_diagram
import pytest


def test_the_diagram_is_up_to_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`python tests/docs/object_diagram.py` writes it anew."""
    assert object_diagram.main(["--check"]) == 0
    text = object_diagram.page()
    assert "CrmObject <|-- Card" in text
    assert "        add_contacts()" in text
    monkeypatch.setattr(object_diagram, "_PAGE", tmp_path / "objects.md")
    assert object_diagram.main(["--check"]) == 1
    assert object_diagram.main([]) == object_diagram.main(["--check"]) == 0
