"""What the digital pipeline tells: stages their addresses, and widgets theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from amocrm_mockserver import Clock, MockServer, Seed
from amocrm_mockserver.seed import AccountSeed

from .crm import NOON, Crm, Json, make_crm
from .messenger import CHANNEL, Messenger

if TYPE_CHECKING:
    from collections.abc import Mapping

_URL = "https://s.example.test/"
_WIDGET = {"destination": _URL, "settings": {"text": "Hello", "list": [1, 2]}}
_SEED: dict[str, Any] = {
    "pipelines": [
        {
            "id": 70,
            "name": "Sales",
            "is_main": True,
            "_embedded": {
                "statuses": [{"id": number, "name": "Stage"} for number in (7001, 7002, 7003, 7004)]
            },
        }
    ],
    "leads": [{"id": 7, "pipeline_id": 70, "status_id": 7001}],
    "customers_mode": "periodicity",
    "customer_statuses": [{"id": 4051, "name": "New"}, {"id": 4052, "name": "Known"}],
    "customers": [{"id": 601, "name": "Shop", "status_id": 4051, "next_date": NOON}],
}
_CALL = {
    "note_type": "call_in",
    "params": {"uniq": "u", "duration": 5, "source": "S", "phone": "1"},
}
_VISIT = {"note_type": "site_visit", "params": {"url": "https://a.test", "text": "A"}}
_CUSTOMER = {"name": "New", "next_date": NOON}


def _told(crm: Crm) -> list[tuple[str, dict[str, str]]]:
    """Events and forms; they are forgotten here."""
    told = [(hook.event, dict(parse_qsl(hook.body.decode()))) for hook in crm.account.hooks]
    crm.account.hooks.clear()
    return told


def _crm(*hooks: Mapping[str, Json], table: str = "widget_hooks") -> Crm:
    return make_crm({**_SEED, table: list(hooks)})


def test_customers_tell_of_periods() -> None:
    """A customer who changes the stage of the periodicity mode is told to the new stage."""
    hook = {"entity_type": "customers", "status_id": 4052, "destination": _URL}
    crm = _crm(hook, table="stage_hooks")
    crm.patch("customers/601", {"status_id": 4052})
    crm.patch("customers/601", {"name": "Other"})
    assert _told(crm) == [
        (
            "stage_period",
            {
                "customers[period][0][id]": "601",
                "customers[period][0][period_id]": "4052",
                "customers[period][0][old_period_id]": "4051",
                "account[id]": str(crm.account.id),
                "account[subdomain]": "example",
            },
        )
    ]


@pytest.mark.parametrize(
    ("entity_type", "path", "keys"),
    [
        ("leads", "leads/7", {"status_id": "7001", "pipeline_id": "70"}),
        ("customers", "customers/601", {"period_id": "4051"}),
    ],
)
@pytest.mark.parametrize("note", [_CALL, _VISIT])
def test_notes(entity_type: str, path: str, keys: dict[str, str], note: Json) -> None:
    """Calls and visits of the site, unless the note says that the pipeline need not hear of it."""
    place = {"pipeline_id": 70, "status_id": 7001 if entity_type == "leads" else 4051}
    event = note["note_type"]
    hook = {"entity_type": entity_type, **place, "event": event, "destination": _URL}
    crm = _crm(hook, table="stage_hooks")
    crm.post(f"{path}/notes", [{**note, "is_need_to_trigger_digital_pipeline": False}])
    assert _told(crm) == []
    crm.post(f"{path}/notes", [note, {"note_type": "common", "params": {"text": "A"}}])
    [(name, form)] = _told(crm)
    assert name == f"stage_{event}"
    root = f"{entity_type}[{event}][0]"
    items = {key.removeprefix(root).strip("[]"): form[key] for key in form if key.startswith(root)}
    assert items == {"id": path.partition("/")[2], **keys}


def test_chats_of_customers() -> None:
    """A message into a talk about a customer is told to the customer's stage."""
    hook = {"entity_type": "customers", "status_id": 4051, "event": "chat", "destination": _URL}
    messenger = Messenger(seed={**_SEED, "stage_hooks": [hook]})
    messenger.write()
    with messenger.server.locked() as world:
        talks = world.accounts["example"].table("talks")
        [talk] = talks.rows.values()
        talks.change(talk, {"entity_type": "customer", "entity_id": 601})
    messenger.told()
    messenger.write(msgid="second")
    [told] = messenger.told()
    assert (told["event"], CHANNEL in told["url"]) == ("stage_chat", False)
    assert dict(parse_qsl(told["body"]))["customers[chat][0][id]"] == "601"


def test_a_widget_is_told_of_a_move() -> None:
    """Every key of the documented body, with the settings that people gave the widget."""
    crm = _crm({**_WIDGET, "pipeline_id": 70, "status_id": 7002})
    crm.patch("leads/7", {"status_id": 7002})
    assert _told(crm) == [
        (
            "widget_lead_status_changed",
            {
                "event[type]": "14",
                "event[type_code]": "lead_status_changed",
                "event[data][id]": "7",
                "event[data][element_type]": "2",
                "event[data][status_id]": "7002",
                "event[data][pipeline_id]": "70",
                "event[data][direction_of_movement]": "went_to_trigger",
                "event[time]": str(NOON),
                "action[settings][widget][settings][text]": "Hello",
                "action[settings][widget][settings][list][0]": "1",
                "action[settings][widget][settings][list][1]": "2",
                "subdomain": "example",
                "account_id": str(crm.account.id),
            },
        )
    ]


