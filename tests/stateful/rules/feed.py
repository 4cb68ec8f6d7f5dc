"""Tasks and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import KIND, NAME, PICK, TYPED, chosen, step
from ..compare import walk
from ..difference import agree
from ..model.anything import SOME_ID
from ..model.cards import KINDS
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["FeedRules"]

_MOST: Final = 8
_NOTES: Final[dict[str, tuple[dict[str, Json], str]]] = {
    "common": ({"text": "hello"}, "common_note_added"),
    "call_in": (
        {"uniq": "u1", "duration": 5, "source": "pbx", "link": "https://x", "phone": "+7"},
        "incoming_call",
    ),
    "call_out": (
        {"uniq": "u2", "duration": 7, "source": "pbx", "link": "https://y", "phone": "+8"},
        "outgoing_call",
    ),
    "sms_in": ({"text": "in", "phone": "+7"}, "incoming_sms"),
    "sms_out": ({"text": "out", "phone": "+7"}, "outgoing_sms"),
    "service_message": ({"service": "s", "text": "t"}, "service_note_added"),
    "geolocation": (
        {"text": "t", "address": "a", "longitude": "1", "latitude": "2"},
        "geo_note_added",
    ),
    "message_cashier": ({"status": "shown", "text": "t"}, "message_to_cashier_note_added"),
}


class FeedRules(Furnished):
    """Things to do, and the feed of an entity."""

    def furnish(self) -> None:
        """A task, and a note in the feed of each kind."""
        super().furnish()
        self.add_task("leads", 0, 5, done=False, by=0, typed=False)
        for kind in KINDS:
            self.add_note(kind, 0, "common", scoped=False, by=0, typed=False)

    @step(
        kind=st.one_of(st.none(), KIND),
        pick=PICK,
        till=st.integers(1, 9),
        done=st.booleans(),
        by=PICK,
        typed=TYPED,
    )
    def create_task(
        self, kind: str | None, pick: int, till: int, done: bool, by: int, typed: bool
    ) -> None:
        """For an entity or for nothing; perhaps done already."""
        if len(self.crm.tasks) < _MOST:
            self.add_task(kind, pick, till, done=done, by=by, typed=typed)

    def add_task(
        self, kind: str | None, pick: int, till: int, *, done: bool, by: int, typed: bool
    ) -> None:
        """Create it at both sides."""
        responsible = chosen(self.users, by)
        item: Json = {"text": "x", "complete_till": till, "responsible_user_id": responsible}
        row: Json = {"entity_id": None, "entity_type": None, "duration": 0, "task_type_id": 1}
        if kind is not None:
            end = {"entity_id": self.card(kind, pick).id, "entity_type": kind}
            item |= end
            row |= end
        if done:
            item |= {"is_completed": True, "result": {"text": "ok"}}
        [made] = self.accept(self.door.ask("tasks.create", [item], typed=typed), 1)
        number, crm = made["id"], self.crm
        assert number not in crm.tasks
        expected = {"id": number, "_links": crm.url(f"tasks/{number}")}
        self.marked(made, expected, "0", typed=typed)
        crm.tasks[number] = {
            "id": number,
            "created_by": self.user,
            "updated_by": self.user,
            "created_at": crm.now,
            "updated_at": crm.now,
            "responsible_user_id": responsible,
            "group_id": 0,
            **row,
            "is_completed": done,
            "text": "x",
            "result": {"text": "ok"} if done else [],
            "complete_till": till,
            "account_id": self.account,
            "_links": crm.url(f"tasks/{number}"),
        }
        crm.log("task_added", ("tasks", number))
        if done:
            self._log_done(number, has_result=True)

    def _log_done(self, number: int, *, has_result: bool) -> None:
        self.crm.log("task_completed", ("tasks", number))
        if has_result:
            note = {"note": {"id": SOME_ID}}
            self.crm.log("task_result_added", ("tasks", number), after=[note])

    @step(
        pick=PICK,
        till=st.one_of(st.none(), st.integers(1, 9)),
        text=st.one_of(st.none(), NAME),
        kind=st.one_of(st.none(), st.integers(1, 2)),
        batch=st.booleans(),
        typed=TYPED,
    )
    def change_task(
        self,
        pick: int,
        till: int | None,
        text: str | None,
        kind: int | None,
        batch: bool,
        typed: bool,
    ) -> None:
        """Deadline, text and type; each is an event of its own."""
        task = chosen(self.crm.tasks.values(), pick)
        change: Json = {"complete_till": till, "text": text, "task_type_id": kind}
        change = {name: value for name, value in change.items() if value is not None}
        if not change:
            self.refuse(self.door.ask("tasks.update_one", {}, id=task["id"]), 400)
            return
        self._patch_task(task, change, batch=batch, typed=typed)
        end = ("tasks", task["id"])
        for column, event, word, key in (
            ("complete_till", "task_deadline_changed", "task_deadline", "timestamp"),
            ("text", "task_text_changed", "task", "text"),
            ("task_type_id", "task_type_changed", "task_type", "id"),
        ):
            before, after = task[column], change.get(column, task[column])
            self.crm.log_change(event, end, word, {key: before}, {key: after})
        task |= change

    def _patch_task(self, task: Json, change: Json, *, batch: bool, typed: bool) -> None:
        number, crm = task["id"], self.crm
        if batch:
            answer = self.door.ask("tasks.update", [{"id": number, **change}], typed=typed)
        else:
            answer = self.door.ask("tasks.update_one", change, id=number, typed=typed)
        [row] = self.accept(answer, 1)
        links = crm.url(f"tasks/{number}")
        expected = {"id": number, "updated_at": crm.now, "_links": links}
        self.marked(row, expected, "0", typed=typed)
        task |= {"updated_at": crm.now, "updated_by": self.user}

    @step(pick=PICK, text=st.one_of(st.none(), NAME), batch=st.booleans(), typed=TYPED)
    def complete_task(self, pick: int, text: str | None, batch: bool, typed: bool) -> None:
        """With a result or without."""
        task = chosen(self.crm.tasks.values(), pick)
        change: Json = {"is_completed": True}
        if text is not None:
            change["result"] = {"text": text}
        self._patch_task(task, change, batch=batch, typed=typed)
        if not task["is_completed"]:
            self._log_done(task["id"], has_result=text is not None)
        task["is_completed"] = True
        if text is not None:
            task["result"] = {"text": text}

    @step(fault=st.integers(0, 4), typed=TYPED)
    def task_refused(self, fault: int, typed: bool) -> None:
        """What is missing, and what is not there."""
        good: Json = {"text": "x", "complete_till": 5}
        if fault == 0:
            answer = self.door.ask("tasks.create", [{}])
            self.refuse(answer, 400, ("FieldMissing", "text"), ("FieldMissing", "complete_till"))
        elif fault == 1:
            body = [good, {**good, "entity_id": 1, "entity_type": "leads"}]
            answer = self.door.ask("tasks.create", body, typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "entity_id"))
        elif fault == 2:
            answer = self.door.ask("tasks.create", [{**good, "task_type_id": 99}], typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "task_type_id"))
        elif fault == 3:
            self.refuse(self.door.ask("tasks.update_one", {"text": "x"}, id=1, typed=typed), 404)
        else:
            self.refuse(self.door.send("DELETE", "/api/v4/tasks/1"), 403)

    @step(done=st.booleans(), kind=st.one_of(st.none(), KIND), pick=PICK, typed=TYPED)
    def list_tasks(self, done: bool, kind: str | None, pick: int, typed: bool) -> None:
        """The open or the closed ones, perhaps of one entity."""
        query = f"filter[is_completed]={int(done)}&order[id]=asc"
        expected = [task for task in self.crm.tasks.values() if task["is_completed"] == done]
        if kind is not None:
            number = self.card(kind, pick).id
            query += f"&filter[entity_type]={kind}&filter[entity_id]={number}"
            end = (kind, number)
            expected = [t for t in expected if (t["entity_type"], t["entity_id"]) == end]
        found = walk(self.door, "tasks.find", query, typed=typed and not done)
        agree(found, sorted(expected, key=lambda task: task["id"]), "tasks")
        if expected:
            one = self.accept(self.door.ask("tasks.get", id=expected[0]["id"], typed=typed), 1)
            agree(one[0], expected[0], "task")

    @step(
        kind=KIND,
        pick=PICK,
        form=st.sampled_from(sorted(_NOTES)),
        scoped=st.booleans(),
        by=PICK,
        typed=TYPED,
    )
    def create_note(
        self, kind: str, pick: int, form: str, scoped: bool, by: int, typed: bool
    ) -> None:
        """By the path of its entity, or by that of all."""
        if len(self.crm.notes[kind]) < _MOST:
            self.add_note(kind, pick, form, scoped=scoped, by=by, typed=typed)

    def add_note(
        self, kind: str, pick: int, form: str, *, scoped: bool, by: int, typed: bool
    ) -> None:
        """Create it at both sides."""
        notes = self.crm.notes[kind]
        (params, event), end, crm = _NOTES[form], self.card(kind, pick).end, self.crm
        responsible = chosen(self.users, by)
        item: Json = {"note_type": form, "params": params, "responsible_user_id": responsible}
        if scoped:
            name = f"notes.create_for_entity.{kind}"
            scope: Json = {"entity_id": end[1]}
        else:
            name, scope = f"notes.create.{kind}", {}
            item["entity_id"] = end[1]
        [row] = self.accept(self.door.ask(name, [item], typed=typed, **scope), 1)
        number = row["id"]
        links = crm.url(f"{kind}/{end[1]}/notes/{number}")
        self.marked(row, {"id": number, "entity_id": end[1], "_links": links}, "0", typed=typed)
        assert number not in notes
        notes[number] = {
            "id": number,
            "entity_id": end[1],
            "created_by": self.user,
            "updated_by": self.user,
            "created_at": crm.now,
            "updated_at": crm.now,
            "responsible_user_id": responsible,
            "group_id": 0,
            "note_type": form,
            "params": dict(params),
            "account_id": self.account,
            "is_pinned": False,
            "_links": links,
        }
        crm.log(event, end, after=[{"note": {"id": number}}])
        crm.touch(end)

    def note(self, kind: str, pick: int) -> Json:
        """One of the notes of entities that can be seen."""
        cards = self.crm.cards[kind]
        notes = self.crm.notes[kind].values()
        return chosen((note for note in notes if cards[note["entity_id"]].is_listed), pick)

    @step(kind=KIND, pick=PICK, text=NAME, form=st.integers(0, 2), typed=TYPED)
    def change_note(self, kind: str, pick: int, text: str, form: int, typed: bool) -> None:
        """Its text; the other parameters stay."""
        note = self.note(kind, pick)
        number, owner = note["id"], note["entity_id"]
        key = "source" if note["note_type"].startswith("call") else "text"
        change: Json = {"note_type": note["note_type"], "params": {**note["params"], key: text}}
        if form == 0:
            name, scope = f"notes.update_one.{kind}", {"entity_id": owner, "id": number}
            answer = self.door.ask(name, change, typed=typed, **scope)
        else:
            name = f"notes.update.{kind}" if form == 1 else f"notes.update_of_entity.{kind}"
            scope = {} if form == 1 else {"entity_id": owner}
            answer = self.door.ask(name, [{"id": number, **change}], typed=typed, **scope)
        [row] = self.accept(answer, 1)
        note["params"][key] = text
        note |= {"updated_at": self.crm.now, "updated_by": self.user}
        assert (row["id"], row["entity_id"], row["updated_at"]) == (number, owner, self.crm.now)

    @step(kind=KIND, pick=PICK, pinned=st.booleans(), scoped=st.booleans(), typed=TYPED)
    def pin_note(self, kind: str, pick: int, pinned: bool, scoped: bool, typed: bool) -> None:
        """At the top of the feed, or not any more."""
        note = self.note(kind, pick)
        name = f"{'pin' if pinned else 'unpin'}{'_of_entity' if scoped else ''}.{kind}"
        scope = {"entity_id": note["entity_id"]} if scoped else {}
        answer = self.door.ask(f"notes.{name}", id=note["id"], typed=typed, **scope)
        assert answer.status == 204, answer
        note["is_pinned"] = pinned

    @step(kind=KIND, pick=PICK, scoped=st.booleans(), typed=TYPED)
    def read_note(self, kind: str, pick: int, scoped: bool, typed: bool) -> None:
        """Alone, and in the feed of its entity."""
        note = self.note(kind, pick)
        scope = {"entity_id": note["entity_id"]} if scoped else {}
        name = f"notes.get_of_entity.{kind}" if scoped else f"notes.get.{kind}"
        [shown] = self.accept(self.door.ask(name, id=note["id"], typed=typed, **scope), 1)
        bare = {key: value for key, value in note.items() if key != "is_pinned"}
        shown.pop("is_pinned", None)
        agree(shown, bare, "note")
        query = f"filter[note_type]={note['note_type']}&order[id]=asc&with=is_pinned"
        owner = {"entity_id": note["entity_id"]}
        found = walk(self.door, f"notes.find_of_entity.{kind}", query, typed=typed, **owner)
        same = ("entity_id", "note_type")
        rows = self.crm.notes[kind].values()
        expected = [row for row in rows if all(row[key] == note[key] for key in same)]
        agree(found, sorted(expected, key=lambda row: row["id"]), "feed")

    @step(kind=KIND, pick=PICK, fault=st.integers(0, 3), typed=TYPED)
    def note_refused(self, kind: str, pick: int, fault: int, typed: bool) -> None:
        """Of an entity that is not there, of no known type, without its text; never deleted."""
        card = self.card(kind, pick)
        common: Json = {"note_type": "common", "params": {"text": "x"}}
        if fault == 0:
            body = [{"entity_id": 1, **common}]
            answer = self.door.ask(f"notes.create.{kind}", body, typed=typed)
            self.refuse(answer, 400)
            if not typed:
                assert answer.body["errors"] == [{"code": 226}]
        elif fault == 1:
            body = [{"note_type": "never", "params": {"text": "x"}}]
            answer = self.door.ask(f"notes.create_for_entity.{kind}", body, entity_id=card.id)
            self.refuse(answer, 400, ("NotSupportedChoice", "note_type"))
        elif fault == 2:
            body = [{"note_type": "common", "params": {}}]
            answer = self.door.ask(f"notes.create_for_entity.{kind}", body, entity_id=card.id)
            self.refuse(answer, 400, ("FieldMissing", "params.text"))
        else:
            answer = self.door.send("DELETE", f"/api/v4/{kind}/{card.id}/notes/1")
            assert (answer.status, answer.body) == (405, None)
