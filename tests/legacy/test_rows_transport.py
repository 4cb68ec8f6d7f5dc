"""Rows 21 to 28 and 36: what goes over the wire, and the settings of it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import urllib3

from amocrm_gen import AmoCRM, ApiError, ConfigurationError, NotFound, RawResponse, TransportError
from amocrm_gen.legacy import Settings, read_list
from amocrm_gen.objects import Company, Contact, Lead, Task
from amocrm_mockserver import Addresses, MockServer, Response, ThreadedServer
from amocrm_mockserver.testing import fresh_account
from runtime.trickle import TrickleServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from php_stage import Place, Tenant

LEADS = "/api/v2/leads"


def test_a21_user_agent_and_timeouts(tenant: Tenant) -> None:
    """The agent is seen by the server, the timeouts by the socket."""
    settings = Settings(throttle=None, user_agent="Shop/1.0", connect_timeout=2.0, timeout=7.0)
    seen: list[Any] = []

    class Pool(urllib3.PoolManager):
        def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> Any:
            seen.append(kw["timeout"])
            return super().urlopen(method, url, redirect, **kw)

    pool = Pool()
    pool.pool_classes_by_scheme = tenant.place.pool.pool_classes_by_scheme
    options: Any = {**settings.client_options(), "transport": pool}
    with tenant.client(**options) as amo:
        tenant.place.asked()
        amo.v2.account.get()
    [asked] = tenant.place.asked()
    assert asked.request.headers["user-agent"].startswith("Shop/1.0 ")
    assert (seen[0].connect_timeout, seen[0].read_timeout) == (2.0, 7.0)


def test_a21_a_silent_server_times_out() -> None:
    """Whoever accepts and says nothing is left after the timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        options: Any = Settings(throttle=None, timeout=0.05).client_options()
        with (
            AmoCRM("example", token="t", base_url=url, max_retries=0, **options) as amo,
            pytest.raises(TransportError) as caught,
        ):
            amo.v2.account.get()
        assert caught.value.sent


def test_a21_a_server_without_an_end_times_out() -> None:
    """`timeout` is for the whole request, as in the PHP library: single bytes do not prolong it."""
    with TrickleServer.started() as server:
        server.manners = ["body"]
        options: Any = Settings(throttle=None, timeout=0.3).client_options()
        with (
            AmoCRM("example", token="t", base_url=server.url, max_retries=0, **options) as amo,
            pytest.raises(TransportError, match=r"longer than 0\.3 s"),
        ):
            amo.v2.account.get()


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ThreadedServer, Path]]:
    """Return a server that speaks TLS by an authority of its own."""
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    addresses = Addresses(tls_port=0, ca_file=ca_file)
    with ThreadedServer(MockServer(), addresses=addresses) as running:
        yield running, ca_file


def test_a22_tls(secure: tuple[ThreadedServer, Path], tmp_path: Path) -> None:
    """Checked by default; an own authority works, a wrong one fails, and it can be off."""
    running, ca_file = secure
    account = fresh_account(running)
    url = f"https://localhost:{running.tls_url.rpartition(':')[2]}"
    wrong = tmp_path / "wrong.pem"
    with ThreadedServer(MockServer(), addresses=Addresses(tls_port=0, ca_file=wrong)):
        pass

    def read(**settings: Any) -> int:
        options: Any = Settings(throttle=None, **settings).client_options()
        with AmoCRM(
            account.domain, token=account.token, base_url=url, max_retries=0, **options
        ) as amo:
            return amo.account.get().id

    assert read(ca_file=str(ca_file)) == account.inside.id
    for settings in ({}, {"ca_file": str(wrong)}):
        with pytest.raises(TransportError, match="certificate verify failed"):
            read(**settings)
    with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        assert read(verify_tls=False) == account.inside.id
    with pytest.raises(ConfigurationError, match="verify_tls"):
        read(verify_tls=False, ca_file=str(ca_file))


