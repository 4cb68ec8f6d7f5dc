"""The token files of the PHP library: read as it writes them, written as it reads them."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.tokens.php import PhpTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.stores import INTEGRATION

ACCOUNT = "example.amocrm.ru"
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDA4NjQwMH0.c2ln"
"""Issued at 1700000000, for a day."""

BY_PHP = r"""{
    "client_id": "client-id",
    "client_secret": "client-s3cret",
    "redirect_uri": "https:\/\/x\/cb\/ключ",
    "access_token": "%s",
    "refresh_token": "def50200php"
}"""
"""As `json_encode` with JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE writes it."""


def folder_of_php(tmp_path: Path, access: str = JWT) -> Path:
    """Return a folder as the PHP library leaves it."""
    folder = tmp_path / "tokens"
    folder.mkdir()
    (folder / f"{ACCOUNT}.json").write_text(BY_PHP % access)
    return folder


def token(word: str = "new") -> Token:
    """Return a token that was just issued."""
    return Token(
        access_token=f"{word}-access",
        refresh_token=f"{word}-refresh",
        issued_at=MOMENT,
        expires_at=MOMENT,
        domain=ACCOUNT,
    )


def test_a_file_of_php_is_read(tmp_path: Path) -> None:
    """Tokens and credentials are those of the file, times those of the token itself."""
    store = PhpTokenStore(folder_of_php(tmp_path))
    found = store.load(ACCOUNT)
    assert found == Token(
        access_token=JWT,
        refresh_token="def50200php",
        issued_at=datetime.fromtimestamp(1_700_000_000, UTC),
        expires_at=datetime.fromtimestamp(1_700_086_400, UTC),
    )
    assert store.integration_of(ACCOUNT) == INTEGRATION
    assert store.accounts() == [ACCOUNT]


def test_a_token_of_another_kind_has_no_times(tmp_path: Path) -> None:
    """What is no JWT is used until it is refused."""
    found = PhpTokenStore(folder_of_php(tmp_path, "opaque")).load(ACCOUNT)
    assert found == Token(access_token="opaque", refresh_token="def50200php")


def test_a_file_is_written_as_php_writes_it(tmp_path: Path) -> None:
    """Byte for byte, so that the PHP side and whoever compares versions see nothing new."""
    folder = folder_of_php(tmp_path)
    before = (folder / f"{ACCOUNT}.json").read_bytes()
    store = PhpTokenStore(folder)
    store.save(ACCOUNT, token())
    store.save(ACCOUNT, evolve(token(), access_token=JWT, refresh_token="def50200php"))
    assert (folder / f"{ACCOUNT}.json").read_bytes() == before
    assert stat.S_IMODE((folder / f"{ACCOUNT}.json").stat().st_mode) == 0o600


def test_what_the_five_keys_have_no_room_for(tmp_path: Path) -> None:
    """Times, moves and marks are kept beside; the main file has five keys and is not touched."""
    folder = folder_of_php(tmp_path)
    store = PhpTokenStore(folder)
    store.save(ACCOUNT, token())
    main = folder / f"{ACCOUNT}.json"
    before = main.stat().st_ino
    marked = evolve(token(), renewing_since=MOMENT, domain="other.amocrm.ru")
    store.save(ACCOUNT, marked)
    found = PhpTokenStore(folder).load(ACCOUNT)
    assert found == marked
    assert found.renewing_since == MOMENT
    assert main.stat().st_ino == before
    assert set(json.loads(main.read_bytes())) == {
        "client_id",
        "client_secret",
        "redirect_uri",
        "access_token",
        "refresh_token",
    }


def test_what_php_has_renewed_since_is_not_mixed_up(tmp_path: Path) -> None:
    """What lies beside belongs to one refresh token; that of the PHP side is another."""
    folder = folder_of_php(tmp_path)
    store = PhpTokenStore(folder)
    store.save(ACCOUNT, evolve(token(), renewing_since=MOMENT))
    (folder / f"{ACCOUNT}.json").write_text(BY_PHP % JWT)
    found = store.load(ACCOUNT)
    assert found is not None
    assert found.refresh_token == "def50200php"
    assert found.renewing_since is None
    assert found.expires_at == datetime.fromtimestamp(1_700_086_400, UTC)


def test_nobody_reads_while_php_writes(tmp_path: Path) -> None:
    """The PHP library writes in place under a lock of the file; half a file is never read."""
    fcntl = pytest.importorskip("fcntl")
    folder = folder_of_php(tmp_path)
    path = folder / f"{ACCOUNT}.json"
    with path.open("r+b") as file, ThreadPoolExecutor(2) as pool:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(20)
        reading = pool.submit(PhpTokenStore(folder).load, ACCOUNT)
        writing = pool.submit(PhpTokenStore(folder, INTEGRATION).load, ACCOUNT)
        assert not reading.done()
        file.write((BY_PHP % JWT).encode())
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)
        for found in (reading.result(30), writing.result(30)):
            assert found is not None
            assert found.refresh_token == "def50200php"


def test_an_empty_folder_needs_the_integration(tmp_path: Path) -> None:
    """Without a file nobody knows the credentials that belong into it."""
    with pytest.raises(ConfigurationError, match="integration="):
        PhpTokenStore(tmp_path).save(ACCOUNT, token())
    PhpTokenStore(tmp_path, INTEGRATION).save(ACCOUNT, token())
    assert PhpTokenStore(tmp_path).integration_of(ACCOUNT) == INTEGRATION


@pytest.mark.parametrize(
    "kept", [Token(access_token="x"), evolve(token(), scheme="cookie")], ids=["long", "cookie"]
)
def test_other_tokens_are_refused(kept: Token, tmp_path: Path) -> None:
    """The PHP side cannot do without a refresh token, so no file without one is written."""
    store = PhpTokenStore(tmp_path, INTEGRATION)
    with pytest.raises(ConfigurationError, match="OAuth"):
        store.save(ACCOUNT, kept)
    assert store.load(ACCOUNT) is None


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "x", "a.b/c", "A.B", "a..b"])
def test_a_name_that_is_no_domain_is_refused(name: str, tmp_path: Path) -> None:
    """No account leads out of the folder."""
    with pytest.raises(ConfigurationError, match="no domain"):
        PhpTokenStore(tmp_path, INTEGRATION).load(name)


@pytest.mark.parametrize("key", ["client_id", "access_token", "refresh_token"])
def test_a_file_that_lacks_something(key: str, tmp_path: Path) -> None:
    """All five must be there, as on the PHP side; the error shows none of them."""
    folder = folder_of_php(tmp_path)
    path = folder / f"{ACCOUNT}.json"
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, key: ""}))
    with pytest.raises(ConfigurationError, match="lacks") as caught:
        PhpTokenStore(folder).load(ACCOUNT)
    for secret in (JWT, "def50200php", "client-s3cret"):
        assert secret not in str(caught.value)
    assert os.listdir(folder) == [path.name]  # noqa: PTH208 - names only
