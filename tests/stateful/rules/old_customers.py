"""Customers and their purchases by API v2, over those that version 4 writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import NAME, PICK, step
from .customers import CustomerRules
from .legacy import LegacyRules

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["OldCustomerRules"]

_MOST: Final = 6
_UNKNOWN: Final = 282
_PLANS: Final = ("next_price", "next_date", "periodicity")


class OldCustomerRules(LegacyRules, CustomerRules):
    """Those who buy again, by the older methods."""

    def add_old_customer(self, item: Json, contact: Card | None = None) -> Card:
        """Create one at both sides, with a contact or none."""
        crm = self.crm
        links = {} if contact is None else {"contacts_id": [contact.id]}
        card = crm.add_card("customers", self.added("customers", {**item, **links}), item)
        crm.log_added(card)
        if contact is not None:
            crm.link(card.end, contact.end)
        return card

    @step(name=NAME, price=st.integers(0, 99), date=st.integers(1, 10**9), days=PICK, contact=PICK)
    def old_create_customer(
        self, name: str, price: int, date: int, days: int, contact: int
    ) -> None:
        """With a plan, and with a contact who is the main one."""
        if self.has_room("customers"):
            item = {"name": name, "next_price": price, "next_date": date, "periodicity": days}
            self.add_old_customer(item, self.card("contacts", contact))

    @step(pick=PICK, price=st.integers(0, 99), date=st.integers(1, 10**9), ahead=st.booleans())
    def old_plan(self, pick: int, price: int, date: int, ahead: bool) -> None:
        """The next purchase; the time of the change may be in the near future."""
        card = self.card("customers", pick)
        at = self.change(card, 5 if ahead else 0, next_price=price, next_date=date)
        card.own |= {"next_price": price, "next_date": date}
        self.settle(card, at)

    @step(name=NAME, contact=PICK)
    def old_delete_customer(self, name: str, contact: int) -> None:
        """Once; the answer names it, and the contact does not have it any more."""
        crm, plan = self.crm, {"name": name, "next_date": 5}
        card = self.add_old_customer(plan, self.card("contacts", contact))
        gone = self.post("customers", delete=[card.id])
        assert gone == {"items": {"deleted": [{"id": card.id, "name": name}]}}
        again = self.post("customers", delete=[card.id])
        assert again["errors"] == {"delete": [{"id": card.id, "code": _UNKNOWN}]}
        card.is_deleted = True
        self.changed(card)
        crm.log("customer_deleted", card.end)

    @step(pick=PICK, price=st.integers(0, 99), next_price=st.one_of(st.none(), PICK))
    def old_buy(self, pick: int, price: int, next_price: int | None) -> None:
        """The totals of the customer follow."""
        crm, customer = self.crm, self.card("customers", pick)
        if len(crm.transactions) >= _MOST:
            return
        item: Json = {"customer_id": customer.id, "price": price, "comment": "c", "date": 77}
        if next_price is not None:
            item["next_price"] = next_price
        number = self.added("transactions", item)
        self.keep_purchase(number, customer, price, next_price, at=77)

    @step(pick=PICK, comment=NAME)
    def old_comment(self, pick: int, comment: str) -> None:
        """All that can be changed of a purchase; its price stays."""
        row = self.one_purchase(pick)
        change = {"transaction_id": row["id"], "comment": comment, "price": 1}
        saved = self.post("transactions", update=[change])
        assert [one["id"] for one in saved["items"]] == [row["id"]]
        row |= {"comment": comment, "updated_at": self.crm.now, "updated_by": self.user}

    @step(pick=PICK)
    def old_take_back(self, pick: int) -> None:
        """The totals are as if it had not been."""
        row = self.one_purchase(pick)
        assert self.post("transactions", delete=[row["id"]]) == {"items": []}
        del self.crm.transactions[row["id"]]
        self.count(row["customer_id"], -row["price"], -1)

    @step()
    def old_customer_lists(self) -> None:
        """Plans, main contacts and purchases are those of the model."""
        crm = self.crm
        for row in self.listed("customers"):
            card = crm.cards["customers"][row["id"]]
            assert {key: row[key] for key in _PLANS} == {key: card.own[key] for key in _PLANS}
            mains = [number for number, link in crm.links.of(card.end, "contacts") if link.is_main]
            assert [row["main_contact"].get("id")] == (mains or [None])
            assert row["is_deleted"] is False
        rows = {row["id"]: row for row in self.listed("transactions")}
        assert rows.keys() == crm.transactions.keys()
        for number, held in crm.transactions.items():
            row = rows[number]
            assert (row["price"], row["comment"]) == (held["price"], held["comment"])
            assert (row["date"], row["is_deleted"]) == (held["completed_at"], False)
            assert row["customer"]["id"] == held["customer_id"]
            assert (row["updated_at"], row["updated_by"]) == (
                held["updated_at"],
                held["updated_by"],
            )
