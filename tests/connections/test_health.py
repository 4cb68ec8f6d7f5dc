"""What `amocrm doctor` looks at."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from amocrm_gen import Integration, MissingExtra, Token
from amocrm_gen.connections import Book, Connection, mock_server, practice
from amocrm_gen.connections.granting import accept_token
from amocrm_gen.connections.health import Check, examine_connection, examine_machine
from amocrm_mockserver.testing import MockAccount

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _named(checks: list[Check], name: str) -> Check:
    """Return the one check of a name."""
    (found,) = [check for check in checks if check.name.endswith(name)]
    return found


def _connection(book: Book, token: Token) -> Connection:
    integration = Integration(client_id="1", client_secret="s", redirect_uri="http://127.0.0.1/")
    made = book.ensure("example", integration=integration)
    book.store_of(made).save(made.domain, token)
    return made


def _aged(book: Book, days: float) -> Check:
    token = Token(access_token="t", refresh_token="r", issued_at=_NOW - timedelta(days=days))
    made = _connection(book, token)
    return _named(list(examine_connection(made, book=book, now=_NOW, offline=True)), "token")


@pytest.mark.parametrize(
    ("days", "outcome", "left"), [(59.9, "ok", 30), (60, "warn", 30), (89, "warn", 1)]
)
def test_an_unused_token_is_warned_of_from_day_60(
    book: Book, days: float, outcome: str, left: int
) -> None:
    """It is told how many days are left, and that using it helps."""
    found = _aged(book, days)
    assert found.outcome == outcome
    assert f"dies in {left} days" in found.found
    assert (found.advice is not None) == (outcome == "warn")


def test_a_dead_token_wants_a_person(book: Book) -> None:
    """After day 90 nothing but a new login helps."""
    token = Token(access_token="t", refresh_token="r", issued_at=_NOW - timedelta(days=91))
    made = _connection(book, token)
    (found,) = examine_connection(made, book=book, now=_NOW)
    assert found.outcome == "action"
    assert found.plain()["outcome"] == "fail"
    assert "amocrm connect example" in (found.advice or "")


def test_a_long_lived_token_is_warned_of_before_its_end(book: Book) -> None:
    """Nothing renews it."""
    made = book.ensure("example")
    token = Token(access_token="t", expires_at=_NOW + timedelta(days=20))
    book.store_of(made).save(made.domain, token)
    checks = list(examine_connection(made, book=book, now=_NOW, offline=True))
    assert _named(checks, "token").outcome == "warn"
    assert "20 days" in _named(checks, "token").found


def test_a_renewal_that_was_cut_short_is_told(book: Book) -> None:
    """Its mark is in the token file."""
    token = Token(access_token="t", refresh_token="r", issued_at=_NOW, renewing_since=_NOW)
    made = _connection(book, token)
    checks = list(examine_connection(made, book=book, now=_NOW, offline=True))
    assert _named(checks, "renewal").outcome == "warn"


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(0, "ok"), (-100, "warn"), (100, "warn"), (4000, "fail")]
)
def test_a_wrong_clock_is_found(
    book: Book, amocrm_account: MockAccount, seconds: int, outcome: str
) -> None:
    """This machine's is held against the server's."""
    made = accept_token(book, amocrm_account.token, base_url=amocrm_account.base_url)
    now = datetime.fromtimestamp(amocrm_account.clock.now(), UTC) + timedelta(seconds=seconds)
    checks = list(examine_connection(made, book=book, now=now))
    assert _named(checks, "account").outcome == "ok"
    assert _named(checks, "clock").outcome == outcome


def test_an_account_that_is_not_reached_is_told(book: Book) -> None:
    """With what to look at."""
    made = book.ensure("example", base_url="http://127.0.0.1:1")
    book.store_of(made).save(made.domain, Token(access_token="t"))
    checks = list(examine_connection(made, book=book, now=_NOW))
    assert _named(checks, "account").outcome == "fail"
    assert "login --mock" in (_named(checks, "account").advice or "")


def test_files_that_others_can_read_are_found(book: Book) -> None:
    """A file of secrets fails, a folder that others may look into is a warning."""
    book.ensure("example")
    assert _named(list(examine_machine(book)), "modes").outcome == "ok"
    book.folder.chmod(0o755)
    assert _named(list(examine_machine(book)), "modes").outcome == "warn"
    book.path.chmod(0o644)
    found = _named(list(examine_machine(book)), "modes")
    assert found.outcome == "fail"
    assert f"chmod 600 {book.path}" in (found.advice or "")


def test_a_folder_that_cannot_be_used_is_found(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that names another one is told."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AMOCRM_SHARED_FOLDER", str(tmp_path / "file" / "below"))
    found = _named(list(examine_machine(book)), "locks")
    assert found.outcome == "fail"
    assert "AMOCRM_SHARED_FOLDER" in (found.advice or "")


def test_nothing_connected_wants_a_person(book: Book) -> None:
    """A damaged file fails."""
    assert _named(list(examine_machine(book)), "connections").outcome == "action"
    book.folder.mkdir()
    book.path.write_text("{")
    assert _named(list(examine_machine(book)), "connections").outcome == "fail"


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a mock server is started."""

    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(mock_server, "find_spec", nothing)
    with pytest.raises(MissingExtra, match=r"amocrm-gen\[mock\]"):
        practice.start_mock()
