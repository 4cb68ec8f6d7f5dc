"""What a new account holds, what a seed adds, and where ids come from."""

from __future__ import annotations

import pytest

from amocrm_mockserver.account import create_account
from amocrm_mockserver.clock import Clock
from amocrm_mockserver.ids import Ids

from .crm import NOON, ORIGIN, Json, make_crm


def test_the_account_shows_itself() -> None:
    """Every plain key is there, the rest is shown when asked for."""
    crm = make_crm()
    account = crm.get("account")
    assert list(account) == [
        "id",
        "name",
        "subdomain",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "current_user_id",
        "country",
        "currency",
        "currency_symbol",
        "customers_mode",
        "is_unsorted_on",
        "mobile_feature_version",
        "is_loss_reason_enabled",
        "is_helpbot_enabled",
        "is_technical_account",
        "contact_name_display_order",
        "_links",
    ]
    assert account["current_user_id"] == crm.caller.user_id
    assert account["_links"] == {"self": {"href": f"{ORIGIN}/api/v4/account"}}
    members = "amojo_id,uuid,version,drive_url,is_api_filter_enabled,entity_names,invoices_settings"
    full = crm.get(
        "account", f"with={members},amojo_rights,users_groups,task_types,datetime_settings"
    )
    assert full["drive_url"] == "https://drive-b.amocrm.ru"
    assert (full["amojo_id"], full["uuid"]) == (crm.account.row["amojo_id"], crm.account.uuid)
    assert isinstance(full["version"], int)
    forms = full["entity_names"]["leads"]["ru"]["singular_form"]
    assert (forms["default"], forms["genitive"]) == ("Сделка", "Сделки")
    embedded = full["_embedded"]
    assert embedded["users_groups"] == [{"id": 0, "name": "Отдел продаж", "uuid": None}]
    assert [kind["code"] for kind in embedded["task_types"]] == ["FOLLOW_UP", "MEETING"]
    settings = embedded["datetime_settings"]
    assert settings["date_formant"] == settings["date_format"]
    assert (settings["timezone"], settings["timezone_offset"]) == ("Europe/Moscow", "+03:00")


def test_users_and_roles() -> None:
    """Rights are whole trees; an admin has them all, others what they are given."""
    crm = make_crm(
        {
            "groups": [{"id": 5, "name": "Support"}],
            "roles": [{"id": 71, "name": "Sales"}],
            "users": [
                {"id": 501, "name": "Admin", "email": "a@example.com", "admin": True},
                {"id": 502, "name": "Bob", "group_id": 5, "role_id": 71, "lang": "en"},
            ],
        }
    )
    admin, bob = crm.find("users", "with=role,group,uuid,amojo_id,user_rank,phone_number")
    assert admin["rights"]["leads"] == dict.fromkeys(
        ("view", "edit", "add", "delete", "export"), "A"
    )
    assert bob["rights"]["leads"]["view"] == "D"
    assert (admin["rights"]["is_admin"], bob["rights"]["is_admin"]) == (True, False)
    assert bob["_embedded"]["groups"] == [{"id": 5, "name": "Support"}]
    assert bob["_embedded"]["roles"][0]["name"] == "Sales"
    assert admin["_embedded"] == {"roles": [], "groups": []}
    assert "api_key" not in admin
    assert "_embedded" not in crm.get("users/502")
    assert crm.get("users/502")["lang"] == "en"
    role = crm.get("roles/71", "with=users")
    assert [user["id"] for user in role["_embedded"]["users"]] == [502]
    [lead] = crm.create("leads", {"responsible_user_id": 502})
    assert crm.get(f"leads/{lead}")["group_id"] == 5


_SEED: Json = {
    "id": 9000,
    "name": "Example",
    "users": [{"id": 501, "name": "Admin", "admin": True}],
    "pipelines": [
        {
            "id": 70,
            "name": "Sales",
            "sort": 1,
            "is_main": True,
            "_embedded": {
                "statuses": [
                    {"id": 7000, "type": 1, "name": "New ones"},
                    {"id": 7001, "name": "First call", "color": "#99ccff"},
                ]
            },
        }
    ],
    "predefined_fields": False,
    "custom_fields": {
        "leads": [{"id": 301, "name": "Page", "type": "text"}],
        "contacts": [
            {
                "id": 401,
                "name": "Phone",
                "code": "PHONE",
                "type": "multitext",
                "enums": [{"id": 4011, "value": "WORK"}],
            },
        ],
    },
    "loss_reasons": [{"id": 11, "name": "Too expensive", "sort": 100000}],
    "tags": {"leads": [{"id": 41, "name": "hot", "color": "FFC8C8"}]},
    "sources": [{"id": 77, "name": "Landing"}],
    "leads": [
        {
            "id": 101,
            "name": "Roof repair",
            "status_id": 143,
            "pipeline_id": 70,
            "loss_reason_id": 11,
            "closed_at": 5,
            "updated_at": 6,
            "source_id": 77,
            "score": 3,
            "custom_fields_values": [{"field_id": 301, "values": [{"value": "/"}]}],
            "_embedded": {
                "tags": [{"id": 41}],
                "contacts": [{"id": 201}],
                "companies": [{"id": 301}],
            },
        }
    ],
    "contacts": [{"id": 201, "name": "Ann", "updated_at": 7}],
    "companies": [{"id": 301, "name": "Acme"}],
    "tasks": [
        {"id": 901, "text": "Meet", "complete_till": 9, "entity_id": 201, "entity_type": "contacts"}
    ],
    "notes": {
        "leads": [{"id": 1001, "entity_id": 101, "note_type": "common", "params": {"text": "x"}}]
    },
    "links": [
        {
            "entity_id": 201,
            "entity_type": "contacts",
            "to_entity_id": 301,
            "to_entity_type": "companies",
        }
    ],
}


