"""Writes what goes over the wire to a HAR file, which browsers and other tools open."""

import os
from contextlib import suppress
from json import JSONDecoder
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakSet

from attrs import define, field
from orjson import dumps

from amocrm_gen.runtime.agent import agent
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.folder import OWNER_FILE
from amocrm_gen.runtime.locked_file import locked_file
from amocrm_gen.runtime.log import logger
from amocrm_gen.runtime.traffic import Exchange, Request

__all__ = ["Har"]

_START: Final = b'{"log":{"version":"1.2","creator":{"name":"amocrm-gen","version":'
_END: Final = b"\n]}}\n"
_LONGEST: Final = 64 << 20
"""Bytes; then the file is put aside as `….1` in place of the one before, and a new one begins."""
_ENTRY: Final = b'\n{"startedDateTime":'
"""How an entry begins."""
_TAIL: Final = 1 << 16
_FLAGS: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@define(eq=False)
class Har:
    """A HAR 1.2 file, mode 0600, for all threads and processes that name it.

    After each exchange it is whole. Whoever is killed in the middle of writing one leaves its
    beginning at the end of the file; the next one to write cuts that off.
    """

    path: Path
    longest: int = _LONGEST
    _failed: bool = field(default=False, init=False)
    _guard: Lock = field(factory=Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Have the lock freed in the children of this process."""
        _all.add(self)

    @classmethod
    def open(cls, given: Path | str) -> "Har":
        """Begin a file, or go on with one; any other file is refused."""
        har = cls(Path(given).absolute())
        try:
            har.path.parent.stat()
            har._append(None)
        except OSError as error:
            raise ConfigurationError(
                f"the HAR file {har.path} cannot be written: {error.strerror}",
                advice="name a file in a folder that is there and that you may write to",
            ) from error
        return har

    def add(self, exchange: Exchange) -> None:
        """Write an exchange; calls go on even if the file cannot be written to."""
        try:
            self._append(dumps(_entry(exchange)))
            self._failed = False
        except OSError as error:
            if not self._failed:
                logger.warning("the HAR file %s cannot be written: %s", self.path, error.strerror)
            self._failed = True

    def start_anew(self) -> None:
        """Forget who held the lock: in a child of this process nobody does."""
        self._guard = Lock()

    def _append(self, entry: bytes | None) -> None:
        with self._guard:
            others = locked_file(f"{self.path}.lock")
            others.open()
            try:
                self._write(entry)
            finally:
                others.close()

    def _write(self, entry: bytes | None) -> None:
        handle = os.open(self.path, _FLAGS, OWNER_FILE)
        try:
            end = self._end(handle)
            with suppress(AttributeError):  # Windows has no modes
                os.fchmod(handle, OWNER_FILE)
            if entry is None:
                return
            if end + len(entry) > self.longest and end > len(_head()):
                os.close(handle)
                handle = -1
                self.path.replace(f"{self.path}.1")
                handle = os.open(self.path, _FLAGS, OWNER_FILE)
                end = self._end(handle)
            comma = b"" if end == len(_head()) else b","
            _put(handle, comma + b"\n" + entry + _END, end)
        finally:
            if handle >= 0:
                os.close(handle)

    def _end(self, handle: int) -> int:
        """Return where the next entry is to be written; what is no whole entry is cut off."""
        size = os.fstat(handle).st_size
        head = _head()
        if size == 0:
            _put(handle, head + _END, 0)
            return len(head)
        if _read(handle, len(_START), 0) != _START:
            raise ConfigurationError(
                f"{self.path} is there and is no HAR file of this package",
                advice="name another file, or move that one away",
            )
        start = _read(handle, 1 << 10, 0).find(b'"entries":[') + len(b'"entries":[')
        if _read(handle, len(_END), size - len(_END)) == _END:
            end = size - len(_END)
        else:
            end = _last_entry(handle, size, start)
            os.ftruncate(handle, end)
            _put(handle, _END, end)
        # Another release has another head: an empty list ends where that begins.
        return len(head) if end == start else end


def _last_entry(handle: int, size: int, start: int) -> int:
    """Return the end of the last whole entry; each begins a line and is one line."""
    place, last = size, b""
    while place > start:
        begin = max(start, place - _TAIL)
        last = _read(handle, place - begin, begin) + last
        found = last.rfind(_ENTRY)
        if found >= 0:
            cut = begin + found
            length = _whole(last[found + 1 :])
            if length:
                return cut + 1 + length
            # It was being written: it goes, with the comma before it.
            return cut - 1 if cut > start and _read(handle, 1, cut - 1) == b"," else cut
        place = begin
    return start


def _whole(text: bytes) -> int:
    """Return the length of the JSON object that a text begins with; 0 if it is torn."""
    line = text.partition(b"\n")[0].decode("utf-8", "replace")
    try:
        _, length = JSONDecoder().raw_decode(line)
    except ValueError:
        return 0
    return len(line[:length].encode())


def _read(handle: int, length: int, place: int) -> bytes:
    os.lseek(handle, max(place, 0), os.SEEK_SET)
    return os.read(handle, length)


def _put(handle: int, content: bytes, place: int) -> None:
    os.lseek(handle, place, os.SEEK_SET)
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def _head() -> bytes:
    return _START + dumps(agent(None)) + b'},"entries":['


def _entry(exchange: Exchange) -> dict[str, object]:
    milliseconds = exchange.seconds * 1000
    entry: dict[str, object] = {
        "startedDateTime": exchange.started_at.isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange.request),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
    if exchange.failure is not None:
        entry["comment"] = exchange.failure
    return entry


def _request(request: Request) -> dict[str, object]:
    sent: dict[str, object] = {
        "method": request.method,
        "url": request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _pairs(parse_qsl(urlsplit(request.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len((request.body or "").encode()),
    }
    if request.body is not None:
        kind = _kind(request.headers)
        sent["postData"] = {"mimeType": kind, "text": request.body, "params": []}
    return sent


def _response(exchange: Exchange) -> dict[str, object]:
    body = exchange.body or ""
    size = len(body.encode())
    return {
        # HAR has 0 for an answer that did not come.
        "status": exchange.status or 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.headers),
        "content": {"size": size, "mimeType": _kind(exchange.headers), "text": body},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }


def _kind(headers: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _pairs(pairs: Any) -> list[dict[str, str]]:  # Any: pairs of texts, in a list or a tuple
    return [{"name": name, "value": value} for name, value in pairs]


_all: "WeakSet[Har]" = WeakSet()


def _start_anew() -> None:
    for har in _all:
        har.start_anew()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
