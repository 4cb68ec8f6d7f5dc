"""Plays a conversation without any I/O: scripted answers, a clock that jumps, and a record."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson
from attrs import define, field

from amocrm_gen.runtime.account import Account
from amocrm_gen.runtime.effects import (
    Cancel,
    Confirm,
    Do,
    Free,
    Hold,
    Load,
    Now,
    Penalise,
    Reserve,
    Response,
    Save,
    Send,
    Shield,
    Sleep,
    Stop,
    Talk,
)
from amocrm_gen.runtime.errors import TransportError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.locks.memory import MemoryLocks
from amocrm_gen.runtime.policy import Policy
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.throttle.memory import MemoryThrottle
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token

Result = TypeVar("Result")

START = 1_700_000_000.0
INTEGRATION = Integration(
    client_id="client-id", client_secret="client-s3cret", redirect_uri="https://x/cb"
)
LOST = TransportError("connection reset", sent=True)
"""The server may have done what it was asked."""
UNSENT = TransportError("connection refused", sent=False)


def answer(status: int = 200, body: object = None, **headers: str) -> Response:
    """Return an answer; a body that is no bytes becomes JSON."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if not isinstance(body, bytes):
        body = b"" if body is None else orjson.dumps(body)
    return Response(status, names, body)


@define
class Stage:
    """Performs effects from a script, and writes down what happened."""

    answers: list[Response | BaseException | Callable[[Send], Response]]
    now: float = START
    sent: list[Send] = field(factory=list)
    slept: list[float] = field(factory=list)
    held: list[tuple[str, ...]] = field(factory=list)
    freed: int = 0
    saved: list[Token] = field(factory=list)
    effects: list[object] = field(factory=list)

    def play(self, talk: Talk[Result]) -> Result:
        """Carry a conversation out."""
        step: Callable[[Any], Any] = talk.send
        value: Any = None
        while True:
            try:
                effect = step(value)
            except StopIteration as end:
                return end.value
            self.effects.append(effect)
            try:
                step, value = talk.send, self._perform(effect)
            except BaseException as error:  # noqa: BLE001 - as the drivers do
                step, value = talk.throw, error

    def _perform(self, effect: object) -> object:  # noqa: C901, PLR0911, PLR0912 - a case each
        match effect:
            case Send():
                self.sent.append(effect)
                following = self.answers.pop(0)
                if isinstance(following, BaseException):
                    raise following
                return following if isinstance(following, Response) else following(effect)
            case Sleep(seconds):
                self.slept.append(seconds)
                self.now += seconds
            case Now():
                return self.now
            case Reserve(throttle):
                return throttle.reserve()
            case Confirm(throttle, slot):
                return throttle.confirm(slot)
            case Cancel(throttle, slot):
                throttle.cancel(slot)
            case Penalise(throttle, seconds):
                throttle.penalise(seconds)
            case Stop(throttle, seconds):
                throttle.stop(seconds)
            case Hold(locks, keys):
                self.held.append(tuple(keys))
                return locks.acquire(keys)
            case Free(held):
                self.freed += 1
                held.release()
            case Load(store, account):
                return store.load(account)
            case Save(store, account, token):
                self.saved.append(token)
                store.save(account, token)
            case Do(work):
                return work()
            case Shield(talk):
                return self.play(talk)
            case _:
                raise AssertionError(f"unknown effect {effect!r}")
        return None

    @property
    def bodies(self) -> list[Any]:
        """The JSON of what was sent."""
        return [None if send.body is None else orjson.loads(send.body) for send in self.sent]

    @property
    def calls(self) -> list[str]:
        """Method and path of what was sent."""
        return [
            f"{send.method} {send.url.removeprefix('https://example.amocrm.ru')}"
            for send in self.sent
        ]


def session(
    stage: Stage | None = None,
    *,
    token: Token | None = None,
    store: MemoryTokenStore | None = None,
    limit: int | None = None,
    integration: Integration | None = None,
    policy: Mapping[str, Any] | None = None,
) -> Session:
    """Return a session of its own; with a limit, its throttle follows the stage's clock."""
    throttle = None
    if limit is not None and stage is not None:
        throttles = MemoryThrottle(
            rate=limit, account_rate=None, margin=0.0, warm_up=0.0, clock=lambda: stage.now
        )
        throttle = throttles.throttle_for("example.amocrm.ru", "")
    return Session(
        account=Account.parse("example"),
        token=token or (Token(access_token="long-lived") if store is None else None),
        integration=integration,
        store=store,
        throttle=throttle,
        locks=MemoryLocks(),
        policy=Policy(**(policy or {})),
        random=lambda: 1.0,
    )


def granted(word: str = "new", lasts: float = 86_400) -> Response:
    """Return what the token endpoint answers."""
    return answer(
        200,
        {
            "token_type": "Bearer",
            "expires_in": lasts,
            "access_token": f"{word}-access",
            "refresh_token": f"{word}-refresh",
        },
    )


def stored(
    word: str = "old", *, lasts: float = 86_400, since: float = START
) -> tuple[MemoryTokenStore, Token]:
    """Return a store that holds a token of the account."""
    token = Token.issued(
        access_token=f"{word}-access",
        refresh_token=f"{word}-refresh",
        lasts=lasts,
        now=since,
        domain="example.amocrm.ru",
    )
    store = MemoryTokenStore()
    store.save("example.amocrm.ru", token)
    return store, token