def test_a_seed_is_taken_with_its_ids() -> None:
    """Everything stands as it was given, the times included; no events come of it."""
    crm = make_crm(_SEED)
    assert (crm.account.id, crm.caller.user_id) == (9000, 501)
    lead = crm.get("leads/101", "with=contacts,source,loss_reason")
    assert (lead["closed_at"], lead["updated_at"], lead["score"]) == (5, 6, 3)
    assert lead["_embedded"]["source"] == {"id": 77, "name": "Landing"}
    assert lead["_embedded"]["tags"] == [{"id": 41, "name": "hot", "color": "FFC8C8"}]
    assert lead["_embedded"]["contacts"][0]["is_main"] is True
    assert lead["_embedded"]["loss_reason"][0]["id"] == 11
    contact = crm.get("contacts/201")
    assert (contact["updated_at"], contact["closest_task_at"]) == (7, 9)
    assert contact["_embedded"]["companies"][0]["id"] == 301
    assert crm.get("leads/notes/1001")["params"] == {"text": "x"}
    [field] = crm.find("contacts/custom_fields")
    assert (field["id"], field["enums"][0]["id"]) == (401, 4011)
    stages = crm.get("leads/pipelines/70")["_embedded"]["statuses"]
    assert [(stage["id"], stage["name"], stage["type"]) for stage in stages[:2]] == [
        (7000, "New ones", 1),
        (7001, "First call", 0),
    ]
    assert crm.account.events == []


def test_a_field_with_a_predefined_code_takes_its_place() -> None:
    """The rest of the predefined fields stay."""
    given = [
        {"id": 5, "name": "Tel", "code": "PHONE", "type": "multitext", "enums": [{"value": "WORK"}]}
    ]
    crm = make_crm({"custom_fields": {"contacts": given}})
    fields = {field["code"]: field for field in crm.find("contacts/custom_fields")}
    assert (fields["PHONE"]["id"], fields["PHONE"]["name"]) == (5, "Tel")
    assert "EMAIL" in fields


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ({"planets": [{"name": "x"}]}, "planets"),
        ({"leads": [{"name": 5}]}, "InvalidType"),
        ({"leads": "x"}, "leads"),
        ({"users": [5]}, "users"),
        ({"tags": {"planets": [{"name": "x"}]}}, "tags.planets"),
        ({"links": [{"entity_id": 5}]}, "links"),
        (
            {
                "links": [
                    {
                        "entity_id": 5,
                        "entity_type": "leads",
                        "to_entity_id": 6,
                        "to_entity_type": "contacts",
                    }
                ]
            },
            "there is no leads 5",
        ),
    ],
)
def test_a_seed_that_makes_no_sense_is_named(seed: Json, text: str) -> None:
    """The key that is wrong stands in the message."""
    with pytest.raises(ValueError, match=text):
        make_crm(seed)


def test_ids_of_accounts_do_not_meet() -> None:
    """Neither the first ones nor many later ones."""
    streams = [Ids("same", order=order) for order in (0, 1, 2)]
    seen: set[int] = set()
    for stream in streams:
        numbers = {
            stream.next(table) for table in ("leads", "contacts", "users") for _ in range(2000)
        }
        assert not seen & numbers
        assert all(number > 1000 for number in numbers)
        seen |= numbers
    tables = {Ids("same", order=0).next(table) for table in ("leads", "tasks", "notes", "tags")}
    assert len(tables) == 4


def test_a_used_up_block_goes_on_elsewhere() -> None:
    """Still apart from all others."""
    one, two = Ids("a", order=0), Ids("b", order=1)
    numbers = [one.next("leads") for _ in range(1_000_050)]
    assert len(set(numbers)) == len(numbers)
    assert two.next("leads") not in set(numbers)


def test_the_same_account_is_the_same_again() -> None:
    """Ids, uuids and secrets follow from subdomain and order."""
    one, two = make_crm(), make_crm()
    assert one.account.row == two.account.row
    assert one.find("users", "with=uuid") == two.find("users", "with=uuid")
    assert one.account.ids.token("def502") == two.account.ids.token("def502")
    other = create_account("other", "amocrm.ru", clock=Clock(frozen_at=NOON), order=0)
    assert other.uuid != one.account.uuid


def test_a_new_id_is_never_one_that_was_given() -> None:
    """A seed may name an id that the stream would come to."""
    following = make_crm().create("leads", {}, {})
    crm = make_crm({"leads": [{"id": following[0], "name": "x"}]})
    assert crm.create("leads", {}) == [following[1]]
