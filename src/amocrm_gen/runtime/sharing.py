"""What a client and its views for other users have in common."""

from typing import TypeVar

from attrs import evolve

from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["closed_error", "in_the_name_of"]

T = TypeVar("T")

_HEADER = "X-Context-User-ID"


def in_the_name_of(user_id: int | None, call: Call[T]) -> Call[T]:
    """Return a call with the rights of a user; None leaves it to the token's own."""
    if user_id is None:
        return call
    return evolve(call, headers=(*call.headers, (_HEADER, str(user_id))))


def closed_error(domain: str) -> ConfigurationError:
    """Return the error for a client that is used after it was closed."""
    return ConfigurationError(
        f"the client of {domain} is closed",
        advice="make a new client, or close it after its last call",
    )
