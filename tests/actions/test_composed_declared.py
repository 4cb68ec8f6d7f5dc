"""What is told of composed actions is so, and telling it is cheap."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jsonschema
import pytest

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.composed import Composed, composed_actions
from amocrm_gen.actions.reading import read
from amocrm_gen.actions.validation import checked_by_schema

ACTIONS = composed_actions()
WANTED = [
    "create-lead-with-contact",
    "find-or-create-contact",
    "find-contact-by-phone",
    "find-contact-by-email",
    "move-lead-to-stage",
    "win-lead",
    "lose-lead",
    "reopen-lead",
    "assign-responsible",
    "reassign-all-leads",
    "tag-many",
    "untag-many",
    "add-note",
    "add-note-by-phone",
    "log-call",
    "accept-unsorted-into-stage",
    "list-overdue-tasks",
    "list-todays-tasks",
    "complete-task",
    "create-follow-up-task",
    "list-leads-without-tasks",
    "list-leads-on-stage",
    "list-leads-of-user",
    "list-new-leads",
    "list-stale-leads",
    "list-won-leads",
    "summarize-pipeline",
    "summarize-sales-by-user",
    "show-contact-card",
    "show-lead-card",
    "find-duplicate-contacts",
    "set-custom-field",
    "link-contact-to-lead",
    "subscribe-webhook",
]
each_action = pytest.mark.parametrize("action", ACTIONS, ids=[action.id for action in ACTIONS])


def test_all_that_are_wanted_are_there() -> None:
    """Ids are unique, and none is missing or unknown."""
    assert sorted(action.id for action in ACTIONS) == sorted(WANTED)


@each_action
def test_schemas_are_valid_and_take_the_example(action: Composed) -> None:
    """Input and output are objects that nothing may be added to, and each property is described."""
    for schema in (action.input_schema, action.output_schema):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert schema["description"]
    properties: Any = action.input_schema["properties"]
    for name, one in properties.items():
        assert one["title"], name
        assert one["description"].endswith((".", "…")), name
    assert checked_by_schema(action, action.example) == action.example
    faults: list[Any] = []
    assert read(action.function_types[0], action.example, faults) is not None
    assert faults == []


@each_action
def test_it_is_told_in_three_languages(action: Composed) -> None:
    """There are at least six ways to ask for it in each, none twice, and a description."""
    assert set(action.keywords) == {"en", "ru", "es"}
    for words in action.keywords.values():
        assert len(set(words)) == len(words) >= 6
        assert all(words)
    sentences = action.description.count(". ") + 1
    assert 1 <= sentences <= 4
    assert action.description.endswith(".")
    assert len(action.name) <= 50
    assert action.kind == "composed"
    assert action.source.startswith("composed of ")


@each_action
def test_it_is_made_of_known_operations(action: Composed) -> None:
    """The operations are in the catalog; writes are among them just when it writes."""
    catalog = Catalog.of()
    parts = [catalog.get(part) for part in action.parts]
    assert any(part.is_write for part in parts) == action.is_write
    assert not any(part.is_destructive for part in parts)
    assert not action.is_destructive


def test_a_list_of_actions_loads_neither_functions_nor_models() -> None:
    """Only who asks for a schema or performs an action pays for it."""
    code = (
        "import sys\n"
        "from amocrm_gen.actions.composed import composed_actions\n"
        "for one in composed_actions():\n"
        "    one.id, one.name, one.description, one.keywords, one.example, str(one.requests)\n"
        "heavy = {'cattrs', 'urllib3', 'jsonschema', 'yaml', 'orjson'}\n"
        "print([name for name in sys.modules if name in heavy or '.v4.' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
