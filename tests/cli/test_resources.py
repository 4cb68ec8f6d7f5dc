"""The verbs of the API: generated from the spec, and checked before traffic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest

from amocrm_gen.actions.operation import operations
from amocrm_gen.cli.resources.group import ResourceGroup, resource_names
from amocrm_gen.cli.root import amocrm

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver.testing import MockAccount


def test_every_operation_has_a_verb() -> None:
    """Whatever the spec has can be reached by its resource and verb, under its own name."""
    context = click.Context(amocrm)
    missing = []
    for action in operations():
        if action.described.api != "v4":
            continue
        resource, verb, *_ = action.id.split(".")
        group = amocrm.get_command(context, resource)
        assert isinstance(group, ResourceGroup), resource
        # Of the two forms of an update the command takes the one for many, with the ids behind it.
        if group.get_command(context, verb) is None and verb != "update_one":
            missing.append(action.id)
    assert missing == []


@pytest.mark.parametrize("name", resource_names())
def test_every_verb_explains_itself(name: str) -> None:
    """Its help can be drawn, has an example that starts with it, and names the request."""
    root = click.Context(amocrm, info_name="amocrm")
    group = ResourceGroup(name)
    context = click.Context(group, parent=root, info_name=name)
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        assert command is not None
        text = command.get_help(click.Context(command, parent=context, info_name=verb))
        assert f"amocrm {name} {verb}" in text
        assert "/" in text


def test_creates_reads_changes_and_finds(practice: Shell) -> None:
    """A lead goes through its life."""
    made = practice("leads", "create", "--set", "name=Крыша", "--set", "price=100").output
    lead = str(made["items"][0]["id"])
    assert practice("leads", "update", lead, "--set", "price=250").code == 0
    assert practice("leads", "get", lead).output["price"] == 250
    found = practice("leads", "find", "--filter", "price.from=200", "--limit", "5").output
    assert [item["name"] for item in found["items"]] == ["Крыша"]


def test_changes_several_at_once(practice: Shell) -> None:
    """Ids behind the verb get the same change; a list of items may be given, too."""
    rows = json.dumps([{"name": "A"}, {"name": "B"}])
    made = practice("leads", "create", "--input", "-", given=rows).output["items"]
    ids = [str(item["id"]) for item in made]
    assert practice("leads", "update", *ids, "--set", "price=7").code == 0
    found = practice("leads", "find", "--order", "id").output["items"]
    assert [(item["name"], item["price"]) for item in found] == [("A", 7), ("B", 7)]


def test_takes_the_kind_of_entity_first(practice: Shell) -> None:
    """What the API has per kind of entity is one verb with the kind behind it."""
    lead = practice("leads", "create", "--set", "name=A").output["items"][0]["id"]
    note = json.dumps({"entity_id": lead, "note_type": "common", "params": {"text": "Hello"}})
    assert practice("notes", "create", "leads", "--input", note).code == 0
    found = practice("notes", "find", "leads").output["items"]
    assert [item["params"]["text"] for item in found] == ["Hello"]


def test_flags_stand_in_any_order(practice: Shell) -> None:
    """Options of all commands may stand before the resource, and arguments behind options."""
    made = practice("leads", "create", "--set", "name=A").output["items"][0]["id"]
    plain = practice("leads", "get", str(made), "--json").output
    assert practice("--json", "leads", "get", "--with", "contacts", str(made)).output.keys() >= (
        plain.keys()
    )


def test_names_what_is_wrong_before_traffic(practice: Shell, amocrm_account: MockAccount) -> None:
    """Exit code 6, each place by its path, and not one request."""
    told = practice("leads", "create", "--set", "nmae=A", "--set", "price=much")
    assert told.code == 6
    assert told.error["code"] == "invalid_input"
    paths = {fault["path"] for fault in told.error["details"]["faults"]}
    assert any("price" in path for path in paths)
    assert "name" in json.dumps(told.error)
    assert practice("leads", "find").output["items"] == []
    assert amocrm_account.domain


def test_a_dry_run_writes_nothing(practice: Shell) -> None:
    """The request is shown, the account stays as it was."""
    shown = practice("leads", "create", "--set", "name=A", "--dry-run").output
    assert shown["dryRun"] is True
    assert [(each["method"], each["body"]) for each in shown["requests"]] == [
        ("POST", [{"name": "A"}])
    ]
    assert practice("leads", "find").output["items"] == []


def test_what_is_missing_is_its_own_exit_code(practice: Shell) -> None:
    """A lead that is not there is 4."""
    told = practice("leads", "get", "999999999")
    assert (told.code, told.error["code"]) == (4, "not_found")
    assert told.error["details"]["operation"] == "leads.get"
