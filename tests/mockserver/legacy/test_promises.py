"""What clients of API v2 rely on."""

from __future__ import annotations

import json

import pytest
from legacy_caller import NOW, Caller, Json

_ALL_KINDS = ("contacts", "companies", "leads", "tasks", "notes", "catalogs", "catalog_elements")
_CARDS = ("contacts", "companies", "leads", "customers")


@pytest.fixture
def crm() -> Caller:
    """An account with customers."""
    return Caller.fresh(customers_mode="periodicity")


def _one_of_each(crm: Caller) -> dict[str, int]:
    """One entity of each kind, linked to the others, with values and tags."""
    made = {kind: crm.added(kind, name=kind, tags=["a", "b"]) for kind in ("contacts", "companies")}
    ends = {"contacts_id": [made["contacts"]], "company_id": made["companies"]}
    made["leads"] = crm.added("leads", name="L", sale=5, tags="a,b", **ends)
    due = {"next_date": NOW, "next_price": 3, "periodicity": 30}
    made["customers"] = crm.added("customers", name="C", **due, **ends)
    end = {"element_id": made["leads"], "element_type": 2}
    made["tasks"] = crm.added("tasks", text="T", task_type=1, complete_till_at=NOW + 60, **end)
    made["notes"] = crm.added("notes", text="N", note_type=4, **end)
    made["catalogs"] = crm.added("catalogs", name="Cars", can_add_elements=True)
    made["catalog_elements"] = crm.added(
        "catalog_elements", name="Lada", catalog_id=made["catalogs"]
    )
    made["transactions"] = crm.added("transactions", customer_id=made["customers"], price=4)
    return made


@pytest.mark.parametrize("kind", [*_ALL_KINDS, "customers", "transactions", "incoming_leads"])
def test_nothing_is_204(kind: str) -> None:
    """A list without members has no body, whatever it lists."""
    crm = Caller.fresh(customers_mode="periodicity", catalogs=[])
    crm.server.world.accounts["example"].table("catalogs").rows.clear()
    response = crm("GET", f"/api/v2/{kind}")
    assert (response.status, response.body) == (204, b"")


@pytest.mark.parametrize("kind", _CARDS)
def test_stale_rows_beside_good_ones(crm: Caller, kind: str) -> None:
    """200; the stale are named, the equal and the newer are saved and listed."""
    ids = [crm.added(kind, name=str(number), next_date=NOW) for number in range(3)]
    updates = [
        {"id": number, "updated_at": NOW + delta, "name": "new"}
        for number, delta in zip(ids, (-1, 0, 5), strict=True)
    ]
    saved = crm.save(kind, update=updates)
    text = "Last modified date is older than in database"
    assert saved["errors"] == {"update": {str(ids[0]): text}}
    assert [(row["id"], row["updated_at"]) for row in saved["items"]] == [
        (ids[1], NOW),
        (ids[2], NOW + 5),
    ]
    assert [row["name"] for row in crm.items(kind)] == ["0", "new", "new"]
    assert crm.one(kind, ids[2])["updated_at"] == NOW + 5


@pytest.mark.parametrize("kind", ["tasks", "notes"])
def test_stale_parts(crm: Caller, kind: str) -> None:
    """Tasks and notes are refused as cards are."""
    number = _one_of_each(crm)[kind]
    saved = crm.save(kind, update=[{"id": number, "updated_at": NOW - 1, "text": "X"}])
    assert saved["items"] == []
    assert list(saved["errors"]["update"]) == [str(number)]
    crm.changed(kind, number, text="Y")
    assert crm.one(kind, number)["text"] == "Y"


def test_relations_are_objects(crm: Caller) -> None:
    """Empty ones are `{}` and never null, a list or absent."""
    relations = {
        "contacts": ("company", "leads", "customers"),
        "companies": ("contacts", "leads", "customers"),
        "leads": ("main_contact", "company", "contacts"),
        "customers": ("main_contact", "company", "contacts"),
    }
    for kind, names in relations.items():
        row = crm.one(kind, crm.added(kind, name="x", next_date=NOW))
        assert {name: row[name] for name in names} == {name: {} for name in names}
        assert (row["tags"], row["custom_fields"], row["closest_task_at"]) == ([], [], 0)


