"""Rows 37 to 49: the account, lists and their pages."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import pytest
from php_stage import KEY, MAIL

from amocrm_gen import ConfigurationError
from amocrm_gen.legacy import Settings, get_items, read_list, subscribe
from amocrm_gen.objects import (
    Catalog,
    CatalogElement,
    Company,
    Contact,
    IncomingForm,
    IncomingSip,
    Lead,
    Note,
    Task,
    pages,
    save_incoming,
    save_objects,
)

if TYPE_CHECKING:
    from php_stage import Place, Tenant

    from amocrm_gen import AmoCRM

LEADS = "/api/v2/leads"
INCOMING = "/api/v2/incoming_leads"


def ids(found: list[Any] | None) -> list[int]:
    """Return the ids of items."""
    return [item["id"] for item in found or []]


def leads_of(amo: AmoCRM, count: int) -> list[int]:
    """Make leads; return their ids."""
    made = [Lead(amo, name=f"lead {number}") for number in range(count)]
    save_objects(amo, made)
    return [cast("int", lead.id) for lead in made]


def forms_of(amo: AmoCRM, count: int) -> list[str]:
    """Make incoming leads by forms; return their uids."""
    made = [
        IncomingForm(amo, source_name="site", source_uid="s", info=form(number)).add_lead(
            {"name": f"incoming {number}"}
        )
        for number in range(count)
    ]
    return save_incoming(amo, made)


def form(number: int) -> dict[str, object]:
    """Return what is known of a form."""
    return {"form_id": str(number), "form_page": "https://example.com", "form_name": "f"}


def test_a37_account_with_parts(amo: AmoCRM) -> None:
    """Each part is there when it is asked for, and only then."""
    parts = ("users", "custom_fields", "note_types", "groups", "task_types", "pipelines")
    plain: Any = amo.request("GET", "/api/v2/account")
    assert "_embedded" not in plain
    for part in parts:
        found: Any = amo.request("GET", "/api/v2/account", query={"with": part})
        assert list(found["_embedded"]) == [part]
    everything: Any = amo.request("GET", "/api/v2/account", query={"with": ",".join(parts)})
    assert set(everything["_embedded"]) == set(parts)


def test_a38_pipelines(amo: AmoCRM) -> None:
    """By id, with the stages that all have."""
    answer: Any = amo.request("GET", "/api/v2/pipelines")
    by_id = answer["_embedded"]["items"]
    assert by_id
    for key, pipeline in by_id.items():
        assert key == str(pipeline["id"])
        assert {"142", "143"} <= pipeline["statuses"].keys()
    assert ids(get_items(answer)) == [pipeline["id"] for pipeline in by_id.values()]


def test_a39_widgets(amo: AmoCRM) -> None:
    """The path of the library, and that of the docs."""
    assert amo.v2.widgets.find_installed() == amo.v2.widgets.find()


def test_a40_lists_of_entities(amo: AmoCRM, place: Place) -> None:
    """Items or the whole answer; filters go through untouched."""
    numbers = leads_of(amo, 3)
    contact = Contact(amo, name="Ann Lee").save()
    company = Company(amo, name="Acme").save()
    task = Task(amo, text="call", task_type=1).add_lead(numbers[0]).save()
    note = Note(amo, text="hi", note_type=Note.COMMON).add_contact(contact).save()
    assert ids(read_list(amo, "/api/v2/contacts", {"query": "Lee"})) == [contact]
    assert ids(read_list(amo, "/api/v2/companies", {"id": company})) == [company]
    assert ids(read_list(amo, LEADS, {"id": numbers[:2]})) == numbers[:2]
    assert ids(read_list(amo, LEADS, {"id": ",".join(map(str, numbers))})) == numbers
    assert ids(read_list(amo, LEADS, {"filter": {"tasks": 2}})) == numbers[:1]
    assert ids(read_list(amo, LEADS, {"limit_rows": 2, "limit_offset": 1})) == numbers[1:]
    assert ids(read_list(amo, "/api/v2/tasks", {"type": "lead"})) == [task]
    assert note in ids(read_list(amo, "/api/v2/notes", {"type": "contact"}))
    whole = read_list(amo, LEADS, {"id": numbers[0]}, whole=True)
    assert whole is not None
    assert whole["_links"] is not None
    place.asked()
    read_list(amo, LEADS, {"status": [142], "filter": {"date_create": {"from": 5}}})
    [asked] = place.asked()
    assert asked.request.query == "status%5B0%5D=142&filter%5Bdate_create%5D%5Bfrom%5D=5"


def test_a40_modified_since(amo: AmoCRM, place: Place) -> None:
    """Only what was changed since then."""
    leads_of(amo, 1)
    place.server.clock.advance(3600)
    [new] = leads_of(amo, 1)
    moment = int(place.server.clock.now()) - 60
    assert ids(read_list(amo, LEADS, modified_since=moment)) == [new]
    assert [lead.id for lead in amo.v2.leads.find(modified_since=moment)] == [new]
    assert read_list(amo, LEADS, modified_since=moment + 3600) is None


def test_a41_lists_of_catalogs_elements_and_webhooks(amo: AmoCRM) -> None:
    """The same for them."""
    catalog = Catalog(amo, name="Cars").save()
    element = CatalogElement(amo, catalog_id=catalog, name="Van").save()
    subscribe(amo, {"url": "https://example.com/h", "events": ["add_lead"]})
    assert ids(read_list(amo, "/api/v2/catalogs", {"id": catalog})) == [catalog]
    found = read_list(amo, "/api/v2/catalog_elements", {"catalog_id": catalog, "term": "va"})
    assert ids(found) == [element]
    [hook] = read_list(amo, "/api/v2/webhooks") or []
    assert (hook["url"], hook["events"]) == ("https://example.com/h", ["add_lead"])
    whole = read_list(amo, "/api/v2/catalogs", whole=True)
    assert get_items(whole) == read_list(amo, "/api/v2/catalogs")


def test_a42_incoming_leads(amo: AmoCRM) -> None:
    """By category, page and uid."""
    forms = forms_of(amo, 3)
    sip = {"from": "+7", "to": "1", "date_call": 1_700_000_000, "service_code": "x"}
    call = IncomingSip(amo, source_name="pbx", info=sip).add_lead({"name": "call"}).save()

    def uids(**params: object) -> list[object]:
        return [item["uid"] for item in read_list(amo, INCOMING, params) or []]

    assert uids(categories=["sip"]) == [call]
    assert uids(categories=["forms"]) == forms
    assert uids(uid=forms[1]) == [forms[1]]
    assert uids(page_size=2, page=2, categories=["forms"]) == forms[2:]


def test_a43_incoming_summary(amo: AmoCRM) -> None:
    """Counters and their sum."""
    forms_of(amo, 2)
    told: Any = amo.v2.incoming_leads.summarise()
    assert (told["form"], told["sip"], told["total"], told["accepted"]) == (2, 0, 2, 0)


def test_a44_page_generator(amo: AmoCRM, place: Place) -> None:
    """Pages of 10, 10 and 5; nothing is asked before the first step."""
    numbers = leads_of(amo, 25)
    place.asked()
    walk = pages(amo, LEADS, size=10)
    assert place.asked() == []
    first = next(walk)
    assert len(place.asked()) == 1
    rest = list(walk)
    assert [len(page) for page in (first, *rest)] == [10, 10, 5]
    assert [item["id"] for page in (first, *rest) for item in page] == numbers
    assert len(place.asked()) == 2


def test_a45_exact_multiple(amo: AmoCRM, place: Place) -> None:
    """The last answer is 204, and no page is empty."""
    leads_of(amo, 20)
    place.asked()
    assert [len(page) for page in pages(amo, LEADS, size=10)] == [10, 10]
    assert [asked.status for asked in place.asked()] == [200, 200, 204]


def test_a46_from_an_offset(amo: AmoCRM, place: Place) -> None:
    """The walk begins there; a page has 500 rows unless told otherwise."""
    numbers = leads_of(amo, 5)
    place.asked()
    found = [item["id"] for page in pages(amo, LEADS, {"limit_offset": 3}) for item in page]
    assert found == numbers[3:]
    [asked] = place.asked()
    assert asked.request.query == "limit_offset=3&limit_rows=500"
    with pytest.raises(ValueError, match="501"):
        next(pages(amo, LEADS, size=501))


def test_a46_size_of_all_pages(place: Place, tenant: Tenant) -> None:
    """`Settings(page_size=…)`, AmoAPI's `$limitRows`, is for all walks that are not told."""
    amo = place.accounts(page_size=2).log_in_by_key(tenant.domain, MAIL, KEY)
    leads_of(amo, 5)
    assert [len(page) for page in pages(amo, LEADS)] == [2, 2, 1]
    assert [len(page) for page in pages(amo, LEADS, size=4)] == [4, 1]
    for bad in (0, 501, 2.5):
        given: Any = {"page_size": bad}
        with pytest.raises(ConfigurationError, match="page_size is"):
            Settings(**given)


