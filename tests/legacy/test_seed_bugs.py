"""Faults of the PHP library, and that they are none here: `test_b01_…` is the first of its list."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from php_stage import TOKEN_PATH, Messages, Place, Tenant, sent

from amocrm_gen import AmoCRM, ApiError, OAuthError, PhpTokenStore, RawResponse
from amocrm_gen.legacy import PatientLocks, read_list
from amocrm_gen.objects import (
    Catalog,
    CatalogElement,
    Company,
    Contact,
    IncomingForm,
    Lead,
    Note,
    delete_objects,
    pages,
)
from amocrm_mockserver import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from amocrm_mockserver import Request

DAY = 86_400
PAGE = Path(__file__).parents[2] / "docs" / "migrating-from-php.md"


def answered(place: Place, path: str, body: bytes, status: int = 200) -> None:
    """Let the server say something else at one path."""
    handle: Callable[[Request], Response] = place.server.handle

    def say(request: Request) -> Response:
        if request.path != path:
            return handle(request)
        handle(request)
        return Response(status, (("Content-Type", "application/hal+json"),), body)

    place.server.handle = say  # type: ignore[method-assign]


def test_b01_a_company_of_an_incoming_lead(amo: AmoCRM) -> None:
    """It may be an object."""
    request = IncomingForm(amo, info={"form_id": "1", "form_page": "https://example.com"})
    uid = request.add_company(Company(amo, name="Acme")).add_lead({"name": "l"}).save()
    waits: Any = IncomingForm(amo).fill_by_uid(uid).entities["companies"]
    assert waits[0]["name"] == "Acme"


def test_b02_the_last_tag(amo: AmoCRM) -> None:
    """It can go, also in a second step."""
    lead = Lead(amo, name="l", tags=["a", "b", "c"])
    number = lead.save()
    lead.remove_tags("a").remove_tags("b").remove_tags("c")
    lead.save()
    assert Lead(amo).fill_by_id(number).tags == []


def test_b03_a_refresh_that_failed(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """The next one is tried again, of this account and of others."""
    store = PhpTokenStore(tmp_path, tenant.integration)
    store.save(tenant.domain, tenant.token())
    amo = place.accounts(store=store).log_in(tenant.domain)
    place.server.clock.advance(DAY + 1)
    place.fail(path=TOKEN_PATH, status=400, times=1)
    with pytest.raises(OAuthError):
        amo.account.get()
    assert amo.account.get().id == tenant.inside.id


@pytest.mark.parametrize("value", ["null", "[]", "{}"])
def test_b04_relations_that_are_nothing(value: str, amo: AmoCRM, place: Place) -> None:
    """null, an empty list and an empty object are no links; no items are an empty list."""
    item = '{"id":5,"company":%s,"leads":%s,"tags":%s,"custom_fields":%s}' % ((value,) * 4)
    body = f'{{"_embedded":{{"items":[{item}]}}}}'
    answered(place, "/api/v2/contacts", body.encode())
    contact = Contact(amo).fill_by_id(5)
    assert (contact.linked("company"), contact.linked("leads"), contact.tags) == ([], [], [])
    answered(place, "/api/v2/leads", f'{{"_embedded":{value}}}'.encode())
    assert list(pages(amo, "/api/v2/leads")) == []


def test_b05_a_save_that_failed(tenant: Tenant, tmp_path: Path) -> None:
    """The lock is free again, no file stays, and it is the account's own."""
    locks = PatientLocks(folder=tmp_path, attempts=1)
    with tenant.client(locks=locks) as amo:
        number = Lead(amo, name="l").save()
        with pytest.raises(ApiError):
            Lead(amo, {"id": number, "name": "x"}, updated_at_delta=-3600).save()
        held = locks.acquire([f"{tenant.domain}/leads/{number}"])
        assert not [path for path in tmp_path.iterdir() if str(number) in path.name]
        other = tenant.place.tenant()
        locks.acquire([f"{other.domain}/leads/{number}"]).release()
        held.release()


def test_b06_an_empty_page(amo: AmoCRM, place: Place) -> None:
    """It is the end, though its status is 200."""
    answered(place, "/api/v2/catalog_elements", b'{"_embedded":{"items":[]}}')
    assert list(pages(amo, "/api/v2/catalog_elements")) == []


