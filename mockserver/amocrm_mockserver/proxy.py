"""The tunnel of a CONNECT proxy: whatever host was asked for, it ends at our own listeners."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.http1 import Connections, reset

if TYPE_CHECKING:
    from asyncio import Transport

__all__ = ["TunnelEnd", "open_tunnel"]

_TLS_HANDSHAKE: Final = 0x16
"""The first byte of a TLS client; one that speaks HTTP begins with a letter."""


class TunnelEnd(asyncio.Protocol):
    """One end of a tunnel; what it receives goes out at the other end."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.transport: Transport | None = None
        self._other: TunnelEnd | None = None

    @property
    def way_on(self) -> Transport | None:
        """The other end's connection, while it is open."""
        way_on = None if self._other is None else self._other.transport
        return None if way_on is None or way_on.is_closing() else way_on

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(transport)

    def join(self, other: TunnelEnd) -> None:
        """Make two ends one tunnel."""
        self._other, other._other = other, self

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        if self.way_on is not None:
            self.way_on.write(data)

    def eof_received(self) -> bool:
        """Pass on the end, and stay open for what still comes back."""
        if self.way_on is not None and self.way_on.can_write_eof():
            self.way_on.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other end in the same way."""
        if self.transport is not None:
            self._connections.discard(self.transport)
            self.transport = None
        if self.way_on is None:
            return
        if isinstance(exc, ConnectionResetError):
            reset(self.way_on)
        else:
            self.way_on.close()

    def pause_writing(self) -> None:
        """This end is full: let the other take nothing in."""
        if self.way_on is not None:
            self.way_on.pause_reading()

    def resume_writing(self) -> None:
        """This end has room again."""
        if self.way_on is not None:
            self.way_on.resume_reading()


class _Entrance(TunnelEnd):
    """The client's end: its first byte tells whether it wants the plain or the TLS listener."""

    def __init__(
        self, connections: Connections, plain: tuple[str, int], secure: tuple[str, int]
    ) -> None:
        super().__init__(connections)
        self._plain = plain
        self._secure = secure
        self._opening: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        if self._other is not None:
            super().data_received(data)
        elif self.transport is not None and data:
            self.transport.pause_reading()
            self._opening = asyncio.create_task(self._open(data))

    async def _open(self, first: bytes) -> None:
        host, port = self._secure if first[0] == _TLS_HANDSHAKE else self._plain
        loop = asyncio.get_running_loop()
        transport, way_out = await loop.create_connection(
            lambda: TunnelEnd(self._connections), host, port
        )
        if self.transport is None:
            transport.close()
            return
        self.join(way_out)
        transport.write(first)
        self.transport.resume_reading()


def open_tunnel(
    transport: Transport,
    early: bytes,
    *,
    connections: Connections,
    plain: tuple[str, int],
    secure: tuple[str, int],
) -> None:
    """Turn a connection into a tunnel; `early` are bytes that came with the CONNECT request."""
    entrance = _Entrance(connections, plain, secure)
    transport.set_protocol(entrance)
    entrance.connection_made(transport)
    if early:
        entrance.data_received(early)
