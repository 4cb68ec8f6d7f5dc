"""The file of this user's connections, and where their tokens are."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from attrs import define, evolve, field, frozen
from orjson import OPT_INDENT_2, JSONDecodeError, dumps, loads

from amocrm_gen.connections.connection import Connection
from amocrm_gen.connections.connector import connector_for
from amocrm_gen.connections.errors import ConnectionFault, NotConnected, UnknownConnection
from amocrm_gen.connections.folder import config_folder
from amocrm_gen.connections.pending import PendingLogins
from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.secret import sealed
from amocrm_gen.runtime.tokens.file import FileTokenStore
from amocrm_gen.runtime.tokens.secret_file import SecretFile

__all__ = ["Book"]

_VERSION: Final = 1


@frozen
class _Page:
    """What the file holds."""

    connections: tuple[Connection, ...] = ()
    default: str | None = None


@define
class _Draft:
    """What the file is to hold."""

    page: _Page


@define
class Book:
    """Keeps connections in `connections.json`, mode 0600, of the folder of configuration.

    Any number of processes may use it; a crash leaves it as it was or as it was to be. Tokens are
    in files of their own, `tokens/ID.json`, since they change often.
    """

    folder: Path = field(factory=config_folder, converter=Path)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / "connections.json"

    @property
    def logins(self) -> PendingLogins:
        """Logins that wait for a person."""
        return PendingLogins(self.folder)

    def list(self) -> tuple[Connection, ...]:
        """Return all connections by their ids."""
        return self._read().connections

    def get(self, selector: str) -> Connection:
        """Return a connection by its id, its domain or its subdomain."""
        connections = self.list()
        for connection in connections:
            if connection.id == selector.strip().lower():
                return connection
        found = [connection for connection in connections if connection.is_called(selector)]
        if len(found) == 1:
            return found[0]
        raise _unknown(selector, found, connections)

    def find(self, selector: str) -> Connection | None:
        """Return a connection; None if there is none of the name."""
        try:
            return self.get(selector)
        except UnknownConnection as error:
            if error.is_ambiguous:
                raise
            return None

    def default(self) -> Connection:
        """Return the connection that is used where none is named."""
        page = self._read()
        for connection in page.connections:
            if connection.id == page.default or len(page.connections) == 1:
                return connection
        if not page.connections:
            raise NotConnected("no account is connected yet")
        names = ", ".join(connection.id for connection in page.connections)
        raise NotConnected(
            f"several accounts are connected, and none is the default: {names}",
            advice="name one with -a, or run `amocrm connection ensure ID --default`",
        )

    def is_default(self, connection: Connection) -> bool:
        """Tell whether a connection is used where none is named."""
        page = self._read()
        return connection.id == page.default or len(page.connections) == 1

    def ensure(  # noqa: PLR0913 - what a connection consists of
        self,
        account: str,
        *,
        id: str | None = None,
        base_url: str | None = None,
        integration: Integration | None = None,
        zone: str | None = None,
        make_default: bool = False,
    ) -> Connection:
        """Return the connection of an account, made if it is not there, changed in place if it is.

        Its id is the subdomain, or the domain where another account has that id already. What is
        left out stays as it is. An id that another account's connection has is an error.
        """
        place = Account.parse(account, base_url=base_url, zone=zone)
        with self._changing() as draft:
            page = draft.page
            made = _made(page, place, id=id, base_url=base_url)
            if integration is not None:
                made = made.having(integration)
            default = made.id if make_default or not page.connections else page.default
            draft.page = _Page(_with(page, made), default)
        return made

    def draft(
        self, account: str, *, id: str | None = None, base_url: str | None = None
    ) -> Connection:
        """Return what `ensure` would, and keep nothing."""
        place = Account.parse(account, base_url=base_url)
        return _made(self._read(), place, id=id, base_url=base_url)

    def put(self, connection: Connection) -> None:
        """Keep a connection in the place of the one with its id."""
        with self._changing() as draft:
            page = draft.page
            default = page.default if page.connections else connection.id
            draft.page = _Page(_with(page, connection), default)

    def set_default(self, selector: str) -> Connection:
        """Use a connection where none is named."""
        chosen = self.get(selector)
        with self._changing() as draft:
            draft.page = evolve(draft.page, default=chosen.id)
        return chosen

    def remove(self, selector: str) -> Connection:
        """Forget a connection with its tokens; the account itself stays as it is."""
        gone = self.get(selector)
        with self._changing() as draft:
            left = tuple(one for one in draft.page.connections if one.id != gone.id)
            default = None if draft.page.default == gone.id else draft.page.default
            draft.page = _Page(left, default)
        self.forget_token(gone)
        return gone

    def store_of(self, connection: Connection) -> FileTokenStore:
        """Return where a connection's tokens are kept, with the locks that go with them."""
        return FileTokenStore(self.folder / "tokens" / f"{connection.id}.json")

    def forget_token(self, connection: Connection) -> bool:
        """Forget a connection's tokens; False if there were none."""
        store = self.store_of(connection)
        if not store.path.exists():
            return False
        # Whoever is just renewing them must be done first, or would write them again.
        held = store.locks.acquire((f"token/{connection.domain}",))
        try:
            file = SecretFile(store.path)
            with file.lock():
                file.recover()
                store.path.unlink(missing_ok=True)
        finally:
            held.release()
        return True

    def _read(self) -> _Page:
        try:
            content = SecretFile(self.path).read()
        except OSError as error:
            raise ConnectionFault(
                f"the file of connections {self.path} cannot be read: {error.strerror}",
                advice="see that it is yours and that you may read it",
            ) from None
        return _Page() if content is None else self._parse(content)

    def _parse(self, content: bytes) -> _Page:
        try:
            found = sealed(loads(content))
        except JSONDecodeError:
            found = None
        problem = None
        try:
            if is_object(found) and found.get("version") == _VERSION:
                return _page(found)
            problem = "it is not of this version, or no JSON object"
        except ConfigurationError as error:
            problem = error.message
        # Outside of the handler: what is shown of the file must not be its secrets.
        raise ConnectionFault(
            f"the file of connections {self.path} is damaged: {problem}",
            advice="move it away and run `amocrm login` again",
        )

    @contextmanager
    def _changing(self) -> Generator[_Draft]:
        file = SecretFile(self.path)
        try:
            with file.lock():
                file.recover()
                content = file.read_plain()
                before = _Page() if content is None else self._parse(content)
                draft = _Draft(before)
                yield draft
                if draft.page != before or content is None:
                    file.write(_text(draft.page))
        except OSError as error:
            raise ConnectionFault(
                f"the file of connections {self.path} cannot be written: {error.strerror}",
                advice="name a folder of your own in AMOCRM_CONFIG_FOLDER",
            ) from None


