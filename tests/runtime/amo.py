"""The mock server under amoCRM's own names, over TLS, with a record of what it was asked."""

import asyncio
import inspect
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import unescape
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx
import urllib3
from attrs import define, field, frozen

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.tokens.token import Token
from amocrm_mockserver import Addresses, MockServer, Request, Response, ThreadedServer
from amocrm_mockserver.account import Account
from amocrm_mockserver.faults import FaultRule
from amocrm_mockserver.integration import REDIRECT_URI
from amocrm_mockserver.tokens import issue_access_token, issue_pair

__all__ = ["TOKEN_PATH", "Amo", "Asked", "RecordingServer", "Tenant"]

TOKEN_PATH = "/oauth2/access_token"


@frozen
class Asked:
    """One request, and how it was answered."""

    method: str
    host: str
    path: str
    status: int
    request: Request = field(repr=False, eq=False)

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path} {self.status}"


class RecordingServer(MockServer):
    """A mock server that writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.during: Callable[[Request], object] = lambda _: None
        """Called after a request was carried out and before it is answered."""
        super().__init__()

    def handle(self, request: Request) -> Response:
        """Answer, and write it down."""
        response = super().handle(request)
        line = Asked(request.method, request.host, request.path, response.status, request)
        self.asked.append(line)
        self.during(request)
        return response

    def asked_for(self, path: str) -> list[Asked]:
        """What was asked at one path."""
        return [asked for asked in self.asked if asked.path == path]


@define
class Tenant:
    """An account of the server, and what its owner knows."""

    amo: "Amo"
    inside: Account
    integration: Integration

    @property
    def domain(self) -> str:
        """Its host."""
        return self.inside.domain

    @property
    def server(self) -> RecordingServer:
        """The server it is on."""
        return self.amo.server

    def token(self, *, api_domain: str | None = None) -> Token:
        """Return tokens as the token endpoint gives them to a client at the account's host."""
        with self.server.locked() as world:
            pair = issue_pair(world, self._grant(world), api_domain=api_domain or self.domain)
        return self.read(pair, self.domain)

    @staticmethod
    def read(pair: dict[str, Any], domain: str) -> Token:
        """Return the tokens of an answer."""
        return Token.read(pair["access_token"], pair["refresh_token"], domain)

    def long_lived(self, days: int = 365) -> str:
        """Return a long-lived token."""
        with self.server.locked() as world:
            return issue_access_token(
                world,
                self._grant(world),
                api_domain=self.domain,
                life=days * 86_400,
                long_lived=True,
            ).value

    def code(self) -> str:
        """Return an authorization code, as if a person had agreed."""
        with self.server.locked() as world:
            return world.issue_code(self._grant(world)).value

    def _grant(self, world: Any) -> Any:
        return world.grant(self.inside, world.integrations[self.integration.client_id])

    def control(self, path: str, **body: object) -> Any:
        """Make a control call about this account."""
        url = f"{self.amo.running.url}/__mock__/accounts/{self.inside.subdomain}/{path}"
        answer = urllib3.request("POST", url, json=body)
        assert answer.status == 200, answer.data
        return answer.json()

    def asked(self) -> list[str]:
        """What was asked since the last look, without control calls."""
        found = [str(asked) for asked in self.server.asked if "__mock__" not in asked.path]
        self.server.asked.clear()
        return found


