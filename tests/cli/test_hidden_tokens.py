"""Operations that give tokens do not show them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from shell import Done, Shell

    from amocrm_mockserver.testing import MockAccount

_TOKENS = ("access_token", "refresh_token")


@pytest.fixture
def grant(practice: Shell, amocrm_account: MockAccount) -> str:
    """What is given for a pair of tokens."""
    own = amocrm_account.integration
    code = practice("mock", "code", amocrm_account.subdomain).output["code"]
    return json.dumps(
        {
            "client_id": str(own.client_id),
            "client_secret": str(own.client_secret),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": str(own.redirect_uri),
        }
    )


def _kept(home: Path) -> str:
    return "".join(
        path.read_bytes().decode(errors="replace") for path in home.rglob("*") if path.is_file()
    )


def _is_bare(told: Done, practice: Shell, grant: str) -> None:
    """Nothing that is secret was written anywhere."""
    # The mock server's tokens are JWTs, and its refresh tokens begin as amoCRM's do.
    secret = json.loads(grant)["client_secret"]
    for text in (told.out, told.err, _kept(practice.home)):
        assert not any(mark in text for mark in ("eyJ", "def50", secret))


@pytest.mark.parametrize("line", [("action", "run", "oauth.issue_token"), ("oauth", "issue-token")])
def test_a_pair_of_tokens_is_not_shown(practice: Shell, grant: str, line: tuple[str, ...]) -> None:
    """Neither in the output nor in the run log; what leads to tokens is told."""
    told = practice(*line, "--input", "-", given=grant)
    assert {name: told.output[name] for name in _TOKENS} == dict.fromkeys(_TOKENS, "***")
    assert "`amocrm login`" in told.err
    assert "`amocrm token`" in told.err
    assert practice("runs", "list", "--limit", "1").output["items"][0]["outcome"] == "ok"
    _is_bare(told, practice, grant)


def test_the_token_of_the_chats_is_not_shown(practice: Shell) -> None:
    """It stands deep in the answer."""
    told = practice("user-chats", "create-session", "--set", "action=create")
    session = told.output["response"]["chats"]["session"]
    assert session["access_token"] == "***"
    assert session["user"]["name"]
    assert "eyJ" not in told.out + _kept(practice.home)


def test_a_dry_run_does_not_use_up_a_code(practice: Shell, grant: str) -> None:
    """A rehearsal would send the request: the client renews its own token by it."""
    told = practice("oauth", "issue-token", "--input", "-", "--dry-run", given=grant)
    assert told.code == 2
    assert practice("oauth", "issue-token", "--input", "-", given=grant).code == 0


@pytest.mark.parametrize(
    "step",
    [
        (
            "action: oauth.issue_token, input: {client_id: '{{ input.client_id }}', "
            "client_secret: '{{ input.client_secret }}', grant_type: authorization_code, "
            "code: '{{ input.code }}', redirect_uri: '{{ input.redirect_uri }}'}"
        ),
        "request: {method: POST, path: /oauth2/access_token, json: '{{ input }}'}",
        "request: {method: POST, path: '/oauth2/{{ input.grant_type }}', json: '{{ input }}'}",
    ],
)
def test_a_dry_run_of_ones_own_action_does_not_use_up_a_code(
    practice: Shell, grant: str, step: str
) -> None:
    """Whether a step names the operation, its address, or what may become its address."""
    properties = ", ".join(f"{name}: {{type: string}}" for name in json.loads(grant))
    path = practice.home / "own.yaml"
    path.write_text(
        f"{{id: own, name: Own, inputSchema: {{type: object, properties: {{{properties}}}}}, "
        f"steps: [{{id: one, {step}}}]}}",
        "utf-8",
    )
    line = ("action", "run", "own", "--file", str(path), "--input", "-")
    told = practice(*line, "--dry-run", given=grant)
    assert (told.code, "cannot be rehearsed" in told.err) == (2, True)
    assert practice("oauth", "issue-token", "--input", "-", given=grant).code == 0


def test_a_dry_run_of_a_whole_address_does_not_use_up_a_code(practice: Shell, grant: str) -> None:
    """The address is that of the path alone."""
    address = f"https://{practice.environment['AMOCRM_ACCOUNT']}/oauth2/access_token"
    told = practice("request", address, "--json", "-", "--dry-run", given=grant)
    assert (told.code, "cannot be rehearsed" in told.err) == (2, True)


def test_a_request_for_tokens_shows_none(practice: Shell, grant: str) -> None:
    """Whoever wants the bytes asks for them."""
    told = practice("request", "/oauth2/access_token", "--json", "-", given=grant)
    assert {name: told.output[name] for name in _TOKENS} == dict.fromkeys(_TOKENS, "***")
    _is_bare(told, practice, grant)
