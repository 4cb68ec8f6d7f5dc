"""Has addresses told of events."""

from urllib.parse import urlsplit

from attrs import frozen

from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.shape import about
from amocrm_gen.v4.models.webhooks import WebhookCreate, WebhookEvent

__all__ = ["Subscribe", "Subscribed", "subscribe_webhook"]


@frozen(kw_only=True)
class Subscribe:
    """Who is told of what."""

    url: str = about(
        "Address that is called.",
        few=1,
        examples=("https://www.example.com/amocrm/",),
        format="uri",
    )
    events: list[str] = about(
        "Codes of the events: add_lead, update_lead, status_lead, add_contact, add_task …",
        few=1,
        examples=(["add_lead", "status_lead"],),
    )
    replace: bool = about(
        "True takes the place of the events that the address has; else they are added.",
        default=False,
    )


@frozen(kw_only=True)
class Subscribed:
    """What the address is told of now."""

    changed: bool = about("False: it was so already, and nothing was sent.")
    url: str
    events: list[str]
    added: list[str]
    removed: list[str]
    disabled: bool = about("True: amoCRM has switched it off after too many bad answers.")


def subscribe_webhook(desk: Desk, given: Subscribe) -> Subscribed:
    """Have an address told of events."""
    address = urlsplit(given.url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        desk.refuse(
            "url", f"{given.url!r} is no address", 'for example "https://example.com/hook/"'
        )
    known = [str(one) for one in WebhookEvent.__members__.values()]
    for index, event in enumerate(given.events):
        if event not in known:
            desk.refuse(f"events[{index}]", f"there is no event {event!r}", _nearest(event, known))
    held = next((one for one in desk.amo.webhooks.find() if one.destination == given.url), None)
    before = [] if held is None else [str(one) for one in held.settings]
    wanted = list(dict.fromkeys(given.events if given.replace else [*before, *given.events]))
    is_same = set(wanted) == set(before)
    if not is_same:
        events = [WebhookEvent(event) for event in wanted]
        desk.amo.webhooks.subscribe(WebhookCreate(destination=given.url, settings=events))
    return Subscribed(
        changed=not is_same,
        url=given.url,
        events=wanted,
        added=[event for event in wanted if event not in before],
        removed=[event for event in before if event not in wanted],
        disabled=held is not None and held.disabled,
    )


def _nearest(event: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only errors need it

    near = get_close_matches(event, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"possible: {', '.join(known)}"