def test_a47_whole_answers(amo: AmoCRM) -> None:
    """Each page is the whole answer on request."""
    leads_of(amo, 3)
    answers = list(pages(amo, LEADS, size=2, whole=True))
    assert [len(get_items(answer) or []) for answer in answers] == [2, 1]
    assert all("_links" in answer for answer in answers)


def test_a48_elements_by_page(tenant: Tenant) -> None:
    """By number; 204 and an empty page are the end."""
    place = tenant.place
    with tenant.client() as amo:
        catalog = Catalog(amo, name="Cars").save()
        elements = [CatalogElement(amo, catalog_id=catalog, name=str(n)) for n in range(501)]
        save_objects(amo, elements, limit=500)
        place.asked()
        found = list(pages(amo, "/api/v2/catalog_elements", {"catalog_id": catalog}))
        assert [len(page) for page in found] == [500, 1]
        queries = [asked.request.query for asked in place.asked()]
        assert [query.rpartition("page=")[2] for query in queries] == ["1", "2", "3"]


def test_a49_incoming_generator(amo: AmoCRM) -> None:
    """All uids, each once."""
    uids = forms_of(amo, 7)
    found = [item["uid"] for page in pages(amo, INCOMING, size=3) for item in page]
    assert sorted(map(str, found)) == sorted(uids)
    assert len(list(islice(pages(amo, INCOMING, size=3), 1))) == 1
