"""A create with a key is made once, whatever answers are lost and whoever else makes it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen import (
    BatchError,
    ConfigurationError,
    InDoubtError,
    LedgerEntry,
    MemoryLedger,
    Progress,
    SqliteLedger,
    TagMarker,
    TransportError,
    ValidationError,
)
from amocrm_gen.v4.models.common import CustomFieldValuesWrite, EntityTagRef
from amocrm_gen.v4.models.leads import LeadComplex, LeadCreate, LeadCreateEmbedded
from runtime.desk import Desk

LOST: dict[str, Any] = {"method": "POST", "path": "/api/v4/leads", "cut": "drop", "applied": True}
UNSENT: dict[str, Any] = {"method": "POST", "path": "/api/v4/leads", "cut": "drop"}


def creating(items: object, once: object, **options: Any) -> Callable[[Any], Any]:
    """Create leads by either client."""
    return lambda client: client.leads.create(items, once=once, **options)


def leads(*names: str) -> list[LeadCreate]:
    """Return leads to create."""
    return [LeadCreate(name=name) for name in names]


def by_name(lead: LeadCreate) -> str:
    """Return the key of a lead."""
    return f"key of {lead.name}"


@pytest.fixture(params=["memory", "sqlite"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> MemoryLedger | SqliteLedger:
    """Return a ledger of each kind."""
    return MemoryLedger() if request.param == "memory" else SqliteLedger(tmp_path / "once.sqlite")


def test_a_key_that_is_done_makes_no_traffic(
    desk: Desk, ledger: MemoryLedger | SqliteLedger
) -> None:
    """The second create returns what the first one did; another key or client changes nothing."""
    driven = desk.open(ledger=ledger)
    made = driven.do(creating(LeadCreate(name="a"), "order-17"))
    desk.fail(status=500)
    again = desk.open(ledger=ledger).do(creating(LeadCreate(name="b"), "order-17"))
    desk.mend()
    assert again == made
    assert driven.do(creating(LeadCreate(name="c"), "order-18")) != made
    assert desk.names() == ["a", "c"]
    assert ledger.started() == {}


def test_one_key_is_good_for_each_operation(desk: Desk) -> None:
    """A lead and its complex twin, and another account, have keys of their own."""
    driven = desk.open(ledger=MemoryLedger())
    driven.do(creating(LeadCreate(name="a"), "17"))
    driven.do(lambda client: client.leads.create_complex(LeadComplex(name="b"), once="17"))
    assert desk.names() == ["a", "b"]


def test_many_items_have_a_key_each(desk: Desk, ledger: MemoryLedger | SqliteLedger) -> None:
    """Keys come from a function or a list; what is known is returned in its place."""
    driven = desk.open(ledger=ledger)
    [b] = driven.do(creating(leads("b"), by_name))
    told: list[Progress] = []
    found = driven.do(creating(leads("a", "b", "c", "a"), by_name, progress=told.append))
    assert found[1] == b
    assert found[0] == found[3]
    assert desk.names() == ["a", "b", "c"]
    assert told == [Progress(4, 4, 1)]
    keys = ["key of c", "key of d"]
    again = driven.do(creating(iter(leads("c", "d")), iter(keys)))
    assert again[0] == found[2]
    assert desk.names() == ["a", "b", "c", "d"]


def test_without_a_marker_a_lost_answer_stays_in_doubt(
    desk: Desk, ledger: MemoryLedger | SqliteLedger
) -> None:
    """Nothing is sent again until somebody has looked, and said what is there."""
    driven = desk.open(ledger=ledger)
    desk.fail(**LOST, times=1)
    with pytest.raises(TransportError):
        driven.do(creating(LeadCreate(name="a"), "17"))
    for _ in range(2):
        with pytest.raises(InDoubtError, match="no marker is configured for leads") as caught:
            driven.do(creating(LeadCreate(name="a"), "17"))
    assert desk.names() == ["a"]
    error = caught.value
    assert list(ledger.started()) == [error.key]
    assert f"ledger.settle({error.key!r}, its id)" in error.what_to_do
    [lead] = desk.leads()
    ledger.settle(error.key, lead["id"])
    assert driven.do(creating(LeadCreate(name="a"), "17")).id == lead["id"]
    ledger.forget(error.key)
    assert driven.do(creating(LeadCreate(name="a"), "17")).id != lead["id"]


def test_a_lost_answer_is_looked_up_by_a_field(
    desk: Desk, ledger: MemoryLedger | SqliteLedger
) -> None:
    """The lead that holds the key is the result; other leads and fields are not taken for it."""
    driven = desk.open(ledger=ledger, marker={"leads": desk.field_marker()})
    driven.do(creating(LeadCreate(name="other"), "171"))
    desk.fail(**LOST, times=1)
    with pytest.raises(TransportError):
        driven.do(creating(LeadCreate(name="a", request_id="mine"), "17"))
    found = driven.do(creating(LeadCreate(name="a", request_id="mine"), "17"))
    assert desk.names() == ["a", "other"]
    [lead] = [row for row in desk.leads() if row["name"] == "a"]
    assert (found.id, found.request_id) == (lead["id"], "mine")
    assert found.links.self_.href.endswith(f"/api/v4/leads/{lead['id']}")
    assert driven.do(creating(LeadCreate(name="a"), "17")) == found


def test_a_lost_answer_is_looked_up_by_a_tag(desk: Desk) -> None:
    """Also where the item is dated back, and has tags of its own."""
    driven = desk.open(ledger=MemoryLedger(), marker={"leads": TagMarker("order ")})
    item = LeadCreate(
        name="a",
        created_at=1_600_000_000,
        embedded=LeadCreateEmbedded(tags=[EntityTagRef(name="vip")]),
    )
    desk.fail(**LOST, times=1)
    with pytest.raises(TransportError):
        driven.do(creating(item, "17"))
    found = driven.do(creating(item, "17"))
    [lead] = driven.do(lambda client: client.leads.find().all())
    assert found.id == lead.id
    assert sorted(tag.name for tag in lead.embedded.tags) == ["order 17", "vip"]


def test_what_a_look_up_does_not_find_is_sent_only_on_request(desk: Desk) -> None:
    """It stays in doubt, unless the marker says after how long it counts as not written."""
    ledger, marker = MemoryLedger(), desk.field_marker()
    desk.fail(**UNSENT, times=1)
    with pytest.raises(TransportError):
        desk.open(ledger=ledger, marker={"leads": marker}).do(creating(leads("a")[0], "17"))
    with pytest.raises(InDoubtError, match="does not find it"):
        desk.open(ledger=ledger, marker={"leads": marker}).do(creating(leads("a")[0], "17"))
    assert desk.names() == []
    patient = type(marker)(marker.field_id, resend_after=3_600)
    with pytest.raises(InDoubtError):
        desk.open(ledger=ledger, marker={"leads": patient}).do(creating(leads("a")[0], "17"))
    [key] = ledger.started()
    ledger.save({key: LedgerEntry(ledger.started()[key].started_at - 3_601)})
    desk.open(ledger=ledger, marker={"leads": patient}).do(creating(leads("a")[0], "17"))
    assert desk.names() == ["a"]


def test_a_refusal_frees_the_key(desk: Desk, ledger: MemoryLedger | SqliteLedger) -> None:
    """What amoCRM has refused was not created, so the corrected item is sent."""
    driven = desk.open(ledger=ledger)
    with pytest.raises(ValidationError):
        driven.do(creating(LeadCreate(name="a", status_id=1), "17"))
    assert ledger.started() == {}
    driven.do(creating(LeadCreate(name="b"), "17"))
    with pytest.raises(BatchError) as caught:
        driven.do(creating([LeadCreate(name="b"), LeadCreate(name="c", status_id=1)], ["17", "18"]))
    error = caught.value
    assert [item.name for item in error.done_items] == ["b"]
    assert [(item.name, problems[0].index) for item, problems in error.failed] == [("c", 1)]
    assert ledger.started() == {}


def test_a_batch_tells_what_is_in_doubt_and_goes_on(desk: Desk) -> None:
    """After the doubt is settled, the same call creates what is missing, and only that."""
    ledger = MemoryLedger()
    driven = desk.open(ledger=ledger)
    items = leads(*(f"{number:03}" for number in range(260)))
    desk.fail(**LOST, nth=2)
    with pytest.raises(BatchError) as first:
        driven.do(creating(items, by_name))
    assert len(first.value.done) == len(first.value.done_items) == 250
    assert first.value.in_doubt == items[250:]
    with pytest.raises(BatchError) as second:
        driven.do(creating([*items, LeadCreate(name="new")], by_name))
    assert isinstance(second.value.__cause__, InDoubtError)
    assert second.value.done == first.value.done
    assert second.value.in_doubt == items[250:]
    assert [item.name for item in second.value.not_tried] == ["new"]
    ids = {row["name"]: row["id"] for row in desk.leads()}
    for key in second.value.__cause__.keys:
        ledger.settle(key, ids[key[-3:]])
    made = driven.do(creating([*items, LeadCreate(name="new")], by_name))
    assert [lead.id for lead in made[:-1]] == [ids[item.name] for item in items]
    assert desk.names() == sorted([*ids, "new"])


def test_many_at_once_create_one(desk: Desk, ledger: MemoryLedger | SqliteLedger) -> None:
    """Threads or tasks with one key wait for each other, and all have the one result."""
    driven = desk.open(ledger=ledger)
    found = desk.at_once(driven, [creating(LeadCreate(name="a"), "17")] * 8)
    assert len(found) == 8
    assert {lead.id for lead in found} == {row["id"] for row in desk.leads()}
    assert desk.names() == ["a"]


@pytest.mark.parametrize(
    ("items", "once", "text"),
    [
        (LeadCreate(name="a"), "", "not empty"),
        (LeadCreate(name="a"), ["17"], "must be a text"),
        (leads("a", "b"), "17", "a key each"),
        (leads("a", "b"), ["17"], "shorter"),
    ],
)
def test_keys_that_make_no_sense(items: object, once: object, text: str, desk: Desk) -> None:
    """A key is a text; many items have as many keys."""
    with pytest.raises(ValueError, match=text):
        desk.open(ledger=MemoryLedger()).do(creating(items, once))
    assert desk.names() == []


def test_a_marker_must_be_good_for_something(desk: Desk) -> None:
    """A marker for a resource without look-ups, or in whose field there is something else."""
    with pytest.raises(ConfigurationError, match="'lead' is never looked up"):
        desk.open(marker={"lead": TagMarker()})
    marker, ledger = desk.field_marker(), MemoryLedger()
    mine = CustomFieldValuesWrite(field_id=marker.field_id, values=[{"value": "x"}])  # type: ignore[list-item]  # JSON is written as it is
    item = LeadCreate(name="a", custom_fields_values=[mine])
    driven = desk.open(ledger=ledger, marker={"leads": marker})
    with pytest.raises(ConfigurationError, match="is to hold the key '17'"):
        driven.do(creating(item, "17"))
    assert ledger.started() == {}
    driven.do(creating(item, "x"))
    assert desk.names() == ["a"]


def test_the_ledger_of_the_user(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a ledger it is a file of the user's own; what is done can be removed from it."""
    monkeypatch.setenv("AMOCRM_STATE_FOLDER", str(tmp_path / "state"))
    desk.open().do(creating(LeadCreate(name="a"), "17"))
    file = tmp_path / "state" / "once.sqlite"
    assert file.stat().st_mode & 0o777 == 0o600
    [key] = SqliteLedger().load(
        [f"{desk.account.domain} at {desk.account.base_url}/api/v4/leads#17"]
    )
    SqliteLedger().forget_done(before=0)
    assert SqliteLedger().load([key])
    SqliteLedger().forget_done(before=9e9)
    assert SqliteLedger().load([key]) == {}


