"""Sets custom fields by their names, and to the names of their choices."""

from typing import Any, Literal, cast

from attrs import frozen

from amocrm_gen.actions.composed.cards import Card, target_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.composed.views import FieldShown, fields_shown
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.directory import FieldOwner
from amocrm_gen.crm.fields import Field
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.common import (
    CustomFieldValue,
    CustomFieldValues,
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
)
from amocrm_gen.v4.models.companies import Company, CompanyUpdate
from amocrm_gen.v4.models.contacts import Contact, ContactUpdate
from amocrm_gen.v4.models.customers import CustomerUpdate
from amocrm_gen.v4.models.leads import Lead, LeadUpdate

__all__ = ["FieldSet", "SetField", "field_values", "set_custom_field"]

_CHOICES = {"select", "multiselect", "radiobutton", "category"}
_DAYS = {"date", "birthday"}
_TRUE = {"true", "yes", "да", "sí", "si", "1"}
_FALSE = {"false", "no", "нет", "0"}
_WHOLE = {"legal_entity", "items", "linked_entity", "file", "payer", "supplier"}
"""Types whose values are objects."""


@frozen(kw_only=True)
class SetField:
    """Which field of which card, and what to."""

    lead: int | str | None = about("Id or exact name of the lead.", default=None)
    contact: int | str | None = about(
        "Id, phone number, e-mail address or exact name of the contact.", default=None
    )
    company: int | str | None = about("Id or exact name of the company.", default=None)
    customer: int | None = about("Id of the customer.", default=None)
    field: int | str = about(
        "Name, code or id of the field.", examples=("Delivery address", "POSITION")
    )
    value: Any = about(  # Any: by the field's type
        "A text, number, date or flag; of a field of choices its text; of one of many a list. "
        "It takes the place of all that the field has.",
        default=None,
        examples=("Riga", 5, True, ["A", "B"]),
    )
    clear: bool = about("True empties the field.", default=False)


@frozen(kw_only=True)
class FieldSet:
    """What the field is now."""

    changed: bool = about("False: it was so already, and nothing was sent.")
    entity_type: Literal["leads", "contacts", "companies", "customers"]
    entity_id: int
    name: str = about("Name of the card.")
    field_id: int
    field: str = about("Name of the field.")
    previous: FieldShown | None = about("What it was.", default=None)
    link: str = about("Where amoCRM shows the card.", format="uri")


def set_custom_field(desk: Desk, given: SetField) -> FieldSet:
    """Set one field of one card."""
    if given.clear == (given.value is not None):
        desk.refuse("value", "is needed, unless clear is true", 'for example "Riga"')
    target = target_of(
        desk,
        lead=given.lead,
        contact=given.contact,
        company=given.company,
        customer=given.customer,
    )
    field = desk.directory.field(target.kind, given.field)
    values = None if given.clear else values_of(desk, field, given.value, "value")
    held = next(
        (one for one in target.card.custom_fields_values or [] if one.field_id == field.id), None
    )
    is_same = _same(held, values)
    if not is_same:
        change = CustomFieldValuesWrite(field_id=field.id, values=values)
        _write(desk, target.card, [change])
    shown = fields_shown([held]) if held is not None else []
    return FieldSet(
        changed=not is_same,
        entity_type=target.kind,
        entity_id=target.id,
        name=target.card.name,
        field_id=field.id,
        field=field.name,
        previous=shown[0] if shown else None,
        link=desk.link(target.kind, target.id),
    )


def field_values(
    desk: Desk,
    kind: FieldOwner,
    given: dict[str, Any],
    path: str,  # Any: by the field's type
) -> list[CustomFieldValuesWrite]:
    """Return values by names of fields as they are written."""
    return [
        CustomFieldValuesWrite(
            field_id=field.id, values=values_of(desk, field, value, f"{path}.{name}")
        )
        for name, value in given.items()
        for field in [desk.directory.field(kind, name)]
    ]


