"""Seed files: what they give, and how they are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_mockserver import MockServer, SeedError, parse_seed, read_seed

from .asking import CLIENT, OTHER_CLIENT, SEED, two_accounts

if TYPE_CHECKING:
    from pathlib import Path


def test_all_of_it() -> None:
    """Accounts, zones, codes and integrations are read; the rest is kept for the account."""
    seed = two_accounts()
    assert [integration.client_id for integration in seed.integrations] == [
        CLIENT["client_id"],
        OTHER_CLIENT["client_id"],
    ]
    first, second = seed.accounts
    assert (first.subdomain, first.zone, first.codes) == ("acc1", "amocrm.ru", ("code-1", "code-2"))
    assert (second.subdomain, second.zone) == ("acc2", "kommo.com")
    assert list(first.contents) == ["users"]


def test_file(tmp_path: Path) -> None:
    """A file is read as UTF-8."""
    path = tmp_path / "seed.yaml"
    path.write_text("accounts: [{subdomain: acc1, users: [{name: Анна}]}]", encoding="utf-8")
    (account,) = read_seed(path).accounts
    assert account.contents == {"users": [{"name": "Анна"}]}


@pytest.mark.parametrize("text", ["", "{}", "accounts: []", "accounts:"])
def test_nothing(text: str) -> None:
    """A seed without accounts gives the account that there is without a seed."""
    assert [account.subdomain for account in parse_seed(text).accounts] == ["example"]


def test_integration_for_the_example() -> None:
    """Integrations alone are for the account that there is without a seed."""
    text = f"integrations: [{{client_id: {CLIENT['client_id']}, client_secret: s}}]"
    world = MockServer(parse_seed(text)).world
    (integration,) = world.integrations_of(world.accounts["example"])
    assert integration.client_id == CLIENT["client_id"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("accounts: {", ["seed.yaml: is not YAML"]),
        ("[]", ["seed.yaml:1 must be a mapping, and is a list"]),
        (
            "account: []",
            ["seed.yaml:1: account is not known; known are accounts, guesses, integrations"],
        ),
        ("accounts: acc1", ["seed.yaml:1: accounts must be a list, and is a text"]),
        ("accounts:\n- acc1", ["seed.yaml:2: accounts[0] must be a mapping"]),
        ("accounts:\n- zone: kommo.com", ["seed.yaml:2: accounts[0] lacks subdomain"]),
        (
            "accounts:\n- subdomain: 5",
            ["seed.yaml:2: accounts[0].subdomain must be a text, and is a number; put quotes"],
        ),
        ("accounts: [{subdomain: www}]", ["accounts[0].subdomain must be a host label"]),
        ("accounts: [{subdomain: Acc1}]", ["accounts[0].subdomain must be a host label"]),
        (
            "accounts:\n- subdomain: a\n- subdomain: a",
            ["seed.yaml:3: accounts[1].subdomain is the subdomain of another account, too"],
        ),
        (
            "accounts:\n- subdomain: a\n  zone: a.ru",
            ["seed.yaml:3: accounts[0].zone must be one of amocrm.ru, amocrm.com, kommo.com"],
        ),
        (
            "accounts:\n- subdomain: a\n  codes: [x, 5, x]",
            [
                "seed.yaml:3: accounts[0].codes[1] must be a text, and is a number; put quotes",
                "seed.yaml:3: accounts[0].codes[2] stands in the file twice",
            ],
        ),
        (
            "accounts:\n- subdomain: a\n  subdomain: b",
            ["seed.yaml:3: accounts[0].subdomain stands here twice"],
        ),
        (
            "guesses: {tasks.missing: 500, tasks.mising: 404}",
            [
                "seed.yaml:1: guesses is wrong: tasks.missing must be one of 204, 404, and is 500",
                "seed.yaml:1: guesses is wrong: there is no guess tasks.mising; there are: tasks.m",
            ],
        ),
        (
            "accounts:\n- subdomain: acc1\n  guesses: [tasks.missing]",
            ["seed.yaml:3: accounts[0].guesses must be a mapping, and is a list"],
        ),
        (
            "integrations:\n- {client_id: x, secret: y}",
            [
                "seed.yaml:2: integrations[0].secret is not known; known are client_id,",
                "seed.yaml:2: integrations[0] lacks client_secret",
            ],
        ),
        (
            "integrations:\n- {client_id: x, client_secret: y}\n- {client_id: x, client_secret: z}",
            ["seed.yaml:3: integrations[1].client_id is the id of another integration, too"],
        ),
    ],
)
def test_faults(text: str, faults: list[str]) -> None:
    """Every fault is told at once, with file, line and key."""
    with pytest.raises(SeedError) as caught:
        parse_seed(text, "seed.yaml")
    told = str(caught.value).splitlines()
    for fault in faults:
        assert any(fault in line for line in told), told
    if not text.startswith("accounts: {"):
        assert len(told) == len(faults)


def test_secrets_are_not_told() -> None:
    """A fault beside a secret does not show it."""
    text = "integrations: [{client_id: x, client_secret: hush, extra: 1}]"
    with pytest.raises(SeedError) as caught:
        parse_seed(text)
    assert "hush" not in str(caught.value)
    assert "s3cret" not in repr(two_accounts())


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(SeedError, match=r"nothing\.yaml: cannot be read"):
        read_seed(tmp_path / "nothing.yaml")


def test_contents_that_make_no_sense() -> None:
    """What an account cannot be made of is told with file, line and account."""
    text = SEED + "  - subdomain: acc3\n    users: nonsense\n"
    with pytest.raises(SeedError, match=r"^seed\.yaml:\d+: accounts\[2\]: "):
        MockServer(parse_seed(text, "seed.yaml"))


def test_guesses() -> None:
    """The guesses of the file count everywhere, those of an account in it alone."""
    seed = parse_seed(
        "guesses: {tasks.missing: 404}\n"
        "accounts:\n"
        "- {subdomain: acc1}\n"
        "- {subdomain: acc2, guesses: {tasks.missing: '204', notes.missing: 404}}\n"
    )
    accounts = MockServer(seed).world.accounts
    found = [
        [account.guesses[key] for key in ("tasks.missing", "notes.missing")]
        for account in accounts.values()
    ]
    assert found == [["404", "204"], ["204", "404"]]
