"""What is known of a run while it goes on."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from threading import Lock
from typing import Final, cast

from attrs import define, field
from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runs.run import Run, RunExchange
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.masks import Masks
from amocrm_gen.runtime.traffic import Exchange
from amocrm_gen.runtime.types import JsonValue

__all__ = ["Recording"]

_LONGEST: Final = 1 << 18
"""Characters of one body, of an input and of an output that are kept."""
_MOST: Final = 1 << 21
"""Characters of all bodies of a run."""
_ITEMS: Final = 100
"""Items of a list that are kept as its output."""
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_RENEWAL: Final = "/oauth2/access_token"
_SECRET_OPTIONS: Final = ("token", "secret", "password", "code", "key")


@define
class Recording:
    """Takes down what a command does; it writes nothing itself.

    It is a `Recorder` of the client, which hands exchanges over without secrets.
    """

    arguments: tuple[str, ...] = field(repr=False)
    command: str
    connection: str | None = None
    domain: str | None = None
    secrets: list[str] = field(factory=list[str], repr=False)
    """What must not be shown beside what is named like a secret."""
    on_exchange: Callable[[Exchange], object] | None = None
    is_rehearsed: bool = False
    """Whether writes are kept back."""
    action: str | None = None
    input: JsonValue = field(default=None, repr=False)
    given: dict[str, str] = field(factory=dict[str, str], repr=False)
    output: JsonValue = field(default=None, repr=False)
    _exchanges: list[RunExchange] = field(factory=list[RunExchange], init=False, repr=False)
    _requests: int = field(default=0, init=False)
    _writes: int = field(default=0, init=False)
    _left: int = field(default=_MOST, init=False)
    _started: float = field(factory=time.time, init=False)
    _begun: float = field(factory=time.perf_counter, init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    @property
    def has_written(self) -> bool:
        """Whether the account may be another one than before."""
        return not self.is_rehearsed and self._writes > 0

    def add(self, exchange: Exchange) -> None:
        """Take one request and what came of it, from any thread."""
        if self.on_exchange is not None:
            self.on_exchange(exchange)
        with self._lock:
            self._requests += 1
            self._writes += _is_write(exchange)
            if self._left > 0:
                kept = RunExchange.of(exchange, min(_LONGEST, self._left))
                self._left -= kept.size + 200
                self._exchanges.append(kept)

    def watch(self, items: Iterable[JsonValue]) -> Iterator[JsonValue]:
        """Hand the items of an output on, and remember the first of them."""
        first: list[JsonValue] = []
        number = count()
        try:
            for item in items:
                if next(number) < _ITEMS:
                    first.append(item)
                yield item
        finally:
            whole = next(number)
            self.output = {"items": list(first)}
            if whole > len(first):
                self.output = {"items": list(first), "leftOut": whole - len(first)}

    def finish(self, outcome: str, exit_code: int) -> Run:
        """Return the run; no secret is in it."""
        masks = Masks(self.secrets)
        arguments = masked_arguments(self.arguments, masks)
        given = {name: _masked_text(text, masks) for name, text in self.given.items()}
        return Run(
            started_at=self._started,
            seconds=time.perf_counter() - self._begun,
            connection=self.connection,
            domain=self.domain,
            command=masks.text(self.command),
            arguments=masked_arguments(arguments, masks),
            given={name: masks.text(text) for name, text in given.items() if len(text) <= _LONGEST},
            action=self.action,
            input=_masked(self.input, masks),
            outcome=outcome,
            exit_code=exit_code,
            output=_masked(self.output, masks),
            exchanges=tuple(self._exchanges),
            requests=self._requests,
            is_rehearsed=self.is_rehearsed,
        )


def _is_write(exchange: Exchange) -> bool:
    request = exchange.request
    return request.method not in _READS and not request.url.endswith(_RENEWAL)


def masked_arguments(arguments: Iterable[str], masks: Masks) -> tuple[str, ...]:
    """Return the words of a line without what is secret in them, by name or by value."""
    hidden: list[str] = []
    before = ""
    for word in arguments:
        hidden.append(_masked_word(word, before, masks))
        before = word
    # Once more: what a later word names as secret can stand in an earlier one.
    return tuple(masks.text(word) for word in hidden)


def _masked_word(word: str, before: str, masks: Masks) -> str:
    """Hide what is secret in a word by the option that it stands after, or by a name in it."""
    if before.startswith("--") and before.lower().endswith(_SECRET_OPTIONS):
        return word if word in {"-", ""} or word.startswith("-") else "***"
    name, colon, value = word.partition(":")
    if colon and before in {"-H", "--header"}:
        return ":".join([name, f" {masks.headers([(name, value.strip())])[0][1]}"])
    if word[:1] in {"{", "["} or before in {"-d", "--data", "--raw-data", "--rawData"}:
        return _masked_text(word, masks)
    name, equals, value = word.partition("=")
    if equals:
        is_option = name.startswith("--")
        inner = _masked_word(value, name, masks) if is_option else None
        return _masked_pair(name, value, masks) if inner is None else f"{name}={inner}"
    return masks.url(word) if "?" in word else masks.text(word)


def _masked_pair(name: str, value: str, masks: Masks) -> str:
    """Hide the value of `a.client_secret=…`, and that of a `code`, which can be a login's."""
    last = name.rpartition(".")[2]
    shown = masks.json({last: value, "grant_type": ""})
    return f"{name}={shown[last] if is_object(shown) else value}"


def _masked_text(text: str, masks: Masks) -> str:
    """Hide what is secret in the text of a file or of an argument, which is JSON or a form."""
    try:
        content: object = loads(text)
    except JSONDecodeError:
        return masks.url(f"?{text}")[1:] if "=" in text and "\n" not in text else masks.text(text)
    masked = masks.json(content)
    return text if masked == content else dumps(masked).decode()


def _masked(value: JsonValue, masks: Masks) -> JsonValue:
    length = len(dumps(value))
    if length > _LONGEST:
        return {"leftOut": f"{length} bytes"}
    return cast("JsonValue", masks.json(value))
