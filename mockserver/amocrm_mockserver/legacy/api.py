"""Answers every operation of API v2."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.brackets import decode
from amocrm_mockserver.contract import load_contract
from amocrm_mockserver.hooks.tell import hooks_of
from amocrm_mockserver.legacy import (
    catalogs,
    customers,
    incoming,
    leads,
    notes,
    outside,
    people,
    salesbot,
    settings,
    tasks,
)
from amocrm_mockserver.legacy.call import LegacyCall
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
    "account.get": settings.show_account,
    "calls.save": outside.add_calls,
    "catalog_elements.find": catalogs.find_elements,
    "catalog_elements.save": catalogs.save_elements,
    "catalogs.find": catalogs.find_catalogs,
    "catalogs.save": catalogs.save_catalogs,
    "companies.find": people.find_companies,
    "companies.save": people.save_companies,
    "contacts.find": people.find_contacts,
    "contacts.save": people.save_contacts,
    "customers.find": customers.find_customers,
    "customers.save": customers.save_customers,
    "customers_periods.find": customers.find_periods,
    "customers_periods.save": customers.save_periods,
    "events.save": outside.notify_of_calls,
    "fields.save": settings.save_fields,
    "incoming_leads.accept": incoming.accept_incoming,
    "incoming_leads.add_forms": incoming.add_forms,
    "incoming_leads.add_sips": incoming.add_sips,
    "incoming_leads.decline": incoming.decline_incoming,
    "incoming_leads.find": incoming.find_incoming,
    "incoming_leads.summarise": incoming.summarise_incoming,
    "leads.find": leads.find_leads,
    "leads.save": leads.save_leads,
    "notes.find": notes.find_notes,
    "notes.save": notes.save_notes,
    "pipelines.delete": settings.delete_pipelines,
    "pipelines.find": settings.find_pipelines,
    "pipelines.save": settings.save_pipelines,
    "products_settings.get": settings.show_products,
    "products_settings.switch": settings.switch_products,
    "tasks.find": tasks.find_tasks,
    "tasks.save": tasks.save_tasks,
    "transactions.find": customers.find_transactions,
    "transactions.save": customers.save_transactions,
    "salesbot.run": salesbot.run_bots,
    "url_shortener.shorten": outside.shorten,
    "webhooks.find": outside.find_webhooks,
    "webhooks.subscribe": outside.subscribe,
    "webhooks.unsubscribe": outside.unsubscribe,
    "widgets.find": outside.find_widgets,
    "widgets.find_installed": outside.find_installed_widgets,
    "widgets.save": outside.save_widgets,
    "widgets.set_sources": outside.set_sources,
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
