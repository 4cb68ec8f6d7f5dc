"""Guesses that a whole server decides: who is let in, files, sources, chats."""

from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING

import orjson

from amocrm_mockserver import Clock, MockServer, Request, Seed
from amocrm_mockserver.seed import AccountSeed

from .crm import NOON, Json
from .drive import make_drive
from .guess_case import Guessed, case
from .messenger import SCOPE, Messenger
from .test_previews import PNG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.message import Response


def _ask(
    server: MockServer,
    method: str,
    path: str,
    body: Json = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    request = Request(
        method=method,
        host="example.amocrm.ru",
        path=path,
        headers=headers or {},
        body=b"" if body is None else orjson.dumps(body),
    )
    return server.handle(request)


def _server(guessed: Guessed, **contents: Json) -> tuple[MockServer, dict[str, str]]:
    """A server and what lets its admin in."""
    account = AccountSeed(subdomain="example", contents=contents)
    seed = Seed(accounts=(account,))
    server = MockServer(seed, clock=Clock(frozen_at=NOON), guesses=guessed)
    answer = _ask(server, "POST", "/__mock__/accounts/example/tokens", {})
    token = orjson.loads(answer.body)["access_token"]
    return server, {"authorization": f"Bearer {token}"}


@case("context_user.unknown", {"401": 401, "403": 403})
def _(guessed: Guessed) -> Json:
    server, head = _server(guessed)
    return _ask(server, "GET", "/api/v4/leads", None, head | {"x-context-user-id": "9"}).status


@case(
    "lists.if_modified_since",
    {"ignored": (200, 200), "304": (304, 200), "204": (204, 200)},
)
def _(guessed: Guessed) -> Json:
    server, head = _server(guessed, leads=[{"name": "One"}])
    moments = (NOON, NOON - 1)
    return tuple(
        _ask(server, "GET", "/api/v4/leads", None, head | {"if-modified-since": date}).status
        for date in (formatdate(moment, usegmt=True) for moment in moments)
    )


@case("sources.missing", {"204": 204, "404": 404})
def _(guessed: Guessed) -> Json:
    server, head = _server(guessed)
    return _ask(server, "GET", "/api/v4/sources/9", None, head).status


@case("sources.case_of_external_id", {"kept": "Kchat01", "lowered": "kchat01"})
def _(guessed: Guessed) -> Json:
    server, head = _server(guessed)
    body = [{"name": "Chat", "external_id": "Kchat01"}]
    answer = _ask(server, "POST", "/api/v4/sources", body, head)
    return orjson.loads(answer.body)["_embedded"]["sources"][0]["external_id"]


@case("files.download_without_token", {"sent": 200, "401": 401})
def _(guessed: Guessed) -> Json:
    drive = make_drive({"guesses": guessed})
    url = drive.upload()["_links"]["download"]["href"]
    return drive.raw("GET", url, token="").status


@case("chats.key_of_edits", {"new_message": ["new_message"], "edit_message": ["edit_message"]})
def _(guessed: Guessed) -> Json:
    messenger = Messenger(seed={"guesses": guessed})
    messenger.write(msgid="m1")
    payload = {"msgid": "m1", "message": {"type": "text", "text": "Better"}}
    body = {"event_type": "edit_message", "payload": payload}
    return list(orjson.loads(messenger.call("POST", SCOPE, body).body))


@case("chats.typing_in_unknown_chat", {"400": 400, "404": 404})
def _(guessed: Guessed) -> Json:
    messenger = Messenger(seed={"guesses": guessed})
    body = {"conversation_id": "nowhere", "sender": {"id": "u1"}}
    return messenger.call("POST", f"{SCOPE}/typing", body).status


@case("files.previews", {"when_asked": (0, 1), "of_every_picture": (1, 1)})
def _(guessed: Guessed) -> Json:
    drive = make_drive({"guesses": guessed, "drive": {"max_part_size": 1000}})
    asked = ({}, {"with_preview": True})
    return tuple(len(drive.upload("a.png", PNG, **more)["previews"] or ()) for more in asked)


@case("merges.companies", {"as_contacts": (202, [4]), "unknown": (404, [3, 4])})
def _(guessed: Guessed) -> Json:
    companies = [{"id": 3, "name": "Firm"}, {"id": 4, "name": "Company"}]
    server, head = _server(guessed, companies=companies)
    head |= {"x-requested-with": "XMLHttpRequest"}
    request = Request(
        method="POST",
        host="example.amocrm.ru",
        path="/ajax/merge/companies/save",
        headers=head,
        body=b"id[]=3&id[]=4&result_element[ID]=4",
    )
    status = server.handle(request).status
    rows = orjson.loads(_ask(server, "GET", "/api/v4/companies", None, head).body)
    return status, sorted(row["id"] for row in rows["_embedded"]["companies"])