def test_b07_first_and_last_name(amo: AmoCRM, place: Place) -> None:
    """They are sent."""
    Contact(amo, first_name="Ann", last_name="Lee").save()
    [asked] = place.asked()
    assert sent(asked.request)["add"][0] == {"first_name": "Ann", "last_name": "Lee"}


def test_b08_status_201(tenant: Tenant) -> None:
    """Created is a success; where it is not wanted, the text is HTTP's."""
    tenant.place.fail(path="/api/v2/leads", status=201, times=1)
    with tenant.client() as amo:
        assert amo.request("GET", "/api/v2/leads", returns=RawResponse).status == 201
    tenant.place.fail(path="/api/v2/leads", status=201, times=1)
    with (
        tenant.client(success_statuses=[200]) as amo,
        pytest.raises(ApiError) as caught,
    ):
        amo.request("GET", "/api/v2/leads")
    assert "contacts" not in caught.value.message


def test_b09_save_sets_the_id(amo: AmoCRM) -> None:
    """A second save changes the same entity."""
    lead = Lead(amo, name="l")
    assert lead.save() == lead.id == lead.save()
    assert len(list(amo.leads.find())) == 1


def test_b10_secrets_in_texts(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """No token, code or secret is in errors, reprs and debug messages."""
    messages = Messages()
    store = PhpTokenStore(tmp_path, tenant.integration)
    accounts = place.accounts(store=store, debug=messages)
    code = tenant.code()
    amo = accounts.log_in(tenant.domain, tenant.integration, code=code)
    with pytest.raises(OAuthError) as caught:
        amo.authorize(code)
    token = store.load(tenant.domain)
    assert token is not None
    error = caught.value
    shown = f"{error} {error!r} {error.curl()} {amo!r} {accounts!r} {''.join(messages.all)}"
    secrets = [code, *token.secrets, str(tenant.integration.client_secret)]
    assert not [secret for secret in secrets if str(secret) in shown]


def test_b11_token_files(tenant: Tenant, tmp_path: Path) -> None:
    """For this user alone; one that fails to be written leaves the old one whole."""
    store = PhpTokenStore(tmp_path, tenant.integration)
    store.save(tenant.domain, tenant.token())
    file = tmp_path / f"{tenant.domain}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.save(tenant.domain, tenant.token())
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []
    assert store.load(tenant.domain) is not None


def test_b12_names_of_values(amo: AmoCRM) -> None:
    """Values of the object itself cannot be overwritten by what was read."""
    lead = Lead(amo, {"subdomain": "evil", "_client": None, "path": "/x", "save": 1, "name": "l"})
    assert isinstance(lead.save(), int)


def test_b13_notes_with_parameters(amo: AmoCRM) -> None:
    """`service` and `phone` are sent, and a note that was read keeps its text."""
    lead = Lead(amo, name="l").save()
    for note_type, more in ((Note.SYSTEM, {"service": "bot"}), (Note.SMS_OUT, {"phone": "+7"})):
        params = {"text": "t", **more}
        number = Note(amo, note_type=note_type, note_params=params).add_lead(lead).save()
        found = Note(amo).fill_by_id(number)
        found.save()
        again = Note(amo).fill_by_id(number).note_params
        assert again is not None
        assert {name: again.get(name) for name in params} == params


@pytest.mark.parametrize("status", [429, 504])
def test_b14_passing_failures(status: int, place: Place, tenant: Tenant) -> None:
    """A read that fails for a moment is repeated."""
    place.fail(path="/api/v2/leads", status=status, times=1, retry_after=0)
    with tenant.client() as amo:
        amo._session.random = lambda: 0.0
        Lead(amo, name="l")
        assert read_list(amo, "/api/v2/leads") is None
    assert [asked.status for asked in place.server.asked_for("/api/v2/leads")] == [status, 204]


def test_b15_samples_that_work(amo: AmoCRM) -> None:
    """What the samples get wrong: each account has its own client, and names are right."""
    catalog = Catalog(amo, name="Cars")
    element = CatalogElement(amo, catalog_id=catalog.save(), name="Van")
    element.save()
    delete_objects(amo, [element, catalog])
    assert amo.request("GET", "/api/v2/catalogs", query={"id": 1}) is None


def test_all_are_told() -> None:
    """The page of the migration tells each fault, with its number."""
    text = PAGE.read_text("utf-8").partition("## Faults")[2]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    here = Path(__file__).read_text("utf-8")
    assert numbers == [int(number) for number in re.findall(r"def test_b(\d\d)_", here)]
    assert numbers == list(range(1, 16))
