"""Incoming leads: what comes with them, and who may see it before they are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.behaviour.companies import Companies
from amocrm_mockserver.behaviour.contact_chats import bind_chat
from amocrm_mockserver.behaviour.contacts import Contacts
from amocrm_mockserver.behaviour.events import record_added
from amocrm_mockserver.behaviour.leads import Leads
from amocrm_mockserver.behaviour.links import connect
from amocrm_mockserver.behaviour.notes import Notes
from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.stages import UNSORTED_TYPE, main_pipeline, stages
from amocrm_mockserver.jsonvalue import array_at, object_at, objects_at
from amocrm_mockserver.problems import Flaw, unsupported
from amocrm_mockserver.render import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.behaviour.cards import Cards
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["PARTS", "Unsorted", "is_waiting"]

PARTS: Final = ("leads", "contacts", "companies")
"""What may come with an incoming lead: at most one of each, and always a lead."""
_UID_TAIL: Final = 40
_NO_GUESTS: Final[Mapping[str, int]] = {}


def is_waiting(account: Account, row: Row) -> bool:
    """Nobody has accepted or declined it, nor moved its lead by hand."""
    if row["_state"] != "waiting":
        return False
    lead = account.table("leads").rows[row["_leads"][0]]
    return bool(lead.get("_hidden")) and not lead["is_deleted"]


class Unsorted(Behaviour):
    """The inbox; an item that was dealt with stays for the summary only."""

    noun = "Unsorted"
    missing = "unsorted.missing"

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.cards: Mapping[str, Cards] = {
            "leads": Leads("leads"),
            "contacts": Contacts("contacts"),
            "companies": Companies("companies"),
        }
        self._notes = Notes("notes")

    def rows(self, exchange: Exchange) -> Iterable[Row] | None:
        """Those that wait."""
        rows = self.home(exchange).rows.values()
        return [row for row in rows if is_waiting(exchange.account, row)]

    def find(self, exchange: Exchange) -> Row | None:
        """The item of a uid, if it waits."""
        row = super().find(exchange)
        return row if row is not None and is_waiting(exchange.account, row) else None

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:  # noqa: ARG002
        """The pipeline must be known, and what comes with the lead must be right."""
        account = exchange.account
        if "pipeline_id" in item and not account.has("pipelines", item["pipeline_id"]):
            flaws.append(unsupported("pipeline_id"))
        for kind in PARTS:
            for index, part in objects_at(object_at(item, "_embedded"), kind):
                own: list[Flaw] = []
                self.cards[kind].check(_creation(exchange, kind), part, None, own)
                for flaw in own:
                    flaw["path"] = f"_embedded.{kind}.{index}.{flaw['path']}"
                flaws += own
        if not flaws and self._is_known(exchange, item):
            flaws.append(unsupported("metadata"))

    def _is_known(self, exchange: Exchange, item: Row) -> bool:
        """The same call or form waits already."""
        same = ("source_uid", "source_name", "metadata")
        given = {**item, "metadata": _stored(item["metadata"])}
        category = _category(exchange)
        return any(
            row["category"] == category
            and is_waiting(exchange.account, row)
            and all(row[name] == given[name] for name in same)
            for row in self.home(exchange).rows.values()
        )

    def create(self, exchange: Exchange, item: Row) -> Row:
        """Take in a call or a form."""
        return self.take_in(exchange, _category(exchange), item)

    def take_in(
        self,
        exchange: Exchange,
        category: str,
        item: Row,
        *,
        guests: Mapping[str, int] = _NO_GUESTS,
    ) -> Row:
        """Make the item and what comes with it, hidden; the log hears of it on acceptance.

        Guests are a contact and company that are there already: they are linked, and stay as they
        are whatever becomes of the item.
        """
        account = exchange.account
        pipeline: int = item.get("pipeline_id") or main_pipeline(account)["id"]
        embedded = object_at(item, "_embedded")
        stage = _unsorted_stage(account, pipeline)
        lead: Row = {"pipeline_id": pipeline, "status_id": stage}
        for named in array_at(embedded, "leads")[:1]:
            lead = {**named, **lead}
        given = {**embedded, "leads": [lead]}
        made: dict[str, list[int]] = {}
        for kind in PARTS:
            hidden = [self._make(exchange, kind, part) for part in array_at(given, kind)[:1]]
            made[f"_{kind}"] = hidden
        _connect(exchange, {**made, **{f"_{kind}": [number] for kind, number in guests.items()}})
        created_at: int = item.get("created_at", exchange.now)
        row: Row = {
            "uid": item.get("uid") or _new_uid(account, created_at),
            "source_uid": item.get("source_uid"),
            "source_name": item.get("source_name"),
            "category": category,
            "pipeline_id": pipeline,
            "created_at": created_at,
            "metadata": _stored(item["metadata"]),
            "account_id": account.id,
            "_state": "waiting",
            "_sorted_at": None,
            "_guests": dict(guests),
            **made,
        }
        self.home(exchange).add(row)
        if account.guesses["events.lead_added_of_unsorted"] == "at_creation":
            record_added(exchange, "leads", account.table("leads").rows[made["_leads"][0]])
        told = {kind: made[f"_{kind}"] for kind in ("leads", "contacts")}
        exchange.tell("unsorted", "add", row, told)
        chat = object_at(row["metadata"], "origin").get("chat_id")
        if category == "chats" and chat and row["_contacts"]:
            bind_chat(account, row["_contacts"][0], chat)
        if category == "sip" and item["metadata"].get("is_call_event_needed"):
            self._note_call(exchange, row)
        return row

    def _make(self, exchange: Exchange, kind: str, part: Row) -> int:
        item = {name: value for name, value in part.items() if name != "request_id"}
        quiet = evolve(_creation(exchange, kind), seeding=True)
        made = self.cards[kind].create(quiet, item)
        changes: Row = {"_hidden": True}
        if "is_unsorted" in made:
            changes["is_unsorted"] = True
        exchange.account.table(kind).change(made, changes)
        number: int = made["id"]
        return number

    def _note_call(self, exchange: Exchange, row: Row) -> None:
        metadata: Row = row["metadata"]
        names = ("uniq", "duration", "link", "phone", "call_responsible")
        params: Row = {name: metadata[name] for name in names if name in metadata}
        params["phone"] = str(metadata.get("phone", ""))  # samples send a number
        params["source"] = metadata.get("service_code", "")
        note = {"note_type": "call_in", "entity_id": row["_leads"][0], "params": params}
        operation = exchange.contract.operations["notes.create.leads"]
        self._notes.create(evolve(exchange, operation=operation, variables={}), note)

    def embeds(self) -> Mapping[str, Show]:
        """What came with the lead."""
        return {**{kind: _refs(kind) for kind in PARTS}, "customers": _no_customers}


def _category(exchange: Exchange) -> str:
    return exchange.operation.name.removeprefix("create_")


def _stored(metadata: Row) -> Row:
    return {name: value for name, value in metadata.items() if name != "is_call_event_needed"}


def _new_uid(account: Account, created_at: int) -> str:
    """Hex digits; the uids of later items are greater."""
    number = account.next_id("unsorted")
    return f"{created_at:010x}{number:012x}{account.ids.hex(_UID_TAIL)}"


def _unsorted_stage(account: Account, pipeline_id: int) -> int:
    known = stages(account, pipeline_id)
    number: int = next((row for row in known if row["type"] == UNSORTED_TYPE), known[0])["id"]
    return number


def _creation(exchange: Exchange, kind: str) -> Exchange:
    operation = exchange.contract.operations[f"{kind}.create"]
    return evolve(exchange, operation=operation, variables={})


def _connect(exchange: Exchange, made: Mapping[str, list[int]]) -> None:
    """Link all with all; that is told to nobody either."""
    quiet = evolve(exchange, seeding=True)
    ends = [(kind, number) for kind in PARTS for number in made[f"_{kind}"]]
    for place, one in enumerate(ends):
        for two in ends[place + 1 :]:
            connect(quiet, one, two, {}, fresh=True)


def _refs(kind: str) -> Show:
    def show(exchange: Exchange, row: Row) -> Json:
        guests = [number for guest, number in row["_guests"].items() if guest == kind]
        return [
            {"id": number, "_links": {"self": {"href": exchange.url(f"{kind}/{number}")}}}
            for number in [*row[f"_{kind}"], *guests]
        ]

    return show


def _no_customers(_exchange: Exchange, _row: Row) -> Json:
    return ABSENT
