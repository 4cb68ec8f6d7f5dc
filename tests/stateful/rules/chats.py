"""Chats of a channel, and what users write in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from attrs import define, field
from hypothesis import strategies as st

from ..base import NAME, PICK, TYPED, chosen, step
from ..signed import send_signed, shown_chats
from .furnished import Furnished
from .seeded import ACCOUNT, ASKED, SERVICE

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["ChatRules"]

_NAMES: Final = ("c1", "c2")
_MOST: Final = 12
_UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"


@define
class _Letter:
    """A message, however it came."""

    id: str
    own: str | None
    """The channel's id of it."""
    text: str
    reactions: dict[str, str] = field(factory=dict[str, str])
    status: Json = None


@define
class _Chat:
    """A chat with one person, who is one contact."""

    id: str
    person: str
    contact: int
    letters: list[_Letter] = field(factory=list[_Letter])
    """Oldest first."""


class ChatRules(Furnished):
    """A messenger that is connected, mostly."""

    def furnish(self) -> None:
        """Two chats, each with a contact."""
        super().furnish()
        self.is_connected = False
        self._switch(on=True)
        self.rooms: dict[str, _Chat] = {}
        for name in _NAMES:
            [card] = self.create("contacts", [{"name": name}], typed=False)
            person = f"u-{name}"
            body = {"conversation_id": name, "user": {"id": person, "name": name}}
            room = self._tell("chats.create", body)
            assert room["user"]["client_id"] == person
            self.rooms[name] = _Chat(room["id"], room["user"]["id"], card.id)
            bound = [{"contact_id": card.id, "chat_id": room["id"]}]
            self.accept(self.door.ask("contact_chats.link", bound), 1)

    def _tell(self, name: str, body: Json = None, query: str = "", **names: str) -> Json:
        """Let the channel ask; one that is not connected is refused, whatever it wants."""
        status, answered = send_signed(self.door, name, body, query, **names)
        if self.is_connected:
            assert status < 300, (status, answered)
            return answered
        assert status == 403, (status, answered)
        return None

    def _switch(self, *, on: bool) -> None:
        name = "chats.connect" if on else "chats.disconnect"
        body: Json = {"account_id": ACCOUNT}
        if on:
            body |= {"title": "Chats", "hook_api_version": "v2"}
        status, answered = send_signed(self.door, name, body)
        assert status == 200, answered
        self.is_connected = on

    @step(pick=PICK)
    def switch_channel(self, pick: int) -> None:
        """Off and on again; it is off one time in six."""
        self._switch(on=pick > 1)

    @step(pick=PICK)
    def open_chat(self, pick: int) -> None:
        """One that is there is found again; a wrong secret opens nothing."""
        name = chosen(_NAMES, pick)
        body = {"conversation_id": name, "user": {"id": f"u-{name}", "name": name}}
        room = self._tell("chats.create", body)
        if room is not None:
            known = self.rooms[name]
            assert (room["id"], room["user"]["id"]) == (known.id, known.person)
        status, _ = send_signed(self.door, "chats.create", body, secret="another")
        assert status == 403

    @step(pick=PICK, text=NAME, again=st.booleans())
    def bring_message(self, pick: int, text: str, again: bool) -> None:
        """The contact's talk and the log show it; the same message comes once."""
        name = chosen(_NAMES, pick)
        room = self.rooms[name]
        if len(room.letters) >= _MOST:
            return
        own = f"m-{name}-{len(room.letters)}"
        payload = {
            "msgid": own,
            "conversation_id": name,
            "sender": {"id": f"u-{name}", "name": name},
            "message": {"type": "text", "text": text},
        }
        event = {"event_type": "new_message", "payload": payload}
        answer = self._tell("chats.send_message", event)
        if answer is None:
            return
        told = answer["new_message"]
        assert (told["conversation_id"], told["ref_id"]) == (name, own)
        assert told["sender_id"] == f"u-{name}"
        self._note(room, _Letter(told["msgid"], own, text), is_incoming=True)
        if again:
            status, _ = send_signed(self.door, "chats.send_message", event)
            assert status == 400

    def _note(self, room: _Chat, letter: _Letter, *, is_incoming: bool) -> None:
        """The message is the last, and the log tells of it and of its talk."""
        assert letter.id not in {one.id for one in room.letters}
        room.letters.append(letter)
        talks = self.accept(self.door.ask("talks.find"))
        [talk] = [row for row in talks if row["chat_id"] == room.id]
        assert (talk["contact_id"], talk["is_in_work"]) == (room.contact, True)
        assert talk["is_read"] is not is_incoming
        kind = "incoming_chat_message" if is_incoming else "outgoing_chat_message"
        message = {"id": letter.id, "talk_id": talk["talk_id"], "origin": SERVICE}
        by = 0 if is_incoming else self.user
        end = ("contacts", room.contact)
        self.crm.log(kind, end, after=[{"message": message}], by=by)
        self._compare_room(room)

    def _compare_room(self, room: _Chat) -> None:
        """The history, newest first, as the channel may read it."""
        asked: Json = {"conversation_id": room.id}
        if not room.letters:
            assert self._tell("chats.find_messages", **asked) is None
            return
        answer = self._tell("chats.find_messages", **asked)
        if answer is not None:
            found = [one["message"] for one in answer["messages"]]
            assert [(one["id"], one.get("client_id"), one["text"]) for one in found] == [
                (one.id, one.own, one.text) for one in reversed(room.letters)
            ]

    @step(pick=PICK, size=st.integers(1, 3))
    def walk_history(self, pick: int, size: int) -> None:
        """In parts that begin where the last one ended; a chat that is not there has none."""
        room, found = self.rooms[chosen(_NAMES, pick)], list[str]()
        while self.is_connected:
            query = urlencode({"offset": len(found), "limit": size})
            part = self._tell("chats.find_messages", query=query, conversation_id=room.id)
            if part is None:
                assert found == [one.id for one in reversed(room.letters)]
                break
            found += [one["message"]["id"] for one in part["messages"]]
        assert self._tell("chats.find_messages", conversation_id=_UNKNOWN) is None

    def _own_letter(self, pick: int, which: int) -> tuple[str, _Chat, _Letter] | None:
        """A message that the channel has brought."""
        name = chosen(_NAMES, pick)
        room = self.rooms[name]
        known = [letter for letter in room.letters if letter.own is not None]
        return (name, room, chosen(known, which)) if known else None

    @step(pick=PICK, which=PICK, text=NAME)
    def edit_message(self, pick: int, which: int, text: str) -> None:
        """Its text; it stays in its place."""
        found = self._own_letter(pick, which)
        if found is None:
            return
        _, room, letter = found
        payload = {"msgid": letter.own, "message": {"type": "text", "text": text}}
        event = {"event_type": "edit_message", "payload": payload}
        if self._tell("chats.send_message", event) is not None:
            letter.text = text
            self._compare_room(room)

    @step(pick=PICK, which=PICK, emoji=st.sampled_from(["😍", "👍", ""]))
    def react_to_message(self, pick: int, which: int, emoji: str) -> None:
        """A person has one reaction, or takes it back."""
        found = self._own_letter(pick, which)
        if found is None:
            return
        name, room, letter = found
        body = {"conversation_id": name, "msgid": letter.own, "user": {"id": f"u-{name}"}}
        body |= {"type": "react", "emoji": emoji} if emoji else {"type": "unreact"}
        self._tell("chats.react", body)
        if self.is_connected:
            letter.reactions = {room.person: emoji} if emoji else {}
        rows = shown_chats(self.door)[name]["messages"]
        [own] = [row for row in rows if row["message"]["id"] == letter.id]
        told = {one["user_id"]: one["emoji"] for one in own["reactions"]}
        assert told == letter.reactions

    @step(pick=PICK, duration=st.integers(1, 9))
    def type_in_chat(self, pick: int, duration: int) -> None:
        """It is seen for so long; nobody types in a chat that is not there."""
        name = chosen(_NAMES, pick)
        body = {"conversation_id": name, "sender": {"id": f"u-{name}"}}
        self._tell("chats.show_typing", {**body, "duration_ms": duration * 1000})
        if self.is_connected:
            typing = shown_chats(self.door)[name]["typing"]
            assert typing == {"user": f"u-{name}", "until": self.crm.now + duration}
            unknown = {**body, "conversation_id": "never"}
            status, _ = send_signed(self.door, "chats.show_typing", unknown)
            assert status == 400

    @step(pick=PICK, which=PICK, failed=st.booleans())
    def report_delivery(self, pick: int, which: int, failed: bool) -> None:
        """The talk shows how far a message came."""
        room = self.rooms[chosen(_NAMES, pick)]
        if not room.letters:
            return
        letter = chosen(room.letters, which)
        status: Json = {"status_code": 2}
        if failed:
            status = {"status_code": -1, "error_code": 905, "error": "Blocked"}
        self._tell("chats.set_delivery_status", status, msgid=letter.id)
        if self.is_connected:
            letter.status = status
            missing, _ = send_signed(self.door, "chats.set_delivery_status", status, msgid=_UNKNOWN)
            assert missing == 404
        talks = self.accept(self.door.ask("talks.find"))
        [number] = [row["talk_id"] for row in talks if row["chat_id"] == room.id]
        rows = self.accept(self.door.ask("talks.find_messages", id=number))
        assert {row["id"]: row["delivery_status"] for row in rows} == {
            one.id: one.status for one in room.letters
        }

    @step(pick=PICK, text=NAME, size=st.integers(1, 3))
    def write_as_user(self, pick: int, text: str, size: int) -> None:
        """In the window of the chat; only with the token of a session."""
        call, room = self.door.call, self.rooms[chosen(_NAMES, pick)]
        if len(room.letters) >= _MOST:
            return
        session = call("user_chats.create_session", action="create").response.chats.session
        assert session.account_id == ACCOUNT
        assert session.extra["expired_at"] == self.crm.now + 3 * 24 * 60 * 60
        token = session.access_token
        sent = call("user_chats.send_message", ACCOUNT, room.id, text=text, token=token)
        self._note(room, _Letter(sent["message"]["id"], None, text), is_incoming=False)
        found = call(
            "user_chats.find_messages", ACCOUNT, chat_id=[room.id], limit=size, token=token
        )
        newest = [one.text for one in reversed(room.letters)][:size]
        assert [one["message"]["text"] for one in found["messages"]] == newest
        wrong = {"text": text, "token": "never"}
        assert self.door.is_refused(401, "user_chats.send_message", ACCOUNT, room.id, **wrong)

    @step(text=NAME, pick=PICK)
    def send_to_chats(self, text: str, pick: int) -> None:
        """Leads with a talk in work get it."""
        others = [card.id for card in self.crm.listed("leads") if card.id != ASKED]
        other = chosen(others, pick)
        told = self.door.call("ajax.send_to_chats", ids=[ASKED, other], text=text)
        assert told == {"status": "fail", "sent": [ASKED], "failed": [other]}
        rows = self.accept(self.door.ask("talks.find_messages", id=6, typed=True))
        assert text in [row["text"] for row in rows]

    @step(typed=TYPED)
    def read_talk_of_chat(self, typed: bool) -> None:
        """Each chat has one talk at most, of its own contact."""
        rows = self.accept(self.door.ask("talks.find", typed=typed))
        for room in self.rooms.values():
            talks = [row["contact_id"] for row in rows if row["chat_id"] == room.id]
            assert talks == [room.contact] * bool(room.letters)
