"""Who may call the chats host: signatures, connections, sessions."""

from __future__ import annotations

import orjson
import pytest
from attrs import evolve

from amocrm_mockserver import Clock

from .messenger import ACCOUNT, CHANNEL, NOON, SCOPE, USER, Messenger

_OTHER = "11111111-d9c9-44da-b76c-c349b0ecbe41"
_TYPING = f"/v2/origin/custom/{SCOPE}/typing"
_BODY = b'{"conversation_id":"c1","sender":{"id":"u1"}}'
_MINUTE = 60


@pytest.fixture
def messenger() -> Messenger:
    """A channel with a chat."""
    found = Messenger()
    found.write()
    return found


def _refusal(status: int, kind: str, said: str) -> dict[str, object]:
    return {"status": 0, "error_code": status, "error_type": kind, "error_description": said}


def test_an_unknown_channel(messenger: Messenger) -> None:
    """The recorded body, and as plain JSON."""
    for path in (f"{_OTHER}_{ACCOUNT}/typing", f"{_OTHER}/connect"):
        answer = messenger.call("POST", path, {"account_id": ACCOUNT})
        assert (answer.status, answer.header("content-type")) == (404, "application/json")
        assert orjson.loads(answer.body) == _refusal(404, "ORIGIN_NOT_REGISTERED", "NOT_FOUND")


@pytest.mark.parametrize(
    ("header", "value", "said"),
    [
        ("date", None, "Date is missing or older than 15 minutes"),
        ("date", "yesterday", "Date is missing or older than 15 minutes"),
        ("content-md5", None, "Content-MD5 does not fit the body"),
        ("content-md5", "d41d8cd98f00b204e9800998ecf8427e", "Content-MD5 does not fit the body"),
        ("content-type", "text/plain", "Content-Type must be application/json"),
        ("x-signature", None, "X-Signature does not fit the request"),
        ("x-signature", "0" * 40, "X-Signature does not fit the request"),
        ("x-signature", "й", "X-Signature does not fit the request"),
    ],
)
def test_a_part_of_the_signature_is_wrong(
    messenger: Messenger, header: str, value: str | None, said: str
) -> None:
    """Each header is needed as it was signed."""
    headers = messenger.headers("POST", _TYPING, _BODY)
    assert messenger.send("POST", _TYPING, _BODY, headers).status == 204
    changed = {**headers, header: value}
    sent = {name: text for name, text in changed.items() if text is not None}
    answer = messenger.send("POST", _TYPING, _BODY, sent)
    assert answer.status == 403
    assert orjson.loads(answer.body) == _refusal(403, "INVALID_SIGNATURE", said)


def test_a_signature_is_of_one_request(messenger: Messenger) -> None:
    """Another body, method, path or secret has another; the query is not signed."""
    headers = messenger.headers("POST", _TYPING, _BODY)
    assert messenger.send("POST", _TYPING, _BODY, headers, query="a=b").status == 204
    assert messenger.send("POST", _TYPING, _BODY + b" ", headers).status == 403
    assert messenger.send("POST", f"/v2/origin/custom/{SCOPE}/react", _BODY, headers).status == 403
    get = messenger.headers("GET", _TYPING, _BODY)
    assert messenger.send("POST", _TYPING, _BODY, get).status == 403
    other = messenger.headers("POST", _TYPING, _BODY, secret="another")
    assert messenger.send("POST", _TYPING, _BODY, other).status == 403


@pytest.mark.parametrize(("minutes", "status"), [(15, 204), (-15, 204), (16, 403), (-16, 403)])
def test_a_signature_grows_old(messenger: Messenger, minutes: int, status: int) -> None:
    """After fifteen minutes of the virtual clock it is good no more."""
    headers = messenger.headers("POST", _TYPING, _BODY)
    messenger.clock.freeze(NOON + minutes * _MINUTE)
    assert messenger.send("POST", _TYPING, _BODY, headers).status == status


def test_tokens_do_not_matter(messenger: Messenger) -> None:
    """A bearer token opens no channel."""
    head = {"authorization": f"Bearer {messenger.token}"}
    assert messenger.send("POST", _TYPING, _BODY, head).status == 403