@pytest.mark.parametrize("kind", [*_ALL_KINDS, "customers"])
def test_read_items_are_posted_back(crm: Caller, kind: str) -> None:
    """With all their keys, relations and links; nothing changes, nothing is refused."""
    made = _one_of_each(crm)
    before = {each: crm.one(each, number) for each, number in made.items()}
    saved = crm.save(kind, update=[before[kind]])
    assert [row["id"] for row in saved["items"]] == [made[kind]], saved
    assert "errors" not in saved
    assert {each: crm.one(each, number) for each, number in made.items()} == before


def test_tags_replace_fields_merge(crm: Caller) -> None:
    """Tags are those that are sent; of fields, those that are not sent stay."""
    for kind in ("contacts", "companies", "leads"):
        fields = [
            crm.add_v4(f"{kind}/custom_fields", {"name": name, "type": "text"}) for name in "AB"
        ]
        values = [{"id": one, "values": [{"value": str(one)}]} for one in fields]
        number = crm.added(kind, name="x", tags=["p", "q"], custom_fields=values)
        new = [{"id": fields[0], "values": [{"value": "new"}]}]
        crm.changed(kind, number, tags="q,r", custom_fields=new)
        row = crm.one(kind, number)
        assert [tag["name"] for tag in row["tags"]] == ["q", "r"]
        assert {one["id"]: one["values"] for one in row["custom_fields"]} == {
            fields[0]: [{"value": "new"}],
            fields[1]: [{"value": str(fields[1])}],
        }
        ids = [tag["id"] for tag in row["tags"]]
        crm.changed(kind, number, tags=ids[:1])
        assert [tag["id"] for tag in crm.one(kind, number)["tags"]] == ids[:1]
        crm.changed(kind, number, tags="")
        assert crm.one(kind, number)["tags"] == []


@pytest.mark.parametrize(
    ("owner", "key", "kind", "sides"),
    [
        ("leads", "contacts_id", "contacts", ("contacts", "leads")),
        ("leads", "company_id", "companies", ("company", "leads")),
        ("contacts", "leads_id", "leads", ("leads", "contacts")),
        ("contacts", "company_id", "companies", ("company", "contacts")),
        ("contacts", "customers_id", "customers", ("customers", "contacts")),
        ("companies", "contacts_id", "contacts", ("contacts", "company")),
        ("companies", "leads_id", "leads", ("leads", "company")),
        ("companies", "customers_id", "customers", ("customers", "company")),
        ("customers", "contacts_id", "contacts", ("contacts", "customers")),
        ("customers", "company_id", "companies", ("company", "customers")),
    ],
)
def test_links_add_unlink_removes(
    crm: Caller, owner: str, key: str, kind: str, sides: tuple[str, str]
) -> None:
    """Both sides of a link agree, in both versions of the API."""
    shown, back = sides
    is_one = key == "company_id"
    first = crm.added(kind, name="1", next_date=NOW)
    second = first if is_one else crm.added(kind, name="2", next_date=NOW)
    number = crm.added(owner, name="x", next_date=NOW, **{key: first if is_one else [first]})
    crm.changed(owner, number, **{key: second if is_one else str(second)})
    expected = first if is_one else [first, second]
    assert crm.one(owner, number)[shown]["id"] == expected
    for each in {first, second}:
        held = crm.one(kind, each)[back]["id"]
        assert held == (number if back == "company" else [number])
    linked = crm.ask("GET", f"/api/v4/{owner}/{number}/links")["_embedded"]["links"]
    assert {(one["to_entity_type"], one["to_entity_id"]) for one in linked} == {
        (kind, first),
        (kind, second),
    }
    crm.changed(owner, number, unlink={key: first if is_one else [first]})
    assert crm.one(kind, first)[back] == {}
    assert crm.one(owner, number)[shown] == {} if is_one else True
    if not is_one:
        assert crm.one(owner, number)[shown]["id"] == [second]