@define
class Driven:
    """A client, sync or async, over real sockets."""

    client: Any
    runner: asyncio.Runner | None = None

    def do(self, action: Callable[[Any], Any]) -> Any:
        """Do something with the client, and wait for it."""
        result = action(self.client)
        if self.runner is None or not inspect.isawaitable(result):
            return result

        async def wait() -> Any:
            return await result

        return self.runner.run(wait())

    def read(self) -> Any:
        """Read the account."""
        return self.do(lambda client: client.request("GET", "/api/v4/account"))

    def at_once(self, count: int) -> None:
        """Read the account in so many threads or tasks at once; all must succeed."""
        if self.runner is not None:

            async def work() -> None:
                reads = (self.client.request("GET", "/api/v4/account") for _ in range(count))
                await asyncio.gather(*reads)

            self.runner.run(work())
            return
        errors: list[BaseException] = []

        def read() -> None:
            try:
                self.read()
            except BaseException as error:  # noqa: BLE001 - told below
                errors.append(error)

        threads = [threading.Thread(target=read) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors


@define
class Amo:
    """A running server, reached by any client through its proxy."""

    running: ThreadedServer
    server: RecordingServer
    ca_file: Path
    kind: str = "sync"
    _stack: ExitStack = field(factory=ExitStack)

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Self]:
        """Start a server."""
        ca_file, server = folder / "ca.pem", RecordingServer()
        addresses = Addresses(proxy_port=0, ca_file=ca_file)
        with ThreadedServer(server, addresses=addresses) as running:
            yield cls(running, server, ca_file)

    @contextmanager
    def of(self, kind: str) -> Iterator["Amo"]:
        """Give out clients of one kind, and end all that was done to the server."""
        with ExitStack() as stack:
            yield Amo(self.running, self.server, self.ca_file, kind, stack)
        with self.server.locked():
            self.server.faults.armed.clear()
            self.server.asked.clear()
            self.server.during = lambda _: None

    def tenant(self, *, zone: str = "amocrm.ru") -> Tenant:
        """Return a fresh account."""
        with self.server.locked() as world:
            account, known = world.add_fresh_account(None, zone, REDIRECT_URI)
            next(iter(account.users.values())).update(
                email="admin@example.com", api_key="canary-api-key"
            )
        integration = Integration(
            client_id=known.client_id,
            client_secret=known.client_secret,
            redirect_uri=known.redirect_uri,
        )
        return Tenant(self, account, integration)

    def open(self, account: "Tenant | str", **options: Any) -> Driven:
        """Return a client of an account."""
        given = {"throttle": None, **options}
        if not {"token", "integration", "login"} & given.keys() and isinstance(account, Tenant):
            given["integration"] = account.integration
        name = account.domain if isinstance(account, Tenant) else account
        if self.kind == "sync":
            proxy = self.running.proxy_url
            assert proxy is not None
            pool = urllib3.ProxyManager(proxy, ca_certs=str(self.ca_file), maxsize=8)
            self._stack.callback(pool.clear)
            client = Client(name, transport=pool, **given)
            self._stack.callback(client.close)
            return Driven(client)
        runner = self._stack.enter_context(asyncio.Runner())
        http = self.http()
        self._stack.callback(lambda: runner.run(http.aclose()))
        return Driven(AsyncClient(name, transport=http, **given), runner)

    def http(self) -> httpx.AsyncClient:
        """Return an httpx client that reaches the server under every name."""
        trust = self.running.authority.client_context()
        return httpx.AsyncClient(proxy=self.running.proxy_url, verify=trust)

    def secrets(self) -> list[str]:
        """Return everything that was granted, and what opens more."""
        with self.server.locked() as world:
            grants = world.grants
            found = [*grants.access, *grants.refresh, *grants.codes, "canary"]
            return [*found, *(one.client_secret for one in world.integrations.values())]

    def fail(self, **rule: Any) -> None:
        """Let requests go wrong."""
        with self.server.locked():
            self.server.faults.add(FaultRule(**rule))

    def allow(self, page: str, account: Tenant) -> dict[str, str]:
        """Press Allow on the page of consent, and return what the browser is sent back with."""
        proxy = self.running.proxy_url
        assert proxy is not None
        with urllib3.ProxyManager(proxy, ca_certs=str(self.ca_file)) as browser:
            text = browser.request("GET", page).data.decode()
            pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
            fields = {name: unescape(value) for name, value in pairs}
            fields |= {"decision": "allow", "account": account.inside.subdomain}
            url = page.partition("?")[0]
            answer = browser.request_encode_body(
                "POST", url, fields=fields, encode_multipart=False, redirect=False
            )
        location = urlsplit(answer.headers["Location"])
        return {name: values[0] for name, values in parse_qs(location.query).items()}
