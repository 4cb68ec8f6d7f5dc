"""The mock server as a function of requests, without sockets."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from hashlib import sha256
from threading import RLock
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from attrs import evolve

from amocrm_mockserver import control, oauth
from amocrm_mockserver.admission import (
    addressed_account,
    admit,
    admit_anybody,
    bearer_token,
    visit,
)
from amocrm_mockserver.api import answer as answer_api
from amocrm_mockserver.api import operation_of
from amocrm_mockserver.chat_admission import admit_to_chats
from amocrm_mockserver.clock import Clock
from amocrm_mockserver.drive import drive_origin
from amocrm_mockserver.faults import Faults, spoil
from amocrm_mockserver.legacy.admission import admit_to_old_api
from amocrm_mockserver.legacy.api import knows as knows_old
from amocrm_mockserver.legacy.refusals import NO_METHOD, refused
from amocrm_mockserver.limits import Limits, Rates
from amocrm_mockserver.moving import check_not_left
from amocrm_mockserver.problems import ProblemError, internal, unknown_page, unknown_route
from amocrm_mockserver.seed import Seed
from amocrm_mockserver.snapshot import freeze_world, thaw_world
from amocrm_mockserver.world import World, build_world

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.contract import Operation
    from amocrm_mockserver.message import Request, Response
    from amocrm_mockserver.post import Delivery

__all__ = ["MockServer"]

_log = logging.getLogger("amocrm_mockserver")
_API: Final = "/api/v4/"
_OLD_API: Final = "/api/v2/"
_ALIAS: Final = "/ajax/v4/"
"""Under this, amoCRM's own pages find the API."""
_PAGES: Final = ("/ajax/", "/private/")
"""What amoCRM's own pages call."""


