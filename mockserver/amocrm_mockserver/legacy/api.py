"""Answers every operation of API v2."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.brackets import decode
from amocrm_mockserver.contract import load_contract
from amocrm_mockserver.hooks.tell import hooks_of
from amocrm_mockserver.legacy.call import LegacyCall
from amocrm_mockserver.legacy.leads import find_leads, save_leads
from amocrm_mockserver.legacy.notes import find_notes, save_notes
from amocrm_mockserver.legacy.people import (
    find_companies,
    find_contacts,
    save_companies,
    save_contacts,
)
from amocrm_mockserver.legacy.tasks import find_tasks, save_tasks
from amocrm_mockserver.problems import ProblemError, internal, method_not_allowed
from amocrm_mockserver.router import Router

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.account import Account, Caller
    from amocrm_mockserver.contract import Operation
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.message import Request, Response

__all__ = ["answer", "knows", "operation_of"]

_LOG = logging.getLogger("amocrm_mockserver.api")

_HANDLERS: Final[Mapping[str, Callable[[LegacyCall], Response]]] = {
    "companies.find": find_companies,
    "companies.save": save_companies,
    "contacts.find": find_contacts,
    "contacts.save": save_contacts,
    "leads.find": find_leads,
    "leads.save": save_leads,
    "notes.find": find_notes,
    "notes.save": save_notes,
    "tasks.find": find_tasks,
    "tasks.save": save_tasks,
}


@cache
def _router() -> Router:
    return Router(load_contract("v2").operations.values())


def knows(request: Request) -> bool:
    """Whether a path is one of API v2, whatever the method."""
    return bool(_router().methods(request.path))


def operation_of(request: Request) -> Operation | None:
    """The operation of API v2 that a request means; None when there is none."""
    route = _router().find(request.method, request.path)
    return None if route is None else route.operation


def answer(engine: Engine, account: Account, caller: Caller, request: Request) -> Response:
    """Answer a request whose sender is known; never raises."""
    try:
        return _answer(engine, account, caller, request)
    except ProblemError as problem:
        return problem.response
    except Exception:  # noqa: BLE001 -- the client gets a 500, the log the reason
        trace_id = account.ids.hex(32)
        _LOG.exception("%s %s failed, trace id %s", request.method, request.path, trace_id)
        return internal(trace_id).response


def _answer(engine: Engine, account: Account, caller: Caller, request: Request) -> Response:
    operation = operation_of(request)
    handler = None if operation is None else _HANDLERS.get(operation.id)
    if operation is None or handler is None:
        raise method_not_allowed()
    call = LegacyCall(
        engine=engine,
        account=account,
        caller=caller,
        operation=operation,
        request=request,
        query=decode(request.query),
        now=int(account.clock.now()),
    )
    response = handler(call)
    if call.happened:
        account.hooks.extend(hooks_of(account, call.happened))
    return response
