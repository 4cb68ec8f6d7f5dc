"""Canaries in every credential: they stay in the files that hold them, and appear nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shell import Done, Shell

    from amocrm_mockserver.testing import MockAccount

_REDIRECT = "https://www.example.com/oauth2/"


def test_no_command_shows_a_secret(cli: Shell, amocrm_account: MockAccount) -> None:
    """Through a login, all kinds of commands, failures, debug output and the log of runs."""
    site = amocrm_account
    integration = site.integration
    canaries = {integration.client_secret, site.token, site.refresh_token}
    (cli.home / "secret").write_text(integration.client_secret)
    (cli.home / "secret").chmod(0o600)
    done: list[Done] = []

    def run(*line: str, given: str = "") -> Done:
        assert not [each for each in canaries if any(each in word for word in line)]
        done.append(cli(*line, given=given))
        return done[-1]

    run(
        *("login", site.domain, "--base-url", site.base_url, "--no-browser"),
        *("--client-id", integration.client_id, "--client-secret", "@secret"),
        *("--redirect-uri", integration.redirect_uri),
    )
    code = site.issue_code()
    canaries.add(code)
    done.append(cli("login", "complete", "-", given=code))
    kept = list((cli.home / "config" / "tokens").glob("*.json"))
    assert len(kept) == 1, done[-1]
    token = cli("token", "--show").out.strip()
    canaries.add(token)
    for line in (
        ("status",),
        ("doctor",),
        ("connection", "list"),
        ("connection", "get"),
        ("leads", "find", "--debug"),
        ("leads", "create", "--set", "name=A", "--curl"),
        ("leads", "create", "--set", "name=A", "--dry-run", "--curl", "--debug"),
        ("leads", "get", "999999999", "--debug"),
        ("leads", "create", "--set", "price=much"),
        ("action", "run", "win-lead", "--set", "lead=1"),
        ("request", "/api/v4/account", "--include", "--curl", "--debug"),
        ("request", "/no/such/page", "--debug"),
        ("runs", "list"),
        ("runs", "get", "1", "--details"),
        ("runs", "get", "2", "--details"),
        ("--help-json",),
    ):
        run(*line)
    shown = "\n".join(f"{each.out}\n{each.err}" for each in done)
    assert "Traceback" not in shown
    assert [each for each in canaries if each in shown] == []
    holders = {cli.home / "secret", cli.home / "config" / "connections.json", *kept}
    for path in cli.home.rglob("*"):
        if path.is_file() and path not in holders:
            content = path.read_bytes()
            assert [each for each in canaries if each.encode() in content] == [], path
    for path in holders:
        assert path.stat().st_mode & 0o077 == 0, path
