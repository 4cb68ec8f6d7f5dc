"""Looks whether a connection works, by using it."""

from attrs import frozen

from amocrm_gen.connections.book import Book
from amocrm_gen.connections.connection import Connection
from amocrm_gen.connections.granting import Owner, owner_of
from amocrm_gen.connections.opening import open_client
from amocrm_gen.connections.state import State, refused_state, state_of
from amocrm_gen.runtime.errors import ConfigurationError, OAuthError, Unauthorized
from amocrm_gen.runtime.types import JsonObject

__all__ = ["Checked", "check"]


@frozen(kw_only=True)
class Checked:
    """A connection, how it stands, and whose account it is, if that was asked."""

    connection: Connection
    state: State
    is_default: bool = False
    owner: Owner | None = None

    def plain(self) -> JsonObject:
        """Return it as JSON."""
        # A narrow terminal shows what comes first.
        shown: JsonObject = {
            "id": self.connection.id,
            "state": self.state.state,
            "isDefault": self.is_default,
            **self.connection.plain(),
            **self.state.plain(),
        }
        if self.owner is not None:
            shown["account"] = {"id": self.owner.account_id, "name": self.owner.account}
            shown["user"] = {"name": self.owner.user, "email": self.owner.email}
        return shown


def check(connection: Connection, *, book: Book, offline: bool = False) -> Checked:
    """Return how a connection stands; unless `offline`, its account is asked.

    Errors that are none of the connection's are raised: no network, an account that is not paid.
    """
    is_default = not connection.is_of_environment and book.is_default(connection)
    state, owner = state_of(connection, book=book), None
    if state.is_ready and not offline:
        try:
            with open_client(connection, book=book) as amo:
                owner = owner_of(amo)
        except (OAuthError, Unauthorized) as error:
            state = refused_state(connection, error, book=book)
        except ConfigurationError as error:
            state = State(state="CONFIGURATION_ERROR", problem=error.message)
    return Checked(connection=connection, state=state, is_default=is_default, owner=owner)