@pytest.mark.parametrize(("kind", "code"), [("contacts", 1), ("leads", 2), ("companies", 3)])
def test_closest_task_follows_tasks(crm: Caller, kind: str, code: int) -> None:
    """The nearest open one; 0 when all are done."""
    number = crm.added(kind, name="x")
    end = {"element_id": number, "element_type": code, "task_type": 1, "text": "T"}
    later = crm.added("tasks", complete_till_at=NOW + 500, **end)
    assert crm.one(kind, number)["closest_task_at"] == NOW + 500
    sooner = crm.added("tasks", complete_till_at=NOW + 50, **end)
    assert crm.one(kind, number)["closest_task_at"] == NOW + 50
    crm.changed("tasks", sooner, text="T", is_completed=True)
    assert crm.one(kind, number)["closest_task_at"] == NOW + 500
    crm.changed("tasks", later, text="T", complete_till_at=NOW + 9)
    assert crm.one(kind, number)["closest_task_at"] == NOW + 9
    crm.changed("tasks", later, text="T", is_completed=1)
    assert crm.one(kind, number)["closest_task_at"] == 0


@pytest.mark.parametrize("kind", ["leads", "customers"])
def test_main_contact_follows_contacts(crm: Caller, kind: str) -> None:
    """The first is; when it goes, the next is; without any, nobody is."""
    first, second = (crm.added("contacts", name=name) for name in "ab")
    number = crm.added(kind, name="x", next_date=NOW, contacts_id=[first])
    assert crm.one(kind, number)["main_contact"]["id"] == first
    crm.changed(kind, number, contacts_id=[second])
    assert crm.one(kind, number)["main_contact"]["id"] == first
    crm.changed(kind, number, unlink={"contacts_id": [first]})
    assert crm.one(kind, number)["main_contact"]["id"] == second
    crm.changed(kind, number, unlink={"contacts_id": [second]})
    assert crm.one(kind, number)["main_contact"] == {}


def test_a_task_done_leaves_its_result(crm: Caller) -> None:
    """Written with the task or as a note of type 13 on it."""
    number = _one_of_each(crm)["tasks"]
    assert crm.one("tasks", number)["result"] == []
    crm.added("notes", element_id=number, element_type=4, note_type=13, text="Agreed")
    row = crm.one("tasks", number)
    assert (row["is_completed"], row["result"]["text"]) == (True, "Agreed")
    assert crm.one_v4("tasks", number)["result"] == {"text": "Agreed"}


def test_queries_of_php(crm: Caller) -> None:
    """Brackets, percent-encoded ones, comma lists, blanks as plus signs, 1 and 0."""
    ids = [crm.added("leads", name=f"deal {number}", sale=number) for number in range(4)]
    one, two = ids[1], ids[3]
    for query in (f"id={one},{two}", f"id[0]={one}&id[1]={two}", f"id%5B%5D={one}&id%5B%5D={two}"):
        assert [row["id"] for row in crm.items(f"leads?{query}")] == [one, two], query
    assert [row["id"] for row in crm.items("leads?query=deal+2")] == [ids[2]]
    asked = f"leads?filter%5Bdate_create%5D%5Bfrom%5D={NOW + 1}"
    assert crm.items(asked) == []
    assert len(crm.items(f"leads?filter[date_create][to]={NOW}&filter[active]=1")) == 4
    assert crm.items("leads?filter[tasks]=2") == []


def test_pages_keep_their_order(crm: Caller) -> None:
    """Changes between two pages move nothing; each row is on exactly one page."""
    ids = [crm.added("contacts", name=str(number)) for number in range(25)]
    seen = []
    for page in range(3):
        rows = crm.items(f"contacts?limit_rows=10&limit_offset={page * 10}")
        seen += [row["id"] for row in rows]
        crm.changed("contacts", ids[page], name="changed")
    assert seen == ids
    assert crm("GET", "/api/v2/contacts?limit_rows=5&limit_offset=25").status == 204


def _form(**more: Json) -> Json:
    info = {"form_id": 1, "form_page": "p"}
    entities = {
        "leads": [{"name": "Lead"}],
        "contacts": [{"name": "Person"}],
        "companies": [{"name": "Firm"}],
    }
    return {"incoming_lead_info": info, "incoming_entities": entities, **more}


def _wait(crm: Caller, **more: Json) -> str:
    answer = crm.ask("POST", "/api/v2/incoming_leads/form", {"add": [_form(**more)]})
    [uid] = answer["data"]
    return str(uid)


