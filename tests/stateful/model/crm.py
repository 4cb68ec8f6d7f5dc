"""The whole account: everything that the lists of amoCRM would show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field

from .anything import SOME_ID
from .cards import KINDS, SINGULAR, Card, Json, Kind, full_name
from .links import End, Link, Links

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fields import Field

__all__ = ["Crm", "Event"]

_ONE_COMPANY: Final = frozenset({"leads", "contacts", "customers"})
_MAIN_CONTACT: Final = frozenset({"leads", "customers"})


@define
class Event:
    """One row of the log."""

    type: str
    end: End
    by: int
    at: int
    before: list[Json]
    after: list[Json]


@define
class Crm:
    """One account, seen by its administrator."""

    user: int
    account: int
    origin: str
    now: int
    """The clock, in unix seconds; whoever moves it tells."""
    cards: dict[Kind, dict[int, Card]] = field(factory=lambda: {kind: {} for kind in KINDS})
    links: Links = field(factory=Links)
    events: list[Event] = field(factory=list[Event])
    tags: dict[Kind, dict[str, Json]] = field(factory=lambda: {kind: {} for kind in KINDS})
    """By kind and name: id and colour."""
    fields: dict[Kind, dict[int, Field]] = field(factory=lambda: {kind: {} for kind in KINDS})
    pipelines: dict[int, Json] = field(factory=dict[int, Json])
    """As they are read."""
    tasks: dict[int, Json] = field(factory=dict[int, Json])
    notes: dict[Kind, dict[int, Json]] = field(factory=lambda: {kind: {} for kind in KINDS})
    catalogs: dict[int, Json] = field(factory=dict[int, Json])
    elements: dict[int, Json] = field(factory=dict[int, Json])
    former: dict[int, Json] = field(factory=dict[int, Json])
    """Elements that are gone; the log still names them."""
    unsorted: dict[str, Json] = field(factory=dict[str, Json])
    """Incoming leads by uid; `state` and `sorted_at` are the model's own."""
    reasons: list[Json] = field(factory=list[Json])
    segments: list[int] = field(factory=list[int])
    transactions: dict[int, Json] = field(factory=dict[int, Json])
    points: dict[int, int] = field(factory=dict[int, int])
    """Bonus points by customer."""

    def log(
        self,
        kind: str,
        end: End,
        before: Iterable[Json] = (),
        after: Iterable[Json] = (),
        by: int | None = None,
    ) -> None:
        """An event that the account must show."""
        who = self.user if by is None else by
        self.events.append(Event(kind, end, who, self.now, list(before), list(after)))

    def log_change(self, kind: str, end: End, key: str, before: Json, after: Json) -> None:
        """An event that tells one value before and after, if they differ."""
        if before != after:
            self.log(kind, end, [{key: before}], [{key: after}])

    def url(self, path: str) -> Json:
        """What `_links` holds."""
        return {"self": {"href": f"{self.origin}/api/v4/{path}"}}

    def refs(self, kind: Kind, ids: Iterable[int]) -> list[Json]:
        """Entities as others embed them."""
        return [{"id": number, "_links": self.url(f"{kind}/{number}")} for number in ids]

    # -- cards ---------------------------------------------------------------------------

    def all_cards(self) -> Iterable[Card]:
        """Every entity that can be seen."""
        for cards in self.cards.values():
            yield from (card for card in cards.values() if card.is_listed)

    def listed(self, kind: Kind) -> list[Card]:
        """What an ordinary list shows, in its own order."""
        cards = [card for card in self.cards[kind].values() if card.is_listed]
        if kind == "customers":
            return sorted(cards, key=lambda card: card.id)
        return sorted(cards, key=lambda card: (card.updated_at, card.id))

    def add_card(self, kind: Kind, number: int, item: Json, by: int | None = None) -> Card:
        """A new entity, as a create item describes it."""
        user = self.user if by is None else by
        name: str = item.get("name") or ""
        own: dict[str, Json] = {}
        if kind == "leads":
            pipeline = item.get("pipeline_id") or self.main_pipeline
            status = item.get("status_id") or self.first_status(pipeline)
            place = {"pipeline_id": None, "status_id": None}
            own = {"price": item.get("price", 0), **place, "closed_at": None}
            own["loss_reason_id"] = item.get("loss_reason_id")
            name = name or f"Сделка #{number}"
        elif kind == "contacts":
            own = {key: item.get(key) or "" for key in ("first_name", "last_name")}
            own["is_unsorted"] = False
            name = name or full_name([own["first_name"], own["last_name"]])
        elif kind == "customers":
            own = {key: item.get(key, 0) for key in ("next_price", "next_date", "periodicity")}
            own |= {"ltv": 0, "purchases_count": 0, "average_check": 0}
            own["status_id"] = item.get("status_id", SOME_ID)
        made: int = item.get("created_at", self.now)
        creator: int = item.get("created_by", user)
        responsible: int = item.get("responsible_user_id", user)
        card = Card(kind, number, name, responsible, creator, made, creator, made, own)
        card.updated_by = item.get("updated_by", user)
        if kind == "leads":
            card.move(pipeline, status, self.now, item.get("closed_at"))
        self.cards[kind][number] = card
        return card

    def log_added(self, card: Card) -> None:
        """The event of a new entity; it names a system note that no list shows."""
        note = {"note": {"id": SOME_ID}}
        self.log(f"{SINGULAR[card.kind]}_added", card.end, after=[note], by=card.created_by)

    def name_tag(self, kind: Kind, name: str) -> None:
        """A new name enters the directory of its kind."""
        self.tags[kind].setdefault(name, {"id": SOME_ID, "name": name, "color": None})

    def set_tags(self, card: Card, after: list[str]) -> None:
        """Other tags than before; new names enter the directory of the kind."""
        for name in after:
            self.name_tag(card.kind, name)
        for kind, told, is_after in (
            ("entity_tag_added", [name for name in after if name not in card.tags], True),
            ("entity_tag_deleted", [name for name in card.tags if name not in after], False),
        ):
            rows = [{"tag": {"name": name}} for name in told]
            if rows and is_after:
                self.log(kind, card.end, after=rows)
            elif rows:
                self.log(kind, card.end, before=rows)
        card.tags = list(after)

    def set_values_quietly(self, card: Card, items: Iterable[Json]) -> None:
        """The values that an entity is created with; no event tells of them."""
        kept = len(self.events)
        self.set_values(card, items)
        del self.events[kept:]

    def set_values(self, card: Card, items: Iterable[Json]) -> None:
        """New values of some custom fields; each field's are replaced as a whole."""
        for item in items:
            known = self.fields[card.kind].values()
            definition = next(
                one
                for one in known
                if one.id == item.get("field_id")
                or (item.get("field_id") is None and one.row["code"] == item.get("field_code"))
            )
            before = card.values.get(definition.id, [])
            after = definition.taken(item["values"] or [])
            if before == after:
                continue
            if after:
                card.values[definition.id] = after
            else:
                del card.values[definition.id]
            kind = f"custom_field_{definition.id}_value_changed"
            self.log(kind, card.end, definition.told(before), definition.told(after))

    # -- links ---------------------------------------------------------------------------

    def touch(self, end: End) -> None:
        """An entity has changed by what belongs to it."""
        card = self.cards.get(end[0], {}).get(end[1])
        if card is not None:
            card.touch(self.user, self.now)
        element = self.elements.get(end[1]) if end[0] == "catalog_elements" else None
        if element is not None:
            element["updated_at"], element["updated_by"] = self.now, self.user

    def link(self, one: End, two: End, metadata: Json = None, *, quiet: bool = False) -> None:
        """Link two entities, or renew what is told of their link."""
        told = metadata or {}
        kinds = {one[0], two[0]}
        if "companies" in kinds and kinds & _ONE_COMPANY:
            owner, company = (two, one) if one[0] == "companies" else (one, two)
            for former in self.links.ids(owner, "companies"):
                if former != company[1]:
                    self.unlink(owner, ("companies", former))
        link = self.links.find(one, two)
        is_new = link is None
        if link is None:
            link = Link(frozenset({one, two}))
            self.links.pairs.append(link)
        self._tell_metadata(link, one, two, told, is_new=is_new)
        if quiet:
            return
        if is_new:
            self._log_link(one, two, "link")
            self.touch(two)
        self.touch(one)

    def _tell_metadata(self, link: Link, one: End, two: End, told: Json, *, is_new: bool) -> None:
        kinds = {one[0], two[0]}
        if "catalog_elements" in kinds:
            link.quantity = told.get("quantity", link.quantity)
            link.catalog = told.get("catalog_id", link.catalog)
            link.price_id = told.get("price_id") or link.price_id
        elif "contacts" in kinds and kinds & _MAIN_CONTACT:
            owner = two if one[0] == "contacts" else one
            others = [other for _, other in self.links.of(owner, "contacts") if other is not link]
            if told.get("is_main") or (is_new and not others):
                for other in others:
                    other.is_main = False
                link.is_main = True

    def unlink(self, one: End, two: End) -> None:
        """Undo a link; without one nothing happens."""
        link = self.links.find(one, two)
        if link is None:
            return
        self.links.pairs.remove(link)
        self._log_link(one, two, "unlink")
        for owner in (one, two):
            if owner[0] in _MAIN_CONTACT:
                contacts = [other for _, other in self.links.of(owner, "contacts")]
                if contacts and not any(other.is_main for other in contacts):
                    contacts[0].is_main = True
            self.touch(owner)

    def forget_element(self, number: int) -> None:
        """It is gone, and nobody is told that they do not have it any more."""
        self.former[number] = self.elements.pop(number)
        end = ("catalog_elements", number)
        self.links.pairs[:] = [link for link in self.links.pairs if end not in link.ends]

    def _log_link(self, one: End, two: End, word: str) -> None:
        for end, other in ((one, two), (two, one)):
            singular = SINGULAR.get(other[0], "catalog_element")
            told = [{word: {"entity": {"type": singular, "id": other[1]}}}]
            if word == "link":
                self.log("entity_linked", end, after=told)
            else:
                self.log("entity_unlinked", end, before=told)

    # -- pipelines -----------------------------------------------------------------------

    @property
    def main_pipeline(self) -> int:
        """Where leads go that name no pipeline."""
        return next(number for number, row in self.pipelines.items() if row["is_main"])

    def statuses(self, pipeline: int) -> list[Json]:
        """The stages of a pipeline in their order."""
        rows: list[Json] = self.pipelines[pipeline]["_embedded"]["statuses"]
        return sorted(rows, key=lambda row: (row["sort"], row["id"]))

    def regular(self, pipeline: int) -> list[Json]:
        """The stages between unsorted and closed."""
        return [row for row in self.statuses(pipeline) if row["is_editable"]]

    def first_status(self, pipeline: int) -> int:
        """Where a lead begins."""
        number: int = self.regular(pipeline)[0]["id"]
        return number

    def deadline(self, end: End) -> int | None:
        """The nearest of the open tasks of an entity."""
        return min(
            (
                task["complete_till"]
                for task in self.tasks.values()
                if (task["entity_type"], task["entity_id"]) == end and not task["is_completed"]
            ),
            default=None,
        )
