"""API v2 over the same account: written by one version, read by the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import KIND, NAME, PICK, TAGS, chosen, step
from ..model.cards import KINDS
from .catalogs import CatalogRules
from .feed import FeedRules
from .unsorted import UnsortedRules

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["LegacyRules"]

_STALE: Final = "Last modified date is older than in database"
_NUMBERS: Final = {"contacts": 1, "leads": 2, "companies": 3, "customers": 12}
_KEYS: Final = {
    "leads": {"contacts_id": "contacts", "company_id": "companies"},
    "contacts": {"company_id": "companies", "leads_id": "leads", "customers_id": "customers"},
    "companies": {"contacts_id": "contacts", "leads_id": "leads", "customers_id": "customers"},
    "customers": {"contacts_id": "contacts", "company_id": "companies"},
}
_MOST: Final = 8
_AHEAD: Final = 5
"""Seconds that the PHP library adds to the time of a change."""


class LegacyRules(FeedRules, CatalogRules, UnsortedRules):
    """The same things as the rules of API v4 do, by the older methods."""

    def post(self, path: str, **body: Json) -> Json:
        """What stands under `_embedded`; a write is 200 even where items are refused."""
        answer = self.door.send("POST", f"/api/v2/{path}", body)
        assert answer.status == 200, answer
        return answer.body["_embedded"]

    def listed(self, path: str, query: str = "") -> list[Json]:
        """All items of a list, page by page."""
        items: list[Json] = []
        while True:
            page = f"{query}&limit_rows=3&limit_offset={len(items)}".lstrip("&")
            answer = self.door.send("GET", f"/api/v2/{path}", query=page)
            if answer.status == 204:
                return items
            assert answer.status == 200, answer
            rows = answer.body["_embedded"]["items"]
            items += rows
            if len(rows) < 3:
                return items

    def added(self, path: str, item: Json) -> int:
        """The id of one new row."""
        saved = self.post(path, add=[{**item, "request_id": 7}])
        [row] = saved["items"]
        assert (row["request_id"], saved.keys()) == (7, {"items"}), saved
        number: int = row["id"]
        return number

    def change(self, card: Card, ahead: int, **item: Json) -> int:
        """Change an entity as of a time that is not too old; returns the time."""
        at = max(card.updated_at, self.crm.now) + ahead
        saved = self.post(card.kind, update=[{"id": card.id, "updated_at": at, **item}])
        assert "errors" not in saved, saved
        assert [(row["id"], row["updated_at"]) for row in saved["items"]] == [(card.id, at)]
        return at

    def settle(self, card: Card, at: int) -> None:
        """The entity has changed as of a time."""
        card.touch(self.user, at)

    @step(kind=KIND, name=NAME, tags=TAGS, as_text=st.booleans())
    def old_create(self, kind: str, name: str, tags: list[str], as_text: bool) -> None:
        """A card with tags."""
        if not self.has_room(kind):
            return
        item = {"name": name, "tags": ",".join(tags) if as_text else tags}
        card = self.crm.add_card(kind, self.added(kind, item), {"name": name})
        self.crm.log_added(card)
        self.crm.set_tags(card, tags)

    @step(kind=KIND, pick=PICK, other=PICK, name=NAME, ahead=st.sampled_from([-1, 0, _AHEAD]))
    def old_rename(self, kind: str, pick: int, other: int, name: str, ahead: int) -> None:
        """One card, beside another that may be stale: the good one is saved all the same."""
        good, second = self.card(kind, pick), self.card(kind, other)
        if ahead < 0 and second is good:
            return
        if ahead >= 0:
            self._renamed(good, name, self.change(good, ahead, name=name))
            return
        at = max(good.updated_at, self.crm.now)
        stale = {"id": second.id, "updated_at": second.updated_at - 1, "name": "never"}
        saved = self.post(kind, update=[stale, {"id": good.id, "updated_at": at, "name": name}])
        assert saved["errors"] == {"update": {str(second.id): _STALE}}
        assert [row["id"] for row in saved["items"]] == [good.id]
        self._renamed(good, name, at)

    def _renamed(self, card: Card, name: str, at: int) -> None:
        before, card.name = card.name, name
        key, told = "name_field_value", ({"name": before}, {"name": name})
        self.crm.log_change("name_field_changed", card.end, key, *told)
        self.settle(card, at)

    @step(kind=KIND, pick=PICK, tags=TAGS, as_text=st.booleans(), ahead=st.sampled_from([0, 5]))
    def old_retag(self, kind: str, pick: int, tags: list[str], as_text: bool, ahead: int) -> None:
        """Another set of tags, or none."""
        card = self.card(kind, pick)
        at = self.change(card, ahead, tags=",".join(tags) if as_text else tags)
        self.crm.set_tags(card, tags)
        self.settle(card, at)

    @step(kind=KIND, pick=PICK, key=PICK, other=PICK, gone=st.booleans())
    def old_link(self, kind: str, pick: int, key: int, other: int, gone: bool) -> None:
        """A link is added, or taken away if it is there."""
        card, name = self.card(kind, pick), chosen(_KEYS[kind], key)
        end = self.card(_KEYS[kind][name], other).end
        held = [
            (one, key_, (other_kind, number))
            for one in self.crm.listed(kind)
            for key_, other_kind in _KEYS[kind].items()
            for number in self.crm.links.ids(one.end, other_kind)
        ]
        if gone and held:
            card, name, end = chosen(held, other)
        value = end[1] if name == "company_id" else [end[1]]
        body = {"unlink": {name: value}} if gone else {name: value}
        at = self.change(card, 0, **body)
        (self.crm.unlink if gone else self.crm.link)(card.end, end)
        self.settle(card, at)

    @step(kind=KIND, pick=PICK)
    def old_return(self, kind: str, pick: int) -> None:
        """A read item is posted back whole; only the time of its change is new."""
        card = self.card(kind, pick)
        [item] = self.listed(kind, f"id={card.id}")
        item.pop("updated_at")
        self.settle(card, self.change(card, _AHEAD, **{**item, "updated_by": self.user}))

    @step(kind=KIND, pick=PICK, till=st.integers(1, 9))
    def old_task(self, kind: str, pick: int, till: int) -> None:
        """A task of a card."""
        crm, card = self.crm, self.card(kind, pick)
        if len(crm.tasks) >= _MOST:
            return
        end = {"element_id": card.id, "element_type": _NUMBERS[kind]}
        item = {"text": "x", "task_type": 1, "complete_till_at": till, **end}
        number = self.added("tasks", item)
        assert number not in crm.tasks
        times = {"created_at": crm.now, "updated_at": crm.now}
        people = dict.fromkeys(("created_by", "updated_by", "responsible_user_id"), self.user)
        crm.tasks[number] = {
            "id": number,
            **people,
            **times,
            "group_id": 0,
            "entity_id": card.id,
            "entity_type": kind,
            "duration": 0,
            "task_type_id": 1,
            "is_completed": False,
            "text": "x",
            "result": [],
            "complete_till": till,
            "account_id": self.account,
            "_links": crm.url(f"tasks/{number}"),
        }
        crm.log("task_added", ("tasks", number))

    @step(pick=PICK, text=NAME, stale=st.booleans())
    def old_task_change(self, pick: int, text: str, stale: bool) -> None:
        """Its text, unless the change is older than the task."""
        task = chosen(self.crm.tasks.values(), pick)
        number, before = task["id"], task["text"]
        at = task["updated_at"] - 1 if stale else max(task["updated_at"], self.crm.now)
        saved = self.post("tasks", update=[{"id": number, "updated_at": at, "text": text}])
        if stale:
            assert saved == {"items": [], "errors": {"update": {str(number): _STALE}}}
            return
        assert "errors" not in saved, saved
        task |= {"text": text, "updated_at": at, "updated_by": self.user}
        told = ({"text": before}, {"text": text})
        self.crm.log_change("task_text_changed", ("tasks", number), "task", *told)

    @step(kind=KIND, pick=PICK, text=NAME)
    def old_note(self, kind: str, pick: int, text: str) -> None:
        """A common note of a card."""
        crm, card = self.crm, self.card(kind, pick)
        if len(crm.notes[kind]) >= _MOST:
            return
        end = {"element_id": card.id, "element_type": _NUMBERS[kind]}
        number = self.added("notes", {"note_type": 4, "text": text, **end})
        people = dict.fromkeys(("created_by", "updated_by", "responsible_user_id"), self.user)
        crm.notes[kind][number] = {
            "id": number,
            "entity_id": card.id,
            **people,
            "created_at": crm.now,
            "updated_at": crm.now,
            "group_id": 0,
            "note_type": "common",
            "params": {"text": text},
            "account_id": self.account,
            "is_pinned": False,
            "_links": crm.url(f"{kind}/{card.id}/notes/{number}"),
        }
        crm.log("common_note_added", card.end, after=[{"note": {"id": number}}])
        crm.touch(card.end)

    @step(pick=PICK, name=NAME, gone=st.booleans())
    def old_element(self, pick: int, name: str, gone: bool) -> None:
        """An element of a catalog has another name, or goes."""
        crm, row = self.crm, chosen(self.crm.elements.values(), pick)
        number = row["id"]
        if gone and len(crm.elements) > 1:
            assert self.post("catalog_elements", delete=[number]) == {"items": []}
            crm.forget_element(number)
            return
        item = {"id": number, "updated_at": max(row["updated_at"], crm.now), "name": name}
        saved = self.post("catalog_elements", update=[item])
        assert [one["id"] for one in saved["items"]] == [number]
        row |= {"name": name, "updated_at": crm.now, "updated_by": self.user}

    @step(pick=PICK, accepted=st.booleans())
    def old_sort(self, pick: int, accepted: bool) -> None:
        """An incoming lead is accepted or declined."""
        crm, row = self.crm, self.one_waiting(pick)
        uid, name = row["uid"], "accept" if accepted else "decline"
        body = {name: [uid], "user_id": self.user}
        answer = self.door.send("POST", f"/api/v2/incoming_leads/{name}", body)
        assert (answer.status, answer.body["status"]) == (200, "success"), answer
        for card in self.parts(row):
            card.touch(self.user, crm.now)
            card.is_hidden, card.is_deleted = card.is_hidden and not accepted, not accepted
            if not accepted:
                continue
            card.responsible = card.created_by = self.user
            if card.kind == "leads":
                stage = crm.first_status(row["pipeline_id"])
                card.move(row["pipeline_id"], stage, crm.now)
            crm.log_added(card)
        ids = {part: [ref["id"] for ref in refs] for part, refs in row["_embedded"].items()}
        assert answer.body["data"] == {uid: ids if accepted else False}
        if not accepted:
            [lead] = ids["leads"]
            crm.log("lead_deleted", ("leads", lead), by=self.user)
        row |= {"state": "accepted" if accepted else "declined", "sorted_at": crm.now}

    @step(kind=KIND)
    def old_lists(self, kind: str) -> None:
        """All lists of version 2 show what the model holds, in the order of ids."""
        crm = self.crm
        cards = sorted(crm.listed(kind), key=lambda card: card.id)
        rows = self.listed(kind)
        assert [self._shown(kind, row) for row in rows] == [self._held(card) for card in cards]
        tasks = [(row["id"], row["text"], row["is_completed"]) for row in self.listed("tasks")]
        assert tasks == [
            (number, crm.tasks[number]["text"], crm.tasks[number]["is_completed"])
            for number in sorted(crm.tasks)
        ]
        notes = self.listed("notes", f"type={kind.removesuffix('s').replace('ie', 'y')}")
        known = {row["id"]: row for row in crm.notes[kind].values()}
        common = {row["id"]: row["text"] for row in notes if row["note_type"] == 4}
        assert common.keys() <= known.keys() <= {row["id"] for row in notes}
        assert all(known[number]["params"]["text"] == text for number, text in common.items())
        waiting = {row["uid"] for row in self.listed("incoming_leads")}
        assert waiting == {row["uid"] for row in self.waiting()}
        answer = self.door.send("GET", "/api/v2/catalog_elements")
        elements = answer.body["_embedded"]["items"] if answer.body else []
        assert {row["id"]: row["name"] for row in elements} == {
            number: row["name"] for number, row in crm.elements.items()
        }

    def _held(self, card: Card) -> Json:
        """What version 2 must show of a card."""
        links = {
            other: self.crm.links.ids(card.end, other) for other in KINDS if other != card.kind
        }
        names = {key.removesuffix("_id"): other for key, other in _KEYS[card.kind].items()}
        return {
            "name": card.name,
            "tags": card.tags,
            "updated": (card.updated_at, card.updated_by),
            "closest": self.crm.deadline(card.end) or 0,
            **{name: links[other] for name, other in names.items()},
        }

    def _shown(self, kind: str, row: Json) -> Json:
        """The same of a row of version 2."""
        shown = {
            "name": row["name"],
            "tags": [tag["name"] for tag in row["tags"]],
            "updated": (row["updated_at"], row["updated_by"]),
            "closest": row["closest_task_at"],
        }
        for name in (key.removesuffix("_id") for key in _KEYS[kind]):
            ids = row[name].get("id", [])
            shown[name] = [ids] if isinstance(ids, int) else ids
        return shown
