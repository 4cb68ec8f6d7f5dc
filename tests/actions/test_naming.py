"""Names stand for ids, in any alphabet and wherever an id can stand."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from amocrm_gen import AmoCRM
from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.fault import InputError
from amocrm_gen.crm import AmbiguousName, UnknownName
from amocrm_mockserver.testing import MockAccount
from watched import Watched, client_of

CATALOG = Catalog.of()


def run(amo: AmoCRM, name: str, /, **given: Any) -> Any:  # Any: JSON in and out
    """Perform an action."""
    return CATALOG.get(name).perform(amo, given)


def add_pipeline(amo: AmoCRM, name: str, *stages: str) -> dict[str, Any]:  # Any: as above
    """Make a pipeline with these stages."""
    statuses = [{"name": stage, "sort": 10 * place} for place, stage in enumerate(stages, 1)]
    asked = {"name": name, "sort": 9, "is_main": False, "is_unsorted_on": True}
    (made,) = run(amo, "pipelines.create", items={**asked, "_embedded": {"statuses": statuses}})[
        "items"
    ]
    return dict(made)


def add_field(amo: AmoCRM, entity: str, name: str, kind: str, *options: str) -> dict[str, Any]:
    """Make a custom field; of options its definition tells the ids."""
    enums = [{"value": option, "sort": place} for place, option in enumerate(options)]
    item = {"name": name, "type": kind, **({"enums": enums} if enums else {})}
    (made,) = run(amo, f"custom_fields.create.{entity}", items=item)["items"]
    return dict(made)


def fields_of(amo: AmoCRM, lead: int) -> dict[str, list[Any]]:
    """Return the values of a lead's custom fields, by the names of these."""
    read = run(amo, "leads.get", id=lead)
    found: list[Any] = read["custom_fields_values"] or []
    return {each["field_name"]: [one["value"] for one in each["values"]] for each in found}


def test_stage_and_pipeline_by_name(amocrm: AmoCRM) -> None:
    """A stage that only one pipeline has brings its pipeline along."""
    made = add_pipeline(amocrm, "Опт", "Négociation")
    stage = next(s for s in made["_embedded"]["statuses"] if s["name"] == "Négociation")
    (lead,) = run(amocrm, "leads.create", items={"status_id": "NÉGOCIATION"})["items"]
    read = run(amocrm, "leads.get", id=lead["id"])
    assert (read["pipeline_id"], read["status_id"]) == (made["id"], stage["id"])
    asked = {"statuses": [{"pipeline_id": "опт", "status_id": "négociation"}]}
    assert len(run(amocrm, "leads.find", filter=asked)["items"]) == 1
    assert len(run(amocrm, "leads.find", filter={"pipeline_id": ["Опт"]})["items"]) == 1


def test_won_in_any_pipeline(amocrm: AmoCRM) -> None:
    """`won` and `lost` need no pipeline."""
    (lead,) = run(amocrm, "leads.create", items={"name": "Roof"})["items"]
    run(amocrm, "leads.update_one", id=lead["id"], status_id="won")
    assert run(amocrm, "leads.get", id=lead["id"])["status_id"] == 142


def test_ambiguity_is_answered_with_the_candidates(amocrm: AmoCRM) -> None:
    """Nothing is sent while it is not clear which is meant; the pipeline tells."""
    (lead,) = run(amocrm, "leads.create", items={"name": "Roof"})["items"]
    made = [add_pipeline(amocrm, name, "Talks") for name in ("North", "South")]
    with pytest.raises(AmbiguousName) as caught:
        run(amocrm, "leads.update_one", id=lead["id"], status_id="talks")
    assert len(caught.value.candidates) == 2
    run(amocrm, "leads.update_one", id=lead["id"], status_id="talks", pipeline_id="south")
    assert run(amocrm, "leads.get", id=lead["id"])["pipeline_id"] == made[1]["id"]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("leads.update_one", {"id": 1, "responsible_user_id": "Nobody"}),
        ("leads.update_one", {"id": 1, "loss_reason_id": "Nobody"}),
        ("leads.update_one", {"id": 1, "pipeline_id": "Nobody"}),
        ("leads.update_one", {"id": 1, "custom_fields": {"Nobody": 1}}),
        ("leads.find", {"filter": {"responsible_user_id": ["Nobody"]}}),
        ("leads.find", {"filter": {"custom_fields_values": {"Nobody": 1}}}),
        ("catalog_elements.find", {"catalog_id": "Nobody"}),
        ("pipelines.get", {"id": "Nobody"}),
        ("tasks.create", {"items": {"task_type_id": "Nobody", "complete_till": 1, "text": "x"}}),
    ],
)
def test_what_the_account_does_not_have_is_told(
    amocrm: AmoCRM, name: str, given: dict[str, Any]
) -> None:
    """Each kind of thing that has a name."""
    with pytest.raises(UnknownName, match="Nobody"):
        run(amocrm, name, **given)


def test_users_by_name_mail_and_me(amocrm: AmoCRM) -> None:
    """The one whose token it is needs no list of users."""
    own = run(amocrm, "account.get")["current_user_id"]
    (user,) = (each for each in run(amocrm, "users.find")["items"] if each["id"] == own)
    for given in ("me", user["name"], user["email"], str(own), own):
        (lead,) = run(amocrm, "leads.create", items={"responsible_user_id": given})["items"]
        assert run(amocrm, "leads.get", id=lead["id"])["responsible_user_id"] == own


