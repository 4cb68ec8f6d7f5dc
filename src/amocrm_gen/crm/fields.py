"""The custom fields of an account's entities, by name, code and id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from amocrm_gen.crm.candidates import Candidate
from amocrm_gen.crm.names import Named, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amocrm_gen.v4.models.custom_fields import CustomField

__all__ = ["Choice", "Field", "find_field"]


@frozen
class Choice:
    """One of the values that a field of choices can have."""

    id: int
    value: str
    code: str | None = None


@frozen
class Field:
    """A custom field of one kind of entity."""

    id: int
    name: str
    code: str | None
    type: str
    """text, numeric, select, multitext, date and so on."""
    enums: tuple[Choice, ...] = ()

    def choice(self, given: int | str) -> Choice:
        """Return a choice by its text, code or id.

        Raises `UnknownName` and `AmbiguousName`.
        """
        entries = [
            Named(choice, Candidate(choice.id, choice.value), _codes(choice.code))
            for choice in self.enums
        ]
        return pick("choice", given, entries, where=f" in the field {self.name!r}")


def find_field(fields: Sequence[CustomField], given: int | str, *, where: str) -> Field:
    """Return the field of an id, a name or a code.

    Raises `UnknownName` and `AmbiguousName`.
    """
    entries = [
        Named(
            field,
            Candidate(field.id, field.name, field.code and f"code {field.code}"),
            _codes(field.code),
        )
        for field in fields
    ]
    found = pick("field", given, entries, where=where)
    choices = tuple(Choice(one.id, one.value, one.code or None) for one in found.enums or ())
    return Field(found.id, found.name, found.code, str(found.type), choices)


def _codes(code: str | None) -> tuple[str, ...]:
    return () if code is None else (code,)
