"""Tokens are kept whole and apart in every kind of store, and none of them shows any."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.tokens.plain import dump_token, load_token
from amocrm_gen.runtime.tokens.sqlite import SqliteTokenStore
from amocrm_gen.runtime.tokens.store import LockingTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.stores import KINDS, Place

MOMENT = datetime(2024, 1, 1, 12, tzinfo=UTC)
ONE, OTHER = "one.amocrm.ru", "other.kommo.com"
moments = st.integers(31_536_000_000_000, 7_258_118_400_000_000).map(
    lambda micro: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micro)
)
texts = st.text(st.characters(codec="utf-8"), min_size=1)
tokens = st.builds(
    Token,
    access_token=texts,
    refresh_token=texts,
    expires_at=st.none() | moments,
    issued_at=st.none() | moments,
    domain=st.none() | st.just(ONE),
    renewing_since=st.none() | moments,
)
same_place = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return an empty place of each kind."""
    return Place.make(request.param, tmp_path, request)


def token(word: str = "access") -> Token:
    """Return a token with everything in it."""
    return Token(
        access_token=f"{word}-secret",
        refresh_token=f"{word}-refresh-secret",
        expires_at=MOMENT,
        issued_at=MOMENT,
        domain=ONE,
    )


def whole(found: Token | None) -> dict[str, Any]:
    """Return everything that a token holds, what `==` passes over included."""
    assert found is not None
    return asdict(found)


def test_accounts_are_kept_apart(place: Place) -> None:
    """What is saved for an account is loaded for it, and for no other."""
    store = place.open()
    assert store.load(ONE) is None
    store.delete(ONE)
    store.save(ONE, token("a"))
    store.save(OTHER, token("b"))
    store.save(ONE, token("c"))
    assert store.load(ONE) == token("c")
    assert store.load(OTHER) == token("b")
    store.delete(ONE)
    store.delete(ONE)
    assert store.load(ONE) is None
    assert store.load(OTHER) == token("b")


def test_each_load_reads_anew(place: Place) -> None:
    """What another process has saved or deleted is seen at once."""
    mine, theirs = place.open(), place.open()
    for word in ("a", "b"):
        theirs.save(ONE, token(word))
        assert mine.load(ONE) == token(word)
    theirs.delete(ONE)
    assert mine.load(ONE) is None


@given(kept=tokens)
@same_place
def test_every_token_comes_back(place: Place, kept: Token) -> None:
    """Whatever a token holds is there again, to the microsecond."""
    place.open().save(ONE, kept)
    assert whole(place.open().load(ONE)) == asdict(kept)


def test_a_mark_is_kept_and_taken_back(place: Place) -> None:
    """That a renewal has begun is seen by others, until a token without the mark is saved."""
    store = place.open()
    store.save(ONE, token())
    store.save(ONE, evolve(token(), renewing_since=MOMENT))
    assert whole(place.open().load(ONE))["renewing_since"] == MOMENT
    store.save(ONE, token())
    assert whole(place.open().load(ONE))["renewing_since"] is None


def test_threads_that_save_at_once_lose_nothing(place: Place) -> None:
    """Many writers of many accounts leave the last token of each."""
    names = [f"account{number}.amocrm.ru" for number in range(6)]

    def work(name: str) -> None:
        store = place.open()
        for number in range(8):
            store.save(name, token(f"{name}-{number}"))
            assert store.load(name) == token(f"{name}-{number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, names))
    for name in names:
        assert place.open().load(name) == token(f"{name}-7")


@pytest.mark.parametrize("name", ["accounts"])
def test_accounts_are_listed(place: Place, name: str) -> None:
    """The package's own stores tell which accounts they hold."""
    store = place.open()
    if place.kind in {"sqlalchemy", "django"}:
        assert not hasattr(store, name)
        return
    assert store.accounts() == []
    store.save(OTHER, token())
    store.save(ONE, token())
    assert store.accounts() == [ONE, OTHER]
    store.delete(OTHER)
    assert store.accounts() == [ONE]


def test_the_own_stores_bring_their_locks(place: Place) -> None:
    """Two stores of one place lock each other out; a user's own store may leave that to us."""
    mine, theirs = place.open(), place.open()
    assert isinstance(mine, LockingTokenStore) == (place.kind not in {"sqlalchemy", "django"})
    if not isinstance(mine, LockingTokenStore):
        return
    order = []
    held = mine.locks.acquire(["token/a"])
    with ThreadPoolExecutor(1) as pool:

        def second() -> None:
            got = theirs.locks.acquire(["token/a"])
            order.append("second")
            got.release()

        waiting = pool.submit(second)
        other = theirs.locks.acquire(["token/b"])
        other.release()
        order.append("first")
        held.release()
        waiting.result(30)
    assert order == ["first", "second"]


def test_nothing_secret_is_shown(place: Place) -> None:
    """No text of a store holds what it keeps."""
    store = place.open()
    store.save(ONE, token())
    shown = f"{store!r} {store} {token()!r}"
    for secret in ("access-secret", "access-refresh-secret", "client-s3cret"):
        assert secret not in shown


@given(kept=tokens)
def test_tokens_as_text(kept: Token) -> None:
    """A token is the same after it was text, or was sent to another process."""
    assert whole(load_token(dump_token(kept))) == asdict(kept)
    assert whole(load_token(dump_token(kept).encode())) == asdict(kept)
    assert pickle.loads(pickle.dumps(kept)) == kept


@pytest.mark.parametrize(
    "text", ["", "{", "null", "5", "[]", "{}", '{"access_token": 5}', '{"access_token": "canary"']
)
def test_text_that_is_no_token(text: str) -> None:
    """Damaged text is a clear error that neither shows it nor leads to it."""
    with pytest.raises(ConfigurationError, match="the drawer") as caught:
        load_token(text, place="the drawer")
    assert "canary" not in f"{caught.value!r}{caught.value}"
    assert caught.value.__context__ is None


@pytest.mark.parametrize("path", [":memory:", "file:x?mode=memory"])
def test_sqlite_in_memory_is_refused(path: str) -> None:
    """It would forget the tokens at once; the error says what to take."""
    with pytest.raises(ConfigurationError, match="MemoryTokenStore"):
        SqliteTokenStore(path)


@pytest.mark.parametrize("table", ["", "a b", "x; DROP TABLE y", "1a", "a-b"])
def test_a_strange_table_is_refused(table: str, tmp_path: Path) -> None:
    """A name that would have to be quoted is none."""
    with pytest.raises(ConfigurationError, match="name of a table"):
        SqliteTokenStore(tmp_path / "x", table=table)


def test_sqlite_tokens_live_beside_other_tables(tmp_path: Path) -> None:
    """Two tables of one file do not know each other."""
    one, two = (SqliteTokenStore(tmp_path / "x", table=name) for name in ("one", "two"))
    one.save(ONE, token("a"))
    assert two.load(ONE) is None
    two.save(ONE, token("b"))
    assert one.load(ONE) == token("a")
