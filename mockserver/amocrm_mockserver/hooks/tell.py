"""Turns what a call did into the requests that subscribed addresses get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from amocrm_mockserver.hooks.card_items import (
    customer_item,
    element_item,
    lead_item,
    person_item,
)
from amocrm_mockserver.hooks.chat_items import (
    message_item,
    review_item,
    talk_item,
    unsorted_item,
)
from amocrm_mockserver.hooks.feed_items import note_item, task_item
from amocrm_mockserver.hooks.form import encode_form
from amocrm_mockserver.hooks.policy import ANSWER_TIMEOUT
from amocrm_mockserver.hooks.stage_hooks import stage_messages
from amocrm_mockserver.hooks.widget_hooks import widget_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.happenings import Happening, Happenings
    from amocrm_mockserver.hooks.stage_hooks import StageMessage
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Hook", "event_code", "hook_body", "hooks_of", "message_of"]

_Item: TypeAlias = "Callable[[Account, Happening], Row]"


@frozen
class Hook:
    """One request to one address."""

    webhook_id: int | None
    """None for an address of a pipeline, which is no subscription."""
    event: str
    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...] | None = None
    """Instead of those of a webhook."""
    timeout: float = ANSWER_TIMEOUT
    """Seconds in which the address must answer."""
    delays: tuple[float, ...] = ()
    """Seconds after which a message that is no webhook's is sent again."""


@frozen
class _Kind:
    noun: str
    """In the codes of events."""
    word: str
    """The first key of the form."""
    item: _Item
    account_first: bool = False
    """The account stands before the items rather than after them; so it was recorded."""


_KINDS: Final[Mapping[str, _Kind]] = {
    "leads": _Kind("lead", "leads", lead_item),
    "contacts": _Kind("contact", "contacts", person_item, account_first=True),
    "companies": _Kind("company", "contacts", person_item, account_first=True),
    "customers": _Kind("customer", "customers", customer_item),
    "tasks": _Kind("task", "task", task_item),
    "notes:leads": _Kind("lead", "leads", note_item),
    "notes:contacts": _Kind("contact", "contacts", note_item),
    "notes:companies": _Kind("company", "contacts", note_item),
    "notes:customers": _Kind("customer", "customers", note_item),
    "unsorted": _Kind("unsorted", "unsorted", unsorted_item),
    "talks": _Kind("talk", "talk", talk_item, account_first=True),
    "messages": _Kind("message", "message", message_item, account_first=True),
    "outgoing_messages": _Kind(
        "outgoing_message", "outgoing_message", message_item, account_first=True
    ),
    "chat_templates": _Kind("chat_template_review", "", review_item),
    "catalog_elements": _Kind("catalog", "catalogs", element_item),
}


def event_code(happening: Happening) -> str | None:
    """The code by which addresses subscribe to this; None when nobody can."""
    kind = _KINDS.get(happening.kind)
    if kind is None:
        return None
    code = f"{happening.action}_{kind.noun}"
    return f"{code}_{happening.row['catalog_id']}" if kind.noun == "catalog" else code


def hooks_of(account: Account, happenings: Happenings) -> list[Hook]:
    """The requests that are due to what happened: one for each event and address.

    What happened to several rows in one call is told at once; stages are told of each.
    """
    staged = stage_messages(account, happenings) + widget_messages(account, happenings)
    return [*_subscribed(account, happenings), *(_of_stage(told) for told in staged)]


def _of_stage(told: StageMessage) -> Hook:
    headers = None if told.kind.endswith("urlencoded") else (("Content-Type", told.kind),)
    return Hook(None, told.event, told.url, told.body, headers, delays=told.delays)


def _subscribed(account: Account, happenings: Happenings) -> list[Hook]:
    webhooks = [row for row in account.table("webhooks").rows.values() if not row["disabled"]]
    if not webhooks:
        return []
    events: dict[str, list[Happening]] = {}
    for happening in happenings:
        code = event_code(happening)
        if code is not None and any(code in row["settings"] for row in webhooks):
            events.setdefault(code, []).append(happening)
    return [
        Hook(row["id"], code, row["destination"], body)
        for code, told in events.items()
        for body in [hook_body(account, told)]
        for row in webhooks
        if code in row["settings"]
    ]


def hook_body(account: Account, told: list[Happening]) -> bytes:
    """The form that tells of one action on rows of one kind."""
    return encode_form(message_of(account, told))


def _word(account: Account, first: Happening, kind: _Kind) -> str:
    """The first key of the form; whether companies have one of their own is not known."""
    if kind.noun != "company":
        return kind.word
    is_note = first.kind == "notes:companies"
    return account.guesses[
        "webhooks.key_of_company_notes" if is_note else "webhooks.key_of_companies"
    ]


def message_of(account: Account, told: list[Happening]) -> Row:
    """What the form says, before it is encoded."""
    first = told[0]
    kind = _KINDS[first.kind]
    items = {first.action: [kind.item(account, one) for one in told]}
    word = _word(account, first, kind)
    said: Row = {word: items} if word else items
    block: Row = {
        "account": {
            "subdomain": account.subdomain,
            "id": account.id,
            "_links": {"self": f"https://{account.domain}"},
        }
    }
    if kind.account_first and first.action not in {"delete", "note"}:
        return {**block, **said}
    return {**said, **block}
