"""Leads a person through a login: in his browser, or in two steps."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_gen.cli.credentials import DEFAULT_REDIRECT_URI, Credentials
from amocrm_gen.cli.failure import Failure, Told
from amocrm_gen.connections.opening import SECRET_VARIABLES

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.connections.connector import Connector
    from amocrm_gen.connections.pending import PendingLogin
    from amocrm_gen.connections.redirect import Redirect
    from amocrm_gen.runtime.integration import Integration

# ruff: noqa: PLC0415 - each way to log in loads what it needs

__all__ = ["SigningIn", "action_required", "end_login"]

_STEP: Final = 0.5
"""Seconds between two looks."""


@frozen(kw_only=True)
class SigningIn:
    """One login: whose account, by which integration, and how the answer comes back."""

    surroundings: Surroundings
    credentials: Credentials
    account: str | None = None
    """What the person calls it: a connection, a subdomain, a domain."""
    connector: Connector | None = None
    connection_id: str | None = None
    base_url: str | None = None
    port: int | None = None
    browser: bool = True
    timeout: float = 300.0

    def run(self, *, patience: float = 0.0) -> Connection:
        """Open the browser and wait, where there is a person; else tell what to do.

        With `patience` it is told, and the answer waited for as well, by whichever way it comes.
        """
        from amocrm_gen.connections.redirect import loopback_port

        login = self.begin()
        port = loopback_port(login.integration.redirect_uri) if self.port is None else self.port
        if not self.browser or not sys.stderr.isatty() or port is None:
            self.keep(login)
            if not patience:
                raise action_required(self.surroundings, login)
            return self._wait_for_either(login, port, patience)
        return self._wait_for_browser(login, port)

    def begin(self) -> PendingLogin:
        """Put together what the login consists of; nothing is written yet."""
        from amocrm_gen.connections.connector import connector_for, connector_of
        from amocrm_gen.connections.pending import PendingLogin
        from amocrm_gen.runtime.account import Account

        book = self.surroundings.book
        known = None if self.account is None else book.find(self.account)
        base_url = self.base_url or (known.base_url if known is not None else None)
        domain = None
        if known is not None:
            domain = known.domain
        elif self.account is not None:
            zone = None if self.connector is None else self.connector.zone
            domain = Account.parse(self.account, zone=zone).domain
        if base_url is not None:
            connector = connector_of("mock")
        elif domain is not None:
            connector = connector_for(domain)
        else:
            connector = self.connector or connector_of("amocrm")
        return PendingLogin(
            connector=connector,
            integration=self._integration(known),
            account=domain,
            connection_id=self.connection_id or (None if known is None else known.id),
            base_url=base_url,
        )

    def _integration(self, known: Connection | None) -> Integration:
        kept = known
        if known is None and self.credentials.is_empty and self.account is None:
            kept = next((one for one in self.surroundings.book.list() if one.integration), None)
        found = self.credentials.with_kept(kept) or self.credentials.asked().with_kept(kept)
        if found is None:
            from amocrm_gen.connections.errors import LoginError

            raise LoginError(
                "login_credentials_missing",
                "the integration's credentials are not given",
                advice="in amoCRM, under Settings, Integrations, create an integration with the "
                f"redirect URI {DEFAULT_REDIRECT_URI} and give --client-id and --client-secret "
                "@FILE; or give a long-lived token: amocrm login --token -; or practise: "
                "amocrm login --mock",
            )
        return found

    def keep(self, login: PendingLogin) -> None:
        """Have the login wait for its answer, and its connection listed."""
        book = self.surroundings.book
        if login.account is not None:
            before = book.draft(login.account, id=login.connection_id, base_url=login.base_url)
            if before.id not in {connection.id for connection in book.list()}:
                book.put(before.having(login.integration))
        book.logins.add(login)

    def _wait_for_browser(self, login: PendingLogin, port: int) -> Connection:
        from amocrm_gen.connections.loopback import Loopback

        with Loopback(port, login.state) as loopback:
            self.keep(login)
            self.surroundings.say(f"Open this page and allow access:\n\n  {login.url}\n")
            # Some browsers keep whoever opens them waiting.
            Thread(target=_open, args=(login.url,), daemon=True).start()
            redirect = loopback.wait(self.timeout)
        return end_login(self.surroundings, login, redirect)

    def _wait_for_either(self, login: PendingLogin, port: int | None, seconds: float) -> Connection:
        """Wait for the browser to come back, or for `login complete` in another process."""
        from amocrm_gen.connections.errors import LoginError
        from amocrm_gen.connections.loopback import Loopback

        end = monotonic() + seconds
        with ExitStack() as stack:
            loopback = None
            if port is not None:
                # Where another program has the port, the answer comes by the other way.
                with suppress(LoginError):
                    loopback = stack.enter_context(Loopback(port, login.state))
            action_required(self.surroundings, login)
            while (left := end - monotonic()) > 0:
                redirect = None if loopback is None else loopback.poll(min(_STEP, left))
                if redirect is not None:
                    return end_login(self.surroundings, login, redirect)
                if loopback is None:
                    Event().wait(min(_STEP, left))
                done = self._done_elsewhere(login)
                if done is not None:
                    return done
        raise LoginError(
            "login_timeout",
            f"nobody has granted access within {seconds:g} seconds",
            advice="the login goes on waiting: `amocrm login complete ADDRESS`",
        )

    def _done_elsewhere(self, login: PendingLogin) -> Connection | None:
        """Return the connection if another process has ended the login."""
        from amocrm_gen.connections.state import state_of

        book = self.surroundings.book
        if any(one.has_state(login.state) for one in book.logins.all()):
            return None
        for connection in book.list():
            if login.is_for(connection) and state_of(connection, book=book).is_ready:
                return connection
        return None


def end_login(surroundings: Surroundings, login: PendingLogin, redirect: Redirect) -> Connection:
    """Keep what a login has brought; it waits no longer, even if access was denied."""
    from amocrm_gen.connections.granting import finish

    logins = surroundings.book.logins
    if redirect.error is not None:
        logins.drop(login)
    made = finish(surroundings.book, login, redirect)
    logins.drop(login)
    return made


def action_required(surroundings: Surroundings, login: PendingLogin) -> Told:
    """Tell the person what to do, and return what ends a command that cannot go on before."""
    from amocrm_gen.connections.state import pending_action

    action = pending_action(login)
    surroundings.say(
        f"Open this page and allow access:\n\n  {login.url}\n\n"
        "Your browser is then sent to an address with a code in it; it does not matter whether\n"
        "that page loads. Copy the whole address, and give it within 20 minutes:\n\n"
        "  amocrm login complete 'ADDRESS'\n"
    )
    return Told(
        Failure(
            code="client_action_required",
            exit_code=3,
            message="a person has to open a page and grant access",
            details={
                "connectionId": login.connection_id or (login.account or "").partition(".")[0],
                "state": "CLIENT_ACTION_REQUIRED",
                "clientAction": action.plain(),
                "expiresAt": login.expires_at.isoformat(timespec="seconds"),
            },
        )
    )


def _open(url: str) -> None:
    import webbrowser

    # A browser, and all that it starts, has no use for them.
    for name in SECRET_VARIABLES:
        os.environ.pop(name, None)
    try:
        webbrowser.open(url)
    except (OSError, webbrowser.Error):
        # The address was shown; the person opens it himself.
        return