def test_waiting_people_are_hidden(crm: Caller) -> None:
    """No list shows them until the request is accepted; then all are linked."""
    uid = _wait(crm)
    for kind in ("contacts", "companies", "leads"):
        assert crm("GET", f"/api/v2/{kind}").status == 204
    assert crm("GET", "/api/v4/contacts").status == 204
    [waiting] = crm.items("incoming_leads")
    assert [card["name"] for card in waiting["incoming_entities"]["contacts"]] == ["Person"]
    body = {"accept": [uid], "user_id": crm.ask("GET", "/api/v2/account")["current_user"]}
    made = crm.ask("POST", "/api/v2/incoming_leads/accept", body)["data"][uid]
    [lead] = crm.items("leads")
    assert made["leads"] == [lead["id"]]
    assert lead["contacts"]["id"] == made["contacts"]
    assert [lead["company"]["id"]] == made["companies"]
    assert crm("GET", "/api/v2/incoming_leads").status == 204


def test_the_same_request_again(crm: Caller) -> None:
    """It is told as being there, and waits once."""
    assert _wait(crm, created_at=NOW) == _wait(crm, created_at=NOW)
    assert _wait(crm, created_at=NOW + 1)
    assert len(crm.items("incoming_leads")) == 2


def test_declined_requests_leave_nothing(crm: Caller) -> None:
    """No list shows what came with them."""
    uid = _wait(crm)
    answer = crm.ask("POST", "/api/v2/incoming_leads/decline", {"decline": [uid]})
    assert answer["data"] == {uid: False}
    for kind in ("contacts", "companies", "leads", "incoming_leads"):
        assert crm("GET", f"/api/v2/{kind}").status == 204
    assert crm.ask("GET", "/api/v2/incoming_leads/summary")["accepted"] == 0


def test_session_by_api_key() -> None:
    """Cookies open API v2 for reads and writes for fifteen minutes."""
    user = {"id": 501, "name": "A", "email": "a@example.com", "admin": True, "api_key": "k1"}
    crm = Caller.fresh(users=[user])
    key = {"USER_LOGIN": "a@example.com", "USER_HASH": "k1"}
    login = crm("POST", "/private/api/auth.php?type=json", key, authorization="")
    assert json.loads(login.body)["response"]["auth"] is True
    cookies = [value for name, value in login.headers if name == "Set-Cookie"]
    cookie = "; ".join(line.partition(";")[0] for line in cookies)

    def ask(method: str, target: str, body: Json = None) -> int:
        return crm(method, target, body, authorization="", cookie=cookie).status

    assert ask("POST", "/api/v2/leads", {"add": [{"name": "L"}]}) == 200
    assert ask("GET", "/api/v2/leads") == 200
    crm.server.clock.advance(900)
    assert ask("GET", "/api/v2/leads") == 401


def test_codes_and_refresh_tokens_are_good_once() -> None:
    """Each gives one pair of tokens, with which API v2 is called; then it is dead."""
    crm = Caller.fresh()
    [ours] = crm.server.seed.integrations
    body = {"client_id": ours.client_id}
    code = crm.ask("POST", "/__mock__/accounts/example/codes", body)
    client = {
        "client_id": ours.client_id,
        "client_secret": ours.client_secret,
        "redirect_uri": ours.redirect_uri,
    }
    grant = {**client, "grant_type": "authorization_code", "code": code["code"]}

    def exchange(body: Json) -> tuple[int, Json]:
        response = crm("POST", "/oauth2/access_token", body, authorization="")
        return response.status, json.loads(response.body)

    status, pair = exchange(grant)
    assert status == 200
    assert exchange(grant)[0] == 400
    again = {**client, "grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    status, newer = exchange(again)
    assert (status, exchange(again)[0]) == (200, 401)
    bearer = f"Bearer {newer['access_token']}"
    assert crm("GET", "/api/v2/leads", authorization=bearer).status == 204


def test_as_many_as_can_be(crm: Caller) -> None:
    """500 are saved in one request; one more, and none is."""
    add = [{"name": str(number)} for number in range(501)]
    refused = crm("POST", "/api/v2/leads", {"add": add})
    assert refused.status == 400
    assert json.loads(refused.body)["status"] == 400
    assert crm("GET", "/api/v2/leads").status == 204
    assert len(crm.save("leads", add=add[:500])["items"]) == 500
