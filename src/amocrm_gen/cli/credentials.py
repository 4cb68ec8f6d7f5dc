"""The integration that a login goes by: from options, the environment, or what is kept."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import click
from attrs import frozen

from amocrm_gen.cli.secret_input import secret_option_value
from amocrm_gen.runtime.secret import conceal, conceal_optional

if TYPE_CHECKING:
    from amocrm_gen.connections.connection import Connection
    from amocrm_gen.runtime.integration import Integration

__all__ = ["DEFAULT_REDIRECT_URI", "Credentials"]

DEFAULT_REDIRECT_URI: Final = "http://127.0.0.1:8910/"


@frozen(kw_only=True)
class Credentials:
    """What was given of an integration; the rest is that of the connection, or is asked for."""

    client_id: str | None
    client_secret: str | None
    redirect_uri: str | None

    @classmethod
    def given(
        cls, client_id: str | None, client_secret: str | None, redirect_uri: str | None
    ) -> Credentials:
        """Read options, then the environment."""
        secret = secret_option_value("--client-secret", client_secret)
        return cls(
            client_id=client_id or os.environ.get("AMOCRM_CLIENT_ID") or None,
            client_secret=conceal_optional(
                secret or os.environ.get("AMOCRM_CLIENT_SECRET") or None
            ),
            redirect_uri=redirect_uri or os.environ.get("AMOCRM_REDIRECT_URI") or None,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return self.client_id is None and self.client_secret is None and self.redirect_uri is None

    def with_kept(self, connection: Connection | None) -> Integration | None:
        """Return the whole integration; None if a part of it is missing."""
        from amocrm_gen.runtime.integration import Integration  # noqa: PLC0415 - when it is needed

        kept = None if connection is None else connection.integration
        if kept is not None and self.client_id not in {None, kept.client_id}:
            # The secret of one integration is of no use to another.
            kept = None
        client_id = self.client_id or (kept and kept.client_id)
        secret = self.client_secret or (kept and kept.client_secret)
        if not client_id or not secret:
            return None
        uri = self.redirect_uri or (kept and kept.redirect_uri) or DEFAULT_REDIRECT_URI
        return Integration(client_id=client_id, client_secret=secret, redirect_uri=uri)

    def asked(self) -> Credentials:
        """Ask on the terminal for what is missing; an error where there is none."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return self
        client_id = self.client_id or click.prompt("Integration ID (client id)", err=True)
        secret = self.client_secret or click.prompt(
            "Secret key (not shown)", hide_input=True, err=True
        )
        return Credentials(
            client_id=str(client_id).strip(),
            client_secret=conceal(str(secret).strip()),
            redirect_uri=self.redirect_uri,
        )
