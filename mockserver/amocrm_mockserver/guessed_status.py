"""Good answers whose status is a guess: subscriptions, and lists that have not changed."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from attrs import evolve

from amocrm_mockserver.message import Response

if TYPE_CHECKING:
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.message import Request

__all__ = ["guessed_status"]

_SUBSCRIPTION: Final = "webhooks.subscribe"
_CONDITIONAL: Final = frozenset({"leads", "contacts", "companies", "tasks"})
"""The docs advise `If-Modified-Since` for lists of these."""


def guessed_status(exchange: Exchange, request: Request, response: Response) -> Response:
    """The answer, under the status that the account's guesses give it."""
    operation, guesses = exchange.operation, exchange.account.guesses
    if operation.action == _SUBSCRIPTION:
        return evolve(response, status=int(guesses["webhooks.subscription_status"]))
    since = request.headers.get("if-modified-since")
    if since is None or operation.kind != "list" or operation.table not in _CONDITIONAL:
        return response
    guess = guesses["lists.if_modified_since"]
    if guess == "ignored" or _has_changed(exchange, since):
        return response
    return Response(int(guess))


def _has_changed(exchange: Exchange, since: str) -> bool:
    """Whether a row of the list is younger than that; a time that is none counts as long ago."""
    try:
        moment = parsedate_to_datetime(since).timestamp()
    except ValueError:
        return True
    places = exchange.account.table(exchange.operation.partition).in_order("updated_at")
    return bool(places) and places[-1][1] > moment
