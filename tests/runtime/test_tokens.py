"""Tokens are kept whole, for their owner only, and are never shown."""

import pickle
import string
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.cookies import cookies_of
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


def test_how_long_a_token_can_be_used() -> None:
    """A refresh token dies three months after it was issued, a long-lived one when it ends."""
    granted = token()
    assert granted.dies_at == MOMENT + timedelta(days=90)
    assert granted.days_left(MOMENT + timedelta(days=60)) == 30
    assert granted.days_left(MOMENT + timedelta(days=91)) == -1
    long_lived = evolve(granted, refresh_token=None, expires_at=MOMENT + timedelta(days=365))
    assert long_lived.days_left(MOMENT) == 365
    assert Token(access_token="x").days_left() is None
    assert not long_lived.is_over(MOMENT.timestamp())
    assert granted.is_over(MOMENT.timestamp())


def test_a_jwt_tells_its_times() -> None:
    """What is known of a pasted token is what it says itself."""
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDA4NjQwMH0.c2ln"
    found = Token.read(jwt)
    assert found.issued_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert found.expires_at == datetime.fromtimestamp(1_700_086_400, UTC)
    for strange in ("1e400", '"1"', "true", "null", "1e18", "-1e18"):
        assert Token.read(jwt_of(f'{{"exp": {strange}}}')).expires_at is None


def jwt_of(claims: str) -> str:
    """Return a token with these claims."""
    return f"a.{urlsafe_b64encode(claims.encode()).decode()}.c"


def test_which_token_is_older() -> None:
    """The server's clock decides where both tell it, else the own one; what is unknown is not."""
    jwts = [Token.read(jwt_of(f'{{"iat": {iat}}}')) for iat in (1, 2)]
    early, late = (evolve(one, issued_at=MOMENT) for one in jwts)
    assert early.is_older_than(late)
    assert not late.is_older_than(early)
    assert not early.is_older_than(early)
    ahead = evolve(early, issued_at=MOMENT + timedelta(days=1))
    assert ahead.is_older_than(late)
    opaque = token()
    assert opaque.is_older_than(evolve(opaque, issued_at=MOMENT + timedelta(seconds=1)))
    assert not Token(access_token="x").is_older_than(opaque)


names = st.text(string.ascii_letters + string.digits + "_-", min_size=1)
values = st.text(string.ascii_letters + string.digits + "%/+=", min_size=1).filter("deleted".__ne__)
ATTRIBUTES = ["", "; path=/", "; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly", "; Max-Age=9"]


@given(st.dictionaries(names, values, min_size=1), st.data())
def test_cookies_come_back(cookies: dict[str, str], data: st.DataObject) -> None:
    """Whatever cookies a login sets, in lines or joined to one, the same are sent back."""
    attributes = st.sampled_from(ATTRIBUTES)
    lines = [f"{name}={value}{data.draw(attributes)}" for name, value in cookies.items()]
    joined = ", ".join([*lines, "g.o=deleted; path=/", "e.y="])
    back = dict(pair.split("=", 1) for pair in cookies_of(joined).split("; "))
    assert back == cookies


@given(st.text())
def test_strange_cookies(header: str) -> None:
    """No header breaks the reading, nor the line that is made of it."""
    back = cookies_of(header)
    assert back.isascii()
    assert back.isprintable()
