"""`amocrm action`: what can be done, shown and run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from amocrm_gen.actions.contract import APIS, contract_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shell import Shell

    from amocrm_mockserver.testing import MockAccount


def _lead(practice: Shell, **fields: Any) -> int:
    made = practice("action", "run", "leads.create", "--input", json.dumps({"items": fields}))
    return int(made.output["items"][0]["id"])


def test_b08_lists_the_most_used_first(cli: Shell) -> None:
    """Without an intent; each with key, description, schemas, flags and cost; no account needed."""
    items = cli("action", "list", "--limit", "3", "--json").output["items"]
    assert items[0]["id"] == "leads.find"
    assert len(items) == 3
    for item in items:
        assert {"name", "description", "inputSchema", "outputSchema", "example"} <= set(item)
        assert item["write"] in {True, False}
        assert item["destructive"] in {True, False}
        least, most = item["requests"]["least"], item["requests"]["most"]
        assert 0 <= least <= (most or least)  # 0: what was done before with this input


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        ("which deals have no next step", "list-leads-without-tasks"),
        ("напомни позвонить клиенту завтра", "create-follow-up-task"),
        ("quién borró el contacto", "events.find"),
    ],
)
def test_b08_finds_by_intent(cli: Shell, intent: str, action: str) -> None:
    """In three languages, the best first, with all that is told of an action."""
    items = cli("action", "list", "--intent", intent, "--limit", "2", "--json").output["items"]
    assert len(items) == 2
    assert items[0]["id"] == action
    assert items[0]["inputSchema"]["type"] == "object"


def test_b08_says_when_it_guesses(cli: Shell) -> None:
    """Words that mean nothing give what is used most, and a line that says so."""
    told = cli("action", "list", "--intent", "xqzzt", "--limit", "1", "--json")
    assert told.output["items"][0]["id"] == "leads.find"
    assert "used most" in told.err


def test_b08_takes_the_options_as_the_seed_has_them(practice: Shell) -> None:
    """`--connectionId=` and `--connectionKey` are accepted, before and after."""
    told = practice("action", "list", "--connectionKey=example", "--limit=1", "--json")
    assert len(told.output["items"]) == 1


def test_b08_chooses_by_type_and_resource(cli: Shell) -> None:
    """What an account's tasks allow, and nothing else."""
    told = cli("action", "list", "--type", "operation", "--resource", "tasks", "--all", "--json")
    found = {item["id"] for item in told.output["items"]}
    assert {"tasks.find", "tasks.create", "v2.tasks.save"} <= found
    assert all("tasks" in each for each in found)


def test_b09_shows_schema_example_and_source(cli: Shell) -> None:
    """All that is needed to write an input."""
    told = cli("action", "show", "leads.update_one").output
    assert told["source"].startswith("PATCH /api/v4/leads/{id}")
    assert told["example"] == {"id": 1, "price": 30000}
    assert told["inputSchema"]["required"] == ["id"]
    assert told["inputSchema"]["additionalProperties"] is False
    assert told["outputSchema"]["$ref"] == "#/$defs/leads.LeadUpdated"
    assert cli("action", "get", "leads.update_one").output == told


def test_b09_says_what_was_meant(cli: Shell) -> None:
    """An unknown key is not found, with the nearest keys."""
    told = cli("action", "show", "leads.updaet")
    assert told.code == 4
    assert told.error["code"] == "unknown_action"
    assert told.error["details"]["did_you_mean"][0] == "leads.update"


@pytest.mark.parametrize("way", ["inline", "file", "standard input"])
def test_b10_runs_with_json(practice: Shell, tmp_path: Path, way: str) -> None:
    """The answer is in `output`."""
    text = '{"items": [{"name": "Roof", "price": 100}]}'
    (tmp_path / "input.json").write_text(text)
    given = {"inline": text, "file": f"@{tmp_path / 'input.json'}", "standard input": "-"}[way]
    done = practice("action", "run", "leads.create", "--input", given, given=text)
    (made,) = done.output["items"]
    read = practice("action", "run", "leads.get", "--set", f"id={made['id']}").output
    assert (read["name"], read["price"]) == ("Roof", 100)


def test_b10_sets_parts_of_the_input(practice: Shell) -> None:
    """Dots, brackets and `+=`; the value is JSON or a text."""
    done = practice(
        "action", "run", "leads.create",
        "--set", "items[0].name=Roof", "--set", "items[0].price=7",
        "--set", 'items[0]._embedded.tags+={"name": "new"}',
    )  # fmt: skip
    identifier = done.output["items"][0]["id"]
    read = practice("action", "run", "leads.get", "--set", f"id={identifier}").output
    assert (read["name"], read["price"]) == ("Roof", 7)
    assert [tag["name"] for tag in read["_embedded"]["tags"]] == ["new"]


def test_b10_dry_run_shows_the_exact_request(practice: Shell, amocrm_account: MockAccount) -> None:
    """Nothing is written; the request is shown with its method, address, body and as curl."""
    lead = _lead(practice, name="Roof", price=1)
    line = ("action", "run", "leads.update_one", "--set", f"id={lead}", "--set", "price=5")
    done = practice(*line, "--dry-run", "--curl")
    (request,) = done.output["requests"]
    assert done.output["dryRun"] is True
    assert request["method"] == "PATCH"
    assert request["url"].endswith(f"/api/v4/leads/{lead}")
    assert request["body"] == {"id": lead, "price": 5}
    assert "curl" in done.err
    assert amocrm_account.token not in done.out + done.err
    assert practice("action", "run", "leads.get", "--set", f"id={lead}").output["price"] == 1


