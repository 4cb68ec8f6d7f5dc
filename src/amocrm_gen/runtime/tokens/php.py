"""Tokens in the files of the PHP library that many amoCRM integrations were written with."""

import json
import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from attrs import define, evolve, field
from orjson import dumps

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.locks.file import FileLocks
from amocrm_gen.runtime.tokens.plain import read_json
from amocrm_gen.runtime.tokens.secret_file import SecretFile
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["PhpTokenStore"]

_KEYS: Final = ("client_id", "client_secret", "redirect_uri", "access_token", "refresh_token")
_NAME: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ADVICE: Final = "move it away and authorise the account again"


@define
class PhpTokenStore:
    """Keeps each account in `<folder>/<domain>.json`, with exactly the five keys of the PHP side.

    Programs of both sides can take turns with one folder. They must not run at the same time: the
    PHP library renews tokens without a lock. What the five keys have no room for (times, a move, a
    renewal that was cut short) is in a small file beside, which the PHP side passes over.
    """

    folder: Path = field(converter=Path)
    integration: Integration | None = None
    """Whose tokens these are; left out, an account's file must tell it already."""

    def load(self, account: str) -> Token | None:
        """Return the account's token or None."""
        found = self._read(account)
        if found is None:
            return None
        return self._more(account, Token.read(found["access_token"], found["refresh_token"]))

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token; it is on the disk when this returns."""
        if token.refresh_token is None or token.scheme != "bearer":
            raise ConfigurationError(
                "the files of the PHP library hold tokens of the OAuth grant only",
                advice="give API-key logins and long-lived tokens a store of another kind",
            )
        integration = self.integration or self.integration_of(account)
        values = (
            integration.client_id,
            integration.client_secret,
            integration.redirect_uri,
            token.access_token,
            token.refresh_token,
        )
        content: dict[str, str] = dict(zip(_KEYS, values, strict=True))
        main, more = self._file(account), self._file_of_more(account)
        with main.lock():
            main.recover()
            if self._read_held(main) != content:
                with _shown_to_php(main.path, exclusive=True):
                    main.write(_as_php_writes(content))
        with more.lock():
            more.write(dumps(_plain(token)))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        for file in (self._file(account), self._file_of_more(account)):
            if file.path.parent.exists():
                with file.lock():
                    file.recover()
                    file.path.unlink(missing_ok=True)

    def has_tokens(self, account: str) -> bool:
        """Tell whether an account has granted access already."""
        return account in self.accounts()

    def accounts(self) -> list[str]:
        """Return the accounts that have granted access."""
        names = (path.name.removesuffix(".json") for path in self.folder.glob("*.json"))
        return sorted(name for name in names if _NAME.fullmatch(name))

    def integration_of(self, account: str) -> Integration:
        """Return the credentials that the account's file holds."""
        found = self._read(account)
        if found is None:
            raise ConfigurationError(
                f"there is no token file of {account} in {self.folder}",
                advice="pass integration=Integration(…) to the store",
            )
        return Integration(
            client_id=found["client_id"],
            client_secret=found["client_secret"],
            redirect_uri=found["redirect_uri"],
        )

    @property
    def locks(self) -> FileLocks:
        """Locks among all processes of this side that share the folder."""
        return FileLocks(folder=self.folder / "tokens.locks")

    def _file(self, account: str) -> SecretFile:
        if not _NAME.fullmatch(account):
            raise ConfigurationError(f"{account!r} is no domain of an account")
        return SecretFile(self.folder / f"{account}.json")

    def _file_of_more(self, account: str) -> SecretFile:
        return SecretFile(self.folder / f"{account}.json.more")

    def _read(self, account: str) -> Mapping[str, str] | None:
        file = self._file(account)
        file.settle()
        return self._read_held(file)

    def _read_held(self, file: SecretFile) -> dict[str, str] | None:
        with _shown_to_php(file.path, exclusive=False):
            content = file.read_plain()
        if content is None:
            return None
        place = f"the token file {file.path}"
        found = read_json(content, place=place)
        values = [found.get(key) for key in _KEYS] if is_object(found) else []
        texts = [str(value) for value in values if _is_word(value)]
        if len(texts) != len(_KEYS):
            lacking = [
                key for key, value in zip(_KEYS, values, strict=False) if not _is_word(value)
            ]
            raise ConfigurationError(f"{place} lacks {', '.join(lacking or _KEYS)}", advice=_ADVICE)
        return dict(zip(_KEYS, texts, strict=True))

    def _more(self, account: str, token: Token) -> Token:
        content = self._file_of_more(account).read()
        if content is None:
            return token
        found = read_json(content, place=f"the file beside that of {account}")
        # The PHP side may have renewed the token since: then this tells of another one.
        if not is_object(found) or found.get("of") != _mark_of(token):
            return token
        domain = found.get("domain")
        return evolve(
            token,
            expires_at=_moment(found.get("expires_at")),
            issued_at=_moment(found.get("issued_at")),
            domain=domain if isinstance(domain, str) else None,
            renewing_since=_moment(found.get("renewing_since")),
        )


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _as_php_writes(content: Mapping[str, str]) -> bytes:
    text = json.dumps(content, indent=4, ensure_ascii=False)
    return text.replace("/", r"\/").encode()


@contextmanager
def _shown_to_php(path: Path, *, exclusive: bool) -> Generator[None]:
    """Hold the lock that the PHP library takes on the file itself while it writes in place."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows

        handle = os.open(path, os.O_RDONLY)
    except (ImportError, FileNotFoundError):
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _plain(token: Token) -> dict[str, object]:
    return {
        "of": _mark_of(token),
        "expires_at": token.expires_at and token.expires_at.timestamp(),
        "issued_at": token.issued_at and token.issued_at.timestamp(),
        "domain": token.domain,
        "renewing_since": token.renewing_since and token.renewing_since.timestamp(),
    }


def _mark_of(token: Token) -> str:
    return sha256((token.refresh_token or "").encode()).hexdigest()


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
