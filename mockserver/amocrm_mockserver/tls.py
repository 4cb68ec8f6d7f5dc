"""The certificate of the mock server, from an authority made for this run."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

from attrs import frozen

from amocrm_mockserver.hosts import LOCAL_ZONE, ZONES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import trustme

__all__ = ["NAMES", "Authority", "late_context", "make_authority"]

NAMES: Final = (
    "127.0.0.1",
    "::1",
    "localhost",
    *(f"*.{zone}" for zone in (*ZONES, LOCAL_ZONE)),
)
"""Whom the certificate speaks for. A bare `*.localhost` is taken by no client."""


@frozen
class Authority:
    """A certificate authority and the server certificate that it signed."""

    _ca: trustme.CA
    _certificate: trustme.LeafCert

    @property
    def pem(self) -> bytes:
        """The authority's certificate, which clients are to trust."""
        return self._ca.cert_pem.bytes()

    def write(self, path: Path) -> None:
        """Write the authority's certificate to a file, whole or not at all."""
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(self.pem)
        beside.replace(path)

    def server_context(self) -> ssl.SSLContext:
        """What the TLS listener works with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        self._certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]  -- takes pyOpenSSL's, too
        return context

    def client_context(self) -> ssl.SSLContext:
        """What a client in the same process can verify the server with."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]  -- as above
        return context


def late_context(authority: Callable[[], Authority]) -> ssl.SSLContext:
    """A server's context whose certificate is made when the first client asks for it.

    To make one takes longer than all the rest of a start.
    """
    ready: list[ssl.SSLContext] = []

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:  # noqa: ARG001 -- the signature is ssl's
        if not ready:
            ready.append(authority().server_context())
        connection.context = ready[0]

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    context.sni_callback = choose
    return context


def make_authority() -> Authority:
    """A new authority and a certificate for every name amoCRM is reached by."""
    import trustme  # noqa: PLC0415 -- slow to import, and not always used

    ca = trustme.CA(organization_name="amocrm-gen mock server")
    return Authority(ca, ca.issue_cert(*NAMES))
