"""Whatever goes wrong at the server, no create is doubled and no update is lost."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen import BatchError
from amocrm_gen.v4.models.leads import LeadCreate, LeadUpdate
from runtime.desk import Desk

ROUTE = "/api/v4/leads"
faults = st.sampled_from(
    [
        {"cut": "drop"},
        {"cut": "drop", "applied": True},
        {"cut": "reset", "applied": True},
        {"cut": "truncate", "applied": True},
        {"html": True, "applied": True},
        {"status": 504, "applied": True},
        {"status": 504},
        {"status": 500},
        {"status": 403},
        {"status": 401},
    ]
)


@given(faults, st.integers(1, 3))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_created_twice(desk: Desk, fault: dict[str, Any], nth: int) -> None:
    """Each item is in one list; what is not in doubt is there just if it is done."""
    before = len(desk.names())
    items = [LeadCreate(name=f"{before}-{number:03}") for number in range(600)]
    driven = desk.open(max_retries=0)
    desk.fail(method="POST", path=ROUTE, nth=nth, **fault)
    told: list[int] = []
    try:
        driven.do(
            lambda client: client.leads.create(
                items, progress=lambda progress: told.append(progress.done)
            )
        )
    except BatchError as error:
        lost = error
    else:
        raise AssertionError("the fault was not met")
    finally:
        desk.mend()
    there = [name for name in desk.names() if name.startswith(f"{before}-")]
    assert len(there) == len(set(there))
    assert told == [250, 500][: nth - 1]
    done = [item.name for item in lost.done_items]
    assert [*lost.done_items, *lost.in_doubt, *lost.not_tried] == items
    assert done == [item.name for item in items][: 250 * (nth - 1)]
    applied = fault.get("applied", False)
    expected = [*done, *(item.name for item in lost.in_doubt if applied)]
    assert there == expected
    if not lost.in_doubt:
        assert not applied
        assert len(driven.do(lambda client: client.leads.create(lost.remaining))) == len(
            lost.not_tried
        )


def test_a_slow_update_arrives(desk: Desk) -> None:
    """An update that is applied and answered by 504 is halved and sent again, until all is told."""
    driven = desk.open()
    made = driven.do(lambda client: client.leads.create([LeadCreate(name="a") for _ in range(7)]))
    items = [LeadUpdate(id=lead.id, price=lead.id) for lead in made]
    desk.fail(method="PATCH", path=ROUTE, status=504, applied=True, times=3)
    done = driven.do(lambda client: client.leads.update(items))
    assert [lead.id for lead in done] == [item.id for item in items]
    assert all(lead["price"] == lead["id"] for lead in desk.leads())
