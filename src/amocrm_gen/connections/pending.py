"""Logins that a person has been sent to grant, and that wait for the answer."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Final, Self

from attrs import define, field, frozen
from orjson import OPT_INDENT_2, JSONDecodeError, dumps, loads

from amocrm_gen.connections.connection import Connection
from amocrm_gen.connections.connector import Connector, connector_of
from amocrm_gen.connections.errors import ConnectionFault, LoginError
from amocrm_gen.connections.redirect import Redirect
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.secret import conceal, sealed
from amocrm_gen.runtime.tokens.secret_file import SecretFile
from amocrm_gen.runtime.types import JsonObject

__all__ = ["PENDING_LIFE", "PendingLogin", "PendingLogins"]

PENDING_LIFE: Final = timedelta(minutes=20)
"""As long as amoCRM lets a code live."""
_REMEMBERED: Final = timedelta(days=1)
"""So long an expired login is told from one that was never begun."""


@frozen(kw_only=True)
class PendingLogin:
    """All that the answer has to be checked against, and what its code is exchanged with."""

    connector: Connector
    integration: Integration
    account: str | None = None
    """The domain that access was asked for; None if the person chooses."""
    connection_id: str | None = None
    base_url: str | None = None
    state: str = field(converter=conceal, factory=lambda: secrets.token_urlsafe(24), repr=False)
    started_at: datetime = field(factory=lambda: datetime.now(UTC))

    @property
    def url(self) -> str:
        """The page where the person grants access."""
        return self.connector.consent_url(
            client_id=self.integration.client_id, state=self.state, base_url=self.base_url
        )

    @property
    def expires_at(self) -> datetime:
        """When no answer to it is taken any more."""
        return self.started_at + PENDING_LIFE

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it is too late for its answer."""
        return now >= self.expires_at

    def has_state(self, state: str) -> bool:
        """Tell whether an answer's `state` is this login's."""
        return compare_digest(self.state.encode(), state.encode())

    def is_replaced_by(self, other: Self) -> bool:
        """Tell whether another login is for the same connection."""
        if self.connection_id is None and self.account is None:
            return False
        mine = (self.connection_id, self.account, self.base_url)
        return mine == (other.connection_id, other.account, other.base_url)

    def is_for(self, connection: Connection) -> bool:
        """Tell whether it is to make a connection ready."""
        if self.connection_id is not None:
            return self.connection_id == connection.id
        return self.account == connection.domain and self.base_url == connection.base_url

    def stored(self) -> JsonObject:
        """Return it as the file has it, with its secrets."""
        return {
            "connector": self.connector.id,
            "account": self.account,
            "connection_id": self.connection_id,
            "base_url": self.base_url,
            "client_id": self.integration.client_id,
            "client_secret": self.integration.client_secret,
            "redirect_uri": self.integration.redirect_uri,
            "state": self.state,
            "started_at": self.started_at.timestamp(),
        }

    @classmethod
    def read(cls, found: object) -> Self:
        """Read what `stored` has written."""
        if not is_object(found):
            raise ConfigurationError("a pending login is no JSON object")
        started = found.get("started_at")
        if not isinstance(started, int | float):
            raise ConfigurationError("a pending login has no started_at")
        integration = Integration(
            client_id=_needed(found, "client_id"),
            client_secret=_needed(found, "client_secret"),
            redirect_uri=_needed(found, "redirect_uri"),
        )
        return cls(
            connector=connector_of(_needed(found, "connector")),
            integration=integration,
            account=_text(found, "account"),
            connection_id=_text(found, "connection_id"),
            base_url=_text(found, "base_url"),
            state=_needed(found, "state"),
            started_at=datetime.fromtimestamp(started, UTC),
        )


@define
class PendingLogins:
    """Keeps them in `logins.json`, mode 0600, beside the connections."""

    folder: Path = field(converter=Path)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / "logins.json"

    def all(self) -> tuple[PendingLogin, ...]:
        """Return all that are remembered, the newest first, expired ones included."""
        return self._parse(SecretFile(self.path).read())

    def alive(self, connection: Connection) -> PendingLogin | None:
        """Return the newest login for a connection that may still be answered."""
        now = self.clock()
        found = (one for one in self.all() if one.is_for(connection) and not one.is_expired(now))
        return next(found, None)

    def answered_by(self, redirect: Redirect, connection: Connection | None) -> PendingLogin:
        """Return the login that an answer belongs to; a `LoginError` if there is none.

        An address tells by its `state`. A code alone is for the named connection, else for the
        newest login.
        """
        known, now = self.all(), self.clock()
        if redirect.state is None:
            fitting = [one for one in known if connection is None or one.is_for(connection)]
        else:
            fitting = [one for one in known if one.has_state(redirect.state)]
        for login in fitting:
            if not login.is_expired(now):
                return login
        if fitting:
            raise LoginError(
                "login_expired",
                f"the login was begun at {fitting[0].started_at:%H:%M} UTC, and is over after "
                f"{PENDING_LIFE.seconds // 60} minutes",
                advice="run `amocrm login` again",
            )
        if known and redirect.state is not None:
            raise LoginError(
                "login_state_mismatch",
                "the address answers a login that was not begun here, or an older one",
                advice="open the page that the last `amocrm login` has shown, and give the address "
                "that it leads to",
            )
        raise LoginError(
            "login_not_started",
            "no login waits for an answer",
            advice="run `amocrm login` first: it shows the page that gives the code",
        )

    def add(self, login: PendingLogin) -> None:
        """Begin to wait for an answer; an older login for the same connection is given up."""
        self._change(
            lambda known: [login, *(one for one in known if not one.is_replaced_by(login))]
        )

    def drop(self, login: PendingLogin) -> None:
        """Forget a login that is answered."""
        self._change(lambda known: [one for one in known if one.state != login.state])

    def _change(self, decide: Callable[[tuple[PendingLogin, ...]], list[PendingLogin]]) -> None:
        file = SecretFile(self.path)
        with file.lock():
            file.recover()
            oldest = self.clock() - _REMEMBERED
            kept = [
                one for one in decide(self._parse(file.read_plain())) if one.started_at > oldest
            ]
            rows = [one.stored() for one in kept]
            file.write(dumps({"logins": rows}, option=OPT_INDENT_2))

    def _parse(self, content: bytes | None) -> tuple[PendingLogin, ...]:
        if content is None:
            return ()
        try:
            found = sealed(loads(content))
        except JSONDecodeError:
            found = None
        rows = found.get("logins") if is_object(found) else None
        try:
            if is_list(rows):
                return tuple(map(PendingLogin.read, rows))
        except ConfigurationError:
            pass
        # Outside of the handler: what is shown of the file must not be its secrets.
        raise ConnectionFault(
            f"the file of pending logins {self.path} is damaged",
            advice="delete it and run `amocrm login` again",
        )


def _text(found: Mapping[str, object], key: str) -> str | None:
    value = found.get(key)
    return str(value) if isinstance(value, str) else None


def _needed(found: Mapping[str, object], key: str) -> str:
    value = _text(found, key)
    if value is None:
        raise ConfigurationError(f"a pending login has no {key}")
    return value
