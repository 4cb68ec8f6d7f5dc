"""Chat templates and their reviews."""

from __future__ import annotations

import orjson
import pytest
from attrs import evolve

from .crm import NOON, ORIGIN, Crm, Json

_WABA = {"type": "whatsapp", "params": {"waba": True, "is_supports_list_message": False}}


@pytest.fixture
def ours(crm: Crm) -> Crm:
    """An account as an integration sees it."""
    crm.caller = evolve(crm.caller, client_id="ours")
    return crm


def _template(**more: Json) -> Json:
    return {"name": "T", "content": "Hi", **more}


def _find(crm: Crm, query: str = "") -> list[Json]:
    return crm.find("chats/templates", query, "chat_templates")


def test_a_new_template(ours: Crm) -> None:
    """Of amoCRM's own kind, without anything for WhatsApp; nulls of PHP are no values."""
    [row] = ours.post("chats/templates", [_template(buttons=None, type=None, waba_footer="x")])[
        "_embedded"
    ]["chat_templates"]
    assert row == {
        "id": row["id"],
        "account_id": ours.account.id,
        "name": "T",
        "content": "Hi",
        "created_at": NOON,
        "updated_at": NOON,
        "buttons": [],
        "attachment": None,
        "is_editable": False,
        "external_id": None,
        "type": "amocrm",
        "waba_footer": "",
        "waba_category": "",
        "waba_language": "",
        "waba_examples": [],
        "waba_header": None,
        "waba_header_type": None,
        "request_id": "0",
        "_links": {"self": {"href": f"{ORIGIN}/api/v4/chats/templates/{row['id']}"}},
    }
    shown = ours.get(f"chats/templates/{row['id']}", "with=reviews")
    assert (shown["review_status"], shown["is_on_review"]) == (None, False)
    assert shown["_embedded"] == {"reviews": []}


def test_attachments_and_kinds(ours: Crm) -> None:
    """A file is external; a template that leaves WhatsApp loses what was for it."""
    file = {"id": "367b9f38-5f01-4cea-947e-dfab47aea522", "name": "a", "type": "file"}
    [number] = ours.create(
        "chats/templates",
        _template(
            type="waba",
            attachment=file,
            waba_footer="F",
            waba_examples={"{{lead.name}}": "x"},
            buttons=[{"type": "inline", "text": "Yes"}],
        ),
    )
    shown = ours.get(f"chats/templates/{number}")
    assert shown["attachment"] == {**file, "is_external": True}
    assert (shown["waba_footer"], shown["waba_examples"]) == ("F", {"{{lead.name}}": "x"})
    ours.patch(f"chats/templates/{number}", {"type": "amocrm", "attachment": None})
    shown = ours.get(f"chats/templates/{number}")
    assert (shown["waba_footer"], shown["waba_examples"], shown["attachment"]) == ("", [], None)
    assert shown["buttons"] == [{"type": "inline", "text": "Yes"}]


def test_reviews(ours: Crm) -> None:
    """One for each WhatsApp source of the integration, told to webhooks, and begun again."""
    ours.create(
        "sources",
        {"name": "W", "external_id": "w", "services": [_WABA]},
        {"name": "S", "external_id": "s"},
    )
    ours.post(
        "webhooks",
        {"destination": "https://h.example/", "settings": ["add_chat_template_review"]},
    )
    number, plain = ours.create("chats/templates", _template(type="waba"), _template())
    path = f"chats/templates/{number}"
    [review] = ours.post(f"{path}/review", {})["_embedded"]["reviews"]
    assert list(review) == ["id", "source_id", "status", "reject_reason"]
    assert (review["status"], review["reject_reason"]) == ("review", "")
    [hook] = ours.account.hooks
    assert hook.body.startswith(b"add%5B0%5D%5Bid%5D=")
    assert f"&add%5B0%5D%5Breviews%5D%5B0%5D%5Bid%5D={review['id']}&".encode() in hook.body
    told = {"status": "rejected", "reject_reason": "no", "source_id": 1}
    changed = ours.post(f"{path}/review/{review['id']}", told)
    assert changed == {**review, "status": "rejected", "reject_reason": "no"}
    assert ours.get(path, "with=reviews")["review_status"] == "rejected"
    assert ours.send("PATCH", path, {"content": "New"}).status == 400
    assert ours.send("PATCH", path, {"content": "Hi"}).status == 200
    again = orjson.loads(ours.send("POST", f"{path}/review", []).body)
    assert again == {"_embedded": {"reviews": [review]}}
    assert orjson.loads(ours.send("POST", f"chats/templates/{plain}/review").body) == {
        "_embedded": {"reviews": []}
    }
    for bad in ({"status": "draft"}, {}):
        assert ours.send("POST", f"{path}/review/{review['id']}", bad).status == 400
    unknown = f"chats/templates/{plain}/review/{review['id']}"
    assert ours.send("POST", unknown, {"status": "approved"}).status == 404
    assert ours.send("POST", "chats/templates/5/review", {}).status == 404
    assert ours.send("DELETE", path).status == 204
    assert ours.account.table("chat_template_reviews").rows == {}


def test_templates_of_others(ours: Crm) -> None:
    """An integration knows its own; without one there is nothing to see."""
    [number] = ours.create("chats/templates", _template(external_id="e"))
    assert [row["id"] for row in _find(ours, "filter[external_id][]=e")] == [number]
    assert _find(ours, "filter[external_id]=x") == []
    ours.caller = evolve(ours.caller, client_id="theirs")
    assert _find(ours) == []
    assert ours.send("GET", f"chats/templates/{number}").status == 404
    assert ours.send("DELETE", "chats/templates", [{"id": number}]).status == 400
    ours.caller = evolve(ours.caller, client_id=None)
    assert ours.send("GET", "chats/templates").status == 403
    assert ours.send("POST", f"chats/templates/{number}/review", {}).status == 403
    ours.caller = evolve(ours.caller, client_id="ours")
    assert ours.send("DELETE", "chats/templates", [{"id": number}]).status == 204


def test_pages_of_fifty(ours: Crm) -> None:
    """More are not given at once."""
    ours.create("chats/templates", *[_template() for _ in range(51)])
    assert len(_find(ours, "limit=250")) == 50
    assert len(_find(ours, "limit=250&page=2")) == 1
