"""Puts tags on many cards, and takes them off."""

from collections.abc import Iterator, Sequence
from typing import Literal

from attrs import frozen

from amocrm_gen.actions.composed.cards import Card
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.shape import about
from amocrm_gen.crm.names import fold
from amocrm_gen.runtime.errors import NotFound
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.common import EntityTagRef
from amocrm_gen.v4.models.companies import CompanyUpdate
from amocrm_gen.v4.models.contacts import ContactUpdate
from amocrm_gen.v4.models.customers import CustomerUpdate
from amocrm_gen.v4.models.leads import LeadUpdate

__all__ = ["Retag", "Retagged", "tag_many", "untag_many"]

_CHUNK = 250


@frozen(kw_only=True)
class Retag:
    """Which cards, and which tags."""

    entity: Literal["leads", "contacts", "companies", "customers"] = about(
        "What kind of cards they are.", default="leads"
    )
    ids: list[int] = about("Ids of the cards; any number of them.", few=1, examples=([101, 102],))
    tags: list[str] = about(
        "Names of the tags; unknown ones are made when they are put on.",
        few=1,
        examples=(["VIP", "exhibition"],),
    )


@frozen(kw_only=True)
class Retagged:
    """What was changed."""

    count: int = about("So many cards were changed; 0: all were so already.")
    changed_ids: list[int] = about("Which ones.")
    unchanged: int = about("So many were so already.")
    tags: list[str]


def tag_many(desk: Desk, given: Retag) -> Retagged:
    """Put tags on cards that lack them."""
    return _retag(desk, given, is_adding=True)


def untag_many(desk: Desk, given: Retag) -> Retagged:
    """Take tags off cards that have them."""
    return _retag(desk, given, is_adding=False)


def _retag(desk: Desk, given: Retag, *, is_adding: bool) -> Retagged:
    wanted = {fold(name): name.strip() for name in given.tags}
    if "" in wanted:
        desk.refuse("tags", "a tag is empty", "give its name")
    ids = list(dict.fromkeys(given.ids))
    cards = {card.id: card for card in _cards(desk, given.entity, ids)}
    missing = [number for number in ids if number not in cards]
    if missing:
        told = ", ".join(map(str, missing[:10]))
        raise NotFound(f"there are no {given.entity} {told}; nothing was changed", status=404)
    changes: dict[int, list[EntityTagRef]] = {}
    for number in ids:
        present = {fold(tag.name): tag.id for tag in cards[number].embedded.tags}
        if is_adding:
            refs = [EntityTagRef(name=name) for key, name in wanted.items() if key not in present]
        else:
            refs = [EntityTagRef(id=present[key]) for key in wanted if key in present]
        if refs:
            changes[number] = refs
    _write(desk, given.entity, changes, is_adding=is_adding)
    return Retagged(
        count=len(changes),
        changed_ids=list(changes),
        unchanged=len(ids) - len(changes),
        tags=list(wanted.values()),
    )


def _cards(desk: Desk, kind: str, ids: Sequence[int]) -> Iterator[Card]:
    amo = desk.amo
    for start in range(0, len(ids), _CHUNK):
        some = list(ids[start : start + _CHUNK])
        if kind == "leads":
            yield from amo.leads.find(filter={"id": some})
        elif kind == "contacts":
            yield from amo.contacts.find(filter={"id": some})
        elif kind == "companies":
            yield from amo.companies.find(filter={"id": some})
        else:
            yield from amo.customers.find(filter={"id": some})


def _write(
    desk: Desk, kind: str, changes: dict[int, list[EntityTagRef]], *, is_adding: bool
) -> None:
    amo = desk.amo
    rows = [
        (number, refs if is_adding else UNSET, UNSET if is_adding else refs)
        for number, refs in changes.items()
    ]
    if kind == "leads":
        amo.leads.update([LeadUpdate(id=n, tags_to_add=a, tags_to_delete=d) for n, a, d in rows])
    elif kind == "contacts":
        amo.contacts.update(
            [ContactUpdate(id=n, tags_to_add=a, tags_to_delete=d) for n, a, d in rows]
        )
    elif kind == "companies":
        amo.companies.update(
            [CompanyUpdate(id=n, tags_to_add=a, tags_to_delete=d) for n, a, d in rows]
        )
    else:
        amo.customers.update(
            [CustomerUpdate(id=n, tags_to_add=a, tags_to_delete=d) for n, a, d in rows]
        )
