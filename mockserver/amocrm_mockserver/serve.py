"""The socket driver: the listeners that carry requests to a mock server and answers back."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from amocrm_mockserver.deliverer import Deliverer
from amocrm_mockserver.delivery import deliver
from amocrm_mockserver.http1 import Connections, HttpConnection
from amocrm_mockserver.proxy import open_tunnel
from amocrm_mockserver.tls import Authority, late_context, make_authority

if TYPE_CHECKING:
    from asyncio import Server, Transport
    from pathlib import Path

    from amocrm_mockserver.message import Request, Response
    from amocrm_mockserver.server import MockServer

__all__ = ["Addresses", "Listeners"]

_BACKLOG: Final = 1024
"""Many clients that connect at once must not be sent away."""


@frozen(kw_only=True)
class Addresses:
    """Where to listen; port 0 is any that is free."""

    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int = 0
    proxy_port: int | None = None
    """None is no proxy."""
    ca_file: Path | None = None
    """Where the certificate of the authority is written to."""


@define
class Listeners:
    """Sockets that listen, bound when they are made; `start` and `stop` belong to one loop."""

    server: MockServer
    addresses: Addresses
    _connections: Connections = field(init=False, factory=set["asyncio.Transport"])
    _sockets: dict[str, socket.socket] = field(init=False, factory=dict[str, socket.socket])
    _servers: list[Server] = field(init=False, factory=list["Server"])
    _authority: Authority | None = field(init=False, default=None)
    _deliverer: Deliverer = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._deliverer = Deliverer(self.server)
        ports = {"http": self.addresses.port, "https": self.addresses.tls_port}
        if self.addresses.proxy_port is not None:
            ports["proxy"] = self.addresses.proxy_port
        try:
            for name, port in ports.items():
                self._sockets[name] = _bind(self.addresses.host, port)
        except OSError:
            self.close()
            raise

    @property
    def authority(self) -> Authority:
        """Whom clients must trust to reach the TLS listener; made when first asked for."""
        if self._authority is None:
            self._authority = make_authority()
        return self._authority

    @property
    def url(self) -> str:
        """The plain listener."""
        return f"http://{self._netloc('http')}"

    @property
    def tls_url(self) -> str:
        """The TLS listener."""
        return f"https://{self._netloc('https')}"

    @property
    def proxy_url(self) -> str | None:
        """The CONNECT proxy, if there is one."""
        return f"http://{self._netloc('proxy')}" if "proxy" in self._sockets else None

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        if self.addresses.ca_file is not None:
            self.authority.write(self.addresses.ca_file)
        context = late_context(lambda: self.authority)
        plain = partial(HttpConnection, self._handle, "http", self._connections)
        secure = partial(HttpConnection, self._handle, "https", self._connections)
        protocols = {"http": plain, "https": secure, "proxy": partial(plain, self._tunnel)}
        for name, sock in self._sockets.items():
            self._servers.append(
                await loop.create_server(
                    protocols[name],
                    sock=sock,
                    backlog=_BACKLOG,
                    ssl=context if name == "https" else None,
                )
            )

    async def stop(self) -> None:
        """Close the listeners and every connection."""
        for server in self._servers:
            server.close()
        for transport in list(self._connections):
            transport.abort()
        for server in self._servers:
            with suppress(TimeoutError):  # newer Pythons wait for clients that never say a word
                await asyncio.wait_for(server.wait_closed(), timeout=0.5)
        self._servers.clear()
        self._deliverer.stop()
        self.close()

    def close(self) -> None:
        """Free the ports."""
        for sock in self._sockets.values():
            sock.close()

    def _handle(self, request: Request) -> Response:
        response = self.server.handle(request)
        for outgoing in self.server.world.outbox.take():
            deliver(outgoing)
        self._deliverer.wake()
        return response

    def _tunnel(self, transport: Transport, early: bytes) -> None:
        open_tunnel(
            transport,
            early,
            connections=self._connections,
            plain=_address(self._sockets["http"]),
            secure=_address(self._sockets["https"]),
        )

    def _netloc(self, name: str) -> str:
        host, port = _address(self._sockets[name])
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise OSError(
            error.errno, f"cannot listen at {host} port {port}: {error.strerror}"
        ) from error
    sock.setblocking(False)
    return sock


def _address(sock: socket.socket) -> tuple[str, int]:
    name: tuple[str, int] = sock.getsockname()
    return name[0], name[1]
