"""Tasks and notes as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Self

from amocrm_gen.objects.base import CrmObject
from amocrm_gen.runtime.kinds import is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.runtime.types import JsonObject

__all__ = ["Note", "Task"]

_CONTACT: Final = 1
_LEAD: Final = 2
_COMPANY: Final = 3
_CUSTOMER: Final = 12


class _OfElement(CrmObject):
    """What belongs to another entity; the last call of these wins."""

    element_id: int | None
    element_type: int | None

    def add_contact(self, number: int) -> Self:
        """Belong to a contact."""
        return self._belong(number, _CONTACT)

    def add_lead(self, number: int) -> Self:
        """Belong to a lead."""
        return self._belong(number, _LEAD)

    def add_company(self, number: int) -> Self:
        """Belong to a company."""
        return self._belong(number, _COMPANY)

    def add_customer(self, number: int) -> Self:
        """Belong to a customer."""
        return self._belong(number, _CUSTOMER)

    def _belong(self, number: int, kind: int) -> Self:
        self.element_id, self.element_type = number, kind
        return self


class Task(_OfElement):
    """A thing to do."""

    CALL: ClassVar = 1
    MEETING: ClassVar = 2
    LETTER: ClassVar = 3

    path = "/api/v2/tasks"
    known = frozenset(
        {
            "element_id",
            "element_type",
            "complete_till_at",
            "task_type",
            "text",
            "is_completed",
            "result",
        }
    )
    sent = (
        *(name for name in CrmObject.sent if name != "name"),
        "element_id",
        "element_type",
        "complete_till_at",
        "task_type",
        "text",
        "is_completed",
    )
    complete_till_at: int | None
    task_type: int | None
    text: str | None
    is_completed: bool | None
    result: object

    def complete(self, result: str = "") -> Self:
        """Mark it done; `result` says what came of it."""
        self.is_completed = True
        if result:
            self.result = {"text": result}
        return self

    def _more(self) -> JsonObject:
        result = self.result
        if isinstance(result, str) and result:
            return {"result": {"text": result}}
        if isinstance(result, dict) and result:
            return {"result": result}
        return {}


class Note(_OfElement):
    """An entry in the feed of an entity."""

    LEAD_CREATED: ClassVar = 1
    CONTACT_CREATED: ClassVar = 2
    LEAD_STATUS_CHANGED: ClassVar = 3
    COMMON: ClassVar = 4
    COMPANY_CREATED: ClassVar = 12
    TASK_RESULT: ClassVar = 13
    SYSTEM: ClassVar = 25
    SMS_IN: ClassVar = 102
    SMS_OUT: ClassVar = 103

    path = "/api/v2/notes"
    known = frozenset(
        {"is_editable", "element_id", "element_type", "text", "note_type", "note_params"}
    )
    sent = (
        *(name for name in CrmObject.sent if name != "name"),
        "element_id",
        "element_type",
        "text",
        "note_type",
    )
    text: str | None
    note_type: int | None
    note_params: dict[str, object] | None
    """Parameters of system notes (`text`, `service`) and text messages (`text`, `phone`)."""

    def fill(self, values: Mapping[str, object]) -> Self:
        """Take over values; parameters are `params` when they are read."""
        super().fill(values)
        params = values.get("params")
        if is_object(params):
            self.note_params = dict(params)
        return self

    def _more(self) -> JsonObject:
        if self.note_type not in {self.SYSTEM, self.SMS_IN, self.SMS_OUT}:
            return {}
        params: JsonObject = {}
        for name, value in (self.note_params or {}).items():
            if isinstance(value, str | int | float):
                params[name] = value
        if self.text is not None:
            params["text"] = self.text
        return {"params": params}