def values_of(desk: Desk, field: Field, given: JsonValue, path: str) -> list[CustomFieldValueWrite]:
    """Return a value, or a list of them, as the field's type has it."""
    each = given if isinstance(given, list) else [given]
    return [_value(desk, field, one, path) for one in each]


def _value(desk: Desk, field: Field, given: JsonValue, path: str) -> CustomFieldValueWrite:
    kind = field.type
    if isinstance(given, dict):
        return _object(desk, field, given, path)
    if kind in _CHOICES:
        if not isinstance(given, int | str) or isinstance(given, bool):
            desk.refuse(path, f"{given!r} is no choice", "give its text or id")
        return CustomFieldValueWrite(enum_id=field.choice(given).id)
    if kind in _DAYS or kind == "date_time":
        if not isinstance(given, int | str) or isinstance(given, bool):
            desk.refuse(path, f"{given!r} is no date", 'for example "2026-11-25"')
        moment = desk.moment(path, given, edge="start")
        return CustomFieldValueWrite(value=int(moment.timestamp()))
    if kind == "checkbox":
        return CustomFieldValueWrite(value=_flag(desk, given, path))
    if kind in {"numeric", "monetary", "price"}:
        return CustomFieldValueWrite(value=_number(desk, given, path))
    if kind in _WHOLE or kind == "chained_list":
        desk.refuse(path, f"a field of type {kind} takes an object", "see custom_fields_values")
    return CustomFieldValueWrite(value=given if isinstance(given, str) else str(given))


def _object(
    desk: Desk, field: Field, given: dict[str, JsonValue], path: str
) -> CustomFieldValueWrite:
    known = {"value", "enum_id", "enum_code", "catalog_id", "catalog_element_id"}
    if field.type in _WHOLE and not (given.keys() <= known):
        return CustomFieldValueWrite(value=given)
    unknown = given.keys() - known
    if unknown:
        desk.refuse(path, f"{min(unknown)} is not known here", f"possible: {sorted(known)}")
    values = cast("dict[str, Any]", given)  # Any: checked by amoCRM
    return CustomFieldValueWrite(**values)


def _flag(desk: Desk, given: JsonValue, path: str) -> bool:
    text = str(given).strip().casefold()
    if text not in _TRUE | _FALSE:
        desk.refuse(path, f"{given!r} is neither true nor false")
    return text in _TRUE


def _number(desk: Desk, given: JsonValue, path: str) -> JsonValue:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given
    text = str(given).replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".")
    try:
        float(text)
    except ValueError:
        desk.refuse(path, f"{given!r} is no number")
    return text


def _same(held: CustomFieldValues | None, values: list[CustomFieldValueWrite] | None) -> bool:
    """Whether a field has these values already."""
    if held is None or values is None:
        return held is None and values is None
    return len(held.values) == len(values) and all(map(_equal, held.values, values))


def _equal(held: CustomFieldValue, value: CustomFieldValueWrite) -> bool:
    for name in ("enum_id", "enum_code", "catalog_id", "catalog_element_id"):
        given = getattr(value, name)
        if given is not UNSET and given != getattr(held, name):
            return False
    if value.value is UNSET:
        return True
    if isinstance(held.value, bool) or isinstance(value.value, bool | dict):
        return held.value == value.value
    return _plain(held.value) == _plain(value.value)


def _plain(value: object) -> object:
    """Numbers are read as texts."""
    try:
        return float(str(value))
    except ValueError:
        return str(value)


def _write(desk: Desk, card: Card, changes: list[CustomFieldValuesWrite]) -> None:
    if isinstance(card, Lead):
        desk.amo.leads.update_one(LeadUpdate(id=card.id, custom_fields_values=changes))
    elif isinstance(card, Contact):
        desk.amo.contacts.update_one(ContactUpdate(id=card.id, custom_fields_values=changes))
    elif isinstance(card, Company):
        desk.amo.companies.update_one(CompanyUpdate(id=card.id, custom_fields_values=changes))
    else:
        desk.amo.customers.update_one(CustomerUpdate(id=card.id, custom_fields_values=changes))
