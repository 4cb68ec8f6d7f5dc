"""Rows 71 to 75: notes, tasks, catalogs and their elements; what cannot be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from php_stage import read

from amocrm_gen import AmoCRM, ConfigurationError
from amocrm_gen.objects import (
    Catalog,
    CatalogElement,
    Contact,
    Lead,
    Note,
    Task,
    delete_objects,
    pages,
)
from amocrm_gen.objects.codes import ElementType, NoteType, TaskType
from amocrm_gen.v4.models.custom_fields import CustomFieldCreate

if TYPE_CHECKING:
    from php_stage import Place


def test_a71_notes(amo: AmoCRM) -> None:
    """Constants; common, SMS and system notes with parameters; a change."""
    assert (Note.COMMON, Note.SYSTEM, Note.SMS_IN, Note.SMS_OUT) == (4, 25, 102, 103)
    assert NoteType.TASK_RESULT == Note.TASK_RESULT == 13
    lead = Lead(amo, name="l").save()
    common = Note(amo, text="hello", note_type=Note.COMMON).add_lead(lead)
    common.save()
    common.text = "bye"
    common.save()
    assert Note(amo).fill_by_id(common.need_id()).text == "bye"
    system = Note(amo, note_type=Note.SYSTEM, note_params={"text": "t", "service": "bot"})
    number = system.add_lead(lead).save()
    assert Note(amo).fill_by_id(number).note_params == {"text": "t", "service": "bot"}
    sms = Note(amo, note_type=Note.SMS_OUT, note_params={"text": "t", "phone": "+7"})
    number = sms.add_lead(lead).save()
    found = Note(amo).fill_by_id(number)
    assert found.note_params is not None
    assert (found.note_params["text"], found.note_params["phone"]) == ("t", "+7")


def test_a72_tasks(amo: AmoCRM) -> None:
    """Constants; the last element wins; a result."""
    assert (Task.CALL, Task.MEETING, Task.LETTER) == tuple(TaskType) == (1, 2, 3)
    contact, lead = Contact(amo, name="a").save(), Lead(amo, name="l").save()
    task = Task(amo, text="t", task_type=Task.MEETING, complete_till_at=1_900_000_000)
    number = task.add_contact(contact).add_lead(lead).save()
    shown = read(amo, "tasks", number)
    assert (shown["element_id"], shown["element_type"]) == (lead, ElementType.LEAD)
    assert shown["task_type"] == Task.MEETING
    task.complete("done so").save()
    shown = read(amo, "tasks", number)
    assert shown["is_completed"] is True
    assert shown["result"]["text"] == "done so"


def test_a73_catalogs(amo: AmoCRM) -> None:
    """Add, rename, delete."""
    catalog = Catalog(amo, name="Cars", can_add_elements=True)
    number = catalog.save()
    catalog.name = "Vans"
    catalog.save()
    assert read(amo, "catalogs", number)["name"] == "Vans"
    catalog.delete()
    assert amo.request("GET", "/api/v2/catalogs", query={"id": number}) is None


def test_a74_catalog_elements(amo: AmoCRM) -> None:
    """Add with fields, search, delete."""
    catalog = Catalog(amo, name="Cars").save()
    own = amo.custom_fields.create_for_catalog(
        catalog, CustomFieldCreate(name="sku", type="text")
    ).id
    element = CatalogElement(amo, catalog_id=catalog, name="Big van")
    number = element.set_custom_fields({own: "A1"}).save()
    CatalogElement(amo, catalog_id=catalog, name="Bike").save()
    found = list(pages(amo, "/api/v2/catalog_elements", {"catalog_id": catalog, "term": "VAN"}))
    assert [item["id"] for page in found for item in page] == [number]
    assert CatalogElement(amo, found[0][0]).get_custom_field_value(own) == "A1"
    delete_objects(amo, element)
    left = list(pages(amo, "/api/v2/catalog_elements", {"catalog_id": catalog}))
    assert [item["name"] for page in left for item in page] == ["Bike"]


def test_a75_delete_without_id(amo: AmoCRM, place: Place) -> None:
    """An error, and nothing is sent, not even for the others."""
    with pytest.raises(ConfigurationError, match="no id"):
        delete_objects(amo, [Catalog(amo, id=5), Catalog(amo, name="new")])
    with pytest.raises(ConfigurationError):
        Catalog(amo, name="new").delete()
    assert place.asked() == []
