"""Actions of a user's own: checked as a whole when they are read, done step by step."""

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from amocrm_gen import AmoCRM
from amocrm_gen.actions.action import Requests
from amocrm_gen.actions.catalog import Catalog, UnknownAction
from amocrm_gen.actions.fault import InputError
from amocrm_gen.actions.saved.document import ActionFileError
from amocrm_gen.actions.saved.drafting import draft_of
from amocrm_gen.actions.saved.expression import ExpressionError, parse
from amocrm_gen.actions.saved.partly_done import PartlyDone
from amocrm_gen.actions.saved.reading import format_schema, read_action
from amocrm_gen.actions.saved.shelf import Shelf
from amocrm_gen.actions.saved.template import filled
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.webhooks import WebhookCreate, WebhookEvent

EXAMPLE = Path(__file__).parents[2] / "examples" / "actions" / "call-back.yaml"
KNOWN = Catalog.of().actions


def read(text: str) -> Any:  # Any: an action, of which tests look at everything
    """Read an action from its file's text."""
    return read_action(text, "own.yaml", KNOWN)


def run(amo: AmoCRM, name: str, /, **given: Any) -> Any:  # Any: JSON in and out
    """Perform an action."""
    return KNOWN[name].perform(amo, given)


def faults(text: str) -> list[tuple[str, str, str]]:
    """Return what is wrong with a file: line, message, hint."""
    with pytest.raises(ActionFileError) as caught:
        read(text)
    return [
        (fault.path.removeprefix("own.yaml:"), fault.message, fault.hint or "")
        for fault in caught.value.faults
    ]


def test_the_example_is_good() -> None:
    """It says of itself what other actions do."""
    action = read(EXAMPLE.read_text())
    assert (action.kind, action.resource, action.source) == ("saved", "leads", "own.yaml")
    assert (action.is_write, action.is_destructive) == (True, False)
    assert action.requests == Requests(3, None)
    assert action.keywords["ru"] == ("звонок", "перезвонить")
    Draft202012Validator(action.input_schema).validate(action.example)
    Draft202012Validator.check_schema(format_schema())


def test_the_example_does_what_it_says(amocrm: AmoCRM) -> None:
    """Values of earlier steps, each item of a list, a condition, a date."""
    contacts = run(amocrm, "contacts.create", items=[{"name": "A"}, {"name": "B"}])["items"]
    item = {"name": "Roof", "_embedded": {"contacts": [{"id": each["id"]} for each in contacts]}}
    (lead,) = run(amocrm, "leads.create", items=item)["items"]
    action = read(EXAMPLE.read_text())
    given: dict[str, Any] = {
        "lead": lead["id"], "said": "Yes", "when": "2026-11-30T10:00:00+03:00", "urgent": True,
    }  # fmt: skip
    told = action.perform(amocrm, given)
    task = amocrm.tasks.get(told["task"])
    assert (task.text, task.entity_id) == ("Call back: Roof", lead["id"])
    assert task.complete_till == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert len(told["tagged"]) == 2
    again = action.perform(amocrm, {**given, "urgent": False})
    assert again["tagged"] == []


