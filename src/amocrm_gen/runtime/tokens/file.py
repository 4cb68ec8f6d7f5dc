"""Tokens in a file that only its owner can read and that a crash cannot break."""

from collections.abc import Mapping
from pathlib import Path

from attrs import define, field
from orjson import OPT_INDENT_2, dumps

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.locks.file import FileLocks
from amocrm_gen.runtime.tokens.plain import plain_token, read_json, read_token
from amocrm_gen.runtime.tokens.secret_file import SecretFile
from amocrm_gen.runtime.tokens.store import granted
from amocrm_gen.runtime.tokens.token import Token

__all__ = ["FileTokenStore"]


@define
class FileTokenStore:
    """Keeps the tokens of any number of accounts in one JSON file, mode 0600.

    Any number of processes of one host may share it: it holds either the old tokens or the new
    ones, never half of them, and a token is renewed by one of them.
    """

    path: Path = field(converter=Path)

    def load(self, account: str) -> Token | None:
        """Return the account's token or None."""
        found = self._tokens(self._file.read()).get(account)
        return None if found is None else read_token(found, place=self._place)

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token; it is on the disk when this returns."""
        self._change(account, plain_token(token))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        if account in self._tokens(self._file.read()):
            self._change(account, None)

    def accounts(self) -> list[str]:
        """Return the accounts that have granted access."""
        return granted(self._tokens(self._file.read()))

    @property
    def locks(self) -> FileLocks:
        """Locks among all processes that share the file; they lie beside it."""
        return FileLocks(folder=f"{self.path}.locks")

    @property
    def _file(self) -> SecretFile:
        return SecretFile(self.path)

    @property
    def _place(self) -> str:
        return f"the token file {self.path}"

    def _change(self, account: str, token: object) -> None:
        # Other processes keep other accounts in the same file.
        with self._file.lock():
            self._file.recover()
            tokens = {**self._tokens(self._file.read_plain()), account: token}
            kept = {name: token for name, token in tokens.items() if token is not None}
            self._file.write(dumps(kept, option=OPT_INDENT_2))

    def _tokens(self, content: bytes | None) -> Mapping[str, object]:
        if content is None:
            return {}
        found = read_json(content, place=self._place)
        if not is_object(found):
            raise ConfigurationError(
                f"{self._place} is damaged",
                advice="move it away and authorise the accounts again",
            )
        return found
