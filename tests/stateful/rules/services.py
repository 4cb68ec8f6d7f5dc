"""What is done rather than kept: hooks, widgets, calls, talks, bots, files, short links."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final
from uuid import UUID

from hypothesis import strategies as st

from ..base import NAME, PICK, TYPED, chosen, step
from ..compare import walk
from ..difference import agree
from .furnished import Furnished
from .seeded import ASKED, GUEST, SEED

if TYPE_CHECKING:
    from amocrm_mockserver.seed import Seed

    from ..contract import Json
    from ..model.links import End

__all__ = ["ServiceRules"]

_HOOKS: Final = ("https://a.example/", "https://b.example/", "https://c.example/")
_CODES: Final = ("add_lead", "update_contact", "delete_company")
_FILED: Final = ("leads", "contacts", "companies")


class ServiceRules(Furnished):
    """Operations around the entities."""

    seed: ClassVar[Seed | None] = SEED

    def furnish(self) -> None:
        """Nobody listens and nothing is attached; what the seed holds is known."""
        super().furnish()
        self.crm.add_card("contacts", GUEST, {"name": "Guest"})
        self.crm.add_card("leads", ASKED, {"name": "Asked"})
        self.is_installed = self.is_closed = False
        self.said: list[str] = []
        self.hooks: dict[str, Json] = {}
        self.files: dict[End, list[str]] = {}
        self.chats: dict[str, int] = {}
        body = {"is_enabled": False}
        self.settings: Json = self.accept(self.door.ask("products_settings.update", body), 1)[0]

    @step(pick=PICK, codes=st.lists(st.sampled_from(_CODES), min_size=1, unique=True), typed=TYPED)
    def subscribe(self, pick: int, codes: list[str], typed: bool) -> None:
        """The same destination once more takes the new settings."""
        destination = chosen(_HOOKS, pick)
        body = {"destination": destination, "settings": codes}
        [row] = self.accept(self.door.ask("webhooks.subscribe", body, typed=typed), 1)
        known = self.hooks.get(destination)
        expected = {"destination": destination, "settings": codes, "disabled": False}
        agree({key: row[key] for key in expected}, expected, "webhook")
        assert known is None or known["id"] == row["id"]
        self.hooks[destination] = row
        self._compare_hooks(typed=not typed)

    def _compare_hooks(self, *, typed: bool) -> None:
        found = self.accept(self.door.ask("webhooks.find", typed=typed))
        rows = sorted(self.hooks.values(), key=lambda row: row["id"])
        agree(sorted(found, key=lambda row: row["id"]), rows, "webhooks")

    @step(pick=PICK, typed=TYPED)
    def unsubscribe(self, pick: int, typed: bool) -> None:
        """Who does not listen cannot stop."""
        destination = chosen(_HOOKS, pick)
        body = {"destination": destination}
        answer = self.door.ask("webhooks.unsubscribe", body, typed=typed)
        if destination in self.hooks:
            assert answer.status == 204, answer
            del self.hooks[destination]
        else:
            self.refuse(answer, 404)
        self._compare_hooks(typed=typed)

    @step(fault=st.integers(0, 1), typed=TYPED)
    def subscribe_refused(self, fault: int, typed: bool) -> None:
        """No such event, or nowhere to send it."""
        if fault:
            body: Json = {"destination": "https://a.example/", "settings": ["never"]}
            answer = self.door.ask("webhooks.subscribe", body, typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "settings.0"))
        else:
            answer = self.door.ask("webhooks.subscribe", {"settings": ["add_lead"]})
            self.refuse(answer, 400, ("FieldMissing", "destination"))

    @step(kind=st.sampled_from(_FILED), pick=PICK, file=PICK, attach=st.booleans(), typed=TYPED)
    def attach_file(self, kind: str, pick: int, file: int, attach: bool, typed: bool) -> None:
        """Or detach it; both sides tell of it."""
        end = self.card(kind, pick).end
        held, uuid = self.files.setdefault(end, []), str(UUID(int=file % 3 + 1))
        name = f"entity_files.{'attach' if attach else 'detach'}.{kind}"
        body = [{"file_uuid": uuid}]
        answer = self.door.ask(name, body, entity_id=end[1], typed=typed)
        assert answer.status == 202, answer
        if attach and uuid not in held:
            held.append(uuid)
        elif not attach and uuid in held:
            held.remove(uuid)
        answer = self.door.ask(f"entity_files.find.{kind}", entity_id=end[1], typed=typed)
        found = [row["file_uuid"] for row in self.accept(answer)]
        assert sorted(found) == sorted(held)
        answer = self.door.ask("entity_files.find_holders", file_uuid=uuid, typed=typed)
        [told] = self.accept(answer, 1)
        holders = sorted(number for (_, number), files in self.files.items() if uuid in files)
        assert sorted(row["id"] for row in told["entities"]) == holders

    @step(picks=st.lists(PICK, min_size=1, max_size=2), typed=TYPED)
    def shorten(self, picks: list[int], typed: bool) -> None:
        """Each link answers in the place of its item."""
        numbers = [self.card("contacts", pick).id for pick in picks]
        targets = [{"entity_type": "contacts", "entity_id": number} for number in numbers]
        body = [{"url": "https://example.com/", "metadata": target} for target in targets]
        rows = self.accept(self.door.ask("short_links.create", body, typed=typed), len(body))
        assert [row["metadata"] for row in rows] == targets
        assert all(row["url"].startswith("https://amo.sh/") for row in rows)
        assert {row["account_id"] for row in rows} == {self.account}
        body[0] = {"url": "https://example.com/"}
        answer = self.door.ask("short_links.create", body)
        self.refuse(answer, 400, ("FieldMissing", "metadata"))

    @step(inbound=st.booleans(), typed=TYPED)
    def call(self, inbound: bool, typed: bool) -> None:
        """A call finds the one whose phone it is, and leaves a note there."""
        crm, phone = self.crm, "79005550101"
        direction = "inbound" if inbound else "outbound"
        item: Json = {"direction": direction, "duration": 7, "source": "pbx", "phone": phone}
        answer = self.door.ask("calls.create", [item], typed=typed)
        if "caller" not in self.__dict__:
            assert (answer.status, answer.items) == (400, []), answer
            [self.caller] = self.create("contacts", [{"name": "Caller"}], typed=False)
            values = [{"value": phone, "enum_code": "WORK"}]
            change = {"field_code": "PHONE", "values": values}
            self.patch(self.caller, {"custom_fields_values": [change]}, typed=False)
            crm.set_values(self.caller, [change])
            return
        [row] = self.accept(answer, 1)
        self.learn_call(row, item)

    def learn_call(self, row: Json, item: Json) -> None:
        """The note of a call, where it was found to belong."""
        kind = {"contact": "contacts", "lead": "leads", "company": "companies"}.get(
            row["entity_type"], "customers"
        )
        linked = [
            number
            for number in self.crm.links.ids(self.caller.end, "leads")
            if self.crm.cards["leads"][number].own["closed_at"] is None
        ]
        customers = self.crm.links.ids(self.caller.end, "customers")
        owner = self.caller.end
        if len(linked) == 1 and not customers:
            owner = ("leads", linked[0])
        elif len(customers) == 1 and not linked:
            owner = ("customers", customers[0])
        assert (kind, row["entity_id"]) == owner
        [note] = self.accept(self.door.ask(f"notes.get.{kind}", id=row["id"]), 1)
        form = "call_in" if item["direction"] == "inbound" else "call_out"
        assert (note["note_type"], note["entity_id"]) == (form, owner[1])
        agree(
            {key: note["params"][key] for key in ("duration", "source", "phone")},
            {key: item[key] for key in ("duration", "source", "phone")},
            "call",
        )
        self.crm.notes[kind][note["id"]] = {**note, "is_pinned": False}
        event = "incoming_call" if item["direction"] == "inbound" else "outgoing_call"
        self.crm.log(event, owner, after=[{"note": {"id": note["id"]}}], by=note["created_by"])
        self.crm.cards[owner[0]][owner[1]].touch(note["created_by"], self.crm.now)

    @step(pick=PICK, chat=PICK, typed=TYPED)
    def bind_chat(self, pick: int, chat: int, typed: bool) -> None:
        """A chat belongs to one contact at most."""
        contact, uuid = self.card("contacts", pick).id, str(UUID(int=chat % 3 + 9))
        body = [{"contact_id": contact, "chat_id": uuid}]
        [row] = self.accept(self.door.ask("contact_chats.link", body, typed=typed), 1)
        assert (row["contact_id"], row["chat_id"]) == (contact, uuid)
        self.chats[uuid] = contact
        query = f"contact_id={contact}"
        found = self.accept(self.door.ask("contact_chats.find", query=query))
        own = sorted(one for one, owner in self.chats.items() if owner == contact)
        known = [one["chat_id"] for one in found if one["chat_id"] in self.chats]
        assert sorted(known) == own
        body = [{"contact_id": 1, "chat_id": uuid}]
        self.refuse(self.door.ask("contact_chats.link", body, typed=typed), 400)

    @step(on=st.booleans(), typed=TYPED)
    def switch_products(self, on: bool, typed: bool) -> None:
        """The catalog of products comes and goes; it is always the same one."""
        body = {"is_enabled": on}
        [row] = self.accept(self.door.ask("products_settings.update", body, typed=typed), 1)
        assert row["is_enabled"] is on
        [shown] = self.accept(self.door.ask("products_settings.get", typed=typed), 1)
        assert shown["is_enabled"] is on
        if on:
            known = self.settings.get("catalog_id") or shown["catalog_id"]
            assert shown["catalog_id"] == known
            self.settings["catalog_id"] = known
        found = {row["id"]: row for row in walk(self.door, "catalogs.find")}
        number = self.settings.get("catalog_id")
        assert (number in found) == on
        if on:
            self.crm.catalogs[number] = found[number]
        else:
            self.crm.catalogs.pop(number, None)

    @step(deactivate=st.booleans(), typed=TYPED)
    def switch_user(self, deactivate: bool, typed: bool) -> None:
        """Who is no administrator can be sent away and called back."""
        number = self.users[1]
        name = "users.deactivate" if deactivate else "users.activate"
        answer = self.door.ask(name, [{"id": number}], typed=typed)
        assert answer.status == 204, answer
        [user] = self.accept(self.door.ask("users.get", id=number, typed=typed), 1)
        assert user["rights"]["is_active"] is not deactivate
        found = self.accept(self.door.ask("users.find", typed=typed), 2)
        agree([row for row in found if row["id"] == number], [user], "users")
        self.refuse(self.door.ask(name, [{"id": 1}], typed=typed), 400)
        self.refuse(self.door.ask("users.get", id=1, typed=typed), 404)

    @step(pick=PICK, typed=TYPED)
    def look_around(self, pick: int, typed: bool) -> None:
        """The account, its currencies, its kinds of events, one event."""
        [account] = self.accept(self.door.ask("account.get", typed=typed), 1)
        assert (account["id"], account["current_user_id"]) == (self.account, self.user)
        codes = {row["code"] for row in walk(self.door, "currencies.find", typed=typed)}
        assert {"RUB", "EUR"} <= codes
        kinds = {row["key"] for row in self.accept(self.door.ask("event_types.find", typed=typed))}
        assert {event.type for event in self.crm.events if "custom" not in event.type} <= kinds
        rows = self.accept(self.door.ask("events.find", query="limit=5"))
        event = chosen(rows, pick)
        [shown] = self.accept(self.door.ask("events.get", id=event["id"], typed=typed), 1)
        agree(shown, event, "event")
        assert self.door.ask("events.get", id="never", typed=typed).status == 204

    @step(kind=st.sampled_from(["leads", "customers"]), pick=PICK, typed=TYPED)
    def read_subscriptions(self, kind: str, pick: int, typed: bool) -> None:
        """Nobody subscribes by the API."""
        name, number = f"subscriptions.find.{kind}", self.card(kind, pick).id
        answer = self.door.ask(name, entity_id=number, typed=typed)
        assert answer.items == []
        self.refuse(self.door.ask(name, entity_id=1), 404)

    @step(install=st.booleans(), typed=TYPED)
    def switch_widget(self, install: bool, typed: bool) -> None:
        """It wants what its template requires, and is never gone."""
        if install:
            body = {"login": "example"}
            answer = self.door.ask("widgets.install", body, widget_code="phone", typed=typed)
            [row] = self.accept(answer, 1)
            assert row["settings"] == body
        else:
            answer = self.door.ask("widgets.uninstall", widget_code="phone", typed=typed)
            assert answer.status == 204, answer
        self.is_installed = install
        self.refuse(self.door.ask("widgets.install", {"other": 1}, widget_code="phone"), 400)
        [row] = self.accept(self.door.ask("widgets.get", widget_code="phone", typed=typed), 1)
        assert row["is_active_in_account"] is self.is_installed
        [listed] = self.accept(self.door.ask("widgets.find", typed=typed), 1)
        assert (listed["code"], listed["is_active_in_account"]) == ("phone", self.is_installed)
        self.refuse(self.door.ask("widgets.get", widget_code="fax", typed=typed), 404)

    @step(pick=PICK, form=st.integers(0, 2), typed=TYPED)
    def run_bot(self, pick: int, form: int, typed: bool) -> None:
        """Alone or with others; started and stopped for a lead."""
        target = {"entity_id": self.card("leads", pick).id, "entity_type": "leads"}
        if form == 0:
            answer = self.door.ask("bots.run_many", [{"bot_id": 2, **target}], typed=typed)
        else:
            name = "bots.run" if form == 1 else "bots.stop"
            answer = self.door.ask(name, target, id=1, typed=typed)
        assert answer.status == 202, answer
        self.refuse(self.door.ask("bots.run", target, id=3, typed=typed), 404)
        found = self.accept(self.door.ask("bots.find", typed=typed), 2)
        assert [row["id"] for row in found] == [1, 2]
        agree(self.accept(self.door.ask("bots.get", id=1, typed=typed), 1)[0], found[0], "bot")
        assert self.door.ask("bots.get", id=3, typed=typed).status == 204

    @step(text=NAME, typed=TYPED)
    def say(self, text: str, typed: bool) -> None:
        """In a talk that is open; a closed one takes nothing."""
        answer = self.door.ask("talks.send_message", {"text": text}, id=5, typed=typed)
        if self.is_closed:
            self.refuse(answer, 422)
        else:
            self.said.append(text)
            assert self.accept(answer, 1)[0]["id"]
        rows = self.accept(self.door.ask("talks.find_messages", id=5, typed=typed))
        assert sorted(row["text"] for row in rows) == sorted(self.said)
        [talk] = self.accept(self.door.ask("talks.get", id=5, typed=typed), 1)
        assert (talk["is_in_work"], talk["contact_id"]) == (not self.is_closed, GUEST)
        found = self.accept(self.door.ask("talks.find", typed=typed))
        agree([row for row in found if row["talk_id"] == 5], [talk], "talks")
        self.refuse(self.door.ask("talks.get", id=1, typed=typed), 404)

    @step(pick=PICK, typed=TYPED)
    def close_talk(self, pick: int, typed: bool) -> None:
        """Once; mostly it stays open, so that there is something to say."""
        if pick or self.is_closed:
            if self.is_closed:
                body = {"force_close": True}
                self.refuse(self.door.ask("talks.close", body, id=5, typed=typed), 422)
            return
        answer = self.door.ask("talks.close", {"force_close": True}, id=5, typed=typed)
        assert answer.status == 202, answer
        self.is_closed = True

    @step(file=PICK, attach=st.booleans(), typed=TYPED)
    def attach_file_to_element(self, file: int, attach: bool, typed: bool) -> None:
        """The same by another path."""
        if not self.crm.elements:
            catalog = chosen(self.crm.catalogs, 0)
            body = [{"name": "E"}]
            answer = self.door.ask("catalog_elements.create", body, catalog_id=catalog)
            [row] = self.accept(answer, 1)
            row.pop("request_id")
            self.crm.elements[row["id"]] = row
            self.of_element: set[str] = set()
        [element] = self.crm.elements.values()
        scope = {"catalog_id": element["catalog_id"], "element_id": element["id"]}
        uuid = str(UUID(int=file % 3 + 20))
        name = "attach_to_catalog_element" if attach else "detach_from_catalog_element"
        body = [{"file_uuid": uuid}]
        answer = self.door.ask(f"entity_files.{name}", body, typed=typed, **scope)
        assert answer.status == 202, answer
        (self.of_element.add if attach else self.of_element.discard)(uuid)
        answer = self.door.ask("entity_files.find_of_catalog_element", typed=typed, **scope)
        assert {row["file_uuid"] for row in self.accept(answer)} == self.of_element

    @step(typed=TYPED)
    def add_online_chat(self, typed: bool) -> None:
        """To a button of the site; that answers nothing."""
        buttons = walk(self.door, "website_buttons.find", typed=typed)
        for button in buttons[:1]:
            number = button["source_id"]
            answer = self.door.ask("website_buttons.add_online_chat", [], source_id=number)
            assert answer.status == 202, answer
        self.refuse(self.door.ask("website_buttons.add_online_chat", [], source_id=1), 404)
