"""Loss reasons by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.v4 import LossReasonCreate, LossReasonUpdate

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def test_life_of_a_reason(amocrm: AmoCRM) -> None:
    """Added, read, changed in all ways, deleted."""
    reasons = amocrm.loss_reasons
    first, second = reasons.create([LossReasonCreate(name="A"), LossReasonCreate(name="B")])
    assert {first.id, second.id} <= {each.id for each in reasons.find()}
    reasons.update_one(LossReasonUpdate(id=first.id, name="C"))
    assert reasons.get(first.id).name == "C"
    reasons.update([LossReasonUpdate(id=first.id, sort=50), LossReasonUpdate(id=second.id, sort=1)])
    assert (reasons.get(first.id).sort, reasons.get(second.id).sort) == (50, 1)
    with reasons.edit(first.id) as reason:
        reason.name = "D"
    assert reasons.get(first.id).name == "D"
    reasons.delete(first.id)
    assert reasons.get_or_none(first.id) is None
