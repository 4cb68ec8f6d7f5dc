"""Contacts and companies: names, tags, and what is shown."""

from __future__ import annotations

import pytest

from .crm import NOON, ORIGIN, Crm, Json, make_crm


@pytest.mark.parametrize(
    ("order", "item", "name"),
    [
        (1, {"first_name": "Ann", "last_name": "Lee"}, "Ann Lee"),
        (2, {"first_name": "Ann", "last_name": "Lee"}, "Lee Ann"),
        (1, {"last_name": "Lee"}, "Lee"),
        (1, {"name": "Boss", "first_name": "Ann"}, "Boss"),
        (1, {}, ""),
    ],
)
def test_names_of_new_contacts(order: int, item: Json, name: str) -> None:
    """The parts make the name when only they are given."""
    crm = make_crm({"contact_name_display_order": order})
    [number] = crm.create("contacts", item)
    contact = crm.get(f"contacts/{number}")
    assert contact["name"] == name
    assert contact["first_name"] == item.get("first_name", "")
    assert contact["last_name"] == item.get("last_name", "")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"name": "New"}, "New"),
        ({"first_name": "Eve"}, "Eve Lee"),
        ({"first_name": "Eve", "name": "Ann Lee"}, "Eve Lee"),
        ({"first_name": "", "last_name": "", "name": "New"}, "New"),
        ({"price": 5, "name": None}, "Ann Lee"),
    ],
)
def test_names_of_changed_contacts(crm: Crm, change: Json, name: str) -> None:
    """A new name wins; new parts make a new one; the old name that is sent back does not count."""
    [number] = crm.create("contacts", {"first_name": "Ann", "last_name": "Lee"})
    crm.patch(f"contacts/{number}", change)
    assert crm.get(f"contacts/{number}")["name"] == name


def test_answers_to_writes(crm: Crm) -> None:
    """Contacts tell more than leads."""
    [row] = crm.post("contacts", [{"name": "A"}])["_embedded"]["contacts"]
    assert list(row) == ["id", "is_deleted", "is_unsorted", "request_id", "_links"]
    number = row["id"]
    assert crm.patch(f"contacts/{number}", {"name": "B"}) == {
        "id": number,
        "name": "B",
        "updated_at": NOON,
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/contacts/{number}"}},
    }


def test_a_company_has_no_companies(crm: Crm) -> None:
    """Its other relations are shown when asked for."""
    [number] = crm.create("companies", {"name": "Co"})
    assert crm.get(f"companies/{number}")["_embedded"] == {"tags": []}
    shown = crm.get(f"companies/{number}", "with=contacts,leads,customers")["_embedded"]
    assert shown == {"tags": [], "leads": [], "customers": [], "contacts": []}
    assert list(crm.get(f"companies/{number}")) == [
        "id",
        "name",
        "responsible_user_id",
        "group_id",
        "created_by",
        "updated_by",
        "created_at",
        "updated_at",
        "closest_task_at",
        "is_deleted",
        "custom_fields_values",
        "account_id",
        "_links",
        "_embedded",
    ]


def test_contacts_and_companies_share_their_ids(crm: Crm) -> None:
    """No contact has the id of a company."""
    numbers = [
        *crm.create("contacts", {}, {}),
        *crm.create("companies", {}),
        *crm.create("contacts", {}),
    ]
    assert numbers == sorted(set(numbers))


def test_a_trashed_contact_says_that_it_is_not_deleted() -> None:
    """Its place in the list of the trash is the only sign."""
    crm = make_crm({"contacts": [{"id": 5, "name": "Gone", "is_deleted": True}]})
    [contact] = crm.find("contacts", "with=only_deleted")
    assert (contact["id"], contact["name"], contact["is_deleted"]) == (5, "Gone", False)
    assert crm.find("contacts") == []


def test_tag_sets(crm: Crm) -> None:
    """A list replaces the set, null empties it, to_add and to_delete change it."""

    def names() -> list[str]:
        return [tag["name"] for tag in crm.get(f"contacts/{number}")["_embedded"]["tags"]]

    [number] = crm.create("contacts", {"_embedded": {"tags": [{"name": "a"}, {"name": "b"}]}})
    tags = {tag["name"]: tag["id"] for tag in crm.find("contacts/tags")}
    assert names() == ["a", "b"]
    crm.patch(f"contacts/{number}", {"tags_to_add": [{"name": "c"}, {"id": tags["a"]}]})
    assert names() == ["a", "b", "c"]
    crm.patch(
        f"contacts/{number}", {"tags_to_delete": [{"id": tags["a"]}, {"name": "c"}, {"name": "z"}]}
    )
    assert names() == ["b"]
    crm.patch(f"contacts/{number}", {"name": "x"})
    assert names() == ["b"]
    crm.patch(
        f"contacts/{number}",
        {"_embedded": {"tags": [{"id": tags["a"], "name": "a", "color": None}]}},
    )
    assert names() == ["a"]
    crm.patch(f"contacts/{number}", {"_embedded": {"tags": None}})
    assert names() == []
    assert {tag["name"] for tag in crm.find("contacts/tags")} == {"a", "b", "c"}
    assert crm.find("leads/tags") == []


def test_the_tag_directory(crm: Crm) -> None:
    """A name is there once; only tags of leads have colours; they can be changed."""
    answer = crm.post("leads/tags", [{"name": "hot", "color": "EBEBEB"}, {"name": "new"}])
    [hot, new] = answer["_embedded"]["tags"]
    assert answer["_total_items"] == 2
    assert hot == {"id": hot["id"], "name": "hot", "color": "EBEBEB", "request_id": "0"}
    [again] = crm.post("leads/tags", [{"name": "hot"}])["_embedded"]["tags"]
    assert (again["id"], again["color"]) == (hot["id"], "EBEBEB")
    assert crm.find("leads/tags", "filter[name]=hot") == [
        {"id": hot["id"], "name": "hot", "color": "EBEBEB"}
    ]
    assert crm.find("leads/tags", "filter[name]=HOT") == []
    assert [tag["name"] for tag in crm.find("leads/tags", "query=O")] == ["hot"]
    assert [tag["id"] for tag in crm.find("leads/tags", f"filter[id][]={new['id']}")] == [new["id"]]
    [lead] = crm.create("leads", {"tags_to_add": [{"id": hot["id"]}]})
    assert crm.get(f"leads/{lead}")["_embedded"]["tags"][0]["name"] == "hot"
    crm.patch("leads/tags", [{"id": hot["id"], "name": "cold", "color": "D0D0D0"}])
    shown = crm.get(f"leads/{lead}")["_embedded"]["tags"]
    assert shown == [{"id": hot["id"], "name": "cold", "color": "D0D0D0"}]
    crm.post("contacts/tags", [{"name": "x", "color": "EBEBEB"}])
    assert crm.find("contacts/tags")[0]["color"] is None
