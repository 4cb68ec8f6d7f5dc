"""An account of a mock server as a person knows it who is about to log in."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from attrs import field, frozen

if TYPE_CHECKING:
    from amocrm_mockserver import ThreadedServer

__all__ = ["Site", "free_port", "new_site"]

_BROWSER = Path(__file__).with_name("consent_browser.py")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@frozen
class Site:
    """An account, its integration, and where both are."""

    url: str
    subdomain: str
    domain: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    token: str = field(repr=False)

    @property
    def options(self) -> list[str]:
        """The options of a login; the secret is in the environment."""
        given = ["--base-url", self.url, "--client-id", self.client_id]
        return [*given, "--redirect-uri", self.redirect_uri]

    @property
    def secret(self) -> dict[str, str]:
        """The variable that holds the secret."""
        return {"AMOCRM_CLIENT_SECRET": self.client_secret}

    def browser(self, decision: str, log: Path | None = None) -> dict[str, str]:
        """Return the variables that have a fake browser opened."""
        found = {"BROWSER": f"{sys.executable} {_BROWSER} {decision} %s"}
        return found if log is None else {**found, "BROWSER_LOG": str(log)}

    def consent(self, page: str, decision: str = "allow") -> str:
        """Decide on the consent page; return the address that the browser is sent to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        body = urlencode({**asked, "decision": decision, "account": self.subdomain})
        answer = urllib3.request(
            "POST", f"{self.url}/oauth", body=body, headers=_FORM, redirect=False
        )
        assert answer.status == 302, answer.data
        return answer.headers["Location"]

    def control(self, path: str, **body: object) -> Any:  # Any: JSON of a test
        """Make a control call about this account."""
        url = f"{self.url}/__mock__/accounts/{self.subdomain}/{path}"
        answer = urllib3.request("POST", url, json=body)
        assert answer.status == 200, answer.data
        return json.loads(answer.data)


def free_port() -> int:
    """Return a port of this machine that nobody has just now."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def new_site(running: ThreadedServer, redirect_uri: str | None = None) -> Site:
    """Make an account whose integration sends its codes to this machine, or elsewhere."""
    uri = redirect_uri or f"http://127.0.0.1:{free_port()}/back"
    answer = urllib3.request("POST", f"{running.url}/__mock__/accounts", json={"redirect_uri": uri})
    made = answer.json()
    return Site(
        url=running.url,
        subdomain=made["subdomain"],
        domain=made["domain"],
        client_id=made["integration"]["client_id"],
        client_secret=made["integration"]["client_secret"],
        redirect_uri=uri,
        token=made["access_token"],
    )