HOOK = "https://example.com/hook"
UNSUBSCRIBED = "action: webhooks.unsubscribe"
GOOD = """\
id: own
name: Own
inputSchema:
  type: object
  properties:
    lead: {type: integer}
steps:
  - id: one
    action: leads.get
    input: {id: "{{ input.lead }}"}
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "message", "hint"),
    [
        ("id: own", "id: Own Action", "1", "pattern", ""),
        ("id: own", "id: leads-x\nid: own", "2", "id stands here twice", ""),
        ("name: Own\n", "", "1", "name: is required", ""),
        ("name: Own", "nmae: Own", "2", "nmae: there is no such key", "did you mean 'name'?"),
        ("type: object", "type: objekt", "4", "not possible", "object"),
        ("{type: integer}", "{type: intager}", "6", "no JSON Schema", ""),
        ("leads.get", "leads.gte", "9", "no action 'leads.gte'", "did you mean 'leads.get'?"),
        ("action: leads.get", "acton: leads.get", "9", "no such key", "'action'"),
        ("action: leads.get", "when: input.lead", "8", "either an action or a request", ""),
        ("input.lead }}", "input.laed }}", "10", "has no 'laed'", "did you mean 'lead'?"),
        ("input.lead }}", "inptu.lead }}", "10", "no 'inptu'", "did you mean 'input'?"),
        ("input.lead }}", "input.lead = 1 }}", "10", "not understood", ""),
        ("input.lead }}", "one.id }}", "10", "no 'one' here", "there are input"),
        ("{id: ", "{idd: ", "10", "idd: there is no such key", "did you mean 'id'?"),
        ('{id: "{{ input.lead }}"}', "{id: x1}", "10", "expected a whole number", ""),
        ('{id: "{{ input.lead }}"}', "{}", "10", "id: is required", "for example 101"),
        ("- id: one", "- id: input", "8", "there is 'input' already", ""),
        ("- id: one", "- id: one\n    as: x", "9", "there is none", ""),
        ("- id: one", '- id: one\n    for_each: "{{ nothing }}"', "9", "no 'nothing'", ""),
        ("steps:", "example: {lead: text}\nsteps:", "7", "expected a whole number", ""),
        ("steps:", "output: {x: '{{ two.id }}'}\nsteps:", "7", "no 'two'", "there are"),
        ("steps:", "steps: [", "8", "no YAML", ""),
    ],
)  # fmt: skip
def test_faults_name_their_lines(
    before: str, after: str, line: str, message: str, hint: str
) -> None:
    """Each kind of mistake is told before the action is ever run."""
    assert before in GOOD
    found = faults(GOOD.replace(before, after, 1))
    assert any(
        place == line and message in said and hint in meant for place, said, meant in found
    ), found


def test_all_faults_are_told_at_once() -> None:
    """Two steps, two mistakes; the error pickles."""
    text = GOOD.replace("input.lead", "input.laed") + "  - {id: two, action: nothing.at.all}\n"
    assert [line for line, _, _ in faults(text)] == ["10", "11"]
    with pytest.raises(ActionFileError) as caught:
        read(text)
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


@pytest.mark.parametrize("text", ["", "- a", "text", "5", "null"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    """Such a file holds no action."""
    assert faults(text)[0][0] == "1"


def test_an_id_that_there_is_cannot_be_taken() -> None:
    """Neither that of an operation nor that of another action of the user's."""
    known = {**KNOWN, "own": read(GOOD)}
    with pytest.raises(ActionFileError, match="there is an action 'own' already"):
        read_action(GOOD, "again.yaml", known)


def test_steps_cannot_use_actions_of_ones_own() -> None:
    """So that none can lead back to itself."""
    known = {**KNOWN, "own": read(GOOD)}
    text = "id: two\nname: Two\nsteps:\n  - {id: a, action: own}\n"
    with pytest.raises(ActionFileError, match="which steps cannot use"):
        read_action(text, "two.yaml", known)


def test_requests_stand_where_no_action_does(amocrm: AmoCRM) -> None:
    """A step can ask any address of the account; without `output` its answer is given."""
    text = """\
id: own
name: Own
steps:
  - id: account
    request: {path: /api/v4/account, query: {with: version}}
"""
    action = read(text)
    assert (action.is_write, action.requests) == (False, Requests(1, 1))
    assert action.perform(amocrm, {})["version"]
    assert read(text.replace("{path", "{method: DELETE, path")).is_destructive


def test_the_input_is_checked_before_any_step(amocrm: AmoCRM) -> None:
    """As that of any action."""
    with pytest.raises(InputError) as caught:
        read(GOOD).perform(amocrm, {"lead": "5", "more": 1})
    assert {fault.path for fault in caught.value.faults} == {"lead", "more"}
    assert amocrm.last_exchange is None


def test_a_value_that_is_missing_in_a_text_is_told(amocrm: AmoCRM) -> None:
    """A half text is not sent."""
    text = GOOD.replace("leads.get", "leads.find").replace(
        'input: {id: "{{ input.lead }}"}', 'input: {query: "No {{ input.lead }}"}'
    )
    with pytest.raises(InputError, match=r"there is no input\.lead"):
        read(text).perform(amocrm, {})


PARTS = """\
id: own
name: Own
inputSchema: {type: object, properties: {ids: {type: array}, word: {type: string}}}
steps:
  - {id: gone, for_each: input.ids, action: tags.create.leads, input: {items: {name: "{{ item }}"}}}
  - {id: read, action: account.get}
output: {word: "so {{ input.word }}"}
"""


@pytest.mark.parametrize(
    ("given", "failed"),
    [({"ids": ["a", 5], "word": "x"}, "the step gone"), ({"ids": ["a"]}, "the output")],
)
def test_what_is_done_by_a_part_of_a_step_is_told(
    amocrm: AmoCRM, given: dict[str, Any], failed: str
) -> None:
    """Some items of a list, or all steps where only the output cannot be made."""
    with pytest.raises(PartlyDone, match=r"stays done \(step gone\)") as caught:
        read(PARTS).perform(amocrm, given)
    assert (caught.value.failed, caught.value.done) == (failed, ("gone",))
    assert isinstance(caught.value.__cause__, InputError)
    assert "nothing was sent" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert [tag.name for tag in amocrm.tags.find("leads")] == ["a"]


