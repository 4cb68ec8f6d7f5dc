"""Sources by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.v4 import EntityId, SourceCreate, SourceUpdate

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def test_life_of_a_source(amocrm: AmoCRM) -> None:
    """Made, found, changed in all ways, deleted alone and with others."""
    sources = amocrm.sources
    made = sources.create([SourceCreate(name=name, external_id=name) for name in ("a", "b", "c")])
    first, second, third = (each.id for each in made)
    assert [each.id for each in sources.find(filter={"external_id": ["b"]})] == [second]
    sources.update_one(SourceUpdate(id=first, name="A", default=True))
    sources.update([SourceUpdate(id=second, name="B", default=True)])
    with sources.edit(third) as source:
        source.name = "C"
    assert [(each.name, each.default) for each in sources.find()] == [
        ("A", False),
        ("B", True),
        ("C", False),
    ]
    sources.delete(first)
    assert sources.get_or_none(first) is None
    sources.delete_many([EntityId(id=second), EntityId(id=third)])
    assert sources.find() == []
