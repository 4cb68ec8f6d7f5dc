"""Accounts that this user has connected, for scripts, the command line and other programs.

```python
from amocrm_gen.connections import connect

amo = connect("example")
print(amo.account.get().name)
```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from amocrm_gen.connections.book import Book
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.connections.connector import CONNECTORS, Connector, connector_for, connector_of
    from amocrm_gen.connections.errors import (
        ActionRequired,
        ConnectionFault,
        NotConnected,
        UnknownConnection,
    )
    from amocrm_gen.connections.folder import config_folder
    from amocrm_gen.connections.opening import connect, environment_connection, open_client, select
    from amocrm_gen.connections.state import ClientAction, State, state_of

__all__ = [
    "CONNECTORS",
    "ActionRequired",
    "Book",
    "ClientAction",
    "Connection",
    "ConnectionFault",
    "Connector",
    "NotConnected",
    "State",
    "UnknownConnection",
    "config_folder",
    "connect",
    "connector_for",
    "connector_of",
    "environment_connection",
    "open_client",
    "select",
    "state_of",
]

_PLACES: Final = {
    "ActionRequired": "errors",
    "Book": "book",
    "CONNECTORS": "connector",
    "ClientAction": "state",
    "Connection": "connection",
    "ConnectionFault": "errors",
    "Connector": "connector",
    "NotConnected": "errors",
    "State": "state",
    "UnknownConnection": "errors",
    "config_folder": "folder",
    "connect": "opening",
    "connector_for": "connector",
    "connector_of": "connector",
    "environment_connection": "opening",
    "open_client": "opening",
    "select": "opening",
    "state_of": "state",
}
"""Where the names live; whoever needs the folder alone does not load what logs in."""


if not TYPE_CHECKING:  # else a misspelt import would be no error for type checkers

    def __getattr__(name: str) -> Any:  # Any: whichever name it is
        """Import a public name when it is first used."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
