"""Tokens are kept whole, for their owner only, and are never shown."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token, claims_of

MOMENT = datetime(2024, 1, 1, 12, tzinfo=UTC)


def token(word: str = "access") -> Token:
    """Return a token with everything in it."""
    return Token(
        access_token=f"{word}-secret",
        refresh_token=f"{word}-refresh-secret",
        expires_at=MOMENT,
        issued_at=MOMENT,
        domain="example.amocrm.ru",
    )


def test_nothing_secret_is_shown() -> None:
    """Tokens, stores and integrations show no secret in any text."""
    store = MemoryTokenStore()
    store.save("a", token())
    integration = Integration(client_id="id", client_secret="s3cret", redirect_uri="https://x")
    shown = f"{token()!r} {token()} {store!r} {integration!r}"
    assert "secret" not in shown.replace("s3cret", "secret")
    assert "example.amocrm.ru" in shown


def test_tokens_pickle() -> None:
    """A token can be handed to another process."""
    assert pickle.loads(pickle.dumps(token())) == token()


@pytest.mark.parametrize(
    ("lasts", "after", "stale"),
    [
        (86_400, 0, False),
        (86_400, 86_400 - 301, False),
        (86_400, 86_400 - 299, True),
        (86_400, 90_000, True),
        (10, 8, False),
        (10, 9.5, True),
    ],
)
def test_a_token_is_renewed_before_its_end(lasts: float, after: float, stale: bool) -> None:
    """Five minutes before the end, or a tenth of a short life."""
    fresh = Token.issued(
        access_token="a", refresh_token="b", lasts=lasts, now=1000.0, domain="x.amocrm.ru"
    )
    assert fresh.is_stale(1000.0 + after) is stale


def test_a_token_without_an_end_is_never_stale() -> None:
    """What is not known to end is used until it is refused."""
    assert not Token(access_token="x").is_stale(1e12)


def test_claims_are_read() -> None:
    """The claims of a JWT are read without checking it."""
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhYmMiLCJiYXNlX2RvbWFpbiI6ImtvbW1vLmNvbSJ9.c2ln"
    assert claims_of(jwt) == {"aud": "abc", "base_domain": "kommo.com"}


@given(st.text())
def test_any_text_has_claims_or_none(text: str) -> None:
    """A token of another kind has no claims, and never an error."""
    assert isinstance(claims_of(text), dict)
    assert isinstance(claims_of(f"a.{text}.c"), dict)