def _codes(crm: Crm) -> list[tuple[str, ...]]:
    keys = ("type", "type_code", "data][direction_of_movement")
    told = [[form.get(f"event[{key}]") for key in keys] for _, form in _told(crm)]
    return [tuple(value for value in values if value is not None) for values in told]


def test_a_stretched_action() -> None:
    """Entered by 14, gone through by 15, and left: the last two when it wants to hear of all."""
    place = {"pipeline_id": 70, "status_id": 7002, "stages": [7003]}
    for multiple, inside, left in (
        (True, [("15", "lead_appeared_in_status", "went_in_trigger")], "went_from_trigger"),
        (False, [], None),
    ):
        crm = _crm({**_WIDGET, **place, "action_multiple": multiple})
        crm.patch("leads/7", {"status_id": 7002})
        assert _codes(crm) == [("14", "lead_status_changed", "went_to_trigger")]
        crm.patch("leads/7", {"status_id": 7003})
        assert _codes(crm) == inside
        crm.patch("leads/7", {"status_id": 7004})
        assert _codes(crm) == ([("14", "lead_status_changed", left)] if left else [])


def test_every_kind_of_event() -> None:
    """New leads and customers, periods, calls and visits, each by its number."""
    crm = _crm(
        {**_WIDGET, "pipeline_id": 70, "status_id": 7001},
        {
            **_WIDGET,
            "entity_type": "customers",
            "status_id": 4051,
            "type_codes": ["customer_added"],
        },
        {**_WIDGET, "entity_type": "customers", "status_id": 4052},
    )
    crm.create("leads", {"pipeline_id": 70, "status_id": 7001})
    assert _codes(crm) == [("1", "lead_added")]
    crm.post("leads/7/notes", [_CALL])
    crm.post("leads/7/notes", [_VISIT])
    assert _codes(crm) == [("17", "call_in"), ("18", "site_visit")]
    crm.create("customers", {**_CUSTOMER, "status_id": 4051})
    assert _codes(crm) == [("20", "customer_added")]
    crm.post("customers/601/notes", [_CALL])
    assert _codes(crm) == []
    crm.patch("customers/601", {"status_id": 4052})
    assert _codes(crm) == [("21", "customer_period_changed")]


def test_customers_go_through_a_stretched_action() -> None:
    """They appear in a period; no direction is told of them."""
    hook = {**_WIDGET, "entity_type": "customers", "status_id": 4051, "stages": [4052]}
    crm = _crm({**hook, "action_multiple": True})
    crm.patch("customers/601", {"status_id": 4052})
    assert _codes(crm) == [("22", "customer_appeared_in_period")]


@pytest.mark.parametrize(
    ("table", "hook", "said"),
    [
        ("stage_hooks", {"entity_type": "tasks"}, "entity_type must be one of leads, customers"),
        ("stage_hooks", {"status_id": 9}, "there is no such stage"),
        ("stage_hooks", {"entity_type": "customers", "status_id": 9}, "there is no such stage"),
        (
            "stage_hooks",
            {"entity_type": "customers", "status_id": 4051, "event": "status"},
            "event must be one of period, call_in, chat, site_visit",
        ),
        ("stage_hooks", {"event": "period"}, "event must be one of status, add"),
        ("stage_hooks", {"destination": ""}, "destination must be an address"),
        ("widget_hooks", {"stages": [9]}, "there is no such stage"),
        ("widget_hooks", {"stages": 7002}, "stages must be a list"),
        ("widget_hooks", {"type_codes": "chat"}, "type_codes must be a list"),
        ("widget_hooks", {"type_codes": ["moved"]}, "type_codes must be some of lead_added"),
    ],
)
def test_wrong_hooks(table: str, hook: Json, said: str) -> None:
    """A seed that makes no sense is told where and why."""
    usual = {"pipeline_id": 70, "status_id": 7001, "destination": _URL}
    with pytest.raises(ValueError, match=said) as caught:
        _crm({**usual, **hook}, table=table)
    assert str(caught.value).startswith(f"{table}[0]: ")


@pytest.mark.parametrize("table", ["stage_hooks", "widget_hooks"])
@pytest.mark.parametrize(
    ("given", "said"),
    [({"status_id": 7001}, ": must be a list of mappings"), ([7001], r"\[0\]: must be a mapping")],
)
def test_no_list_of_hooks(table: str, given: Json, said: str) -> None:
    """One hook without its list, or what is no hook, is told as well."""
    with pytest.raises(ValueError, match=f"^{table}{said}"):
        make_crm({**_SEED, table: given})


@pytest.mark.parametrize(
    ("guess", "waits"), [("once", []), ("four_in_an_hour", [300.0, 900.0, 1800.0])]
)
def test_attempts(guess: str, waits: list[float]) -> None:
    """By default once; as Kommo has it, up to four times within an hour of the server's clock."""
    hook = {"pipeline_id": 70, "status_id": 7002, "destination": _URL}
    account = AccountSeed(subdomain="example", contents={**_SEED, "stage_hooks": [hook]})
    clock = Clock(frozen_at=NOON)
    server = MockServer(
        Seed(accounts=(account,)), clock=clock, guesses={"stage_hooks.retries": guess}
    )
    with server.locked() as world:
        inside = world.accounts["example"]
        crm = Crm(inside, clock, make_crm().caller)
        crm.patch("leads/7", {"status_id": 7002})
        world.post.take_in(inside, clock.now())
    found: list[float] = []
    while due := server.take_due():
        server.answered(due[0], 500)
        wait = server.seconds_to_next()
        if wait is not None:
            found.append(wait)
            clock.advance(wait)
    assert found == waits
    with server.locked() as world:
        [delivery] = world.post.deliveries.values()
    assert (delivery.stage, len(delivery.attempts)) == ("failed", len(waits) + 1)
