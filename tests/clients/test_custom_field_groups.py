"""Tabs of cards through the client."""

import pytest

from amocrm_gen import AmoCRM, NotFound
from amocrm_gen.v4 import CustomFieldGroupCreate, CustomFieldGroupUpdate
from amocrm_gen.v4.models.custom_fields import CustomFieldCreate


def test_life_of_a_tab(amocrm: AmoCRM) -> None:
    """Made, read, filled, listed and deleted."""
    groups = amocrm.custom_field_groups
    made = groups.create("leads", CustomFieldGroupCreate(name="Deal", sort=2))
    field = amocrm.custom_fields.create("leads", CustomFieldCreate(name="a", type="text"))
    changed = groups.update("leads", CustomFieldGroupUpdate(id=made.id, fields=[field.id]))
    assert changed.fields == [field.id]
    assert groups.get("leads", made.id) == changed
    assert [group.id for group in groups.find("leads")] == ["default", "statistic", made.id]
    groups.delete("leads", made.id)
    with pytest.raises(NotFound):
        groups.get("leads", made.id)
