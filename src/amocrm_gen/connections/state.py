"""Whether a connection can be used, and who has to do what if it cannot."""

from datetime import UTC, datetime
from typing import Literal, TypeAlias

from attrs import frozen

from amocrm_gen.connections.book import Book
from amocrm_gen.connections.connection import Connection
from amocrm_gen.connections.pending import PendingLogin
from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.tokens.token import Token, claims_of
from amocrm_gen.runtime.types import JsonObject

__all__ = [
    "ClientAction",
    "State",
    "StateName",
    "action_for",
    "pending_action",
    "refused_state",
    "state_of",
]

StateName: TypeAlias = Literal["READY", "CLIENT_ACTION_REQUIRED", "CONFIGURATION_ERROR"]


@frozen(kw_only=True)
class ClientAction:
    """What a person, or the program that works for him, has to do."""

    type: Literal["connect", "reconnect", "provide-input"]
    description: str
    """For the person."""
    ui_url: str | None = None
    """The page where he does it, while a login is pending."""
    agent_instructions: str
    """For a program: the commands that lead on."""

    def plain(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "type": self.type,
            "description": self.description,
            "uiUrl": self.ui_url,
            "agentInstructions": self.agent_instructions,
        }


@frozen(kw_only=True)
class State:
    """How a connection stands."""

    state: StateName
    client_action: ClientAction | None = None
    problem: str | None = None
    """What is wrong, where something is."""

    @property
    def is_ready(self) -> bool:
        """Whether calls can be made."""
        return self.state == "READY"

    def plain(self) -> JsonObject:
        """Return it as JSON."""
        action = None if self.client_action is None else self.client_action.plain()
        return {"state": self.state, "clientAction": action, "problem": self.problem}


def state_of(
    connection: Connection,
    *,
    book: Book | None = None,
    now: datetime | None = None,
) -> State:
    """Return a connection's state as far as this machine knows; nothing is sent.

    A token that the account has revoked looks ready until it is used; `check` uses it.
    """
    if connection.is_of_environment:
        return State(state="READY")
    kept = Book() if book is None else book
    try:
        token = kept.store_of(connection).load(connection.domain)
    except (AmoError, OSError) as error:
        said = error.message if isinstance(error, AmoError) else str(error.strerror)
        return _wrong(connection, said, "provide-input", None)
    if token is None:
        return _without_token(connection, _page(kept, connection))
    owner = claims_of(token.access_token).get("aud")
    client_id = connection.client_id
    if client_id is not None and isinstance(owner, str) and owner != client_id:
        problem = "the kept token was granted to another integration"
        return _wrong(connection, problem, "reconnect", _page(kept, connection))
    left = token.days_left(now or datetime.now(UTC))
    if left is not None and left <= 0:
        return State(
            state="CLIENT_ACTION_REQUIRED",
            client_action=action_for(connection, "reconnect", _page(kept, connection)),
            problem=_death(token),
        )
    return State(state="READY")


def refused_state(connection: Connection, error: AmoError, *, book: Book) -> State:
    """Return the state of a connection whose token the account has refused."""
    return State(
        state="CLIENT_ACTION_REQUIRED",
        client_action=action_for(connection, "reconnect", _page(book, connection)),
        problem=error.message,
    )


def _page(book: Book, connection: Connection) -> str | None:
    """Return the page of a login that is pending."""
    login = book.logins.alive(connection)
    return None if login is None else login.url


def action_for(
    connection: Connection,
    type: Literal["connect", "reconnect", "provide-input"],
    ui_url: str | None = None,
) -> ClientAction:
    """Return what has to be done to make a connection ready."""
    name, domain = connection.id, connection.domain
    if ui_url is not None:
        return _consent(type, ui_url, domain, f"amocrm connection get {name} --json")
    if connection.connector.is_mock:
        return ClientAction(
            type=type,
            description=f"Connect the practice account {domain} again.",
            agent_instructions=f"Run `amocrm login {name} --mock`; it needs no person.",
        )
    if connection.integration is None:
        return ClientAction(
            type="provide-input",
            description=f"Give a long-lived token of {domain}, or an integration's credentials.",
            agent_instructions=(
                f"With a long-lived token in a file: `amocrm login {name} --token - < FILE`. "
                f"With an integration: `amocrm login {name} --client-id ID --client-secret @FILE "
                "--redirect-uri URI`. Never put a token or a secret in a command's arguments."
            ),
        )
    return ClientAction(
        type=type,
        description=f"Grant access to {domain}.",
        agent_instructions=(
            f"Run `amocrm connect {name} --json`: it answers with the page that the person has to "
            "open, and with what comes next."
        ),
    )


def pending_action(login: PendingLogin) -> ClientAction:
    """Return what a person has to do to end a login."""
    name = login.connection_id or login.account
    then = f"amocrm connection get {name} --json" if name else "amocrm status --json"
    return _consent("connect", login.url, login.account or "the account", then)


def _consent(
    type: Literal["connect", "reconnect", "provide-input"], url: str, account: str, then: str
) -> ClientAction:
    return ClientAction(
        type=type,
        description=f"Open the page, choose {account} and allow access.",
        ui_url=url,
        agent_instructions=(
            "Show the person uiUrl. When he has allowed access, his browser is sent to an address "
            "that holds a code, whether or not that page loads: ask him for the whole address, and "
            f"run `amocrm login complete 'ADDRESS'`. Then run `{then}`."
        ),
    )


def _without_token(connection: Connection, ui_url: str | None) -> State:
    if ui_url is None and connection.integration is None and not connection.connector.is_mock:
        problem = "there is neither a token nor an integration's credentials"
        return _wrong(connection, problem, "provide-input", None)
    return State(
        state="CLIENT_ACTION_REQUIRED",
        client_action=action_for(connection, "connect", ui_url),
        problem="nobody has logged in yet",
    )


def _wrong(
    connection: Connection,
    problem: str,
    type: Literal["reconnect", "provide-input"],
    ui_url: str | None,
) -> State:
    return State(
        state="CONFIGURATION_ERROR",
        client_action=action_for(connection, type, ui_url),
        problem=problem,
    )


def _death(token: Token) -> str:
    if token.refresh_token is None:
        return f"the long-lived token ended at {token.dies_at:%Y-%m-%d %H:%M} UTC"
    return "the tokens were not used for three months, and are dead"
