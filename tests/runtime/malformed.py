"""Answers as no server should give them, and a server that gives them, byte for byte."""

import gzip
import socketserver
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from attrs import define
from hypothesis import strategies as st

from runtime.sample import lead_json

__all__ = ["RawServer", "raw_answers"]


class RawServer(socketserver.ThreadingTCPServer):
    """Reads one request of a connection, answers with given bytes and closes."""

    daemon_threads = True
    allow_reuse_address = True
    answer = b""

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["RawServer"]:
        """Start one."""
        with cls(("127.0.0.1", 0), _Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join(10)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients hang up when they have seen enough."""


class _Handler(socketserver.StreamRequestHandler):
    server: RawServer

    def handle(self) -> None:
        """Answer one request."""
        length = 0
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self.rfile.read(length)
        self.wfile.write(self.server.answer)


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "2024-01-01", "<b>", "\x00", "🤷", {}, [], [[]], 1e300, -1])
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
TEMPLATES: list[Any] = [
    lead_json(1),
    {
        "_page": 1,
        "_links": {"self": {"href": "/api/v4/leads?limit=2"}, "next": {"href": "/x"}},
        "_embedded": {"leads": [lead_json(1), lead_json(2)]},
    },
    {"_embedded": {"leads": [{"id": 1, "request_id": "0"}, {"id": 2, "request_id": "1"}]}},
    {"access_token": "a", "refresh_token": "r", "expires_in": 86_400, "token_type": "Bearer"},
    {"id": 1, "domain": "example.amocrm.ru", "subdomain": "example"},
    {
        "validation-errors": [
            {"request_id": "0", "errors": [{"code": "X", "path": "a", "detail": "d"}]}
        ],
        "title": "Bad Request", "status": 400, "detail": "d", "hint": "h", "retry_after": 1,
    },
    {"_embedded": {"errors": {"update": {"15": "Last modified date is older than in database"}}}},
    {"response": {"error": "x", "error_code": "110", "auth": True}},
]  # fmt: skip


def as_json(value: object) -> bytes:
    """Return a value as JSON; one that is nested too deeply to be written is a deep list."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return b"[" * 300 + b"]" * 300


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Draw a good answer with something else in one or more places."""
    content = orjson.loads(orjson.dumps(draw(st.sampled_from(TEMPLATES))))
    for _ in range(draw(st.integers(0, 3))):
        content = _changed(draw, content)
    return content


def _changed(draw: st.DrawFn, content: Any) -> Any:
    place: list[Any] = [content]
    while isinstance(place[-1], dict | list) and place[-1] and draw(st.integers(0, 3)):
        inner = place[-1]
        names = sorted(inner) if isinstance(inner, dict) else range(len(inner))
        name = draw(st.sampled_from(list(names)))
        if draw(st.integers(0, 2)) == 0:
            if isinstance(inner, dict) and draw(st.booleans()):
                del inner[name]
            else:
                inner[name] = draw(values)
            return content
        place.append(inner[name])
    return draw(values) if len(place) == 1 else content


bodies = st.one_of(
    mutated().map(as_json),
    mutated().map(as_json),
    st.builds(
        lambda content, cut: as_json(content)[: cut % 400], mutated(), st.integers(0, 400)
    ),
    values.map(as_json),
    st.binary(max_size=60),
    st.builds(
        lambda one, count: one * count,
        st.sampled_from([b"[", b'{"a":', b'{"errors":[']),
        st.integers(1, 3000),
    ),
    st.integers(1, 1100).map(lambda n: b"[" * n + b"]" * n),
    st.integers(1, 1100).map(lambda n: b'{"errors":' * n + b"1" + b"}" * n),
    st.integers(1, 1100).map(lambda n: b'{"_embedded":{"leads":' + b"[" * n + b"]" * n + b"}}"),
    st.integers(1, 1000).map(lambda n: b'{"id":1,"custom_fields_values":' * n + b"1" + b"}" * n),
    st.sampled_from([
        b"", b" ", b"null", b"[]", b"{}", b"0", b'""', b"NaN", b'{"id": NaN}', b'{"id":1,"id":"2"}',
        b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"name":"\xff"}', b"<html><body>502</body></html>",
        b'{"id":' + b"9" * 400 + b"}", b'{"_links":[],"_embedded":[]}',
        b'{"_embedded":{"leads":{}}}',
        b"x" * 70_000, b'{"id":1e999}', b"\x1f\x8b", b"true", b'"\\ud800"',
    ]),
)  # fmt: skip


@define
class _Parts:
    status: bytes
    headers: list[bytes]
    body: bytes


def _coded(parts: _Parts, coding: str) -> None:
    match coding:
        case "gzip":
            parts.body = gzip.compress(parts.body, 1)
        case "deflate":
            parts.body = zlib.compress(parts.body)
        case "torn gzip":
            parts.body = gzip.compress(parts.body, 1)[:-6]
        case _:
            pass
    if coding:
        parts.headers.append(b"Content-Encoding: " + coding.rsplit(maxsplit=1)[-1].encode())


def _framed(parts: _Parts, framing: str) -> None:
    length, body = len(parts.body), parts.body
    named = {
        "honest": b"%d" % length, "short": b"%d" % (length // 2), "long": b"%d" % (length + 7),
        "huge": b"99999999999999", "negative": b"-1", "text": b"many", "two": b"1, 2",
    }.get(framing)  # fmt: skip
    if named is not None:
        parts.headers.append(b"Content-Length: " + named)
    elif framing.endswith("chunked"):
        parts.headers.append(b"Transfer-Encoding: chunked")
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (length, body) if length else b"0\r\n\r\n"
        cut = {"chunked": None, "torn chunked": -8}.get(framing)
        parts.body = b"zz\r\n" + chunks if framing == "bad chunked" else chunks[:cut]


STATUSES = [b"200 OK", b"201 C", b"202 A", b"204 No Content", b"206 P", b"301 M", b"304 N",
            b"400 B", b"401 U", b"402 P", b"403 F", b"404 N", b"409 C", b"418", b"422 U",
            b"429 T", b"500 I", b"502 B", b"504 G", b"599 X", b"999 X", b"099 X", b"abc", b"",
            b"200 \xff\xfe", b"100 Continue"]  # fmt: skip
CODINGS = ["", "", "", "", "gzip", "deflate", "torn gzip", "lying gzip", "lying deflate",
           "lying br", "lying zstd", "lying gzip,deflate", "lying wonder"]  # fmt: skip
FRAMINGS = ["honest", "honest", "honest", "none", "short", "long", "huge", "negative", "text",
            "two", "chunked", "torn chunked", "bad chunked"]  # fmt: skip
KINDS = [b"application/json", b"application/hal+json", b"text/html; charset=utf-8", b"image/png",
         b"application/json; charset=nonsense", b"\xff\xff", b""]  # fmt: skip
WAITS = [b"1", b"-5", b"1e9", b"99999999999", b"nan", b"inf", b"soon", b"\xb2",
         b"Thu, 01 Jan 1970 00:00:00 GMT", b"Thu, 01 Jan 9999 00:00:00 +9999", b"Mon, 99 Foo",
         ]  # fmt: skip
EXTRAS = [b"Set-Cookie: a=b; Path=/", b"Location: https://evil.com/", b"Location: \xff", b"X: ",
          b"X-Request-Id: \xff\xfe", b"no colon here", b" folded", b"X-Request-Id: " + b"x" * 5000,
          ]  # fmt: skip


@st.composite
def raw_answers(draw: st.DrawFn) -> bytes:
    """Draw the bytes of an answer."""
    if draw(st.integers(0, 30)) == 0:
        return draw(st.sampled_from([b"", b"\r\n", b"HTTP/1.1", b"hello\r\n\r\n", b"\x16\x03\x01"]))
    # Mostly plain, so that what is read is reached, too.
    status = draw(st.just(b"200 OK") | st.sampled_from(STATUSES))
    parts = _Parts(status, [b"Connection: close"], draw(bodies))
    parts.headers.append(b"Content-Type: " + draw(st.sampled_from(KINDS)))
    if draw(st.integers(0, 4)) == 0:
        parts.headers.append(b"Retry-After: " + draw(st.sampled_from(WAITS)))
    if draw(st.integers(0, 6)) == 0:
        parts.headers.append(draw(st.sampled_from(EXTRAS)))
    _coded(parts, draw(st.just("") | st.sampled_from(CODINGS)))
    _framed(parts, draw(st.just("honest") | st.sampled_from(FRAMINGS)))
    return b"\r\n".join([b"HTTP/1.1 " + parts.status, *parts.headers, b"", parts.body])
