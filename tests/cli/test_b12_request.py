"""B12: `amocrm request` sends anything to the account, and to nobody else."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from amocrm_gen import AmoCRM
from amocrm_gen.v4.models.leads import LeadCreate

if TYPE_CHECKING:
    from shell import Shell

    from amocrm_mockserver.testing import MockAccount

pytestmark = pytest.mark.processes


def _fill(account: MockAccount, number: int) -> list[int]:
    """Put leads into the account and return their ids."""
    with AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, throttle=None
    ) as amo:
        made = amo.leads.create([LeadCreate(name=f"Сделка {n}", price=n) for n in range(number)])
        return [lead.id for lead in made]


def _names(account: MockAccount) -> list[Any]:
    with AmoCRM(
        account.domain, token=account.token, base_url=account.base_url, throttle=None
    ) as amo:
        return [lead.name for lead in amo.leads.find()]


def test_b12_reads_as_json(practice: Shell, amocrm_account: MockAccount) -> None:
    """A path below /api/v4/ needs no beginning, and jq sees what JSON is written."""
    told = practice("request", "account", "--query", "with=version")
    assert told.output["subdomain"] == amocrm_account.subdomain
    assert "version" in told.output
    assert amocrm_account.token not in told.out + told.err
    plain = practice("request", "/api/v4/account", "--jq", ".output.subdomain")
    assert plain.out == f"{amocrm_account.subdomain}\n"


@pytest.mark.parametrize(
    ("options", "given"),
    [
        (["-d", '[{"name": "Дом"}]'], ""),
        (["--json", "-"], '[{"name": "Дом"}]'),
        (["--data", "@lead.json"], ""),
        (["--raw-data", '[{"name": "Дом"}]', "-H", "content-type: application/json"], ""),
        (
            ["-X", "post", "--rawData", "-", "-H", "Content-Type: application/json"],
            '[{"name":"Дом"}]',
        ),
    ],
)
def test_b12_writes_bodies_of_each_kind(
    practice: Shell, amocrm_account: MockAccount, options: list[str], given: str
) -> None:
    """As JSON, as data, raw; inline, from a file and from standard input; POST by itself."""
    (practice.home / "lead.json").write_text('[{"name": "Дом"}]', "utf-8")
    assert practice("request", "leads", *options, given=given).code == 0
    assert _names(amocrm_account) == ["Дом"]


def test_b12_fills_paths_and_keeps_brackets(practice: Shell, amocrm_account: MockAccount) -> None:
    """Names of the path and of the query are as the seed's; one entity can be changed and read."""
    first, second, _ = _fill(amocrm_account, 3)
    changed = practice(
        *("request", "/api/v4/leads/{id}", "--pathParam", f"id={first}"),
        *("-X", "PATCH", "--json", '{"price": 77}'),
    )
    assert changed.output["id"] == first
    found = practice(
        *("request", "leads", "--query", f"filter[id][]={first}"),
        *("--query", f"filter[id][]={second}", "--jq", "[.output._embedded.leads[].price]"),
    )
    assert sorted(found.json) == [1, 77]


def test_b12_follows_pages(practice: Shell, amocrm_account: MockAccount) -> None:
    """All items as one JSON, or as lines."""
    ids = _fill(amocrm_account, 7)
    line = ("request", "leads", "--query", "limit=3", "--paginate")
    assert [lead["id"] for lead in practice(*line).output["items"]] == ids
    lines = practice(*line, "-o", "jsonl", "--fields", "id").out.splitlines()
    assert [json.loads(each) for each in lines] == [{"id": number} for number in ids]


def test_b12_shows_status_and_headers(practice: Shell, amocrm_account: MockAccount) -> None:
    """Beside the output in JSON, above the bytes in raw; without secrets."""
    told = practice("request", "account", "--include")
    assert told.json["response"]["status"] == 200
    assert told.json["response"]["headers"]["Content-Type"] == "application/hal+json"
    raw = practice("request", "account", "-i", "-o", "raw")
    head, _, body = raw.out.partition("\n\n")
    assert head.startswith("HTTP/1.1 200")
    assert json.loads(body)["subdomain"] == amocrm_account.subdomain