class MockServer:
    """A world of accounts behind one function; safe to call from any thread."""

    def __init__(
        self,
        seed: Seed | None = None,
        *,
        clock: Clock | None = None,
        limits: bool = False,
        guesses: Mapping[str, object] | None = None,
    ) -> None:
        """Guesses given here go before those of the seed."""
        self.seed = seed or Seed()
        if guesses:
            self.seed = evolve(self.seed, guesses={**self.seed.guesses, **guesses})
        self.clock = clock or Clock()
        self._limited = limits
        self._lock = RLock()
        self.on_change: Callable[[], None] | None = None
        """Called, under the lock, after a request that may have changed something."""
        self.reset()

    def reset(self) -> None:
        """Go back to the seed, without faults and with the limits of the start; the clock stays."""
        with self._lock:
            self.world: World = build_world(self.seed, self.clock)
            self.limits = Limits(Rates(enabled=self._limited))
            self.faults = Faults()

    @contextmanager
    def locked(self) -> Generator[World]:
        """The world, while no request changes it."""
        with self._lock:
            yield self.world

    def snapshot(self) -> bytes:
        """The world and the time in it, to come back to; faults and limits are not in it."""
        with self._lock:
            return freeze_world(self.world)

    def restore(self, snapshot: bytes) -> None:
        """Come back to a snapshot of the same version."""
        with self._lock:
            self.world = thaw_world(snapshot, self.clock)
            self.world.post.start_again()

    def take_due(self) -> list[Delivery]:
        """Webhook messages to send now; whoever takes them tells what came of each."""
        with self._lock:
            return self.world.post.take_due(self.world.accounts, self.clock.now())

    def answered(self, delivery: Delivery, status: int) -> None:
        """Learn how an address answered a message; 0 when it did not in time."""
        with self._lock:
            world = self.world
            world.post.answered(world.accounts, delivery, status, self.clock.now())
            if self.on_change is not None:
                self.on_change()

    def keep(self, delivery: Delivery) -> None:
        """Learn that a message is not for sending from here."""
        with self._lock:
            self.world.post.keep(delivery)

    def seconds_to_next(self) -> float | None:
        """By the clock, until the next message is due; None when none waits."""
        with self._lock:
            due = self.world.post.next_due
            if due is None:
                return None
            return max(due - self.clock.now(), 0.0)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self._lock:
            is_head = request.method == "HEAD"
            if is_head:
                request = evolve(request, method="GET")
            path = "/" + request.path.strip("/")
            answered = self.world.answered
            if control.is_control_path(path):
                account = None
                response = _answer_or_refuse(lambda: control.answer(self, request, path))
            else:
                account = addressed_account(self.world, request)
                response = self._answer(request, path, account)
            if self.on_change is not None and request.method != "GET":
                self.on_change()
            subdomain = "" if account is None else account.subdomain
            answered[subdomain] = number = answered.get(subdomain, 0) + 1
            return self._complete(response, f"{subdomain}/{number}", is_head=is_head)

    def _answer(self, request: Request, path: str, account: Account | None) -> Response:
        subdomain = None if account is None else account.subdomain
        rules = self.faults.strike(request, path, subdomain)
        response = None
        if all(rule.lets_through for rule in rules):
            response = _answer_or_refuse(lambda: self._serve(request, path, account))
        return response if response is not None and not rules else spoil(rules, response)

    def _serve(self, request: Request, path: str, account: Account | None) -> Response:
        check_not_left(self.world, request, path)
        if oauth.is_oauth_path(path):
            return oauth.answer(self.world, request, path)
        operation = operation_of(request)
        if operation is None and path.startswith(_ALIAS):
            request = evolve(request, path=_API + path.removeprefix(_ALIAS))
            operation = operation_of(request)
        elif operation is None and path.startswith(_PAGES):
            raise unknown_page()
        elif operation is None and not path.startswith("/api/"):
            zone = "amocrm.ru" if account is None else account.zone
            url = request.origin + quote(request.path)
            raise unknown_route(request.method, url, zone=zone)
        if account is not None and (operation is None or operation.host == "account"):
            token = bearer_token(self.world, request)
            client_id = None if token is None else token.grant.client_id
            refusal = self.limits.take(account.subdomain, client_id, self.clock.now())
            if refusal is not None:
                raise refusal
        admitted, caller = self._admit(request, operation)
        if operation is None and path.startswith(_OLD_API) and not knows_old(request):
            raise refused(404, NO_METHOD, request, self.clock.timestamp())
        response = answer_api(admitted, caller, request)
        if admitted.hooks:
            self.world.post.take_in(admitted, self.clock.now())
        return response

    def _admit(self, request: Request, operation: Operation | None) -> tuple[Account, Caller]:
        """The account that is asked, and who asks it."""
        if f"/{request.path.strip('/')}".startswith(_OLD_API):
            return admit_to_old_api(self.world, request)
        if operation is None:
            return admit(self.world, request)
        visited = visit(self.world, request, operation)
        if visited is not None:
            account, caller = visited
        elif operation.host == "amojo":
            account, caller = admit_to_chats(self.world, request, operation)
        elif operation.auth == "none":
            account, caller = admit_anybody(self.world, request)
        else:
            account, caller = admit(self.world, request, operation.scope)
        if operation.host == "drive":
            caller = evolve(caller, origin=drive_origin(account, caller.origin))
        return account, caller

    def _complete(self, response: Response, place: str, *, is_head: bool) -> Response:
        """The answer with what every answer has; `place` is unlike that of any other answer."""
        more = [
            ("Date", self.clock.http_date()),
            ("X-Request-Id", sha256(place.encode()).hexdigest()[:32]),
        ]
        if response.status != 204:  # it has no body, nor a length of one
            more.append(("Content-Length", str(len(response.body))))
        body = b"" if is_head else response.body
        return evolve(response, headers=(*response.headers, *more), body=body)


def _answer_or_refuse(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except ProblemError as refusal:
        return refusal.response
    except Exception:  # noqa: BLE001 -- a client is told 500, as by any other server
        _log.exception("The mock server failed on a request; please report it")
        return internal("mock").response
