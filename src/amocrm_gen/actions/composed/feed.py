"""Notes and calls in the feed of a card, which may be named by a phone number."""

from typing import Literal

from attrs import frozen

from amocrm_gen.actions.composed.cards import target_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.candidates import AmbiguousName, Candidate, UnknownName
from amocrm_gen.crm.directory import FieldOwner
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.calls import CallCreate
from amocrm_gen.v4.models.notes import CommonNoteCreate, TextParams

__all__ = [
    "AddNote",
    "AddNoteByPhone",
    "CallLogged",
    "LogCall",
    "NoteAdded",
    "add_note",
    "add_note_by_phone",
    "log_call",
]

_STATUSES = {
    "left_message": 1,
    "call_back_later": 2,
    "not_available": 3,
    "talked": 4,
    "wrong_number": 5,
    "no_answer": 6,
    "busy": 7,
}
"""amoCRM's numbers of what came of a call."""
_PLURALS = {"contact": "contacts", "company": "companies", "lead": "leads", "customer": "customers"}
_AGAIN = "True makes another one although this input was done before."
_KEY = "A key of yours, such as an order's number: what was made with it is not made again."


@frozen(kw_only=True)
class AddNote:
    """What to write, and on which card."""

    text: str = about("The note.", few=1, examples=("Prefers to be called in the morning",))
    lead: int | str | None = about("Id or exact name of the lead.", default=None)
    contact: int | str | None = about(
        "Id, phone number, e-mail address or exact name of the contact.", default=None
    )
    company: int | str | None = about("Id or exact name of the company.", default=None)
    customer: int | None = about("Id of the customer.", default=None)
    key: str | None = about(_KEY, default=None)
    again: bool = about(_AGAIN, default=False)


@frozen(kw_only=True)
class AddNoteByPhone:
    """What to write, and on the card of whom."""

    phone: str = about("Phone number, however it is written.", examples=("+7 916 123-45-67",))
    text: str = about("The note.", few=1, examples=("Asked for a price list",))
    on: Literal["contact", "lead"] = about(
        "On the card of the contact, or of its only open lead.", default="contact"
    )
    key: str | None = about(_KEY, default=None)
    again: bool = about(_AGAIN, default=False)


@frozen(kw_only=True)
class NoteAdded:
    """Where the note is."""

    created: bool = about("False: this input was done before; the note of then is told.")
    note_id: int
    entity_type: Literal["leads", "contacts", "companies", "customers"]
    entity_id: int
    name: str | None = about("Name of the card.", default=None)
    link: str = about("Where amoCRM shows the card.", format="uri")


@frozen(kw_only=True)
class LogCall:
    """A call that took place."""

    phone: str = about("The other side's number.", examples=("+7 916 123-45-67",))
    direction: Literal["inbound", "outbound"] = about("Who called: inbound is the client.")
    duration: int = about("Seconds.", least=0, examples=(240,))
    result: str | None = about("What was said, in a few words.", default=None)
    status: (
        Literal[
            "left_message",
            "call_back_later",
            "not_available",
            "talked",
            "wrong_number",
            "no_answer",
            "busy",
        ]
        | None
    ) = about("What came of it.", default=None)
    user: int | str | None = about(
        'Who talked: name, e-mail address or id of a user, or "me"; else the robot.', default=None
    )
    at: int | str | None = about(
        "When it was; now if left out.", default=None, examples=("today 10:30",)
    )
    recording: str | None = about("Address of the recording.", default=None, format="uri")
    source: str = about("Name of the telephony.", default="amocrm-gen")
    key: str | None = about(_KEY + " The id of the call in the telephony is best.", default=None)
    again: bool = about(_AGAIN, default=False)


@frozen(kw_only=True)
class CallLogged:
    """Where amoCRM has put the call: the only open lead or customer of whoever has the number."""

    created: bool = about("False: this input was done before; the call of then is told.")
    note_id: int = about("Id of the call's note.")
    entity_type: Literal["leads", "contacts", "companies", "customers"]
    entity_id: int
    link: str = about("Where amoCRM shows the card.", format="uri")


