"""What can be wrong with connections."""

# ruff: noqa: N818 - the names say what happened, as in the runtime

from collections.abc import Sequence
from typing import ClassVar

from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["ActionRequired", "ConnectionFault", "NotConnected", "UnknownConnection"]


class ConnectionFault(ConfigurationError):
    """A connection cannot be used as it is."""

    code: ClassVar[str] = "configuration_error"
    """A stable name for programs."""


class NotConnected(ConnectionFault):
    """There is no account to work with: nobody has logged in yet, or none of several is chosen."""

    code = "not_connected"
    advice = (
        "run `amocrm login`; or `amocrm login --mock` to practise without an account; "
        "or set AMOCRM_ACCOUNT and AMOCRM_TOKEN"
    )


class ActionRequired(ConnectionFault):
    """The connection is there, and a person has to grant it access first."""

    code = "client_action_required"


class UnknownConnection(ConnectionFault):
    """No connection has this id, domain or subdomain, or several have the subdomain."""

    code = "unknown_connection"
    advice = "run `amocrm connection list`; to add an account, run `amocrm login ACCOUNT`"

    def __init__(
        self,
        message: str,
        *,
        given: str,
        candidates: Sequence[str] = (),
        is_ambiguous: bool = False,
    ) -> None:
        super().__init__(message)
        self.given = given
        self.is_ambiguous = is_ambiguous
        self.candidates = tuple(candidates)
        """Ids of the connections that there are, the nearest first."""
