"""Rows 76 to 84: many at once, incoming leads, webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from php_stage import sent

from amocrm_gen import AmoCRM, Conflict, ValidationError
from amocrm_gen.legacy import subscribe, unsubscribe
from amocrm_gen.objects import (
    Company,
    Contact,
    IncomingForm,
    IncomingSip,
    Lead,
    pages,
    save_incoming,
    save_objects,
)

if TYPE_CHECKING:
    from php_stage import Place

INCOMING = "/api/v2/incoming_leads"


def form(number: int) -> dict[str, object]:
    """Return what is known of a form."""
    return {"form_id": str(number), "form_page": "https://example.com", "form_name": "f"}


def waiting(amo: AmoCRM) -> list[object]:
    """Return the uids that wait."""
    return [item["uid"] for page in pages(amo, INCOMING) for item in page]


def test_a76_batch_of_mixed_kinds(amo: AmoCRM, place: Place) -> None:
    """One request for each kind, adds and changes together; all know their ids."""
    old = Lead(amo, name="old")
    old.save()
    old.name = "changed"
    new, contact = Lead(amo, name="new"), Contact(amo, name="Ann")
    place.asked()
    save_objects(amo, [old, contact, new])
    asked = place.asked()
    assert [one.path for one in asked] == ["/api/v2/leads", "/api/v2/contacts"]
    body = sent(asked[0].request)
    assert [item["name"] for item in body["add"]] == ["new"]
    assert [item["name"] for item in body["update"]] == ["changed"]
    assert {lead.id: lead.name for lead in amo.leads.find()} == {old.id: "changed", new.id: "new"}
    assert [one.id for one in amo.contacts.find()] == [contact.id]


def test_a77_batch_with_limit(amo: AmoCRM, place: Place) -> None:
    """260 are two requests."""
    leads = [Lead(amo, name=str(number)) for number in range(260)]
    save_objects(amo, leads)
    assert [len(sent(asked.request)["add"]) for asked in place.asked()] == [250, 10]
    assert len({lead.id for lead in leads}) == 260
    assert amo.leads.get(leads[259].need_id()).name == "259"


def test_a77_500_and_501(amo: AmoCRM, place: Place) -> None:
    """500 go in one request; one more makes a second, and a larger limit is refused."""
    leads = [Lead(amo, name=str(number)) for number in range(500)]
    save_objects(amo, leads, limit=500)
    assert len(place.asked()) == 1
    leads = [Lead(amo, name=str(number)) for number in range(501)]
    save_objects(amo, leads, limit=500)
    assert [len(sent(asked.request)["add"]) for asked in place.asked()] == [500, 1]
    with pytest.raises(ValueError, match="501"):
        save_objects(amo, leads, limit=501)


def test_a78_whole_answers(amo: AmoCRM) -> None:
    """One for each request."""
    answers: Any = save_objects(amo, [Lead(amo, name="l"), Contact(amo, name="c")])
    assert [answer["_links"]["self"]["href"] for answer in answers] == [
        "/api/v2/leads",
        "/api/v2/contacts",
    ]


def test_a79_partial_failure(amo: AmoCRM) -> None:
    """The good ones are saved and know it, the bad one is named."""
    good, bad, stale = (Lead(amo, name=name) for name in ("good", "bad", "stale"))
    save_objects(amo, [good, stale])
    late = Lead(amo, {"id": stale.id, "name": "late"}, updated_at_delta=-3600)
    good.name = "better"
    with pytest.raises(Conflict) as caught:
        save_objects(amo, [good, late, bad])
    assert caught.value.ids == (stale.id,)
    assert bad.id is not None
    assert len(caught.value.saved) == 2
    assert {lead.name for lead in amo.leads.find()} == {"better", "stale", "bad"}


def test_a80_incoming_form_and_sip(amo: AmoCRM) -> None:
    """By objects and by dicts, the company too; the answer says success."""
    request = IncomingForm(amo, source_name="site", source_uid="s", info=form(1))
    request.add_lead(Lead(amo, name="l", sale=5)).add_contact({"name": "Ann"})
    request.add_company(Company(amo, name="Acme"))
    answer = request.save(whole=True)
    assert (answer["status"], answer["data"]) == ("success", [request.uid])
    sip = {"from": "+7", "to": "1", "date_call": 1_700_000_000, "service_code": "x"}
    call = IncomingSip(amo, source_name="pbx", info=sip).add_company({"name": "Dict"})
    uid = call.save()
    assert set(waiting(amo)) == {request.uid, uid}
    assert list(amo.companies.find()) == []
    with pytest.raises(ValidationError):
        IncomingForm(amo, source_name="site", info={}).add_lead({"name": "l"}).save()


def test_a80_the_same_form_again(amo: AmoCRM) -> None:
    """It is not added twice."""
    request = IncomingForm(amo, source_name="site", info=form(1), created_at=1_700_000_000)
    first = request.add_lead({"name": "l"}).save()
    again = IncomingForm(amo, source_name="site", info=form(1), created_at=1_700_000_000)
    assert again.add_lead({"name": "l"}).save() == first
    assert waiting(amo) == [first]


def test_a81_incoming_by_uid(amo: AmoCRM) -> None:
    """Entities and what is known of the form."""
    request = IncomingForm(amo, source_name="site", source_uid="s", info=form(7))
    uid = request.add_lead({"name": "l"}).add_contact({"name": "Ann"}).save()
    found = IncomingForm(amo).fill_by_uid(uid)
    assert (found.uid, found.category, found.source_name) == (uid, "form", "site")
    assert found.info["form_id"] == "7"
    leads: Any = found.entities["leads"]
    contacts: Any = found.entities["contacts"]
    assert (leads[0]["name"], contacts[0]["name"]) == ("l", "Ann")


def test_a82_accept_and_decline(amo: AmoCRM) -> None:
    """What is accepted is made and linked; the list gets shorter."""
    uids = []
    for number in range(2):
        request = IncomingForm(amo, source_name="site", info=form(number))
        uids.append(request.add_lead({"name": "l"}).add_contact({"name": "Ann"}).save())
    taken, left = uids
    user = amo.v2.account.get().current_user
    assert isinstance(user, int)
    pipeline: Any = next(iter(amo.pipelines.find()))
    stage = next(one.id for one in pipeline.embedded.statuses if one.type == 0)
    answer: Any = amo.v2.incoming_leads.accept(accept=[taken], user_id=user, status_id=stage)
    made = answer.data[taken]
    lead = Lead(amo).fill_by_id(made["leads"][0])
    assert (lead.status_id, lead.linked("contacts")) == (stage, made["contacts"])
    assert waiting(amo) == [left]
    declined: Any = amo.v2.incoming_leads.decline(decline=[left], user_id=user)
    assert declined.data == {left: False}
    assert waiting(amo) == []
    assert [contact.id for contact in amo.contacts.find()] == made["contacts"]


def test_a83_incoming_batch_with_limit(amo: AmoCRM, place: Place) -> None:
    """All uids, one request for each part of a kind."""
    requests = [IncomingForm(amo, source_name="site", info=form(number)) for number in range(5)]
    for request in requests:
        request.add_lead({"name": "l"})
    place.asked()
    uids = save_incoming(amo, requests, limit=2)
    assert [len(sent(asked.request)["add"]) for asked in place.asked()] == [2, 2, 1]
    assert uids == [request.uid for request in requests]
    assert sorted(map(str, waiting(amo))) == sorted(uids)


def test_a84_webhooks(amo: AmoCRM, place: Place) -> None:
    """One or many; added, listed, deleted; each is told apart; at most 100."""
    one = {"url": "https://example.com/1", "events": ["add_lead", "update_lead"]}
    two = {"url": "https://example.com/2", "events": ["add_contact"]}
    assert [bool(done["result"]) for done in subscribe(amo, one)] == [True]
    assert [done["url"] for done in subscribe(amo, [two])] == [two["url"]]
    found = {hook.url: hook.events for hook in amo.v2.webhooks.find()}
    assert found == {hook["url"]: hook["events"] for hook in (one, two)}
    assert [bool(done["result"]) for done in unsubscribe(amo, [one, two])] == [True, True]
    assert amo.v2.webhooks.find() == []
    place.asked()
    with pytest.raises(ValueError, match="101"):
        subscribe(amo, [one] * 101)
    assert subscribe(amo, []) == []
    assert place.asked() == []


def test_the_41st_contact(amo: AmoCRM, place: Place) -> None:
    """Refused before anything is sent; the server would refuse it, too."""
    people = [Contact(amo, name=str(number)) for number in range(41)]
    save_objects(amo, people)
    ids = [person.need_id() for person in people]
    place.asked()
    lead = Lead(amo, name="l")
    with pytest.raises(ValueError, match="40"):
        lead.add_contacts(*ids)
    assert place.asked() == []
    lead.add_contacts(*ids[:40]).save()
    assert len(Lead(amo).fill_by_id(lead.need_id()).linked("contacts")) == 40
    with pytest.raises(ValidationError):
        Lead(amo, name="m", contacts={"id": ids}).save()