def test_a_channel_must_be_connected() -> None:
    """Before `connect` and after `disconnect` it brings nothing and is told nothing."""
    messenger = Messenger({"connected": False})
    message = {"event_type": "new_message", "payload": {}}
    refused = _refusal(403, "ORIGIN_NOT_CONNECTED", "FORBIDDEN")
    assert orjson.loads(messenger.call("POST", SCOPE, message).body) == refused
    body = {"account_id": ACCOUNT, "title": "My Kchat", "hook_api_version": "v2"}
    connected = messenger.call("POST", f"{CHANNEL}/connect", body)
    assert (connected.status, orjson.loads(connected.body)) == (200, {**body, "scope_id": SCOPE})
    messenger.write()
    gone = messenger.call("DELETE", f"{CHANNEL}/disconnect", {"account_id": ACCOUNT})
    assert (gone.status, gone.body) == (200, b"")
    assert messenger.call("POST", SCOPE, message).status == 403
    messenger.control("POST", "chats/c1/messages", {"text": "Anybody there?"})
    assert messenger.told() == []
    assert messenger.call("POST", f"{CHANNEL}/connect", {"account_id": ACCOUNT}).status == 200
    messenger.control("POST", "chats/c1/messages", {"text": "And now?"})
    [hook] = messenger.told()
    assert orjson.loads(hook["body"])["text"] == "And now?"  # the first form is the default


@pytest.mark.parametrize("account", ["00000000-c98f-4255-8495-827210138c81", 5, None])
def test_a_channel_is_allowed_in_some_accounts(account: object) -> None:
    """Another account than those for which it is registered cannot be connected."""
    answer = Messenger().call("POST", f"{CHANNEL}/connect", {"account_id": account})
    assert answer.status == 403
    assert Messenger().call("POST", f"{CHANNEL}/connect", [account]).status == 403


def test_channels_are_registered_by_control_calls() -> None:
    """As amoCRM's support does it; what is not given is made up."""
    messenger = Messenger(seed={"chat_channels": []})
    made = messenger.control("POST", "chat_channels", {"name": "Other"})
    assert (made["is_connected"], made["scope_id"]) == (False, f"{made['id']}_{ACCOUNT}")
    assert len(made["secret"]) == 40
    [listed] = messenger.control("GET", "chat_channels")["chat_channels"]
    assert listed == made
    path, body = f"/v2/origin/custom/{made['id']}/connect", orjson.dumps({"account_id": ACCOUNT})
    headers = messenger.headers("POST", path, body, secret=made["secret"])
    assert messenger.send("POST", path, body, headers).status == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"id": CHANNEL}, f"there is a channel {CHANNEL} already"),
        ({"secret": 5}, "secret must be of type string"),
        ({"bot": "Robot"}, "bot must be of type object"),
        ({"connected": "yes"}, "connected must be of type boolean"),
    ],
)
def test_what_is_wrong_with_a_registration(body: object, said: str) -> None:
    """It is told, in seeds as well as in control calls."""
    answer = Messenger().try_control("POST", "accounts/example/chat_channels", body)
    assert (answer.status, orjson.loads(answer.body)["detail"]) == (400, said)
    if said.endswith("already"):
        return
    with pytest.raises(ValueError, match=f"chat_channels\\[0\\]: {said}"):
        Messenger(seed={"chat_channels": [body]})


def test_a_seed_with_an_unknown_key() -> None:
    """It is named, with those that are known."""
    with pytest.raises(ValueError, match="the key hook is not known; known are bot, client_id"):
        Messenger({"hook": "x"})
    with pytest.raises(ValueError, match="must be a list of mappings"):
        Messenger(seed={"chat_channels": ["x"]})


