"""The page on which a user lets an integration in, and what comes of his answer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import orjson

from amocrm_mockserver.admission import account_host
from amocrm_mockserver.form import read_parameters, read_query
from amocrm_mockserver.grants import Code, Grant
from amocrm_mockserver.holder import find_holder
from amocrm_mockserver.message import Request, Response, html_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.integration import Integration
    from amocrm_mockserver.world import World

__all__ = ["ask", "callback", "decide"]

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px sans-serif;max-width:32em;margin:4em auto}}
label{{display:block;margin:1em 0}}</style>
</head><body><h1>{title}</h1>{content}</body></html>"""
_FORM: Final = """<form method="post" action="/oauth">{hidden}
<label>Account <select name="account">{accounts}</select></label>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button></form>"""
_PASSED_ON: Final = ("client_id", "state", "mode")


def ask(world: World, request: Request) -> Response:
    """The page with the form; every further parameter of the SDKs is taken and ignored."""
    parameters = read_query(request)
    integration = world.integrations.get(parameters.get("client_id", ""))
    if integration is None:
        return _fault(400, "No integration has this client_id")
    accounts = _offered(world, request, integration)
    if not accounts:
        return _fault(403, "This integration does not work in this account")
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(parameters[name])}">'
        for name in _PASSED_ON
        if name in parameters
    )
    options = "".join(f"<option>{escape(account.subdomain)}</option>" for account in accounts)
    title = f"Allow {escape(integration.name)} to work with your account?"
    form = _FORM.format(hidden=hidden, accounts=options)
    return html_response(200, _PAGE.format(title=title, content=form))


def decide(world: World, request: Request) -> Response:
    """Send the browser back to the integration with a code, or with `access_denied`."""
    parameters = read_parameters(request)
    integration = world.integrations.get(parameters.get("client_id", ""))
    if integration is None:
        return _fault(400, "No integration has this client_id")
    more = {"state": parameters["state"]} if "state" in parameters else {}
    if parameters.get("decision") != "allow":
        denied = {"error": "access_denied", **more}
        return _send_to(_with_query(integration.redirect_uri, denied), parameters)
    accounts = _offered(world, request, integration)
    wanted = parameters.get("account")
    account = next((a for a in accounts if wanted in {None, a.subdomain}), None)
    if account is None:
        return _fault(403, "This integration does not work in this account")
    grant = _grant_of_user(world, account, integration, parameters.get("user_id"))
    if grant is None:
        return _fault(400, "The account has no active user of this user_id")
    return _send_to(callback(world, world.issue_code(grant), request, more=more), parameters)


def callback(world: World, code: Code, request: Request, *, more: Mapping[str, str]) -> str:
    """Where a code is taken: the redirect URI with the parameters amoCRM adds to it."""
    account = world.accounts[code.grant.subdomain]
    integration = world.integrations[code.grant.client_id]
    parameters = {
        "code": code.value,
        **more,
        "referer": account_host(account, request),
        "platform": "1" if account.zone == "amocrm.ru" else "2",
        "client_id": integration.client_id,
    }
    return _with_query(integration.redirect_uri, parameters)


def _offered(world: World, request: Request, integration: Integration) -> list[Account]:
    at_host = world.account_at(request.host)
    accounts = list(world.accounts.values()) if at_host is None else [at_host]
    return [account for account in accounts if integration.is_open_to(account.subdomain)]


def _grant_of_user(
    world: World, account: Account, integration: Integration, user_id: str | None
) -> Grant | None:
    if user_id is None:
        return world.grant(account, integration)
    holder = find_holder(account, int(user_id)) if user_id.isdecimal() else None
    if holder is None or not holder.is_active:
        return None
    return Grant(
        subdomain=account.subdomain,
        client_id=integration.client_id,
        user_id=holder.id,
        by_admin=holder.is_admin,
    )


def _with_query(uri: str, parameters: Mapping[str, str]) -> str:
    before, hash_mark, fragment = uri.partition("#")
    join = "&" if "?" in before else "?"
    return f"{before}{join}{urlencode(parameters)}{hash_mark}{fragment}"


def _send_to(url: str, parameters: Mapping[str, str]) -> Response:
    if parameters.get("mode") != "popup":
        return Response(302, (("Location", url), ("Cache-Control", "no-store")))
    target = orjson.dumps(url).decode().replace("<", "\\u003c")
    script = (
        f"<script>const to={target};"
        "if(window.opener){window.opener.location=to;window.close()}else{location=to}</script>"
    )
    return html_response(200, _PAGE.format(title="Done", content=script))


def _fault(status: int, text: str) -> Response:
    return html_response(status, _PAGE.format(title=escape(text), content=""))
