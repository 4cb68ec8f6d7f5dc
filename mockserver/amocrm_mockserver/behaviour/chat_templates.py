"""Templates of chat messages, and what messengers think of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.owned import Owned
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import hal
from amocrm_mockserver.problems import (
    Flaw,
    bad_request,
    forbidden,
    invalid,
    not_found,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = ["ChatTemplates", "send_to_review", "update_review"]

_LONGEST_HEADER: Final = 60
_REVIEWS: Final = "chat_template_reviews"
_PLAIN: Final[Row] = {
    "waba_footer": "",
    "waba_category": "",
    "waba_language": "",
    "waba_examples": None,
    "waba_header": None,
    "waba_header_type": None,
}
"""What a template that is not for WhatsApp has."""


class ChatTemplates(Owned):
    """Each integration has its own."""

    noun = "Chat template"

    def columns(self) -> Mapping[str, Show]:
        """What the reviews come to."""
        return {"review_status": _review_status, "is_on_review": _is_on_review}

    def embeds(self) -> Mapping[str, Show]:
        """One review for each source."""
        return {"reviews": lambda exchange, row: _reviews(exchange.account, row)}

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,
        flaws: list[Flaw],
    ) -> None:
        """A template for WhatsApp is changed as a draft only."""
        for name in ("buttons", "type"):
            if name in item and item[name] is None:
                del item[name]
        if len(item.get("waba_header") or "") > _LONGEST_HEADER:
            flaws.append(unsupported("waba_header"))
        if row is None or flaws or row["type"] != "waba" or item.get("type") == "amocrm":
            return
        statuses = {review["status"] for review in _reviews(exchange.account, row)}
        if statuses - {"draft"} and any(row.get(name) != value for name, value in item.items()):
            raise bad_request("Only a draft of a waba template can be changed")

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A template of amoCRM's own kind, unless it says otherwise."""
        row = {**self.blank(exchange, item), **_PLAIN, "type": "amocrm", "is_editable": False}
        row.update(item)
        _settle(row, row)
        return self.home(exchange).add(row)

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """A template that is no longer for WhatsApp loses what was for it."""
        changes = super().changes(exchange, row, item)
        _settle({**row, **changes}, changes)
        return changes

    def delete(self, exchange: Exchange, row: Row) -> None:
        """The reviews go with it."""
        for review in _reviews(exchange.account, row):
            exchange.account.table(_REVIEWS).remove(
                exchange.account.table(_REVIEWS).rows[review["id"]]
            )
        super().delete(exchange, row)


def _settle(whole: Row, changes: Row) -> None:
    if whole["type"] != "waba":
        changes.update(_PLAIN)
    attachment: Row | None = changes.get("attachment")
    if attachment is not None:
        changes["attachment"] = {**attachment, "is_external": True}


def _reviews(account: Account, row: Row) -> list[Row]:
    reviews = account.table(_REVIEWS).rows.values()
    return [_shown(review) for review in reviews if review["template_id"] == row["id"]]


def _shown(review: Row) -> Row:
    return {key: review[key] for key in ("id", "source_id", "status", "reject_reason")}


def _review_status(exchange: Exchange, row: Row) -> Json:
    statuses = [review["status"] for review in _reviews(exchange.account, row)]
    if not statuses:
        return None
    return "review" if "review" in statuses else statuses[-1]


def _is_on_review(exchange: Exchange, row: Row) -> bool:
    return bool(_review_status(exchange, row) == "review")


def send_to_review(_engine: Engine, exchange: Exchange) -> Response:
    """Begin a review, or begin it again, for each WhatsApp source of the integration."""
    account = exchange.account
    row = _template(exchange)
    table = account.table(_REVIEWS)
    if row["type"] == "waba":
        known = {each["source_id"]: each["id"] for each in _reviews(account, row)}
        for source in account.table("sources").rows.values():
            services: list[Row] = source["services"]
            is_waba = any(each["params"] and each["params"].get("waba") for each in services)
            if not is_waba or source["_client_id"] not in {None, exchange.caller.client_id}:
                continue
            if source["id"] in known:
                review = table.rows[known[source["id"]]]
                table.change(review, {"status": "review", "reject_reason": ""})
                continue
            table.add(
                {
                    "id": account.next_id(_REVIEWS),
                    "template_id": row["id"],
                    "source_id": source["id"],
                    "status": "review",
                    "reject_reason": "",
                }
            )
    reviews = _reviews(account, row)
    told = {**row, "reviews": reviews, "is_on_review": _is_on_review(exchange, row)}
    exchange.tell("chat_templates", "add", told)
    return hal(exchange.operation.status, {"_embedded": {"reviews": reviews}})


def update_review(engine: Engine, exchange: Exchange) -> Response:
    """Say what came of a review."""
    row = _template(exchange)
    table = exchange.account.table(_REVIEWS)
    review = table.rows.get(exchange.variables["review_id"])
    if review is None or review["template_id"] != row["id"]:
        raise not_found("Review not found")
    [item] = read_items(exchange)
    flaws: list[Flaw] = []
    check = engine.validator.check(exchange.operation.takes or "")
    taken: Row = check(item.raw, "", flaws, exchange.account) or {}
    if flaws:
        raise invalid([{"request_id": item.request_id, "errors": flaws}])
    table.change(review, {"reject_reason": "", **taken})
    return hal(exchange.operation.status, _shown(review))


def _template(exchange: Exchange) -> Row:
    client_id = exchange.caller.client_id
    if client_id is None:
        raise forbidden()
    row = exchange.account.table("chat_templates").rows.get(exchange.variables["id"])
    if row is None or row["_client_id"] not in {None, client_id}:
        raise not_found("Chat template not found")
    return row