def test_one_channel_in_two_accounts() -> None:
    """The scope tells which account is meant."""
    messenger = Messenger()
    made = orjson.loads(messenger.try_control("POST", "accounts", {"subdomain": "two"}).body)
    amojo_id = messenger.server.world.accounts["two"].row["amojo_id"]
    channel = {
        "id": CHANNEL,
        "secret": messenger.control("GET", "chat_channels")["chat_channels"][0]["secret"],
    }
    path = "accounts/two/chat_channels"
    assert messenger.try_control("POST", path, {**channel, "connected": True}).status == 200
    scope = f"{CHANNEL}_{amojo_id}"
    user = {"id": "u2", "name": "B"}
    assert (
        messenger.call("POST", f"{scope}/chats", {"conversation_id": "c2", "user": user}).status
        == 200
    )
    assert made["subdomain"] == "two"
    assert messenger.control("GET", "chats") == {"chats": []}
    other = orjson.loads(messenger.try_control("GET", "accounts/two/chats").body)
    assert [chat["conversation_id"] for chat in other["chats"]] == ["c2"]
    fault = {"path": "/v2/origin/custom/*", "account": "two", "status": 503}
    assert messenger.try_control("POST", "faults", fault).status == 200
    assert messenger.write()["sender_id"] == "u1"
    assert messenger.call("GET", f"{scope}/chats/{made['id']}/history").status == 503


def test_uninstalling_disconnects() -> None:
    """The channels of an integration that is switched off are told nothing any more."""
    messenger = Messenger()
    [integration] = messenger.server.world.integrations.values()
    own = {"id": "11111111-2222-4333-8444-555555555555", "client_id": integration.client_id}
    messenger.control("POST", "chat_channels", {**own, "connected": True})
    messenger.control("POST", "revoke", {"client_id": integration.client_id})
    channels = messenger.control("GET", "chat_channels")["chat_channels"]
    assert [channel["is_connected"] for channel in channels] == [True, False]


def test_chats_of_other_integrations_are_not_listed() -> None:
    """The channel names its integration; one that names none is for all."""
    for owner, seen in ((None, 1), ("99999999-2222-4333-8444-555555555555", 0)):
        messenger = Messenger({"client_id": owner})
        messenger.write()
        assert len(messenger.rows("contacts/chats")) == seen


def _session(messenger: Messenger) -> str:
    form = b"request%5Bchats%5D%5Bsession%5D%5Baction%5D=create"
    head = {"authorization": f"Bearer {messenger.token}", "x-requested-with": "XMLHttpRequest"}
    answer = messenger.send("POST", "/ajax/v1/chats/session", form, head, host="example.amocrm.ru")
    assert answer.status == 200
    session = orjson.loads(answer.body)["response"]["chats"]["session"]
    assert (session["account_id"], session["user"]["id"]) == (ACCOUNT, USER)
    return str(session["access_token"])


def test_a_user_has_a_session_for_three_days(messenger: Messenger) -> None:
    """Its token is good on the chats host only, and no token of another kind is."""
    token = _session(messenger)
    path = f"/messages/{ACCOUNT}/merge"

    def ask(value: str) -> int:
        return messenger.send("GET", path, b"", {"x-auth-token": value}).status

    assert (ask(token), ask(messenger.token), ask("x")) == (200, 401, 401)
    assert messenger.send("GET", path).status == 401
    assert (
        messenger.send("GET", f"/messages/{USER}/merge", b"", {"x-auth-token": token}).status == 401
    )
    messenger.clock.freeze(NOON + 3 * 24 * 60 * _MINUTE)
    assert ask(token) == 401


def test_a_session_must_be_asked_for(messenger: Messenger) -> None:
    """By the right form, and by somebody who is logged in."""
    head = {"authorization": f"Bearer {messenger.token}"}
    path = "/ajax/v1/chats/session"
    assert messenger.send("POST", path, b"a=b", head, host="example.amocrm.ru").status == 400
    assert messenger.send("POST", path, host="example.amocrm.ru").status == 401


def test_the_clock_is_the_servers() -> None:
    """Not that of the machine."""
    messenger = Messenger(clock=Clock(frozen_at=NOON + 10 * 365 * 24 * 60 * _MINUTE))
    assert messenger.write()["ref_id"] is None
    stale = evolve(messenger, clock=Clock(frozen_at=NOON))
    assert stale.write()["receiver_id"] is None