faults = st.sampled_from(
    [
        None,
        LOST,
        UNSENT,
        {**LOST, "cut": None, "status": 504},
        {"method": "POST", "path": "/api/v4/leads", "status": 503},
        {"status": 500},
    ]
)


@given(st.lists(faults, max_size=4), st.integers(1, 5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_key_is_created_once(
    desk: Desk, broken: list[dict[str, Any] | None], count: int
) -> None:
    """Whatever goes wrong and however often the call is made: in the end each is there once."""
    ledger, marker = MemoryLedger(), TagMarker("once ")
    driven = desk.open(ledger=ledger, marker={"leads": marker}, max_retries=0)
    before = len(desk.names())
    items = leads(*(f"{number}" for number in range(count)))
    for fault in [*broken, None]:
        desk.mend()
        if fault is not None:
            desk.fail(**{name: value for name, value in fault.items() if value is not None})
        try:
            made = driven.do(creating(items, lambda lead: f"{before}-{lead.name}"))
        except BatchError as error:
            if isinstance(error.__cause__, InDoubtError) and fault is None:
                # Nobody found them, so they are not there.
                ledger.forget(*error.__cause__.keys)
    desk.mend()
    made = driven.do(creating(items, lambda lead: f"{before}-{lead.name}"))
    assert len({lead.id for lead in made}) == count
    assert len(desk.names()) == before + count
