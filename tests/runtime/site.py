"""A small server of leads, the same for both clients: over a real socket and in respx."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from attrs import define, field

from runtime.sample import lead_json

Answer = tuple[int, dict[str, str], bytes]


@define
class Asked:
    """A request that came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


@define
class Site:
    """Keeps leads, and everything that was asked."""

    leads: dict[int, dict[str, Any]] = field(factory=dict)
    asked: list[Asked] = field(factory=list)
    before: Callable[[Asked], Answer | None] = lambda _: None
    """Answers instead of the site, where it returns something."""
    always_next: bool = False
    _lock: threading.Lock = field(factory=threading.Lock)

    def fill(self, count: int) -> None:
        """Put leads in."""
        self.leads = {number: lead_json(number) for number in range(1, count + 1)}

    def handle(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer a request."""
        parts = urlsplit(url)
        names = {name.lower(): value for name, value in headers.items()}
        asked = Asked(
            method, parts.path, parse_qs(parts.query), names, orjson.loads(body) if body else None
        )
        with self._lock:
            self.asked.append(asked)
        return self.before(asked) or self._route(asked)

    def _route(self, asked: Asked) -> Answer:
        _, _, number = asked.path.partition("/api/v4/leads/")
        if asked.method == "GET" and number:
            found = self.leads.get(int(number))
            return reply(200, found) if found else (204, {}, b"")
        if asked.method == "GET":
            return self._page(asked)
        if asked.method == "POST":
            return self._create(asked.body)
        items = [asked.body] if number else asked.body
        written = [self._update(item) for item in items]
        if number:
            return reply(200, written[0])
        return reply(200, {"_embedded": {"leads": written}})

    def _page(self, asked: Asked) -> Answer:
        page, limit = (int(asked.query[name][0]) for name in ("page", "limit"))
        found = list(self.leads.values())[(page - 1) * limit : page * limit]
        more = len(self.leads) > page * limit or self.always_next
        links = {"self": {"href": f"http://x/api/v4/leads?page={page}&limit={limit}"}}
        if more:
            links["next"] = {"href": f"http://x/api/v4/leads?page={page + 1}&limit={limit}"}
        if not found:
            return (204, {}, b"")
        return reply(200, {"_page": page, "_links": links, "_embedded": {"leads": found}})

    def _create(self, items: list[dict[str, Any]]) -> Answer:
        made = []
        for index, item in enumerate(items):
            number = max(self.leads, default=0) + 1
            self.leads[number] = lead_json(
                number, **{k: v for k, v in item.items() if k != "request_id"}
            )
            made.append({"id": number, "request_id": item.get("request_id", str(index))})
        return reply(200, {"_embedded": {"leads": made[::-1]}})

    def _update(self, item: dict[str, Any]) -> dict[str, Any]:
        self.leads[item["id"]].update({k: v for k, v in item.items() if k != "_embedded"})
        return {"id": item["id"]}

    @property
    def calls(self) -> list[str]:
        """Method and path of everything that was asked."""
        return [f"{asked.method} {asked.path}" for asked in self.asked]


def reply(status: int, body: object, **headers: str) -> Answer:
    """Return a JSON answer."""
    return status, {"Content-Type": "application/hal+json", **headers}, orjson.dumps(body)


class SiteServer(ThreadingHTTPServer):
    """Serves a site over a real socket."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, site: Site) -> None:
        self.site = site
        self.connections = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: tests break connections on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SiteServer

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.server.connections += 1

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, content = self.server.site.handle(
            self.command, self.path, dict(self.headers), body
        )
        if status == 0:
            # A lost answer: the connection breaks without a word.
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""
