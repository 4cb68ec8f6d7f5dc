"""Contacts, companies and leads by API v2, over the state that API v4 shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.testing import MockAccount, mock_amocrm

if TYPE_CHECKING:
    from collections.abc import Iterator


class Caller:
    """Calls one account in process."""

    def __init__(self, account: MockAccount) -> None:
        self.account = account

    def __call__(self, method: str, target: str, body: object = None, **more: str) -> Response:
        """Send one request; `more` are headers."""
        path, _, query = target.partition("?")
        headers = {"authorization": f"Bearer {self.account.token}"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return self.account.server.handle(
            Request(
                method=method,
                host=self.account.domain,
                path=path,
                query=query,
                headers=headers,
                body=b"" if body is None else orjson.dumps(body),
            )
        )

    def items(self, target: str) -> list[Any]:  # Any: JSON
        """Return the items of a list; none for 204."""
        response = self("GET", target)
        if response.status == 204:
            assert response.body == b""
            return []
        assert response.status == 200, response.body
        found: list[Any] = orjson.loads(response.body)["_embedded"]["items"]
        return found

    def save(self, kind: str, **body: object) -> Any:  # Any: JSON
        """Return what stands under `_embedded` after a write."""
        response = self("POST", f"/api/v2/{kind}", body)
        assert response.status == 200, response.body
        return orjson.loads(response.body)["_embedded"]


@pytest.fixture
def call() -> Iterator[Caller]:
    """Return a caller of a fresh account."""
    with mock_amocrm() as account:
        yield Caller(account)


def test_nothing_is_204(call: Caller) -> None:
    """An empty list has no body."""
    for kind in ("contacts", "companies", "leads", "tasks", "notes"):
        assert call("GET", f"/api/v2/{kind}").status == 204


def test_added_and_read(call: Caller) -> None:
    """The answer names the new ids; relations without members are empty objects."""
    saved = call.save("contacts", add=[{"name": "Ann Lee", "request_id": 7, "tags": "a, b"}])
    [item] = saved["items"]
    assert item["request_id"] == 7
    assert item["_links"]["self"] == {
        "href": f"/api/v2/contacts?id={item['id']}",
        "method": "get",
    }
    [contact] = call.items(f"/api/v2/contacts?id={item['id']}")
    assert (contact["company"], contact["leads"], contact["customers"]) == ({}, {}, {})
    assert [tag["name"] for tag in contact["tags"]] == ["a", "b"]
    assert contact["closest_task_at"] == 0


def test_stale_changes_are_refused_one_by_one(call: Caller) -> None:
    """The good rows are saved, the stale ones are named, and the status is 200."""
    first, second = call.save("leads", add=[{"name": "A"}, {"name": "B"}])["items"]
    now = call.items("/api/v2/leads")[0]["updated_at"]
    saved = call.save(
        "leads",
        update=[
            {"id": first["id"], "updated_at": now - 1, "name": "X"},
            {"id": second["id"], "updated_at": now, "name": "Y"},
        ],
    )
    assert [item["id"] for item in saved["items"]] == [second["id"]]
    assert saved["errors"] == {
        "update": {str(first["id"]): "Last modified date is older than in database"}
    }
    assert [lead["name"] for lead in call.items("/api/v2/leads")] == ["A", "Y"]


def test_near_future_is_stored(call: Caller) -> None:
    """The PHP library sends a time a few seconds ahead."""
    [lead] = call.save("leads", add=[{"name": "A"}])["items"]
    ahead = call.items("/api/v2/leads")[0]["updated_at"] + 5
    call.save("leads", update=[{"id": lead["id"], "updated_at": ahead, "sale": 5}])
    assert call.items("/api/v2/leads")[0]["updated_at"] == ahead


def test_read_item_posted_back_changes_nothing(call: Caller) -> None:
    """Read-only keys and relations in the read shape are passed over."""
    [contact] = call.save("contacts", add=[{"name": "Ann"}])["items"]
    [lead] = call.save("leads", add=[{"name": "A", "contacts_id": contact["id"]}])["items"]
    [before] = call.items(f"/api/v2/leads?id={lead['id']}")
    call.save("leads", update=[before])
    [after] = call.items(f"/api/v2/leads?id={lead['id']}")
    before.pop("updated_at"), after.pop("updated_at")
    assert after == before


def test_links_agree_from_both_sides_and_in_both_versions(call: Caller) -> None:
    """Linking adds, unlinking removes; API v4 sees the same."""
    [one] = call.save("contacts", add=[{"name": "Ann"}])["items"]
    [two] = call.save("contacts", add=[{"name": "Bob"}])["items"]
    [lead] = call.save("leads", add=[{"name": "A", "contacts_id": [one["id"]]}])["items"]
    now = call.items("/api/v2/leads")[0]["updated_at"]
    call.save("leads", update=[{"id": lead["id"], "updated_at": now, "contacts_id": [two["id"]]}])
    assert call.items("/api/v2/leads")[0]["contacts"]["id"] == [one["id"], two["id"]]
    assert call.items(f"/api/v2/contacts?id={two['id']}")[0]["leads"]["id"] == [lead["id"]]
    answer = orjson.loads(call("GET", f"/api/v4/leads/{lead['id']}?with=contacts").body)
    assert [ref["id"] for ref in answer["_embedded"]["contacts"]] == [one["id"], two["id"]]
    now = call.items("/api/v2/leads")[0]["updated_at"]
    gone = {"contacts_id": [one["id"]]}
    call.save("leads", update=[{"id": lead["id"], "updated_at": now, "unlink": gone}])
    [shown] = call.items("/api/v2/leads")
    assert shown["contacts"]["id"] == [two["id"]]
    assert shown["main_contact"]["id"] == two["id"]
    assert call.items(f"/api/v2/contacts?id={one['id']}")[0]["leads"] == {}


def test_tags_replace_and_the_last_can_go(call: Caller) -> None:
    """An empty text or list takes all tags away."""
    [lead] = call.save("leads", add=[{"name": "A", "tags": ["x", "y"]}])["items"]
    now = call.items("/api/v2/leads")[0]["updated_at"]
    call.save("leads", update=[{"id": lead["id"], "updated_at": now, "tags": "y"}])
    assert [tag["name"] for tag in call.items("/api/v2/leads")[0]["tags"]] == ["y"]
    call.save("leads", update=[{"id": lead["id"], "updated_at": now + 1, "tags": []}])
    assert call.items("/api/v2/leads")[0]["tags"] == []


def test_pages_by_offset(call: Caller) -> None:
    """The offset counts only together with a limit; the order is steady."""
    call.save("leads", add=[{"name": str(number)} for number in range(5)])
    names = [lead["name"] for lead in call.items("/api/v2/leads?limit_rows=2&limit_offset=2")]
    assert names == ["2", "3"]
    assert len(call.items("/api/v2/leads?limit_offset=2")) == 5
    assert call.items("/api/v2/leads?limit_rows=2&limit_offset=6") == []


def test_changed_since(call: Caller) -> None:
    """A header asks for what changed."""
    with_ = {"if_modified_since": "Mon, 01 Aug 2050 07:07:23 UTC"}
    call.save("leads", add=[{"name": "A"}])
    assert call("GET", "/api/v2/leads", **with_).status == 204
    with_ = {"if_modified_since": "Mon, 01 Aug 2016 07:07:23 UTC"}
    assert call("GET", "/api/v2/leads", **with_).status == 200


def test_forty_first_contact(call: Caller) -> None:
    """A lead has at most 40."""
    saved = call.save("leads", add=[{"name": "A", "contacts_id": list(range(1, 42))}])
    assert saved == {"items": [], "errors": {"add": [{"code": 330}]}}


def test_won_closes(call: Caller) -> None:
    """Stages 142 and 143 close the lead, in every pipeline."""
    [lead] = call.save("leads", add=[{"name": "A"}])["items"]
    assert call.items("/api/v2/leads")[0]["closed_at"] == 0
    now = call.items("/api/v2/leads")[0]["updated_at"]
    call.save("leads", update=[{"id": lead["id"], "updated_at": now, "status_id": 142}])
    [shown] = call.items("/api/v2/leads")
    assert shown["status_id"] == 142
    assert shown["closed_at"] > 0
    assert call.items("/api/v2/leads?filter[active]=1") == []
