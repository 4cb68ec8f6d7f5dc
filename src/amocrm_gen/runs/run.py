"""One run of a command, as it is written down."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Self, cast

from attrs import asdict, field, frozen
from orjson import loads

from amocrm_gen.runtime.traffic import Exchange
from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["OK", "Run", "RunExchange"]

OK: Final = "ok"


@frozen(kw_only=True)
class RunExchange:
    """A request that a run sent, and what came of it; without secrets."""

    method: str
    url: str
    request_body: str | None = field(default=None, repr=False)
    status: int | None
    """None if no answer came."""
    body: str | None = field(default=None, repr=False)
    """None if there was none, or if it was too much to be kept."""
    seconds: float
    failure: str | None = None

    @classmethod
    def of(cls, exchange: Exchange, longest: int) -> Self:
        """Take an exchange over; of bodies no more than so many characters, or nothing."""
        sent, came = exchange.request.body, exchange.body
        return cls(
            method=exchange.request.method,
            url=exchange.request.url,
            request_body=sent if sent is None or len(sent) <= longest else None,
            status=exchange.status,
            body=came if came is None or len(came) <= longest else None,
            seconds=round(exchange.seconds, 4),
            failure=exchange.failure,
        )

    @property
    def size(self) -> int:
        """Characters of its bodies."""
        return len(self.request_body or "") + len(self.body or "")

    def as_json(self) -> JsonObject:
        """Return it as it is shown, with the JSON of its bodies."""
        return {
            "method": self.method,
            "url": self.url,
            "requestBody": _content(self.request_body),
            "status": self.status,
            "body": _content(self.body),
            "seconds": self.seconds,
            **({} if self.failure is None else {"failure": self.failure}),
        }

    def stored(self) -> JsonObject:
        """Return it as the log keeps it."""
        return cast("JsonObject", asdict(self))

    @classmethod
    def read(cls, stored: JsonValue) -> Self:
        """Read what `stored` returned."""
        return cls(**cast("dict[str, object]", stored))  # type: ignore[arg-type]  # written by us


@frozen(kw_only=True)
class Run:
    """One run; secrets are `***` in all of it."""

    id: int = 0
    """0 as long as it is not written down."""
    started_at: float
    """Unix seconds."""
    seconds: float
    connection: str | None
    domain: str | None
    command: str
    """`leads update`."""
    arguments: tuple[str, ...] = field(repr=False)
    """The whole line after `amocrm`."""
    given: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    """What was read for `-` and `@file`, by these names."""
    action: str | None = None
    input: JsonValue = field(default=None, repr=False)
    outcome: str
    """`ok`, or the code of the error."""
    exit_code: int
    output: JsonValue = field(default=None, repr=False)
    exchanges: tuple[RunExchange, ...] = field(default=(), repr=False)
    is_rehearsed: bool = False
    """Whether it was a dry run: its writes were not sent, and their answers are made up."""
    requests: int = 0
    """How many there were, also of those that were too many to be kept."""

    @property
    def time(self) -> str:
        """When it began."""
        moment = datetime.fromtimestamp(self.started_at, UTC).astimezone()
        return moment.isoformat(timespec="seconds")

    def summary(self) -> JsonObject:
        """Return what a list of runs shows."""
        return {
            "id": self.id,
            "outcome": self.outcome,
            "exitCode": self.exit_code,
            "command": self.command,
            "action": self.action,
            "dryRun": self.is_rehearsed,
            "time": self.time,
            "connection": self.connection,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
        }

    def as_json(self, *, details: bool = False) -> JsonObject:
        """Return all of it; the requests with `details` only."""
        found: JsonObject = {
            **self.summary(),
            "domain": self.domain,
            "arguments": list(self.arguments),
            "input": self.input,
            "output": self.output,
        }
        if details:
            found["exchanges"] = [exchange.as_json() for exchange in self.exchanges]
        return found


def _content(text: str | None) -> JsonValue:
    if text is None:
        return None
    try:
        return cast("JsonValue", loads(text))
    except ValueError:
        return text
