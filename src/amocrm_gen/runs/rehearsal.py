"""A transport that lets reads through and keeps everything else: what `--dry-run` stands on."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, field, frozen
from orjson import JSONDecodeError, loads
from urllib3 import BaseHTTPResponse, HTTPResponse, PoolManager

from amocrm_gen.runs.stand_in import stand_in_for
from amocrm_gen.runtime.driver import pool_for
from amocrm_gen.runtime.effects import Send
from amocrm_gen.runtime.ledger.ledger import Ledger, LedgerEntry
from amocrm_gen.runtime.ledger.memory import MemoryLedger
from amocrm_gen.runtime.masks import Masks
from amocrm_gen.runtime.traffic import Request, shown_request
from amocrm_gen.runtime.types import JsonValue

__all__ = ["Rehearsal", "RehearsedLedger", "RehearsedRequest"]

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKENS: Final = "/oauth2/access_token"
"""Renews the token; without it not even the reads of a rehearsal would be answered."""
_VARIABLE: Final = "AMOCRM_TOKEN"
_NOISE: Final = frozenset({"user-agent", "accept-encoding"})
"""Headers that say nothing of a request, and would make curl's answers unreadable."""


@frozen
class RehearsedRequest:
    """A request that was not sent; tokens, secrets, codes, cookies and passwords are `***`."""

    request: Request

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of its address, in their order."""
        return parse_qsl(urlsplit(self.request.url).query, keep_blank_values=True)

    @property
    def body(self) -> JsonValue:
        """Its body: the JSON, or else the text."""
        text = self.request.body
        try:
            found: JsonValue = None if text is None else loads(text)
        except JSONDecodeError:
            return text
        return found

    @property
    def curl(self) -> str:
        """The request as a line for a shell that has the token in `$AMOCRM_TOKEN`."""
        kept = tuple(pair for pair in self.request.headers if pair[0].lower() not in _NOISE)
        return evolve(self.request, headers=kept).curl(token=_VARIABLE)

    def as_json(self) -> dict[str, JsonValue]:
        """Return the request as it is shown."""
        return {
            "method": self.request.method,
            "url": self.request.url,
            "query": [[name, value] for name, value in self.query],
            "headers": dict(self.request.headers),
            "body": self.body,
            "curl": self.curl,
        }


class Rehearsal(PoolManager):
    """Sends what only reads; keeps each write, and answers it with what amoCRM might say.

    Hand it to a client as its transport. Renewals of the token are sent, too.

    Args:
        through: What sends the reads; left out, connections of its own, by the environment's proxy.
        keeps_reads: Whether reads are kept as well, so that nothing is sent at all.
        now: Tells the time in unix seconds.
    """

    def __init__(
        self,
        through: PoolManager | None = None,
        *,
        keeps_reads: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._sent: Final = frozenset[str]() if keeps_reads else _READS
        self._through = through
        self._now = now
        self._ids: Iterator[int] = count(-1, -1)
        self._kept: list[RehearsedRequest] = []

    @property
    def requests(self) -> tuple[RehearsedRequest, ...]:
        """What would have been sent, in its order."""
        return tuple(self._kept)

    def as_json(self) -> dict[str, JsonValue]:
        """Return what a dry run shows as its output."""
        return {"dryRun": True, "requests": [request.as_json() for request in self._kept]}

    def urlopen(  # type: ignore[override]  # urllib3's own base names `body` and `headers` here
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,  # Any: urllib3's own options
    ) -> BaseHTTPResponse:
        """Send a read, or keep a request and answer it."""
        if method.upper() in self._sent or urlsplit(url).path == _TOKENS:
            return self._sender(url).urlopen(method, url, body=body, headers=headers, **options)
        send = Send(method, url, dict(headers or {}), body)
        self._kept.append(RehearsedRequest(shown_request(send, Masks())))
        made = stand_in_for(method, url, body, now=int(self._now()), fresh=lambda: next(self._ids))
        return HTTPResponse(
            body=BytesIO(made.body),
            headers={"content-type": "application/hal+json"} if made.body else {},
            status=made.status,
            preload_content=False,
            request_method=method,
            request_url=url,
        )

    def clear(self) -> None:
        """Close the connections that the reads have opened."""
        super().clear()
        if self._through is not None:
            self._through.clear()

    def _sender(self, url: str) -> PoolManager:
        if self._through is None:
            self._through = pool_for(url, trust=True, size=10)
        return self._through


@frozen
class RehearsedLedger:
    """A ledger that knows what another one remembers, and forgets what a rehearsal adds.

    A client that rehearses needs it: creates that are given `once` would else be remembered as done
    although nothing was sent.
    """

    real: Ledger
    """What has been created indeed; it is only read."""
    _added: MemoryLedger = field(factory=MemoryLedger, init=False)

    def load(self, keys: Sequence[str]) -> Mapping[str, LedgerEntry]:
        """Return the entries of those keys that have one."""
        return {**self.real.load(keys), **self._added.load(keys)}

    def save(self, entries: Mapping[str, LedgerEntry]) -> None:
        """Keep entries for as long as the rehearsal lasts."""
        self._added.save(entries)

    def forget(self, *keys: str) -> None:
        """Remove entries of the rehearsal; those of the real ledger stay."""
        self._added.forget(*keys)

    def settle(self, key: str, id: int | str) -> None:
        """Note for as long as the rehearsal lasts that a create is done."""
        self._added.settle(key, id)