def test_a23_raw_request(amo: AmoCRM) -> None:
    """Any path, with GET and POST."""
    answer: Any = amo.request("POST", LEADS, json={"add": [{"name": "raw"}]})
    number = answer["_embedded"]["items"][0]["id"]
    found: Any = amo.request("GET", f"{LEADS}?id={number}")
    assert found["_embedded"]["items"][0]["name"] == "raw"


def test_a24_raw_request_with_a_bad_method(amo: AmoCRM, place: Place) -> None:
    """An error, and nothing is sent."""
    method: Any = "FETCH"
    with pytest.raises(ConfigurationError, match="FETCH"):
        amo.request(method, LEADS)
    assert place.asked() == []


def test_a25_ajax_request(amo: AmoCRM, place: Place) -> None:
    """A form with the header of a page, and the token."""
    Contact(amo, name="Ann").save()
    place.asked()
    asked_for = {"useFilter": "y", "element_type": 1, "json": 1, "filter": {"cf": {7: "x"}}}
    answer: Any = amo.request("POST", "/ajax/contacts/list/contacts/", form=asked_for)
    assert "response" in answer
    [asked] = place.asked()
    headers = asked.request.headers
    assert headers["x-requested-with"] == "XMLHttpRequest"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["authorization"].startswith("Bearer ")
    assert b"filter%5Bcf%5D%5B7%5D" in asked.request.body
    with pytest.raises(ConfigurationError):
        amo.request("POST", LEADS, form={"a": 1}, json={"b": 2})


def test_a25_the_list_of_contacts_key_by_key(amo: AmoCRM) -> None:
    """An item has all keys of the documented sample, and those that pages were seen to read."""
    fields = {field.code: field.id for field in amo.custom_fields.find("contacts")}
    firm = Company(amo, name="Acme").save()
    ann = Contact(amo, name="Ann").add_company(firm)
    ann.set_custom_fields({fields["PHONE"]: [{"value": "+79001234567", "enum": "WORK"}]})
    number = ann.save()
    Task(amo, text="Call", task_type=1, complete_till_at=1_000_000_000).add_contact(number).save()
    asked_for = {"json": 1, "element_type": 1, "useFilter": "y", "page": 1}
    answer: Any = amo.request("POST", "/ajax/contacts/list/contacts/", form=asked_for)
    [item] = answer["response"]["items"]
    [user] = amo.users.find()
    moment = item["date_create"]
    [value] = item["custom_fields"][0]["values"]
    assert item == {
        "id": number,
        "name": {"text": "Ann", "url": f"/contacts/detail/{number}"},
        "url": f"/contacts/detail/{number}",
        "class_name": "js-list-row contact",
        "element_type": 1,
        "entity": "contact",
        "is_deleted": False,
        "rights": {"contacts": {"edit": True}, "companies": {"edit": True}},
        "company_name": {"name": "Acme", "url": f"/companies/detail/{firm}"},
        "manager": user.name,
        "creator": user.name,
        "modified_by": user.name,
        "date_create": moment,
        "date_modified": item["date_modified"],
        "date_of_nearest_task": {"date": item["date_of_nearest_task"]["date"], "failed": True},
        "tags": {"items": []},
        "custom_fields": [
            {
                "id": str(fields["PHONE"]),
                "name": item["custom_fields"][0]["name"],
                "values": [{"enum": value["enum"], "value": "+79001234567"}],
            }
        ],
    }
    assert value["enum"].isdecimal()
    for text in (moment, item["date_modified"], item["date_of_nearest_task"]["date"]):
        assert isinstance(text, str)
        assert text
    assert isinstance(answer["response"]["url"], str)