def test_a_step_without_an_answer_is_done_as_well(amocrm: AmoCRM) -> None:
    """What removes something says nothing."""
    amocrm.webhooks.subscribe(WebhookCreate(destination=HOOK, settings=[WebhookEvent("add_lead")]))
    text = PARTS.replace("for_each: input.ids, action: tags.create.leads", UNSUBSCRIBED).replace(
        'items: {name: "{{ item }}"}', f"destination: {HOOK}"
    )
    with pytest.raises(PartlyDone) as caught:
        read(text).perform(amocrm, {})
    assert caught.value.done == ("gone",)
    assert list(amocrm.webhooks.find()) == []


def test_a_first_step_that_fails_raises_its_own_error(amocrm: AmoCRM) -> None:
    """There is nothing that could be repeated by mistake."""
    with pytest.raises(InputError):
        read(PARTS).perform(amocrm, {"ids": [5]})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("input.n", 5), ("input.list[1]", "b"), ("input['n']", 5), ("input.none", None),
        ("input.nothing", UNSET), ("input.nothing.more", UNSET), ("input.list[9]", UNSET),
        ("input.nothing ?? 7", 7), ("input.none ?? 'x'", "x"), ("input.n ?? 7", 5),
        ("input.n == 5", True), ("input.n != 5", False), ("input.n > 4 and input.n < 6", True),
        ("input.n <= 4 or input.n >= 5", True), ("not input.nothing", True),
        ("not (input.n == 5)", False), ("input.nothing > 1", False), ("input.text == 'Ёж'", True),
        ("-1", -1), ("1.5", 1.5), ('"a b"', "a b"), ("true", True), ("null", None),
    ],
)  # fmt: skip
def test_expressions(text: str, value: object) -> None:
    """Ways to values, comparisons, and what to take instead."""
    known = {"input": {"n": 5, "list": ["a", "b"], "none": None, "text": "Ёж"}}
    assert parse(text).value(known) == value


@pytest.mark.parametrize(
    "text",
    ["", "a.", "a[", "a[x]", "(a", "a b", "a ==", "and", "a = 1", "a; b", "'a", "1 2", "a.b("],
)
def test_expressions_that_are_none(text: str) -> None:
    """They are refused when the file is read."""
    with pytest.raises(ExpressionError):
        parse(text)


def test_comparing_what_cannot_be_compared_is_told() -> None:
    """A text and a number have no order."""
    with pytest.raises(ExpressionError, match="cannot be compared"):
        parse("input > 1").value({"input": "a"})


def test_templates_keep_types_and_leave_out_what_is_not_there() -> None:
    """A text that is one expression becomes its value; in a list, too."""
    known = {"a": 5, "b": {"c": [1]}, "none": None}
    template = {
        "x": "{{ a }}",
        "y": "n{{a}}-{{ b.c }}",
        "z": "{{ no }}",
        "l": ["{{no}}", "{{ b }}"],
    }
    assert filled(template, known) == {"x": 5, "y": "n5-[1]", "l": [{"c": [1]}]}
    assert filled("{{ a }} and {{ a }}", known) == "5 and 5"
    assert filled("{{ none }}", known) is None


def test_a_shelf_keeps_good_files_and_tells_of_others(tmp_path: Path) -> None:
    """One bad file does not keep the others away."""
    shelf = Shelf(tmp_path / "actions")
    assert shelf.read(KNOWN) == []
    shelf.write("own", GOOD)
    shelf.write("bad", "id: bad")
    (tmp_path / "actions" / "worse.yaml").write_bytes(b"\xff\xfe")
    catalog = Catalog.of(shelf=shelf)
    assert catalog.get("own").source == "own.yaml"
    assert catalog.popular()[-1].id != "own"
    assert set(catalog.broken) == {"bad", "worse"}
    with pytest.raises(ActionFileError, match="steps: is required"):
        catalog.get("bad")
    with pytest.raises(UnknownAction):
        catalog.get("nothing")


def test_files_besides_the_shelf_must_be_good(tmp_path: Path) -> None:
    """Whoever names a file wants it."""
    path = tmp_path / "own.yaml"
    path.write_text(GOOD)
    assert "own" in Catalog.of(files=[path])
    path.write_text("id: own")
    with pytest.raises(ActionFileError):
        Catalog.of(files=[path])


def test_a_draft_fixes_a_part_and_asks_for_the_rest(amocrm: AmoCRM) -> None:
    """What is asked for keeps its schema."""
    text = draft_of(
        KNOWN["leads.update_one"], id="price", name="Set the price", description=None,
        fixed={"price": 7}, asked=["id", "custom_fields_values"],
    )  # fmt: skip
    action = read(text)
    assert yaml.safe_load(text)["inputSchema"]["properties"]["id"] == {"type": "integer"}
    (lead,) = run(amocrm, "leads.create", items={"name": "Roof"})["items"]
    action.perform(amocrm, {"id": lead["id"], "custom_fields_values": []})
    assert amocrm.leads.get(lead["id"]).price == 7
    with pytest.raises(InputError, match="no such key"):
        draft_of(KNOWN["leads.get"], id="x", name=None, description=None, fixed={}, asked=["idd"])
