"""What the generated facades derive from: a resource knows its client, and nothing else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amocrm_gen.runtime.aclient import AsyncClient
    from amocrm_gen.runtime.client import Client

__all__ = ["AsyncResource", "Resource"]


class Resource:
    """The operations of one resource, bound to a client."""

    __slots__ = ("_client",)

    def __init__(self, client: "Client") -> None:
        self._client = client


class AsyncResource:
    """The operations of one resource, bound to an asynchronous client."""

    __slots__ = ("_client",)

    def __init__(self, client: "AsyncClient") -> None:
        self._client = client
