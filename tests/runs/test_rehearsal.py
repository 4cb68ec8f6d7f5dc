"""A rehearsal changes nothing, and goes on to the end."""

import json
import logging
import os
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import define, field

from amocrm_gen import AmoCRM, ChatChannel, Integration, MemoryLedger
from amocrm_gen.runs.rehearsal import Rehearsal, RehearsedLedger
from amocrm_gen.v4.models.leads import LeadCreate
from amocrm_mockserver.testing import MockAccount, mock_amocrm

from .writes import Write, old_writes, writes

_NOW = 1_750_000_000
_SECRET = "canary-channel-secret"


@define
class Stage:
    """An account, what would change it, and a client that rehearses."""

    account: MockAccount
    rehearsal: Rehearsal
    amo: AmoCRM
    changes: list[str] = field(factory=list[str])
    """What reached the server and was no read."""

    def state(self) -> Any:
        """Everything in the account."""
        path = f"/__mock__/accounts/{self.account.subdomain}/state"
        return self.amo.request("GET", path)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A server of its own: nobody else changes anything in it."""
    with mock_amocrm() as account:
        rehearsal = Rehearsal(now=lambda: _NOW)
        amo = AmoCRM(
            account.domain,
            token=account.token,
            base_url=account.base_url,
            transport=rehearsal,
            channel=ChatChannel("channel", _SECRET),
            throttle=None,
            ledger=RehearsedLedger(MemoryLedger()),
        )
        stage = Stage(account, rehearsal, amo)
        account.server.on_change = lambda: stage.changes.append("changed")
        yield stage
        rehearsal.clear()


@pytest.mark.parametrize("write", list(writes()), ids=lambda write: write.id)
def test_every_write_is_kept_and_answered(
    write: Write, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """The typed call returns what the contract promises, and nothing but reads is sent."""
    before, kept = stage.state(), len(stage.rehearsal.requests)
    with caplog.at_level(logging.WARNING, "amocrm_gen"):
        found = write.call(stage.amo)
    assert stage.changes == []
    assert stage.state() == before
    assert [record.getMessage() for record in caplog.records] == []
    (request,) = stage.rehearsal.requests[kept:]
    shown = json.dumps(request.as_json())
    for secret in (stage.account.token, _SECRET, "a-chat-token"):
        assert secret not in shown
    if write.traits["envelope"] == "none":
        assert found is None
    # Of what some pages of amoCRM answer, the contract knows nothing: that can be null.
    elif "item" in write.traits or "key" in write.traits:
        assert found is not None


def test_the_contract_has_many_writes() -> None:
    """The test above is not about a few."""
    assert len(list(writes())) >= 230


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [row[1:] for row in old_writes()],
    ids=[row[0] for row in old_writes()],
)
def test_writes_of_the_old_api_are_kept_and_answered(
    method: Any, path: str, body: Any, stage: Stage
) -> None:
    """API v2 as well: an answer with an item for each that was sent."""
    kept = len(stage.rehearsal.requests)
    found: Any = stage.amo.request(method, path, json=body)
    assert stage.changes == []
    assert len(stage.rehearsal.requests) == kept + 1
    if isinstance(found, dict) and "items" in found.get("_embedded", {}):
        lists = [value for value in body.values() if isinstance(value, list)]
        assert len(found["_embedded"]["items"]) == sum(map(len, lists))


def test_created_items_have_ids_that_no_entity_has(stage: Stage) -> None:
    """What goes on with the id of a lead that is not there can be told by its sign."""
    first, second = stage.amo.leads.create([LeadCreate(name="A"), LeadCreate(name="B")])
    assert first.id < 0
    assert second.id < 0
    assert first.id != second.id
    assert [first.request_id, second.request_id] == ["0", "1"]


def test_changed_items_keep_their_ids(stage: Stage) -> None:
    """A change of a lead is answered with that lead's id, and with the time."""
    found: Any = stage.amo.request("PATCH", "/api/v4/leads/31", json={"price": 5})
    assert (found["id"], found["updated_at"]) == (31, _NOW)
    assert found["_links"]["self"]["href"].endswith("/api/v4/leads/31")
    many: Any = stage.amo.request("PATCH", "/api/v4/leads", json=[{"id": 4}, {"id": 5}])
    assert [item["id"] for item in many["_embedded"]["leads"]] == [4, 5]


