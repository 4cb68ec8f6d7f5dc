"""Accounts that this user has connected, for scripts, the command line and other programs.

```python
from amocrm_gen.connections import connect

amo = connect("example")
print(amo.account.get().name)
```
"""

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
