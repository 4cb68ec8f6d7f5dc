"""`amocrm login`: connects an account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.login_options import credential_options
from amocrm_gen.cli.secret_input import secret_option_value

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.connections.connection import Connection

# ruff: noqa: PLC0415 - each way to log in loads what it needs

__all__ = ["login", "login_by_mock", "show_connected"]


@click.command(
    "login",
    cls=Command,
    options_metavar="[ACCOUNT | complete ADDRESS] [OPTIONS]",
    examples=(
        "amocrm login --mock                       # practise: no browser, no account",
        "amocrm login example --client-id ID --client-secret @secret.txt",
        "amocrm login example.kommo.com --token - < token.txt",
        "amocrm login example --no-browser         # prints a page to open; then:",
        "amocrm login complete 'https://…?code=…'  # the address that the page led to",
    ),
)
@click.argument("words", nargs=-1, metavar="")
@credential_options
@click.option("--port", type=click.IntRange(1, 65_535), help="Where to listen for the browser.")
@click.option(
    "--browser/--no-browser",
    default=True,
    help="Open the page here; without, it is printed, and `login complete` ends the login.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=300.0,
    help="Seconds to wait for the browser.",
)
@click.option(
    "--token", metavar="-|@FILE", help="A long-lived token, from standard input or a file."
)
@click.option("--mock", is_flag=True, help="Practise on the mock server of this machine.")
@click.pass_obj
def login(  # noqa: PLR0913, PLR0917 - the options that the command has
    surroundings: Surroundings,
    words: tuple[str, ...],
    connector: str | None,
    client_id: str | None,
    client_secret: str | None,
    redirect_uri: str | None,
    connection_id: str | None,
    base_url: str | None,
    port: int | None,
    browser: bool,  # noqa: FBT001 - click passes it by name
    timeout: float,
    token: str | None,
    mock: bool,  # noqa: FBT001 - as above
) -> None:
    """Connect an account of amoCRM or Kommo, or one of the mock server.

    ACCOUNT is a subdomain, a domain, or a connection that is to be renewed in place. Without it the
    person chooses on the page.

    An integration is made in amoCRM under Settings, Integrations. Its redirect URI has to be
    registered there as it is given here; http://127.0.0.1:8910/ is the default. Secrets are never
    taken from the command line: give them by standard input (-), by a file (@FILE), by
    AMOCRM_CLIENT_SECRET, or at the prompt.
    """
    if words[:1] == ("complete",):
        show_connected(surroundings, _complete(surroundings, words[1:]))
        return
    if len(words) > 1:
        raise click.UsageError(f"one account at a time, not {' '.join(words)}")
    account = words[0] if words else surroundings.options.account
    if token is not None and (client_secret is not None or mock):
        raise click.UsageError("--token goes without --client-secret and --mock")
    if mock:
        made = login_by_mock(surroundings, account, connection_id, base_url)
    elif token is not None:
        secret = secret_option_value("--token", token)
        made = _by_token(surroundings, secret or "", account, connector, connection_id, base_url)
    else:
        from amocrm_gen.cli.credentials import Credentials
        from amocrm_gen.cli.signing_in import SigningIn
        from amocrm_gen.connections.connector import connector_of

        made = SigningIn(
            surroundings=surroundings,
            credentials=Credentials.given(client_id, client_secret, redirect_uri),
            account=account,
            connector=None if connector is None else connector_of(connector),
            connection_id=connection_id,
            base_url=base_url,
            port=port,
            browser=browser,
            timeout=timeout,
        ).run()
    show_connected(surroundings, made)


def login_by_mock(
    surroundings: Surroundings,
    account: str | None,
    connection_id: str | None = None,
    base_url: str | None = None,
) -> Connection:
    """Connect an account of the mock server, which is started if it does not run."""
    from amocrm_gen.connections.practice import is_mock_server, practise, running_mock, start_mock

    book = surroundings.book
    known = None if account is None else book.find(account)
    if known is not None and known.connector.is_mock:
        account, connection_id = known.domain, connection_id or known.id
        if base_url is None and known.base_url is not None and is_mock_server(known.base_url):
            # Its own server, which need not be the one that was started last.
            base_url = known.base_url
    if base_url is None:
        place = running_mock()
        if place is None:
            surroundings.say("Starting the mock server …")
            place = start_mock()
        base_url = place.url
    return practise(book, base_url.rstrip("/"), account=account, connection_id=connection_id)


def _by_token(  # noqa: PLR0913, PLR0917 - what is known of an account
    surroundings: Surroundings,
    token: str,
    account: str | None,
    connector: str | None,
    connection_id: str | None,
    base_url: str | None,
) -> Connection:
    from amocrm_gen.connections.connector import connector_of
    from amocrm_gen.connections.granting import accept_token

    known = None if account is None else surroundings.book.find(account)
    if known is not None:
        account, connection_id = known.domain, connection_id or known.id
        base_url = base_url or known.base_url
    return accept_token(
        surroundings.book,
        token,
        account=account,
        connection_id=connection_id,
        zone=None if connector is None else connector_of(connector).zone,
        base_url=base_url,
    )


def _complete(surroundings: Surroundings, words: tuple[str, ...]) -> Connection:
    from amocrm_gen.cli.signing_in import end_login
    from amocrm_gen.connections.redirect import Redirect

    if len(words) > 1:
        raise click.UsageError("give one address, in quotes: it holds characters of the shell")
    if not words and sys.stdin.isatty():
        raise click.UsageError("give the address that the browser was sent to, or its code")
    text = words[0] if words and words[0] != "-" else sys.stdin.read()
    redirect = Redirect.parse(text)
    book = surroundings.book
    named = surroundings.options.account
    pending = book.logins.answered_by(redirect, None if named is None else book.get(named))
    return end_login(surroundings, pending, redirect)


def show_connected(surroundings: Surroundings, connection: Connection) -> None:
    """Tell that an account is connected, and as whom."""
    from amocrm_gen.connections.checking import check
    from amocrm_gen.runtime.errors import AmoError

    try:
        checked = check(connection, book=surroundings.book)
    except AmoError as error:
        # It is connected all the same; whoever asks next is told more.
        surroundings.say(f"Connected, but the account did not answer: {error.message}")
        checked = check(connection, book=surroundings.book, offline=True)
    if checked.owner is not None:
        user = checked.owner.user or checked.owner.email
        by = f" as {user}" if user else ""
        name = checked.owner.account
        surroundings.say(f"Connected {connection.domain} ({name}){by}; its id is {connection.id}")
    surroundings.emit(checked.plain())
