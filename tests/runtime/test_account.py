"""Names of accounts, and which hosts may see their tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.errors import ConfigurationError


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("example", "example.amocrm.ru"),
        ("Example.amocrm.ru", "example.amocrm.ru"),
        ("example.kommo.com", "example.kommo.com"),
        ("example.amocrm.com", "example.amocrm.com"),
        ("https://example.kommo.com/leads/", "example.kommo.com"),
        (" example ", "example.amocrm.ru"),
    ],
)
def test_names(name: str, domain: str) -> None:
    """Subdomain, domain and pasted address all name the account."""
    account = Account.parse(name)
    assert (account.domain, account.origin) == (domain, f"https://{domain}")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "example.evil.com",
        "www.amocrm.ru",
        "amocrm.ru",
        "x.y.amocrm.ru",
        "-x",
        "ex_ample",
    ],
)
def test_what_is_no_account(name: str) -> None:
    """A name that is none is refused, and the error shows right ones."""
    with pytest.raises(ConfigurationError, match=r"example\.kommo\.com"):
        Account.parse(name)


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://example.amocrm.ru/api/v4/leads", True),
        ("https://EXAMPLE.amocrm.ru:443/x", True),
        ("https://drive-b.amocrm.ru/v1.0/files", True),
        ("https://other.amocrm.ru", True),
        ("http://example.amocrm.ru", False),
        ("https://example.kommo.com", False),
        ("https://amocrm.ru.evil.com", False),
        ("https://evilamocrm.ru", False),
        ("https://example.amocrm.ru:8443", False),
        ("https://user@other.amocrm.ru", False),
        ("https://example.amocrm.ru@evil.com", False),
        ("https://evil.com#.amocrm.ru", False),
        ("https://evil.com/.amocrm.ru", False),
        ("https://evil.com\\.amocrm.ru", False),
        ("//example.amocrm.ru", False),
        ("ftp://example.amocrm.ru", False),
        ("https://[::1", False),
        ("https://x.amocrm.ru:99999", False),
    ],
)
def test_the_family_of_hosts(url: str, trusted: bool) -> None:
    """Tokens go by https to hosts of the account's own company, and nowhere else."""
    assert Account.parse("example").trusts(url) is trusted


def test_the_global_family_has_two_zones() -> None:
    """amocrm.com and kommo.com are one company; amocrm.ru is another."""
    account = Account.parse("example.kommo.com")
    assert account.trusts("https://example.amocrm.com")
    assert not account.trusts("https://example.amocrm.ru")


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://localhost:443", "https://localhost"),
        ("http://[::1]:80/x", "http://[::1]"),
    ],
)
def test_an_explicit_base_url_is_the_only_trusted_origin(base_url: str, origin: str) -> None:
    """With a base URL nothing goes anywhere else, not even to the account's own domain."""
    account = Account.parse("example", base_url=base_url)
    assert account.origin == origin
    assert account.trusts(f"{origin}/api/v4/leads")
    assert not account.trusts("https://example.amocrm.ru/api/v4/leads")
    assert not account.trusts("http://127.0.0.1:9999")


@pytest.mark.parametrize("base_url", ["127.0.0.1:8080", "ftp://x", "http://", "http://x:y"])
def test_a_base_url_needs_scheme_and_host(base_url: str) -> None:
    """A base URL that cannot be used is refused."""
    with pytest.raises(ConfigurationError, match="base URL"):
        Account.parse("example", base_url=base_url)


def test_a_move_stays_in_the_family() -> None:
    """An account moves between names of one company, never to a foreign host."""
    account = Account.parse("example")
    assert account.moved("new.amocrm.ru").origin == "https://new.amocrm.ru"
    for domain in ("new.kommo.com", "evil.com", "new.amocrm.ru.evil.com"):
        with pytest.raises(ConfigurationError):
            account.moved(domain)


@given(st.text())
def test_no_text_makes_a_foreign_host_trusted(text: str) -> None:
    """Whatever is put behind https://, only a host of the family is trusted."""
    url = f"https://{text}"
    if Account.parse("example").trusts(url):
        host = url.removeprefix("https://").partition("/")[0].partition("?")[0].partition("#")[0]
        assert host.lower().removesuffix(":443").endswith(".amocrm.ru")
