"""Tokens in a file that only its owner can read and that a crash cannot break."""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

from attrs import define, field
from orjson import OPT_INDENT_2, JSONDecodeError, dumps, loads

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["FileTokenStore"]

_OWNER_FOLDER: Final = 0o700
_OWNER_FILE: Final = 0o600


@define
class FileTokenStore:
    """Keeps the tokens of any number of accounts in one JSON file, mode 0600.

    A new content is written beside it, brought to the disk and put in its place in one step: the
    file holds either the old tokens or the new ones, never half of them.
    """

    path: Path = field(converter=Path)

    def load(self, account: str) -> Token | None:
        """Return the account's token or None."""
        found = self._read().get(account)
        return None if found is None else _token(found, self.path)

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token; it is on the disk when this returns."""
        self._change(account, _plain(token))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        self._change(account, None)

    def _change(self, account: str, token: object) -> None:
        from filelock import FileLock  # noqa: PLC0415 - the first save can afford it, a start cannot

        self.path.parent.mkdir(mode=_OWNER_FOLDER, parents=True, exist_ok=True)
        # Other processes keep other accounts in the same file.
        with FileLock(f"{self.path}.lock", mode=_OWNER_FILE):
            tokens = {**self._read(), account: token}
            self._replace({name: kept for name, kept in tokens.items() if kept is not None})

    def _read(self) -> Mapping[str, object]:
        try:
            content = loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except JSONDecodeError:
            content = None
        if not is_object(content):
            raise ConfigurationError(
                f"the token file {self.path} is damaged",
                advice="move it away and authorise the accounts again",
            )
        return content

    def _replace(self, tokens: Mapping[str, object]) -> None:
        beside = self.path.with_name(f"{self.path.name}.{token_hex(8)}.tmp")
        try:
            # O_EXCL: nobody can have put a file or a link there to read along.
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_FILE)
            with os.fdopen(handle, "wb") as file:
                file.write(dumps(tokens, option=OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        self._sync_folder()

    def _sync_folder(self) -> None:
        # Windows cannot open a folder, and needs no such step.
        with suppress(PermissionError):
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _plain(token: Token) -> dict[str, object]:
    return {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_at": token.expires_at and token.expires_at.timestamp(),
        "issued_at": token.issued_at and token.issued_at.timestamp(),
        "domain": token.domain,
    }


def _token(found: object, path: Path) -> Token:
    if is_object(found) and isinstance(found.get("access_token"), str):
        return Token(
            access_token=str(found["access_token"]),
            refresh_token=_text(found.get("refresh_token")),
            expires_at=_moment(found.get("expires_at")),
            issued_at=_moment(found.get("issued_at")),
            domain=_text(found.get("domain")),
        )
    raise ConfigurationError(
        f"the token file {path} holds something else than tokens",
        advice="move it away and authorise the accounts again",
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
