"""Webhooks say byte for byte what the recorded ones said."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus

import pytest

from amocrm_mockserver.account import Account, Caller, create_account
from amocrm_mockserver.api import answer
from amocrm_mockserver.clock import Clock
from amocrm_mockserver.happenings import Happening, Happenings
from amocrm_mockserver.hooks.chat_hooks import message_hook
from amocrm_mockserver.hooks.stage_hooks import plant_stage_hooks
from amocrm_mockserver.hooks.tell import hook_body, hooks_of
from amocrm_mockserver.message import Request

_HERE: Final = Path(__file__).parent / "hooks"
_USER: Final = 9040358
_SEED: Final[Mapping[str, Any]] = {  # Any: a seed is JSON of many shapes
    "id": 29381839,
    "predefined_fields": False,
    "users": [{"id": _USER, "name": "Admin", "email": "admin@example.com", "admin": True}],
    "pipelines": [
        {
            "id": 3177727,
            "name": "Продажи",
            "sort": 1,
            "is_main": True,
            "_embedded": {"statuses": [{"id": 32392159, "name": "Первый звонок", "sort": 20}]},
        }
    ],
}
_LEAD: Final[dict[str, Any]] = {"id": 1190401, "name": "Новая сделка", "price": 34343}


def _expected(name: str, *, account: str = "") -> bytes:
    """The recorded pairs, encoded as PHP encodes them; `account` follows where it was cut off."""
    lines = (_HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines() + account.split()
    pairs = [line.partition("=") for line in lines]
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, _, value in pairs).encode()


def _account(at: int, **more: Any) -> Account:  # Any: as above
    clock = Clock(frozen_at=at)
    seed = {**_SEED, **more}
    return create_account("example", "amocrm.ru", clock=clock, order=0, seed=seed)


def _told(account: Account, event: str, method: str, path: str, body: object) -> bytes:
    """The body of the one webhook of that event that a request causes."""
    caller = Caller(
        user_id=_USER, is_admin=True, client_id=None, origin="https://example.amocrm.ru"
    )

    def ask(method: str, path: str, body: object) -> None:
        request = Request(
            method=method,
            host="example.amocrm.ru",
            path=f"/api/v4/{path}",
            query="",
            body=json.dumps(body).encode(),
        )
        response = answer(account, caller, request)
        assert response.status < 300, response.body

    ask("POST", "webhooks", {"destination": "https://hook.example.test/", "settings": [event]})
    ask(method, path, body)
    [hook] = account.hooks
    assert (hook.event, hook.url) == (event, "https://hook.example.test/")
    return hook.body


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Ids that new rows are to get, by table."""
    wanted: dict[str, int] = {}
    monkeypatch.setattr(Account, "next_id", lambda _account, table: wanted.get(table, 7))
    return wanted


def test_a_new_lead(ids: dict[str, int]) -> None:
    """With a price and a select; the price and the tags of leads are left out when empty."""
    enums = [{"id": 453, "value": "Про", "sort": 1}]
    field = {"id": 702011, "name": "Тариф", "type": "select", "enums": enums}
    account = _account(1715000200, custom_fields={"leads": [field]})
    ids["leads"] = 1190401
    values = [{"field_id": 702011, "values": [{"enum_id": 453}]}]
    item = {"name": "Новая сделка", "price": 34343, "custom_fields_values": values}
    body = _told(account, "add_lead", "POST", "leads", [item])
    assert body == _expected("add-lead")
    assert body.startswith(b"leads%5Badd%5D%5B0%5D%5Bid%5D=1190401&")


def test_a_moved_lead() -> None:
    """With its former stage, a tag and a date."""
    account = _account(
        1715000300,
        custom_fields={"leads": [{"id": 72333, "name": "Дата визита", "type": "date_time"}]},
        tags={"leads": [{"id": 80147, "name": "vip"}]},
        leads=[
            {
                **_LEAD,
                "created_at": 1715000200,
                "_embedded": {"tags": [{"id": 80147}]},
                "custom_fields_values": [{"field_id": 72333, "values": [{"value": 1542067200}]}],
            }
        ],
    )
    body = _told(account, "status_lead", "PATCH", "leads/1190401", {"status_id": 142})
    assert body == _expected("status-lead")