def add_note(desk: Desk, given: AddNote) -> NoteAdded:
    """Write a note on a card."""
    target = target_of(
        desk,
        lead=given.lead,
        contact=given.contact,
        company=given.company,
        customer=given.customer,
    )
    return _write(desk, target.kind, target.id, target.card.name, given.text)


def add_note_by_phone(desk: Desk, given: AddNoteByPhone) -> NoteAdded:
    """Write a note on the card of whoever has a phone number."""
    desk.phone("phone", given.phone)
    contacts = desk.persons.contacts_by_phone(given.phone)
    if given.on == "lead":
        return _on_lead(
            desk, given, [one.id for lead in contacts for one in lead.embedded.leads or []]
        )
    people: list[tuple[FieldOwner, int, str]] = [("contacts", one.id, one.name) for one in contacts]
    if not people:
        companies = desk.persons.companies_by_phone(given.phone)
        people = [("companies", one.id, one.name) for one in companies]
    if not people:
        raise UnknownName(
            "contact", given.phone, advice="check the number; find-or-create-contact makes one"
        )
    if len(people) > 1:
        candidates = [Candidate(number, name, kind) for kind, number, name in people]
        raise AmbiguousName("contact", given.phone, candidates)
    kind, number, name = people[0]
    return _write(desk, kind, number, name, given.text)


def _on_lead(desk: Desk, given: AddNoteByPhone, ids: list[int]) -> NoteAdded:
    leads = desk.amo.leads.find(filter={"id": ids}) if ids else ()
    opened = [one for one in leads if one.id in ids and one.closed_at is None]
    if not opened:
        raise UnknownName("open lead", given.phone, advice='write on the contact: "on": "contact"')
    if len(opened) > 1:
        candidates = [Candidate(one.id, one.name) for one in opened]
        raise AmbiguousName("open lead", given.phone, candidates)
    return _write(desk, "leads", opened[0].id, opened[0].name, given.text)


def _write(desk: Desk, kind: FieldOwner, number: int, name: str, text: str) -> NoteAdded:
    note = CommonNoteCreate(entity_id=number, params=TextParams(text=text))
    made, is_new = desk.create(lambda: desk.amo.notes.create(kind, note, once=desk.once()))
    return NoteAdded(
        created=is_new,
        note_id=made.id,
        entity_type=kind,
        entity_id=number,
        name=name,
        link=desk.link(kind, number),
    )


def log_call(desk: Desk, given: LogCall) -> CallLogged:
    """Report a call; amoCRM finds the card by the last ten digits of the number."""
    phone = desk.phone("phone", given.phone)
    user = UNSET if given.user is None else desk.directory.user(given.user)
    moment = UNSET if given.at is None else desk.moment("at", given.at, edge="start", past=True)
    key = desk.once(moment)
    call = CallCreate(
        direction=given.direction,
        duration=given.duration,
        source=given.source,
        phone=f"+{phone.digits}" if len(phone.digits) > 10 else phone.digits,
        uniq=UNSET if given.key is None else given.key,
        link=UNSET if given.recording is None else given.recording,
        call_result=UNSET if given.result is None else given.result,
        call_status=UNSET if given.status is None else _STATUSES[given.status],
        call_responsible=user,
        # Analytics counts a call only where these two agree.
        created_by=user,
        responsible_user_id=user,
        created_at=moment,
    )
    made, is_new = desk.create(lambda: desk.amo.calls.create(call, once=key))
    said = str(made.entity_type)
    kind: FieldOwner = _PLURALS.get(said, said)  # type: ignore[assignment]  # both forms are known
    return CallLogged(
        created=is_new,
        note_id=made.id,
        entity_type=kind,
        entity_id=made.entity_id,
        link=desk.link(kind, made.entity_id),
    )
