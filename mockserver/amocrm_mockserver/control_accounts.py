"""Control calls about accounts and what they grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

from amocrm_mockserver.behaviour.chat_channels import disconnect_channels
from amocrm_mockserver.control_call import ControlCall, ControlError
from amocrm_mockserver.duplicate_control import read_rules
from amocrm_mockserver.grants import ACCESS_LIFE, Grant
from amocrm_mockserver.guesses import GuessError
from amocrm_mockserver.holder import Holder, find_holder, first_admin
from amocrm_mockserver.hosts import ZONES
from amocrm_mockserver.integration import REDIRECT_URI, Integration
from amocrm_mockserver.moving import ANSWERS, move_account
from amocrm_mockserver.seed import is_subdomain
from amocrm_mockserver.tokens import issue_access_token, issue_pair
from amocrm_mockserver.widget_tokens import (
    BOT_TYPES,
    ELEMENT_TYPES,
    bot_token,
    disposable_token,
)

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.server import MockServer

__all__ = [
    "code",
    "create",
    "duplicate_control",
    "info",
    "listing",
    "move",
    "remove",
    "revoke",
    "set_duplicate_control",
    "state",
    "token",
    "widget_token",
]

_LONG_LIFE = 5 * 365 * ACCESS_LIFE
"""The longest that amoCRM lets a long-lived token live."""


def info(server: MockServer, call: ControlCall) -> object:
    """What runs here."""
    from importlib.metadata import version  # noqa: PLC0415 -- slow to import, and not always used

    from amocrm_mockserver.contract import load_contract  # noqa: PLC0415 -- slow to import, and not always used
    from amocrm_mockserver.control_rules import clock  # noqa: PLC0415 -- slow to import, and not always used

    return {
        "version": version("amocrm-gen"),
        "spec_hash": load_contract().hash,
        "accounts": _listing(server),
        "clock": clock(server, call),
    }


def listing(server: MockServer, _: ControlCall) -> object:
    """Every account with the integrations that work in it."""
    return {"accounts": _listing(server)}


def create(server: MockServer, call: ControlCall) -> object:
    """A fresh account, an integration that only it knows, and tokens of its admin."""
    subdomain = call.get("subdomain", str)
    zone = call.get("zone", str) or ZONES[0]
    _check_name(server, subdomain, zone)
    redirect_uri = call.get("redirect_uri", str) or REDIRECT_URI
    guesses: object = call.body.get("guesses")
    try:
        account, integration = server.world.add_fresh_account(
            subdomain, zone, redirect_uri, guesses
        )
    except GuessError as error:
        raise ControlError(str(error)) from error
    grant = server.world.grant(account, integration)
    pair = issue_pair(server.world, grant, api_domain=call.host)
    return {
        **_described(account),
        "base_url": call.origin,
        "integration": _credentials(integration),
        "access_token": pair["access_token"],
        "refresh_token": pair["refresh_token"],
    }


def remove(server: MockServer, call: ControlCall) -> object:
    """Drop an account."""
    account = _account(server, call)
    server.world.remove_account(account.subdomain)
    return {"accounts": _listing(server)}


def move(server: MockServer, call: ControlCall) -> object:
    """Give an account another name; the host that it leaves answers 401, 404 or 301."""
    account = _account(server, call)
    subdomain = call.get("subdomain", str) or account.subdomain
    zone = call.get("zone", str) or account.zone
    answer = call.get("answer", int) or ANSWERS[0]
    _check_name(server, subdomain if subdomain != account.subdomain else None, zone)
    if (subdomain, zone) == (account.subdomain, account.zone):
        raise ControlError("give the subdomain or the zone that the account moves to")
    if answer not in ANSWERS:
        message = f"answer must be one of {', '.join(map(str, ANSWERS))}"
        raise ControlError(message)
    move_account(server.world, account, subdomain, zone, answer=answer)
    return _described(account)


def _check_name(server: MockServer, subdomain: str | None, zone: str) -> None:
    if zone not in ZONES:
        message = f"zone must be one of {', '.join(ZONES)}"
        raise ControlError(message)
    if subdomain is not None and not is_subdomain(subdomain):
        message = "subdomain must be a host label: a-z, 0-9 and -, and not www or api-…"
        raise ControlError(message)
    if subdomain in server.world.accounts:
        message = f"there is an account {subdomain} already; leave subdomain out to get a new one"
        raise ControlError(message, status=409)


def state(server: MockServer, call: ControlCall) -> object:
    """Every table of an account as it is stored."""
    account = _account(server, call)
    tables = {name: list(table.rows.values()) for name, table in sorted(account.tables.items())}
    return {**_described(account), "tables": tables}


def duplicate_control(server: MockServer, call: ControlCall) -> object:
    """The rules by which incoming leads are merged; none when that is off."""
    return {"rules": [asdict(rule) for rule in _account(server, call).duplicate_control]}


def set_duplicate_control(server: MockServer, call: ControlCall) -> object:
    """Put other rules in force; an empty list switches duplicate control off."""
    account = _account(server, call)
    try:
        account.duplicate_control = read_rules(account, call.body.get("rules"))
    except ValueError as error:
        raise ControlError(str(error)) from error
    return duplicate_control(server, call)


def code(server: MockServer, call: ControlCall) -> object:
    """An authorization code, as if a user had agreed on the consent page."""
    grant = _grant(server, call)
    return {"code": server.world.issue_code(grant).value}


def token(server: MockServer, call: ControlCall) -> object:
    """A long-lived token, or a pair as the token endpoint gives it."""
    kind = call.get("kind", str) or "long_lived"
    life = call.get("expires_in", int)
    if life is not None and not 0 < life <= _LONG_LIFE:
        message = f"expires_in must be between 1 and {_LONG_LIFE} seconds"
        raise ControlError(message)
    grant = _grant(server, call)
    if kind == "oauth":
        return issue_pair(server.world, grant, api_domain=call.host)
    if kind != "long_lived":
        message = f"kind must be long_lived or oauth, not {kind}"
        raise ControlError(message)
    access = issue_access_token(
        server.world, grant, api_domain=call.host, life=life or _LONG_LIFE, long_lived=True
    )
    return {"access_token": access.value}


def widget_token(server: MockServer, call: ControlCall) -> object:
    """What a widget's server is sent: by a user's browser, or by a bot that works on an entity."""
    account = _account(server, call)
    integration = _integration(server, account, call.get("client_id", str))
    now = server.clock.timestamp()
    entity_type = call.get("entity_type", str)
    if entity_type is None:
        holder = _holder(account, call.get("user_id", int))
        return {"token": disposable_token(account, integration, holder, now)}
    bot_type = call.get("bot_type", str) or BOT_TYPES[0]
    entity_id = call.get("entity_id", int)
    if entity_type not in ELEMENT_TYPES or bot_type not in BOT_TYPES or entity_id is None:
        message = "a bot works on an entity_type leads or customers with an entity_id; its type is"
        raise ControlError(f"{message} {' or '.join(BOT_TYPES)}")
    made = bot_token(
        account,
        integration,
        now,
        entity_type=entity_type,
        entity_id=entity_id,
        bot_type=bot_type,
    )
    return {"token": made}


def revoke(server: MockServer, call: ControlCall) -> object:
    """Revoke one token; or switch off one integration, or all, with every token of theirs."""
    account = _account(server, call)
    value = call.get("token", str)
    grants = server.world.grants
    if value is not None:
        if not grants.revoke_value(value):
            message = "there is no access or refresh token of this value"
            raise ControlError(message, status=404)
        return {"revoked": 1}
    client_id = call.get("client_id", str)
    if client_id is not None:
        _integration(server, account, client_id)
    ids = [i.client_id for i in server.world.integrations_of(account)]
    server.world.disabled.update(
        (account.subdomain, each) for each in ids if client_id in {None, each}
    )
    disconnect_channels(account, ids if client_id is None else [client_id])
    return {"revoked": grants.revoke(account.subdomain, client_id=client_id)}


def _account(server: MockServer, call: ControlCall) -> Account:
    subdomain = call.variables["subdomain"]
    account = server.world.accounts.get(subdomain)
    if account is None:
        known = ", ".join(server.world.accounts) or "none"
        message = f"there is no account {subdomain}; there are: {known}"
        raise ControlError(message, status=404)
    return account


def _integration(server: MockServer, account: Account, client_id: str | None) -> Integration:
    known = server.world.integrations_of(account)
    for integration in known:
        if client_id in {None, integration.client_id}:
            return integration
    message = (
        f"no integration {client_id} works in {account.subdomain};"
        f" there are: {', '.join(i.client_id for i in known) or 'none'}"
    )
    raise ControlError(message, status=404)


def _grant(server: MockServer, call: ControlCall) -> Grant:
    account = _account(server, call)
    holder = _holder(account, call.get("user_id", int))
    integration = _integration(server, account, call.get("client_id", str))
    return Grant(
        subdomain=account.subdomain,
        client_id=integration.client_id,
        user_id=holder.id,
        by_admin=holder.is_admin,
    )


def _holder(account: Account, user_id: int | None) -> Holder:
    if user_id is None:
        return first_admin(account)
    holder = find_holder(account, user_id)
    if holder is None:
        message = f"account {account.subdomain} has no user {user_id}"
        raise ControlError(message, status=404)
    return holder


def _listing(server: MockServer) -> list[dict[str, object]]:
    return [
        {
            **_described(account),
            "integrations": [_credentials(i) for i in server.world.integrations_of(account)],
        }
        for account in server.world.accounts.values()
    ]


def _described(account: Account) -> dict[str, object]:
    return {
        "subdomain": account.subdomain,
        "zone": account.zone,
        "domain": account.domain,
        "id": account.id,
    }


def _credentials(integration: Integration) -> dict[str, object]:
    return {
        "client_id": integration.client_id,
        "client_secret": integration.client_secret,
        "redirect_uri": integration.redirect_uri,
    }
