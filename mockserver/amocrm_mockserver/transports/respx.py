"""respx routes answered by a mock server in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.transports.httpx import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from amocrm_mockserver.server import MockServer

__all__ = ["HOST_PATTERN", "side_effect"]

HOST_PATTERN = r"^([a-z0-9-]+\.)+(amocrm\.ru|amocrm\.com|kommo\.com)$"
"""For `respx.route(host__regex=HOST_PATTERN)`: every host of amoCRM."""


def side_effect(server: MockServer) -> Callable[[httpx.Request], httpx.Response]:
    """For `route.mock(side_effect=side_effect(server))`."""

    def reply(request: httpx.Request) -> httpx.Response:
        return answer(server, request)

    return reply
