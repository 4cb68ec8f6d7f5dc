"""What only customers have: purchases, points and segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import PICK, TYPED, chosen, step
from ..difference import agree
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json
    from ..model.cards import Card

__all__ = ["CustomerRules"]

_MOST: Final = 6


class CustomerRules(Furnished):
    """Those who buy again."""

    @step(pick=PICK, price=st.integers(0, 99), next_price=st.one_of(st.none(), PICK), typed=TYPED)
    def buy(self, pick: int, price: int, next_price: int | None, typed: bool) -> None:
        """The totals of the customer follow."""
        if len(self.crm.transactions) < _MOST:
            self.add_purchase(pick, price, next_price, typed=typed)

    def add_purchase(self, pick: int, price: int, next_price: int | None, *, typed: bool) -> None:
        """Create it at both sides."""
        crm, customer = self.crm, self.card("customers", pick)
        item: Json = {"price": price, "comment": "c"}
        if next_price is not None:
            item["next_price"] = next_price
        scope: Json = {"customer_id": customer.id}
        [row] = self.accept(self.door.ask("transactions.create", [item], typed=typed, **scope), 1)
        number = row["id"]
        links = crm.url(f"customers/{customer.id}/transactions/{number}")
        self.marked(row, {"id": number, **scope, "_links": links}, "0", typed=typed)
        self.keep_purchase(number, customer, price, next_price, at=crm.now)

    def keep_purchase(
        self, number: int, customer: Card, price: int, next_price: int | None, *, at: int
    ) -> None:
        """A purchase that the server has taken is in the model, too."""
        crm = self.crm
        assert number not in crm.transactions
        links = crm.url(f"customers/{customer.id}/transactions/{number}")
        crm.transactions[number] = {
            "id": number,
            "price": price,
            "comment": "c",
            "completed_at": at,
            "customer_id": customer.id,
            "created_by": self.user,
            "updated_by": self.user,
            "created_at": crm.now,
            "updated_at": crm.now,
            "is_deleted": False,
            "account_id": self.account,
            "_links": links,
            "_embedded": {"customer": crm.refs("customers", [customer.id])[0]},
        }
        if next_price is not None:
            customer.own["next_price"] = next_price
        crm.log("transaction_added", customer.end, after=[{"transaction": {"id": number}}])
        self.count(customer.id, price, 1)

    def one_purchase(self, pick: int) -> Json:
        """One of them; when there is none, somebody buys."""
        if not self.crm.transactions:
            self.add_purchase(pick, 7, None, typed=False)
        return chosen(self.crm.transactions.values(), pick)

    def count(self, number: int, price: int, count: int) -> None:
        """The totals of a customer after a purchase, or without one."""
        customer = self.crm.cards["customers"][number]
        own, before = customer.own, customer.own["ltv"]
        own["ltv"] += price
        own["purchases_count"] += count
        own["average_check"] = own["ltv"] // own["purchases_count"] if own["purchases_count"] else 0
        customer.touch(self.user, self.crm.now)
        told, key = "ltv_field_changed", "ltv_field_value"
        self.crm.log_change(told, customer.end, key, {"ltv": before}, {"ltv": own["ltv"]})

    @step(pick=PICK, scoped=st.booleans(), typed=TYPED)
    def take_back(self, pick: int, scoped: bool, typed: bool) -> None:
        """The totals are as if it had not been."""
        row = self.one_purchase(pick)
        owner = {"customer_id": row["customer_id"]} if scoped else {}
        name = "transactions.delete_of_customer" if scoped else "transactions.delete"
        answer = self.door.ask(name, id=row["id"], typed=typed, **owner)
        assert answer.status == 204, answer
        del self.crm.transactions[row["id"]]
        self.count(row["customer_id"], -row["price"], -1)

    @step(pick=PICK, typed=TYPED)
    def read_purchase(self, pick: int, typed: bool) -> None:
        """Alone and among those of its customer."""
        row = self.one_purchase(pick)
        owner = {"customer_id": row["customer_id"]}
        for name, scope in (("get", {}), ("get_of_customer", owner)):
            answer = self.door.ask(f"transactions.{name}", id=row["id"], typed=typed, **scope)
            agree(self.accept(answer, 1), [row], "transaction")
        found = self.accept(self.door.ask("transactions.find_of_customer", typed=typed, **owner))
        rows = self.crm.transactions.values()
        own = [one["id"] for one in rows if one["customer_id"] == row["customer_id"]]
        assert sorted(one["id"] for one in found) == sorted(own)

    @step(pick=PICK, earn=st.booleans(), points=st.integers(1, 20), typed=TYPED)
    def change_points(self, pick: int, earn: bool, points: int, typed: bool) -> None:
        """Nobody can owe any."""
        customer = self.card("customers", pick)
        held = self.crm.points.get(customer.id, 0)
        body = {"earn" if earn else "redeem": points}
        answer = self.door.ask("customers.change_bonus_points", body, id=customer.id, typed=typed)
        left = held + (points if earn else -points)
        if left < 0:
            self.refuse(answer, 400)
            return
        [shown] = self.accept(answer, 1)
        assert shown == {"bonus_points": left}
        self.crm.points[customer.id] = left

    @step(pick=PICK, picks=st.lists(PICK, max_size=2), typed=TYPED)
    def choose_segments(self, pick: int, picks: list[int], typed: bool) -> None:
        """The set is replaced."""
        customer = self.card("customers", pick)
        after = list(dict.fromkeys(chosen(self.crm.segments, one) for one in picks))
        body = {"_embedded": {"segments": [{"id": number} for number in after]}}
        self.patch(customer, body, typed=typed)
        before = customer.segments
        if set(after) - set(before):
            self.crm.log("entity_segment_attached", customer.end)
        if set(before) - set(after):
            self.crm.log("entity_segment_detached", customer.end)
        customer.segments = after

    @step(pick=PICK, fault=st.integers(0, 3), typed=TYPED)
    def customer_refused(self, pick: int, fault: int, typed: bool) -> None:
        """Purchases of nobody, without a price; points both ways."""
        customer = self.card("customers", pick)
        if fault == 0:
            answer = self.door.ask(
                "transactions.create", [{"price": 5}], customer_id=1, typed=typed
            )
            self.refuse(answer, 404)
        elif fault == 1:
            answer = self.door.ask("transactions.create", [{}], customer_id=customer.id)
            self.refuse(answer, 400, ("FieldMissing", "price"))
        elif fault == 2:
            body = {"earn": 1, "redeem": 1}
            answer = self.door.ask("customers.change_bonus_points", body, id=customer.id)
            self.refuse(answer, 400)
        else:
            self.refuse(self.door.ask("transactions.delete", id=1, typed=typed), 404)