def test_b12_shows_curl_lines(practice: Shell, amocrm_account: MockAccount) -> None:
    """The request is sent, and told as a line that holds no token."""
    told = practice("request", "leads", "-d", '[{"name": "A"}]', "--curl")
    assert told.code == 0
    (line,) = told.err.splitlines()
    assert '-H "Authorization: Bearer $AMOCRM_TOKEN"' in line
    assert shlex.split(line)[-1] == '[{"name":"A"}]'
    assert _names(amocrm_account) == ["A"]


@pytest.mark.parametrize(
    "line", [["leads", "-d", '[{"name": "A"}]'], ["leads", "--query", "limit=1"]]
)
def test_b12_rehearses(practice: Shell, amocrm_account: MockAccount, line: list[str]) -> None:
    """A dry run sends nothing at all, not even a read, and shows the exact request."""
    told = practice("request", *line, "--dry-run", AMOCRM_BASE_URL="http://127.0.0.1:1")
    (request,) = told.output["requests"]
    assert told.output["dryRun"] is True
    assert request["url"].startswith("http://127.0.0.1:1/api/v4/leads")
    assert amocrm_account.token not in told.out
    assert _names(amocrm_account) == []


def test_b12_sends_the_token_to_nobody_else(practice: Shell, amocrm_account: MockAccount) -> None:
    """A whole address is taken for the account's own hosts only."""
    own = practice("request", f"{amocrm_account.base_url}/api/v4/account")
    assert own.output["subdomain"] == amocrm_account.subdomain
    for address in ("https://evil.example.com/api/v4/account", "http://127.0.0.1:1/api/v4/account"):
        told = practice("request", address)
        assert told.code == 2
        assert told.error["code"] == "configuration_error"


@pytest.mark.parametrize(
    ("line", "code", "name", "said"),
    [
        (["leads/1"], 4, "not_found", "/api/v4/leads/1"),
        (["nowhere"], 4, "not_found", ""),
        (["leads", "-d", '[{"price": "much"}]'], 6, "validation_error", ""),
        (["leads", "--json", "{"], 2, "usage_error", "line 1"),
        (["leads", "--json", "@none.json"], 2, "usage_error", "none.json"),
        (["leads", "-d", "[]", "--json", "[]"], 2, "usage_error", "two bodies"),
        (["leads", "-X", "GET", "-d", "[]"], 2, "usage_error", "no body"),
        (["leads/{id}"], 2, "usage_error", "--path-param id="),
        (["leads/{id}", "--path-param", "ids=1"], 2, "usage_error", "did you mean id"),
        (["leads", "--query", "limit"], 2, "usage_error", "name=value"),
        (["account", "--jq", ".output.["], 2, "jq_error", "line 1, column"),
        (["account", "--fields", "nam"], 2, "unknown_field", "did you mean name"),
    ],
)
def test_b12_fails_in_an_envelope(
    practice: Shell, line: list[str], code: int, name: str, said: str
) -> None:
    """Each failure has its exit code, its stable code, and one sentence on standard error."""
    told = practice("request", *line)
    assert told.code == code
    assert told.error["code"] == name
    assert said in told.error["message"]
    assert told.err.startswith("amocrm: ")


def test_b12_takes_answers_of_other_kinds(practice: Shell, amocrm_account: MockAccount) -> None:
    """204 is null, and the answer's bytes can go to a file."""
    empty = practice("request", "leads")
    assert empty.output is None
    kept = practice("request", "account", "--output-file", "answer.json")
    content = (practice.home / "answer.json").read_bytes()
    assert json.loads(content)["subdomain"] == amocrm_account.subdomain
    assert kept.output["bytes"] == len(content)


def test_b12_tells_of_a_refused_token(practice: Shell, amocrm_account: MockAccount) -> None:
    """A refused token of the environment needs a person; no secret is told."""
    told = practice("request", "account", AMOCRM_TOKEN="eyJ0eXAiOiJKV1QifQ.canary-secret.x")
    assert told.code == 3
    assert told.error["code"] == "unauthorized"
    assert "canary-secret" not in told.out + told.err
    assert amocrm_account.token not in told.out + told.err