def test_b10_dry_run_shows_what_a_read_asks(practice: Shell) -> None:
    """A read changes nothing, so it is sent and shown."""
    done = practice("action", "run", "leads.find", "--set", "filter.name=Roof", "--dry-run")
    (request,) = done.output["requests"]
    assert request["method"] == "GET"
    assert ["filter[name]", "Roof"] in request["query"]


def test_b10_tells_all_faults_before_any_traffic(cli: Shell) -> None:
    """No request is made: the address leads nowhere, and that is not what is complained of."""
    text = '{"items": [{"id": "12", "pryce": 5}, {"price": "100", "created_at": "soon"}]}'
    done = cli(
        "action", "run", "leads.update", "--input", text,
        AMOCRM_ACCOUNT="example", AMOCRM_TOKEN="t", AMOCRM_BASE_URL="http://127.0.0.1:1",
    )  # fmt: skip
    assert done.code == 6
    assert done.error["code"] == "invalid_input"
    faults = {fault["path"]: fault for fault in done.error["details"]["faults"]}
    assert faults["items[0].id"]["hint"] == "write 12 without quotes"
    assert faults["items[0].pryce"]["hint"] == "did you mean 'price'?"
    assert faults["items[1].price"]["hint"] == "write 100 without quotes"
    assert "2026-11-22" in faults["items[1].created_at"]["hint"]
    assert faults["items[1].id"]["message"] == "is required and not there"
    assert len(faults) == 5


def test_b10_says_what_is_wrong_with_the_line(cli: Shell) -> None:
    """JSON that is none, and `--all` where there are no pages."""
    assert cli("action", "run", "leads.create", "--input", "{").code == 2
    told = cli("action", "run", "leads.create", "--all")
    assert told.code == 2
    assert "has no pages" in told.error["message"]


def test_b10_an_unknown_thing_is_an_exit_code_of_its_own(practice: Shell) -> None:
    """Whether it is read or changed."""
    assert practice("action", "run", "leads.get", "--set", "id=424242").code == 4
    told = practice("action", "run", "leads.update_one", "--set", "id=424242", "--set", "price=1")
    assert told.code == 4


def test_b10_walks_pages(practice: Shell) -> None:
    """One page by default, so many items by a limit, everything by --all."""
    rows = [{"name": f"Lead {number}"} for number in range(60)]
    practice("action", "run", "leads.create", "--input", json.dumps({"items": rows}))
    page = practice("action", "run", "leads.find")
    assert (len(page.output["items"]), page.output["next_page"]) == (50, 2)
    assert "--set page=2" in page.err
    limited = practice("action", "run", "leads.find", "--set", "limit=55", "--set", "page_size=20")
    assert len(limited.output["items"]) == 55
    assert set(limited.output) == {"items"}
    assert len(practice("action", "run", "leads.find", "--all").output["items"]) == 60


def test_b10_takes_names_for_ids(practice: Shell) -> None:
    """A stage, a pipeline and a user by name; a wrong one tells the candidates."""
    pipeline = practice("action", "run", "pipelines.find").output["items"][0]
    stage = pipeline["_embedded"]["statuses"][1]
    lead = _lead(practice, name="Roof", status_id=stage["name"], responsible_user_id="me")
    read = practice("action", "run", "leads.get", "--set", f"id={lead}").output
    assert (read["status_id"], read["pipeline_id"]) == (stage["id"], pipeline["id"])
    told = practice(
        "action", "run", "leads.update_one", "--set", f"id={lead}", "--set", "status_id=Nowhere"
    )
    assert told.code == 6
    assert told.error["code"] == "unknown_name"


def test_b11_every_operation_of_the_spec_is_an_action(cli: Shell) -> None:
    """Of API v4, drive, chats, OAuth, amoCRM's own pages, and API v2."""
    told = cli("action", "list", "--type", "operation", "--all", "--json")
    listed = {item["id"] for item in told.output["items"]}
    assert listed == {each.id for api in APIS for each in contract_of(api).operations()}


def test_b10_a_phone_number_is_a_text(practice: Shell) -> None:
    """What can only be a text needs no quotes of JSON; numbers stay numbers."""
    line = ("action", "run", "create-lead-with-contact", "--set", "name=2026", "--set", "price=5")
    made = practice(*line, "--set", "contact.phone=89161234567").output
    found = practice("action", "run", "find-contact-by-phone", "--set", "phone=89161234567").output
    assert [contact["id"] for contact in found["contacts"]] == [made["contact_id"]]
    lead = practice("leads", "get", str(made["lead_id"])).output
    assert (lead["name"], lead["price"]) == ("2026", 5)


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (("action", "run", "leads.create"), "items[0]."),
        (("action", "run", "leads.create"), "items."),
        (("leads", "create"), ""),
    ],
)
def test_b10_a_number_is_a_text_where_a_text_belongs(
    practice: Shell, command: Sequence[str], place: str
) -> None:
    """In actions and in verbs, in a list, in one object alone, and in what is looked for."""
    line = (*command, "--set", f"{place}name=2026", "--set", f"{place}price=5")
    (request,) = practice(*line, "--dry-run").output["requests"]
    assert request["body"] == [{"name": "2026", "price": 5}]
    assert practice(*line).code == 0
    found = practice("leads", "find", "--filter", "name=2026").output["items"]
    assert [(lead["name"], lead["price"]) for lead in found] == [("2026", 5)]
