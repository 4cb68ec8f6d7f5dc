"""Which leads are there already, told by the phones and e-mails of their main contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_mockserver.behaviour.field_directory import field_directory
from amocrm_mockserver.behaviour.stages import regular_stages
from amocrm_mockserver.duplicate_control import rule_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.duplicate_control import DuplicateRule
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row

__all__ = ["Hit", "email_form", "find_hit", "main_contact", "phone_form"]

_MOST_HITS: Final = 3
_NATIONAL: Final[Mapping[str, tuple[str, str, int]]] = {
    "RU": ("7", "8", 10),
    "KZ": ("7", "8", 10),
    "US": ("1", "1", 10),
}
"""Country code, the prefix by which calls within the country begin, digits of a number."""


@frozen
class Hit:
    """The leads that take in what comes, and by which rule."""

    rule: DuplicateRule
    leads: list[Row]


def find_hit(
    exchange: Exchange, pipeline_id: int, values: Row, *, source_id: int | None = None
) -> Hit | None:
    """The leads that have the contact with these values as their main one.

    None where duplicate control is off, and where the leads found are none or too many. A call
    that comes by no integration never merges.
    """
    account = exchange.account
    rule = rule_for(account.duplicate_control, pipeline_id, source_id)
    if rule is None or not exchange.caller.client_id:
        return None
    wanted = _marks(account, rule, values)
    if not wanted:
        return None
    leads = list(_leads_of(account, rule, pipeline_id, wanted))
    leads.sort(key=lambda lead: (lead["created_at"], lead["id"]), reverse=True)
    if not 1 <= len(leads) <= _MOST_HITS:
        return None
    if len(leads) > 1 and rule.several == "create":
        return None
    return Hit(rule, leads if rule.several == "all" else leads[:1])


def _leads_of(
    account: Account, rule: DuplicateRule, pipeline_id: int, wanted: set[tuple[str, str]]
) -> Iterator[Row]:
    stages = _stages(account, rule, pipeline_id)
    table = account.table("leads")
    for contact in account.table("contacts").rows.values():
        if contact.get("is_deleted") or wanted.isdisjoint(
            _marks(account, rule, contact["_values"])
        ):
            continue
        for number, metadata in account.links.of("contacts", contact["id"], "leads").items():
            lead = table.rows[number]
            stands = lead["pipeline_id"] == pipeline_id and lead["status_id"] in stages
            if metadata["main_contact"] and stands and not lead["is_deleted"]:
                yield lead


def _stages(account: Account, rule: DuplicateRule, pipeline_id: int) -> Sequence[int]:
    if rule.stages is not None:
        return rule.stages
    return [stage["id"] for stage in regular_stages(account, pipeline_id)]


def _marks(account: Account, rule: DuplicateRule, values: Row) -> set[tuple[str, str]]:
    """What a contact is known by."""
    by_code = field_directory(account, "contacts").by_code
    found: set[tuple[str, str]] = set()
    for key in rule.keys:
        field = by_code.get(key.upper())
        given: list[Row] = values.get(str(field["id"])) or [] if field else []
        form = _FORMS[key]
        found |= {(key, form(account, value["value"])) for value in given}
    return {(key, text) for key, text in found if text}


def email_form(_account: Account, value: Json) -> str:
    """An e-mail as it is compared."""
    return str(value).strip().casefold()


def phone_form(account: Account, value: Json) -> str:
    """The digits of a phone in international form; the country of the account is the default."""
    text = str(value).strip()
    digits = "".join(character for character in text if character in "0123456789")
    if text.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    code, prefix, length = _NATIONAL.get(account.row["country"], ("", "", 0))
    if length and len(digits) == length:
        return code + digits
    if length and len(digits) == length + len(prefix) and digits.startswith(prefix):
        return code + digits[len(prefix) :]
    return digits


_FORMS: Final[Mapping[str, Callable[[Account, Json], str]]] = {
    "email": email_form,
    "phone": phone_form,
}


def main_contact(account: Account, lead_id: int) -> int | None:
    """The main contact of a lead."""
    linked = account.links.of("leads", lead_id, "contacts").items()
    return next((number for number, metadata in linked if metadata["main_contact"]), None)
