"""A server on a socket, and processes that work on one account of it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from amocrm_gen import Integration, PhpTokenStore, Token
from amocrm_mockserver import ThreadedServer
from amocrm_mockserver.integration import REDIRECT_URI
from amocrm_mockserver.tokens import issue_pair
from runtime.amo import RecordingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.account import Account

__all__ = ["Crowd", "Worker", "crowd"]


@define
class Worker:
    """Another process."""

    process: subprocess.Popen[str]

    def tell(self, *words: object) -> None:
        """Tell it to do something."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """Wait for its answer."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())[1]


@define
class Crowd:
    """What all processes share."""

    server: RecordingServer
    url: str
    inside: Account
    integration: Integration
    folder: Path
    stack: ExitStack
    settings: dict[str, Any] = field(factory=dict)

    @property
    def store(self) -> PhpTokenStore:
        """Where the tokens are."""
        return PhpTokenStore(self.folder / "tokens", self.integration)

    def start(self, **settings: Any) -> Worker:
        """Start one more process; it ends with the test."""
        given = {
            "account": self.inside.domain,
            "url": self.url,
            "tokens": str(self.folder / "tokens"),
            "integration": {
                "client_id": self.integration.client_id,
                "client_secret": str(self.integration.client_secret),
                "redirect_uri": self.integration.redirect_uri,
            },
            "settings": {
                "throttle": None,
                "lock_folder": str(self.folder / "locks"),
                **settings,
            },
        }
        process = self.stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("php_worker.py")), json.dumps(given)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        self.stack.callback(process.kill)
        return Worker(process)


@contextmanager
def crowd(folder: Path) -> Iterator[Crowd]:
    """Start a server with an account whose tokens are in a folder."""
    with ExitStack() as stack:
        server = RecordingServer()
        running = stack.enter_context(ThreadedServer(server))
        with server.locked() as world:
            account, known = world.add_fresh_account(None, "amocrm.ru", REDIRECT_URI)
            grant = world.grant(account, known)
            pair = issue_pair(world, grant, api_domain=running.url.rpartition("/")[2])
        integration = Integration(
            client_id=known.client_id,
            client_secret=known.client_secret,
            redirect_uri=known.redirect_uri,
        )
        found = Crowd(server, running.url, account, integration, folder, stack)
        token = Token.read(pair["access_token"], pair["refresh_token"], account.domain)
        found.store.save(account.domain, token)
        yield found
