"""Customers and what belongs to them by the client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from amocrm_gen.v4.models.common import CustomFieldValuesWrite, CustomFieldValueWrite
from amocrm_gen.v4.models.custom_fields import CustomFieldCreate, CustomFieldUpdate
from amocrm_gen.v4.models.customer_segments import CustomerSegmentCreate, CustomerSegmentUpdate
from amocrm_gen.v4.models.customer_statuses import CustomerStatusCreate, CustomerStatusUpdate
from amocrm_gen.v4.models.customers import (
    BonusPointsChange,
    CustomerCreate,
    CustomersMode,
    CustomerUpdate,
)
from amocrm_gen.v4.models.transactions import TransactionCreate

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM
    from amocrm_mockserver.testing import MockAccount

_SOON = datetime(2030, 1, 1, tzinfo=UTC)


def test_life_of_a_customer(amocrm: AmoCRM) -> None:
    """Created, changed in all ways, given points."""
    customers = amocrm.customers
    first, second = customers.create([CustomerCreate(name="A"), CustomerCreate(name="B")])
    customers.update(
        [CustomerUpdate(id=first.id, name="C"), CustomerUpdate(id=second.id, name="D")]
    )
    customers.update_one(CustomerUpdate(id=second.id, next_date=_SOON))
    with customers.edit(first.id) as customer:
        customer.next_price = 7
    found = {each.id: each for each in customers.find(filter={"id": [first.id, second.id]})}
    assert (found[first.id].name, found[first.id].next_price) == ("C", 7)
    assert found[second.id].next_date == _SOON
    customers.change_bonus_points(first.id, BonusPointsChange(earn=5))
    left = customers.change_bonus_points(first.id, BonusPointsChange(redeem=2))
    assert left.bonus_points == 3
    assert customers.get_or_none(1) is None


def test_purchases(amocrm: AmoCRM) -> None:
    """Added, listed both ways, deleted both ways."""
    customer = amocrm.customers.create(CustomerCreate(name="A"))
    make = amocrm.transactions.create
    first, second = make(customer.id, [TransactionCreate(price=5), TransactionCreate(price=6)])
    assert amocrm.customers.get(customer.id).ltv == 11
    assert len(list(amocrm.transactions.find())) == 2
    mine = amocrm.transactions.find_of_customer(customer.id, filter={"id": first.id})
    assert [each.price for each in mine] == [5]
    assert amocrm.transactions.get(first.id).price == 5
    assert amocrm.transactions.get_of_customer(customer.id, second.id).price == 6
    amocrm.transactions.delete(first.id)
    amocrm.transactions.delete_of_customer(customer.id, second.id)
    assert amocrm.customers.get(customer.id).purchases_count == 0


def test_segments(amocrm: AmoCRM) -> None:
    """Created, changed, deleted."""
    made = amocrm.customer_segments.create(CustomerSegmentCreate(name="A"))
    amocrm.customer_segments.update(CustomerSegmentUpdate(id=made.id, name="B"))
    assert amocrm.customer_segments.get(made.id).name == "B"
    assert [each.id for each in amocrm.customer_segments.find()] == [made.id]
    amocrm.customer_segments.delete(made.id)
    assert list(amocrm.customer_segments.find()) == []


def test_stages(amocrm: AmoCRM) -> None:
    """Another mode has stages: created, changed, deleted."""
    amocrm.customers.set_mode(CustomersMode(mode="periodicity", is_enabled=True))
    assert amocrm.account.get().customers_mode == "periodicity"
    made = amocrm.customer_statuses.create(CustomerStatusCreate(name="A", sort=1))
    amocrm.customer_statuses.update(CustomerStatusUpdate(id=made.id, name="B"))
    assert amocrm.customer_statuses.get(made.id).name == "B"
    amocrm.customer_statuses.delete(made.id)
    assert len(amocrm.customer_statuses.find()) == 4


def test_followers(amocrm: AmoCRM, amocrm_account: MockAccount) -> None:
    """Of customers, too."""
    customer = amocrm.customers.create(CustomerCreate(name="A"))
    row = {"id": 1, "entity_id": customer.id, "subscriber_id": 0, "type": "group"}
    amocrm_account.inside.table("subscriptions:customers").add(row)
    [one] = list(amocrm.subscriptions.find("customers", customer.id))
    assert (one.subscriber_id, one.type) == (0, "group")


def test_custom_fields_of_segments(amocrm: AmoCRM) -> None:
    """Made, filled, renamed and deleted with their values."""
    fields, segments = amocrm.custom_fields, amocrm.customer_segments
    made = fields.create_for_segments(CustomFieldCreate(name="City", type="text"))
    value = CustomFieldValueWrite(value="Paris")
    filled = [CustomFieldValuesWrite(field_id=made.id, values=[value])]
    segment = segments.create(CustomerSegmentCreate(name="A", custom_fields_values=filled))
    fields.update_one_of_segments(CustomFieldUpdate(id=made.id, name="Town"))
    fields.update_of_segments([CustomFieldUpdate(id=made.id, sort=7)])
    read = fields.get_of_segments(made.id)
    assert (read.name, read.sort, read.entity_type) == ("Town", 7, "segments")
    [shown] = segments.get(segment.id).custom_fields_values or []
    assert (shown.field_name, shown.values[0].value) == ("Town", "Paris")
    fields.delete_of_segments(made.id)
    assert list(fields.find_of_segments()) == []
    assert segments.get(segment.id).custom_fields_values == []