def test_a26_query_encoding(amo: AmoCRM, place: Place) -> None:
    """Brackets, 1 and 0, and nothing for None."""
    query = {
        "filter": {"date_create": {"from": 1, "to": 2}, "status": [142, 143]},
        "active": True,
        "deleted": False,
        "query": None,
        "text": "a b",
    }
    amo.request("GET", LEADS, query=query)
    [asked] = place.asked()
    assert asked.request.query == (
        "filter%5Bdate_create%5D%5Bfrom%5D=1&filter%5Bdate_create%5D%5Bto%5D=2"
        "&filter%5Bstatus%5D%5B0%5D=142&filter%5Bstatus%5D%5B1%5D=143"
        "&active=1&deleted=0&text=a+b"
    )


def test_a27_nothing_is_no_error(amo: AmoCRM) -> None:
    """204 is None or an empty list."""
    for kind in ("contacts", "companies", "leads", "tasks", "notes", "catalogs", "webhooks"):
        assert read_list(amo, f"/api/v2/{kind}") is None
        assert read_list(amo, f"/api/v2/{kind}", whole=True) is None
    assert list(amo.v2.leads.find()) == []
    assert amo.v2.webhooks.find() == []


def test_a28_success_statuses(tenant: Tenant) -> None:
    """A status that is added passes, one that is missing is an error."""
    place = tenant.place
    place.fail(path=LEADS, status=201, times=1)
    with tenant.client() as amo:
        assert amo.request("GET", LEADS, returns=RawResponse).status == 201
    place.fail(path=LEADS, status=201, times=1)
    with tenant.client(success_statuses=[200, 202, 204]) as amo:
        with pytest.raises(ApiError) as caught:
            amo.request("GET", LEADS)
        assert caught.value.status == 201
    place.fail(path=LEADS, status=404, times=1)
    with tenant.client(success_statuses=[200, 404]) as amo:
        assert amo.request("GET", LEADS, returns=RawResponse).status == 404
    with tenant.client(success_statuses=[202, 204]) as amo:
        with pytest.raises(ApiError) as caught:
            amo.v2.account.get()
        assert caught.value.status == 200


def test_a36_last_raw_answer(tenant: Tenant) -> None:
    """As it came, and with its letters."""
    with tenant.client() as amo:
        number = Lead(amo, name="Сделка").save()
        read_list(amo, LEADS, {"id": number})
        assert amo.last_exchange is not None
        assert "Сделка" in (amo.last_exchange.body or "")
        raw = amo.request("GET", LEADS, query={"id": number}, returns=RawResponse)
        assert orjson.loads(raw.content)["_embedded"]["items"][0]["name"] == "Сделка"


def test_a36_no_answer_yet(tenant: Tenant) -> None:
    """Before the first call there is none; after 204 it is empty."""
    with tenant.client() as amo:
        assert amo.last_exchange is None
        assert read_list(amo, LEADS) is None
        assert amo.last_exchange is not None
        assert (amo.last_exchange.status, amo.last_exchange.body) == (204, "")


def answer_with(place: Place, status: int, body: bytes) -> None:
    """Let the server say something else."""
    handle = place.server.handle

    def say(request: Any) -> Response:
        handle(request)
        return Response(status, (("Content-Type", "application/json"),), body)

    place.server.handle = say  # type: ignore[method-assign]


def test_a36_escaped_letters(tenant: Tenant) -> None:
    """JSON may write letters by their numbers; `json()` has them as letters."""
    with tenant.client() as amo:
        body = orjson.dumps({"a": 1}).replace(b"1", b'"\\u042f"')
        answer_with(tenant.place, 200, body)
        assert amo.request("GET", "/api/v2/account") == {"a": "Я"}
        assert amo.last_exchange is not None
        assert amo.last_exchange.body == '{"a":"\\u042f"}'
        assert amo.last_exchange.json() == {"a": "Я"}


def test_not_found_stays_an_error(amo: AmoCRM) -> None:
    """An entity that is not there is told apart from an empty list."""
    with pytest.raises(NotFound):
        Lead(amo).fill_by_id(5)