def test_a_new_contact(ids: dict[str, int]) -> None:
    """With a phone, and the lead that it was made for; the account comes first."""
    enums = [{"id": 114611, "value": "WORK", "sort": 1}]
    phone = {"id": 54667, "name": "Телефон", "type": "multitext", "code": "PHONE", "enums": enums}
    account = _account(1715000400, custom_fields={"contacts": [phone]})
    ids.update(leads=1190401, contacts=43684612)
    values = [{"field_code": "PHONE", "values": [{"value": "+79990000001", "enum_code": "WORK"}]}]
    contact = {"name": "Иван", "created_by": 0, "updated_by": _USER, "custom_fields_values": values}
    item = {"name": "a", "_embedded": {"contacts": [contact]}}
    body = _told(account, "add_contact", "POST", "leads/complex", [item])
    assert body == _expected("add-contact")


def test_a_new_note(ids: dict[str, int]) -> None:
    """Text as HTML, times in the account's time zone."""
    account = _account(1714991211, leads=[_LEAD])
    ids["notes"] = 213313359
    note = {"note_type": "common", "params": {"text": "Перезвонить & уточнить"}}
    body = _told(account, "note_lead", "POST", "leads/1190401/notes", [note])
    assert body == _expected("note-lead")


def test_a_new_task(ids: dict[str, int]) -> None:
    """Times in words and as numbers."""
    account = _account(1714990049, leads=[_LEAD])
    ids["tasks"] = 1564671
    item = {
        "text": "Позвонить",
        "complete_till": 1715104740,
        "entity_id": 1190401,
        "entity_type": "leads",
    }
    assert _told(account, "add_task", "POST", "tasks", [item]) == _expected("add-task")


_ACCOUNT: Final = """
account[subdomain]=example
account[id]=29381839
account[_links][self]=https://example.amocrm.ru
"""
_CHAT: Final = "54caee02-e383-46d8-a9b7-1fb43f07cffe"
_BOT: Final = "29e8f8c6-7557-5f5f-8642-2789ef3f3a13"
_UNSORTED: Final[dict[str, Any]] = {
    "uid": "00b625866db8641999f48766d61d4d0663c12aa38b9bcb4d2866b0c49605",
    "category": "chats",
    "source_uid": f"amojo:telegram:{_CHAT}",
    "source_name": "Bot",
    "metadata": {},
    "pipeline_id": 3177727,
    "created_at": 1715000500,
}
_HAPPENED: Final[Mapping[str, tuple[Happening, str]]] = {
    "delete-lead": (
        Happening(
            "leads",
            "delete",
            {"id": 1190401, "status_id": 32392159, "pipeline_id": 3177727},
            {},
        ),
        "",
    ),
    "delete-contact": (Happening("contacts", "delete", {"id": 43684612}, {}), ""),
    "add-unsorted": (
        Happening(
            "unsorted",
            "add",
            _UNSORTED,
            {
                "leads": [28455371],
                "contacts": [93589657],
                "source": f"telegram:{_BOT}",
                "source_id": 22594646,
                "source_data": {
                    "from": "Oleg",
                    "name": "Oleg",
                    "to": _BOT,
                    "date": 1715000500,
                    "service": "telegram",
                    "site": "Telegram",
                    "client": {"name": "Oleg", "id": 1398715343},
                    "origin": {"provider": "amojo", "chat_id": _CHAT},
                    "data": [
                        {
                            "id": "3175b0e9-852b-47f5-b501-61e6e681e014",
                            "manager": False,
                            "date": 1715000500,
                            "text": "Привет",
                        }
                    ],
                    "source_name": "Bot",
                },
            },
        ),
        "",
    ),
    "delete-unsorted": (
        Happening(
            "unsorted",
            "delete",
            _UNSORTED,
            {"action": "accept", "user_id": _USER, "at": 1715000600, "leads": [28455371]},
        ),
        _ACCOUNT,
    ),
    "add-talk": (
        Happening(
            "talks",
            "add",
            {
                "talk_id": 106564,
                "created_at": 1715000500,
                "updated_at": 1715000500,
                "rate": 0,
                "contact_id": 93589657,
                "chat_id": _CHAT,
                "entity_id": 28455371,
                "entity_type": "lead",
                "is_in_work": True,
                "is_read": False,
                "origin": "telegram",
                "missed_at": None,
            },
            {},
        ),
        "",
    ),
    "add-message": (
        Happening(
            "messages",
            "add",
            {
                "id": "d3bac6d3-1b5e-40c2-a054-4e0cfe283edb",
                "chat_id": _CHAT,
                "talk_id": 106564,
                "contact_id": 93589657,
                "text": None,
                "created_at": 1715000700,
                "message_type": "picture",
                "attachment": {
                    "type": "picture",
                    "link": "https://amojo.amocrm.ru/v2/1fd0768e/attachments/7bcb6a07/file.jpeg",
                    "file_name": "file.jpeg",
                },
                "entity_type": "lead",
                "entity_id": 28455371,
                "type": "incoming",
                "author": {
                    "id": "1db2f5cc-aea4-4f96-8d4f-a256ead5b7b0",
                    "type": "external",
                    "name": "Oleg",
                    "avatar_url": "https://amojo.amocrm.ru/attachments/profiles/1db2f5cc/x_128x128.jpg",
                },
                "origin": "telegram",
            },
            {},
        ),
        "",
    ),
}
"""What no write of the API does; and what was recorded without the account."""


