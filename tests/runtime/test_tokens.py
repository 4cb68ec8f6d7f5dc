"""Tokens are kept whole, for their owner only, and are never shown."""

import os
import pickle
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.tokens.file import FileTokenStore
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.store import TokenStore
from amocrm_gen.runtime.tokens.token import Token, claims_of

if TYPE_CHECKING:
    from collections.abc import Callable

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


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    """Return an empty store of each kind."""
    kinds: dict[str, Callable[[], TokenStore]] = {
        "memory": MemoryTokenStore,
        "file": lambda: FileTokenStore(tmp_path / "deep" / "tokens.json"),
    }
    return kinds[request.param]()


def test_a_store_keeps_accounts_apart(store: TokenStore) -> None:
    """What is saved for an account is loaded for it, and for no other."""
    assert store.load("a") is None
    store.save("a", token("a"))
    store.save("b", token("b"))
    store.save("a", token("c"))
    assert store.load("a") == token("c")
    assert store.load("b") == token("b")
    store.delete("a")
    store.delete("a")
    assert store.load("a") is None
    assert store.load("b") == token("b")


def test_a_token_without_extras_is_kept(store: TokenStore) -> None:
    """A long-lived token has no refresh token and no times."""
    store.save("a", Token(access_token="x"))
    assert store.load("a") == Token(access_token="x")


def test_another_store_of_the_file_sees_the_token(tmp_path: Path) -> None:
    """Each load reads the file anew: another process may have written it."""
    one, two = FileTokenStore(tmp_path / "t.json"), FileTokenStore(tmp_path / "t.json")
    one.save("a", token())
    assert two.load("a") == token()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    """File 0600, new folder 0700, whatever the umask, and no stray files beside it."""
    before = os.umask(0)
    try:
        FileTokenStore(tmp_path / "new" / "tokens.json").save("a", token())
    finally:
        os.umask(before)
    folder = tmp_path / "new"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes.pop("tokens.json") == 0o600
    assert set(modes) <= {"tokens.json.lock"}
    assert all(mode == 0o600 for mode in modes.values())


STEPS = ["open", "fdopen", "fsync", "replace"]


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_keeps_the_old_tokens(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the new content cannot be written, the old one stays whole and nothing is left over."""
    store = FileTokenStore(tmp_path / "tokens.json")
    store.save("a", token("old"))
    with monkeypatch.context() as patch:

        def fail(*_: object, **__: object) -> None:
            raise OSError("disk full")

        if step == "replace":
            patch.setattr(Path, step, fail)
        else:
            whole = getattr(os, step)

            def fail_once(path: object, *rest: object, **named: object) -> object:
                if step == "open" and not str(path).endswith(".tmp"):
                    return whole(path, *rest, **named)
                if step == "fdopen":
                    os.close(path)  # type: ignore[arg-type]  # the handle
                raise OSError("disk full")

            patch.setattr(os, step, fail_once)
        with pytest.raises(OSError, match="disk full"):
            store.save("a", token("new"))
    assert store.load("a") == token("old")
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": 5}', b'{"a": {"access_token": 5}}', b"\xff"]
)
def test_a_damaged_file_is_a_clear_error(content: bytes, tmp_path: Path) -> None:
    """What is no token file is named, and its content is not shown."""
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"tokens\.json"):
        FileTokenStore(path).load("a")


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
