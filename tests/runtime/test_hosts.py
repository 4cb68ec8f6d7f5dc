"""Where a call goes, what it is proved with, and how its body is written."""

import hashlib
import hmac

import pytest
from attrs import evolve

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.channel import ChatChannel
from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.errors import ConfigurationError, ResponseError, Unauthorized
from runtime.script import Stage, answer, session

CHANNEL = ChatChannel("f36b8c48-ed97-4866-8aba-d55d429da86d", "5a44c8ff1b0d")
FILE = Operation(name="files.get", method="GET", path="/v1.0/files/1", envelope="raw", host="drive")
PART = Operation(
    name="files.upload_part", method="POST", path="/upload/1", envelope="raw", host="drive"
)
TYPING = Operation(
    name="chats.show_typing",
    method="POST",
    path="/v2/origin/custom/{scope_id}/typing",
    envelope="none",
    host="amojo",
    auth="signed",
)
FORM = Operation(
    name="ajax.delete",
    method="POST",
    path="/ajax/leads/multiple/delete/",
    envelope="raw",
    headers=(("X-Requested-With", "XMLHttpRequest"),),
)
BARE = Operation(name="x.y", method="GET", path="/x", envelope="bytes", auth="none")


def call_of(operation: Operation, **more: object) -> Call[object]:
    """Return a call of an operation."""
    return evolve(Call[object](operation, operation.path), **more)


def kommo() -> Account:
    """Return an account of the other family of hosts."""
    return Account.parse("example.kommo.com")


def test_the_account_tells_once_where_its_files_are() -> None:
    """The first call to the files' host asks for it, later ones know."""
    stage = Stage(
        [answer(200, {"drive_url": "https://drive-b.amocrm.ru"}), answer(200, {}), answer(200, {})]
    )
    place = session()
    stage.play(converse(place, call_of(FILE)))
    stage.play(converse(place, call_of(FILE)))
    assert [send.url for send in stage.sent] == [
        "https://example.amocrm.ru/api/v4/account?with=drive_url",
        "https://drive-b.amocrm.ru/v1.0/files/1",
        "https://drive-b.amocrm.ru/v1.0/files/1",
    ]
    assert stage.sent[1].headers["Authorization"] == "Bearer long-lived"


@pytest.mark.parametrize("said", ["https://drive.evil.example", None, 5, "http://drive.amocrm.ru"])
def test_the_token_goes_to_no_strange_host(said: object) -> None:
    """What the account names must be amoCRM's own, by TLS."""
    stage = Stage([answer(200, {"drive_url": said})])
    with pytest.raises(ResponseError, match="drive_url"):
        stage.play(converse(session(), call_of(FILE)))
    assert len(stage.sent) == 1


def test_a_stand_in_is_all_hosts() -> None:
    """An explicit base URL serves files and chats, too."""
    place = session()
    place.account = Account.parse("example", base_url="http://127.0.0.1:8080")
    stage = Stage([answer(200, {})])
    stage.play(converse(place, call_of(FILE)))
    assert [send.url for send in stage.sent] == ["http://127.0.0.1:8080/v1.0/files/1"]


@pytest.mark.parametrize(
    ("account", "host"),
    [(Account.parse("example"), "amojo.amocrm.ru"), (kommo(), "amojo.kommo.com")],
)
def test_a_chat_call_is_signed(account: Account, host: str) -> None:
    """By the channel's secret, over method, checksum, type, date and path; without the token."""
    place = session()
    place.account, place.channel = account, CHANNEL
    path = "/v2/origin/custom/f36b_52e5/typing"
    stage = Stage([answer(204)])
    call = call_of(TYPING, path=path, body={"conversation_id": "c"}, query=(("a", "b"),))
    stage.play(converse(place, call))
    (send,) = stage.sent
    assert send.url == f"https://{host}{path}?a=b"
    assert "Authorization" not in send.headers
    body = b'{"conversation_id":"c"}'
    assert send.body == body
    assert send.headers["Date"] == "Tue, 14 Nov 2023 22:13:20 +0000"
    text = "\n".join(
        ["POST", hashlib.md5(body).hexdigest(), "application/json", send.headers["Date"], path]
    )
    expected = hmac.new(b"5a44c8ff1b0d", text.encode(), hashlib.sha1).hexdigest()
    assert send.headers["X-Signature"] == expected
    assert send.headers["Content-Type"] == "application/json"


def test_a_signature_needs_a_channel() -> None:
    """Nothing is sent without."""
    stage = Stage([])
    with pytest.raises(ConfigurationError, match="channel"):
        stage.play(converse(session(), call_of(TYPING)))


def test_a_refused_signature_renews_no_token() -> None:
    """The token has nothing to do with it."""
    place = session()
    place.channel = CHANNEL
    stage = Stage([answer(401, {})])
    with pytest.raises(Unauthorized):
        stage.play(converse(place, call_of(TYPING)))
    assert len(stage.sent) == 1


def test_a_form_goes_in_brackets() -> None:
    """With its type, the headers of the operation, and the token."""
    stage = Stage([answer(200, {})])
    stage.play(converse(session(), call_of(FORM, form=(("ID[]", "1"), ("ID[]", "ё&")))))
    (send,) = stage.sent
    assert send.body == b"ID%5B%5D=1&ID%5B%5D=%D1%91%26"
    assert send.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert send.headers["X-Requested-With"] == "XMLHttpRequest"
    assert send.headers["Authorization"] == "Bearer long-lived"


def test_bytes_go_as_they_are() -> None:
    """The caller's type goes before ours."""
    place = session()
    place.drive = "https://drive-b.amocrm.ru"
    stage = Stage([answer(200, {})])
    stage.play(
        converse(place, call_of(PART, content=b"\0\xff", headers=(("Content-Type", "image/png"),)))
    )
    assert stage.sent[0].body == b"\0\xff"
    assert stage.sent[0].headers["Content-Type"] == "image/png"


def test_bytes_come_as_they_are() -> None:
    """An answer that is no JSON, to a call that proves nothing."""
    stage = Stage([answer(200, b"\0\xff")])
    assert stage.play(converse(session(), call_of(BARE))) == b"\0\xff"
    assert "Authorization" not in stage.sent[0].headers


def test_a_channel_hides_its_secret() -> None:
    """In its repr, and in the session's list of what to mask."""
    place = session()
    place.channel = CHANNEL
    assert CHANNEL.secret not in repr(CHANNEL)
    assert CHANNEL.secret in place.secrets
    assert CHANNEL.scope_id("52e5") == f"{CHANNEL.id}_52e5"