@pytest.mark.parametrize("name", _HAPPENED)
def test_other_events(name: str) -> None:
    """Deletions, incoming leads, talks and messages."""
    happening, account = _HAPPENED[name]
    assert hook_body(_account(1715000500), [happening]) == _expected(name, account=account)


def test_a_move_to_a_stage_with_an_address() -> None:
    """The digital pipeline tells less than a webhook, and its account block is another."""
    lead = {"id": 25431551, "status_id": 34354531, "pipeline_id": 3177727}
    account = _account(1715000500)
    stage = {"id": 34354531, "pipeline_id": 3177727, "sort": 30}
    account.table("statuses").add(stage)
    address = {"pipeline_id": 3177727, "status_id": 34354531, "destination": "https://s.test/"}
    plant_stage_hooks(account, [address])
    happened = Happenings()
    happened.tell("leads", "status", lead, {"status_id": 32392159})
    [hook] = hooks_of(account, happened)
    assert (hook.webhook_id, hook.event, hook.url) == (None, "stage_status", "https://s.test/")
    assert hook.body == _expected("stage-status")


def test_a_message_for_a_channel() -> None:
    """JSON, key by key in the recorded order; the signature is of these bytes."""
    recorded = (_HERE / "chat-message.json").read_text(encoding="utf-8").strip()
    said = json.loads(recorded)
    letter, secret = said["message"], "c6a0aee0ff3e1c0b2a1e4b1f5d5d7e6f0a1b2c3d"
    channel = {"id": "f90ba33d-c9d9-44da-b76c-c349b0ecbe41", "secret": secret, "connected": True}
    address = "https://kchat.example.test/:scope_id"
    registered = {**channel, "hook_url": address}
    account = _account(said["time"], amojo_id=said["account_id"], chat_channels=[registered])
    chat = {
        "id": letter["conversation"]["id"],
        "conversation_id": letter["conversation"]["client_id"],
        "source_external_id": letter["source"]["external_id"],
    }
    row = {
        "id": letter["message"]["id"],
        "message_type": "text",
        "text": letter["message"]["text"],
        "content": {"type": "text", "text": letter["message"]["text"]},
        "sender": {"id": letter["sender"]["id"]},
        "receiver": letter["receiver"],
        "timestamp": letter["timestamp"],
        "msec_timestamp": letter["msec_timestamp"],
    }
    [known] = account.table("chat_channels").rows.values()
    hook = message_hook(account, known, chat, row)
    assert hook is not None
    assert hook.body.decode() == recorded
    assert hook.url == f"https://kchat.example.test/{channel['id']}_{said['account_id']}"
    signature = hmac.new(secret.encode(), recorded.encode(), hashlib.sha1).hexdigest()
    assert dict(hook.headers or ())["X-Signature"] == signature