def test_paths_by_name(amocrm: AmoCRM) -> None:
    """A pipeline, a stage of it and a catalog in the address."""
    made = add_pipeline(amocrm, "North", "Talks")
    assert run(amocrm, "pipelines.get", id="north")["id"] == made["id"]
    stage = run(amocrm, "statuses.get", pipeline_id="north", id="talks")
    assert (stage["name"], stage["pipeline_id"]) == ("Talks", made["id"])
    (catalog,) = run(amocrm, "catalogs.create", items={"name": "Boots"})["items"]
    run(amocrm, "catalog_elements.create", catalog_id="boots", items={"name": "Red"})
    found = run(amocrm, "catalog_elements.find", catalog_id=catalog["id"])["items"]
    assert [each["name"] for each in found] == ["Red"]


def test_custom_fields_by_name(amocrm: AmoCRM) -> None:
    """The short form, with options and dates as people write them."""
    add_field(amocrm, "leads", "Город", "text")
    add_field(amocrm, "leads", "Plan", "select", "Basic", "Gold")
    add_field(amocrm, "leads", "Colours", "multiselect", "Red", "Blue", "Green")
    add_field(amocrm, "leads", "Due", "date")
    add_field(amocrm, "leads", "Area", "numeric")
    add_field(amocrm, "leads", "Paid", "checkbox")
    given = {
        "город": "Рига", "plan": "gold", "Colours": ["Red", "green"], "due": "2026-11-22",
        "Area": 12.5, "Paid": True,
    }  # fmt: skip
    (lead,) = run(amocrm, "leads.create", items={"custom_fields": given})["items"]
    found = fields_of(amocrm, lead["id"])
    assert found["Город"] == ["Рига"]
    assert found["Plan"] == ["Gold"]
    assert sorted(found["Colours"]) == ["Green", "Red"]
    assert found["Paid"] == [True]
    assert float(found["Area"][0]) == 12.5
    # The account is in Moscow.
    due = datetime.fromtimestamp(found["Due"][0], timezone(timedelta(hours=3)))
    assert due.isoformat() == "2026-11-22T00:00:00+03:00"


def test_custom_fields_in_the_list_of_the_api(amocrm: AmoCRM) -> None:
    """`field` and `value` stand beside the API's own keys, and null clears."""
    city = add_field(amocrm, "leads", "City", "text")
    add_field(amocrm, "leads", "Plan", "select", "Basic", "Gold")
    given = [
        {"field_id": city["id"], "values": [{"value": "Riga"}]},
        {"field": "Plan", "value": "Basic"},
    ]
    (lead,) = run(amocrm, "leads.create", items={"custom_fields_values": given})["items"]
    assert fields_of(amocrm, lead["id"]) == {"City": ["Riga"], "Plan": ["Basic"]}
    change = [{"field": "city", "value": None}, {"field": "plan", "values": [{"enum": "Gold"}]}]
    run(amocrm, "leads.update_one", id=lead["id"], custom_fields_values=change)
    assert fields_of(amocrm, lead["id"]) == {"Plan": ["Gold"]}


def test_phones_with_their_kind(amocrm: AmoCRM) -> None:
    """A phone number with and without its kind; predefined fields by their codes."""
    given = {
        "name": "Ann",
        "custom_fields": {"PHONE": [{"value": "+371 20000001", "enum": "MOB"}], "EMAIL": "a@b.lv"},
    }
    (made,) = run(amocrm, "contacts.create", items=given)["items"]
    read = run(amocrm, "contacts.get", id=made["id"])
    found = {each["field_code"]: each["values"][0] for each in read["custom_fields_values"]}
    assert found["PHONE"]["enum_code"] == "MOB"
    assert (found["EMAIL"]["value"], found["EMAIL"]["enum_code"]) == ("a@b.lv", "WORK")


def test_filters_by_custom_fields(amocrm: AmoCRM) -> None:
    """Options by text."""
    add_field(amocrm, "leads", "Plan", "select", "Basic", "Gold")
    items = [{"name": plan, "custom_fields": {"Plan": plan}} for plan in ("Basic", "Gold")]
    run(amocrm, "leads.create", items=items)
    found = run(amocrm, "leads.find", filter={"custom_fields_values": {"plan": "gold"}})["items"]
    assert [each["name"] for each in found] == ["Gold"]


def test_an_option_that_is_none_is_told(amocrm: AmoCRM) -> None:
    """With the options that there are."""
    add_field(amocrm, "leads", "Plan", "select", "Basic", "Gold")
    with pytest.raises(UnknownName) as caught:
        run(amocrm, "leads.create", items={"custom_fields": {"Plan": "Silver"}})
    assert {each.name for each in caught.value.candidates} == {"Basic", "Gold"}


def test_ids_cost_no_request(amocrm_account: MockAccount) -> None:
    """What has no names in it is sent as it is."""
    watched = Watched()
    with client_of(amocrm_account, watched) as amo:
        run(amo, "leads.create", items={"name": "Roof", "created_by": 0})
    assert len(watched.sent) == 1


def test_a_wrong_input_looks_nothing_up(amocrm_account: MockAccount) -> None:
    """The names are found after the rest was checked."""
    watched = Watched()
    with client_of(amocrm_account, watched) as amo, pytest.raises(InputError):
        run(amo, "leads.create", items={"status_id": "Talks", "price": "5"})
    assert watched.sent == []