def test_a_complex_lead_tells_of_what_it_brought(stage: Stage) -> None:
    """The contact is new, the company known; a lead without them has none."""
    embedded = {"contacts": [{"first_name": "Ann"}], "companies": [{"id": 9}]}
    body = [{"name": "A", "_embedded": embedded, "request_id": "own"}, {"name": "B"}]
    found: Any = stage.amo.request("POST", "/api/v4/leads/complex", json=body)
    assert found[0]["contact_id"] < 0
    assert (found[0]["company_id"], found[0]["request_id"]) == (9, ["own"])
    assert (found[1]["contact_id"], found[1]["company_id"]) == (None, None)


def test_an_accepted_request_has_a_lead(stage: Stage) -> None:
    """What is accepted becomes a lead, whose id is asked for next."""
    found: Any = stage.amo.unsorted.accept("abcdef")
    assert found.uid == "abcdef"
    assert found.embedded.leads[0].id < 0


def test_an_upload_goes_to_its_end(stage: Stage) -> None:
    """A file is handed over in parts, and comes out as a file."""
    kept = len(stage.rehearsal.requests)
    found = stage.amo.files.upload(b"x" * 70_000, name="long.txt")
    assert found.uuid
    assert len(stage.rehearsal.requests) == kept + 2
    assert stage.changes == []


def test_what_the_contract_does_not_know_is_kept_too(stage: Stage) -> None:
    """A path of tomorrow is no way to write by accident."""
    sent = {"a": [1]}
    assert stage.amo.request("POST", "/api/v9/dreams", json=sent) == sent
    assert stage.changes == []


def test_reads_are_sent(stage: Stage) -> None:
    """A rehearsal sees the account as it is."""
    kept = len(stage.rehearsal.requests)
    assert stage.amo.account.get().subdomain == stage.account.subdomain
    assert len(stage.rehearsal.requests) == kept


def test_an_expired_token_is_renewed() -> None:
    """Renewing is no change of the account; without it no read would be answered."""
    with mock_amocrm() as account:
        rehearsal, own = Rehearsal(), account.integration
        with AmoCRM(
            account.domain,
            integration=Integration(
                client_id=own.client_id,
                client_secret=own.client_secret,
                redirect_uri=own.redirect_uri,
            ),
            base_url=account.base_url,
            transport=rehearsal,
            throttle=None,
        ) as amo:
            amo.authorize(account.issue_code())
            account.clock.advance(90_000)
            assert amo.account.get().subdomain == account.subdomain
            assert rehearsal.requests == ()
        rehearsal.clear()


def test_curl_lines_take_the_token_from_the_environment(stage: Stage) -> None:
    """The line can be run as it is, and holds no token itself."""
    stage.amo.leads.create(LeadCreate(name="it's $HOME"))
    line = stage.rehearsal.requests[-1].curl
    assert stage.account.token not in line
    printed = subprocess.run(
        ["sh", "-c", f"curl() {{ printf '%s\\n' \"$@\"; }}; {line}"],
        env={**os.environ, "AMOCRM_TOKEN": "from-outside"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert "Authorization: Bearer from-outside" in printed
    assert json.loads(printed[-1])[0]["name"] == "it's $HOME"
    assert shlex.split(line)[:3] == ["curl", "-X", "POST"]


def test_a_rehearsed_create_is_not_remembered(stage: Stage) -> None:
    """After the rehearsal the create is still to be made; what was made before is known."""
    real = MemoryLedger()
    rehearsed = RehearsedLedger(real)
    with AmoCRM(
        stage.account.domain,
        token=stage.account.token,
        base_url=stage.account.base_url,
        transport=Rehearsal(),
        throttle=None,
        ledger=rehearsed,
    ) as amo:
        first = amo.leads.create(LeadCreate(name="A"), once="order-1")
        again = amo.leads.create(LeadCreate(name="A"), once="order-1")
    assert first.id == again.id
    key = f"{stage.account.domain} at {stage.account.base_url}/api/v4/leads#order-1"
    assert real.load([key, "order-1"]) == {}
    assert real.started() == {}
    real.settle("known", 5)
    assert rehearsed.load(["known"])["known"].is_done
