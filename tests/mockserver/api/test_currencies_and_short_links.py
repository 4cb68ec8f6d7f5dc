"""Currencies, and short addresses for contacts."""

from __future__ import annotations

import orjson
import pytest

from .crm import ORIGIN, Crm, Json


def test_currencies_are_paged(crm: Crm) -> None:
    """The second page of fifteen has pages on both sides; each currency tells its code."""
    page = crm.get("currencies", "page=2&limit=15")
    assert set(page["_links"]) == {"self", "next", "first", "prev"}
    assert page["_links"]["prev"]["href"] == f"{ORIGIN}/api/v4/currencies?page=1&limit=15"
    assert len(page["_embedded"]["currencies"]) == 15
    codes = [row["code"] for row in crm.find("currencies", "limit=250")]
    assert codes[:3] == ["RUB", "USD", "EUR"]
    assert all(len(code) == 3 and code.isupper() for code in codes)
    assert len(set(codes)) == len(codes)
    assert crm.send("GET", "currencies", query="page=9").status == 204


def _link(number: int, url: str = "https://example.com") -> Json:
    return {"url": url, "metadata": {"entity_type": "contacts", "entity_id": number}}


def test_short_links_come_in_order(crm: Crm) -> None:
    """They have neither id nor mark; each is of its own."""
    first, second = crm.create("contacts", {}, {})
    answer = crm.post("short_links", [_link(second), _link(first), _link(first, "https://b.io")])
    assert answer["_links"] == {"self": {"href": "/api/v4/short_links"}}
    made = answer["_embedded"]["short_links"]
    assert [row["metadata"]["entity_id"] for row in made] == [second, first, first]
    assert set(made[0]) == {"url", "account_id", "metadata"}
    assert made[0]["account_id"] == crm.account.id
    assert all(row["url"].startswith("https://amo.sh/K/") for row in made)
    assert len({row["url"] for row in made}) == 3


@pytest.mark.parametrize(
    ("item", "flaw"),
    [
        ({"metadata": {"entity_type": "contacts", "entity_id": 1}}, ("FieldMissing", "url")),
        ({"url": "https://a.io"}, ("FieldMissing", "metadata")),
        (_link(5), ("NotSupportedChoice", "metadata.entity_id")),
        (
            {"url": "https://a.io", "metadata": {"entity_type": "leads", "entity_id": 1}},
            ("NotSupportedChoice", "metadata.entity_type"),
        ),
    ],
)
def test_wrong_short_links(crm: Crm, item: Json, flaw: tuple[str, str]) -> None:
    """They need an address and a contact that is there."""
    response = crm.send("POST", "short_links", [item])
    [errors] = orjson.loads(response.body)["validation-errors"]
    assert [(one["code"], one["path"]) for one in errors["errors"]] == [flaw]
