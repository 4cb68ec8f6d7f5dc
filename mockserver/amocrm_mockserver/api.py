"""Answers every operation of the contract."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from attrs import evolve, frozen

from amocrm_mockserver.brackets import decode
from amocrm_mockserver.contract import Contract, load_contract
from amocrm_mockserver.engine import Engine
from amocrm_mockserver.envelope import HAL_HEADERS
from amocrm_mockserver.exchange import Exchange
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.guessed_status import guessed_status
from amocrm_mockserver.hooks.tell import hooks_of
from amocrm_mockserver.legacy import api as legacy
from amocrm_mockserver.message import JSON
from amocrm_mockserver.problems import ProblemError, internal
from amocrm_mockserver.router import Router

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.brackets import Query
    from amocrm_mockserver.contract import Operation
    from amocrm_mockserver.message import Request, Response

__all__ = ["Api", "answer", "begin", "operation_of"]

_LOG = logging.getLogger("amocrm_mockserver.api")


@frozen
class Api:
    """One contract, ready to answer by."""

    contract: Contract
    router: Router
    engine: Engine

    @classmethod
    def of(cls, contract: Contract) -> Api:
        """The API that a contract describes."""
        return cls(contract, Router(contract.operations.values()), Engine(contract))

    def answer(self, account: Account, caller: Caller, request: Request) -> Response:
        """Answer a request whose sender is known; never raises."""
        try:
            return self._answer(account, caller, request)
        except ProblemError as problem:
            return problem.response
        except Exception:  # noqa: BLE001 -- the client gets a 500, the log the reason
            trace_id = account.ids.hex(32)
            _LOG.exception("%s %s failed, trace id %s", request.method, request.path, trace_id)
            return internal(trace_id).response

    def _answer(self, account: Account, caller: Caller, request: Request) -> Response:
        route = self.router.find(request.method, request.path)
        if route is None:
            url = caller.origin + quote(request.path) + ("?" if request.query else "")
            url += request.query
            raise self.router.refusal(request.method, request.path, url, zone=account.zone)
        query = decode(request.query)
        operation = route.operation
        wanted = _wanted(query) & operation.with_ if operation.with_ else frozenset[str]()
        exchange = Exchange(
            account=account,
            caller=caller,
            contract=self.contract,
            operation=operation,
            variables=route.variables,
            query=query,
            body=request.body,
            now=int(account.clock.now()),
            wanted=wanted,
        )
        response = _of_its_media(self.engine.run(exchange), operation)
        response = guessed_status(exchange, request, response)
        if exchange.happened:
            account.hooks.extend(hooks_of(account, exchange.happened))
        return response


def _of_its_media(response: Response, operation: Operation) -> Response:
    """The answer, which behaviours write as HAL, under the type that its host gives it."""
    if operation.media != JSON or response.headers != HAL_HEADERS:
        return response
    return evolve(response, headers=(("Content-Type", JSON),))


def _wanted(query: Query) -> frozenset[str]:
    """The members of `with`: a comma list, in one parameter or in several."""
    given = query.get("with")
    if given is None:
        return frozenset()
    return frozenset(name for text in scalars(given) for name in text.split(","))


def begin(account: Account, caller: Caller, operation: str) -> tuple[Engine, Exchange]:
    """An exchange as a request of that operation would begin it, and what answers it."""
    contract = _api().contract
    exchange = Exchange(
        account=account,
        caller=caller,
        contract=contract,
        operation=contract.operations[operation],
        variables={},
        query={},
        body=b"",
        now=int(account.clock.now()),
    )
    return _api().engine, exchange


@cache
def _api() -> Api:
    return Api.of(load_contract())


def answer(account: Account, caller: Caller, request: Request) -> Response:
    """Answer a request by the contracts of this package; never raises."""
    api = _api()
    if api.router.find(request.method, request.path) is None and legacy.knows(request):
        return legacy.answer(api.engine, account, caller, request)
    return api.answer(account, caller, request)


def operation_of(request: Request) -> Operation | None:
    """The operation that a request means, whatever the host; None when there is none."""
    route = _api().router.find(request.method, request.path)
    return legacy.operation_of(request) if route is None else route.operation