def _page(found: Mapping[str, object]) -> _Page:
    rows, default = found.get("connections"), found.get("default")
    if not is_list(rows):
        raise ConfigurationError("it has no list of connections")
    connections = sorted(map(Connection.read, rows), key=lambda one: one.id)
    return _Page(tuple(connections), default if isinstance(default, str) else None)


def _text(page: _Page) -> bytes:
    content = {
        "version": _VERSION,
        "default": page.default,
        "connections": [connection.stored() for connection in page.connections],
    }
    return dumps(content, option=OPT_INDENT_2)


def _with(page: _Page, connection: Connection) -> tuple[Connection, ...]:
    others = [one for one in page.connections if one.id != connection.id]
    return tuple(sorted([*others, connection], key=lambda one: one.id))


def _made(page: _Page, place: Account, *, id: str | None, base_url: str | None) -> Connection:
    """Return the connection of an account as it is, or a new one."""
    wanted = None if id is None else id.strip().lower()
    taken = {connection.id: connection for connection in page.connections}
    same = [one for one in taken.values() if one.domain == place.domain]
    same = [one for one in same if (one.base_url is None) == (base_url is None)]
    if wanted is not None:
        other = taken.get(wanted)
        if other is not None and other not in same:
            raise ConnectionFault(
                f"the connection {wanted} is that of {other.domain}, not of {place.domain}",
                advice="take another id, or remove it with `amocrm connection remove`",
            )
        same = [] if other is None else [other]
    if same:
        return evolve(same[0], base_url=base_url)
    subdomain = place.domain.partition(".")[0]
    free = (name for name in (subdomain, place.domain, f"{place.domain}-mock") if name not in taken)
    return Connection(
        id=next(free) if wanted is None else wanted,
        connector=connector_for(place.domain, base_url=base_url),
        domain=place.domain,
        base_url=base_url,
    )


def _unknown(
    selector: str, found: "list[Connection]", connections: tuple[Connection, ...]
) -> UnknownConnection:
    ids = [connection.id for connection in found or connections]
    if found:
        return UnknownConnection(
            f"several connections are called {selector!r}: {', '.join(ids)}",
            given=selector,
            candidates=ids,
            is_ambiguous=True,
        )
    near = get_close_matches(selector.strip().lower(), ids, n=len(ids) or 1)
    ordered = [*near, *(each for each in ids if each not in near)]
    there = f"there are {', '.join(ordered)}" if ordered else "no account is connected yet"
    return UnknownConnection(
        f"there is no connection {selector!r}; {there}", given=selector, candidates=ordered
    )
