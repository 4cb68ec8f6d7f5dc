"""The file of connections."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from amocrm_gen import Integration, Token
from amocrm_gen.connections import (
    Book,
    Connection,
    ConnectionFault,
    NotConnected,
    UnknownConnection,
    config_folder,
    connector_for,
    connector_of,
)
from amocrm_gen.runtime.errors import ConfigurationError

_SECRET = "canary-of-the-client-secret"


def _integration() -> Integration:
    return Integration(
        client_id="11111111-2222-3333-4444-555555555555",
        client_secret=_SECRET,
        redirect_uri="http://127.0.0.1:8765/",
    )


def test_a_connection_is_found_by_id_domain_subdomain_and_address(book: Book) -> None:
    """Whatever a person calls an account leads to its connection."""
    made = book.ensure("example.kommo.com", id="shop")
    for name in ("shop", "SHOP", "example.kommo.com", "example", "https://example.kommo.com/leads"):
        assert book.get(name) == made
    assert made.connector.id == "kommo"


def test_two_accounts_of_one_subdomain_are_told_apart(book: Book) -> None:
    """The second gets its domain as id; their subdomain alone is refused with both."""
    first = book.ensure("example")
    second = book.ensure("example.kommo.com")
    assert (first.id, second.id) == ("example", "example.kommo.com")
    assert book.get("example") == first
    book.ensure("twin.kommo.com", id="a")
    book.ensure("twin.amocrm.ru", id="b")
    with pytest.raises(UnknownConnection) as caught:
        book.get("twin")
    assert caught.value.candidates == ("a", "b")
    assert caught.value.is_ambiguous


def test_an_unknown_connection_is_answered_with_the_nearest(book: Book) -> None:
    """A slip of the finger costs no search."""
    for name in ("northshop", "southshop", "warehouse"):
        book.ensure(name)
    with pytest.raises(UnknownConnection, match="there is no connection 'southsop'") as caught:
        book.get("southsop")
    assert caught.value.candidates[0] == "southshop"
    assert set(caught.value.candidates) == {"northshop", "southshop", "warehouse"}


def test_ensuring_again_changes_in_place(book: Book) -> None:
    """The id and the day of making stay; what is left out stays, too."""
    made = book.ensure("example", integration=_integration())
    again = book.ensure("example.amocrm.ru")
    assert again == made
    assert len(book.list()) == 1
    assert book.get("example").integration == _integration()


def test_an_id_of_another_account_is_refused(book: Book) -> None:
    """A connection never becomes that of another account."""
    book.ensure("example", id="shop")
    with pytest.raises(ConnectionFault, match="that of example"):
        book.ensure("another", id="shop")


@pytest.mark.parametrize("name", ["../tokens", "", "a/b", "a b", ".hidden", "x" * 81])
def test_an_id_is_a_part_of_a_file_name(book: Book, name: str) -> None:
    """An id never leads out of the folder."""
    with pytest.raises(ConfigurationError, match="no id"):
        book.ensure("example", id=name)


def test_the_first_connection_is_the_default(book: Book) -> None:
    """A person with one account never names it."""
    with pytest.raises(NotConnected, match="amocrm login --mock"):
        book.default()
    first = book.ensure("first")
    second = book.ensure("second")
    assert book.default() == first
    book.set_default("second")
    assert book.default() == second
    assert book.is_default(second)
    book.ensure("third")
    book.remove("second")
    with pytest.raises(NotConnected, match="first, third"):
        book.default()


def test_files_are_for_their_owner_alone(book: Book) -> None:
    """The secret is in the file, and nobody else can read it."""
    made = book.ensure("example", integration=_integration())
    book.store_of(made).save(made.domain, Token(access_token="t"))
    assert _SECRET in book.path.read_text()
    for place in (book.folder, *book.folder.rglob("*")):
        assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0, place


def test_removing_forgets_the_tokens(book: Book) -> None:
    """No token outlives its connection."""
    made = book.ensure("example")
    store = book.store_of(made)
    store.save(made.domain, Token(access_token="t"))
    assert book.remove("example") == made
    assert book.list() == ()
    assert not store.path.exists()
    assert not book.forget_token(made)


@pytest.mark.parametrize(
    "content",
    [
        f'{{"client_secret": "{_SECRET}"',
        f'{{"version": 7, "connections": [], "client_secret": "{_SECRET}"}}',
        f'{{"version": 1, "connections": "{_SECRET}"}}',
        f'{{"version": 1, "connections": [{{"id": "a", "connector": 1, "domain": "{_SECRET}"}}]}}',
        f'{{"version": 1, "connections": ["{_SECRET}"]}}',
    ],
)
def test_a_damaged_file_is_told_without_its_content(book: Book, content: str) -> None:
    """The error says which file, and none of the secrets in it."""
    book.folder.mkdir()
    book.path.write_text(content)
    with pytest.raises(ConnectionFault) as caught:
        book.list()
    assert str(book.path) in str(caught.value)
    assert _SECRET not in str(caught.value) + repr(caught.value)
    assert book.path.read_text() == content


def test_no_repr_shows_the_secret(book: Book) -> None:
    """Neither the connection nor its JSON for people does."""
    made = book.ensure("example", integration=_integration())
    assert _SECRET not in f"{made!r} {made} {made.plain()} {book!r} {book.list()!r}"


def test_connections_survive_being_written_and_read(book: Book) -> None:
    """What is read is what was put."""
    made = book.ensure("example", integration=_integration(), base_url="http://127.0.0.1:1")
    (read,) = Book(book.folder).list()
    assert read == made
    assert isinstance(read, Connection)
    assert read.connector.is_mock


def test_many_processes_lose_no_connection(book: Book) -> None:
    """Each of them adds one; all are there at the end."""
    script = "import sys; from amocrm_gen.connections import Book; Book().ensure(sys.argv[1])"
    names = [f"shop{number}" for number in range(6)]
    started = [
        subprocess.Popen([sys.executable, "-c", script, name], env=os.environ.copy())
        for name in names
    ]
    assert [process.wait(60) for process in started] == [0] * len(names)
    assert [connection.id for connection in book.list()] == names


def test_a_writer_that_was_killed_leaves_a_whole_file(book: Book) -> None:
    """Half a file beside is thrown away, a whole one is put in its place."""
    made = book.ensure("example")
    beside = book.path.with_name("connections.json.new")
    beside.write_text('{"version": 1, "connec')
    assert book.list() == (made,)
    beside.write_text('{"version": 1, "default": null, "connections": []}')
    assert book.list() == ()


def test_the_folder_is_the_platforms(tmp_path: Path) -> None:
    """It is where platformdirs has it, and `AMOCRM_CONFIG_FOLDER` names another one."""
    expected = platformdirs.user_config_path("amocrm-gen", appauthor=False)
    assert config_folder({k: v for k, v in os.environ.items() if k != "AMOCRM_CONFIG_FOLDER"}) == (
        expected
    )
    assert config_folder({"AMOCRM_CONFIG_FOLDER": str(tmp_path)}) == tmp_path


def test_connectors_are_known_by_domain_and_by_key() -> None:
    """Four places, each by its id, its domain, and the key that agents type."""
    assert connector_of("amocrm") == connector_for("example.amocrm.ru")
    assert connector_for("example.amocrm.com").id == "amocrm-com"
    assert connector_for("example.kommo.com").id == "kommo"
    assert connector_for("example.amocrm.ru", base_url="http://127.0.0.1:1").id == "mock"
    with pytest.raises(ConfigurationError, match="mock"):
        connector_of("salesforce")
