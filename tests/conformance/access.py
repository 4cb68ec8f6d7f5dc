"""Logging in and staying in."""

import time
from typing import Final

from .driver import ClientError, Driver
from .step import Context, Step, expect, same, step

__all__ = ["ACCESS", "RENEWAL"]

_DAYS: Final = 2


@step("Access", "refuses a server whose certificate it cannot trust")
def distrust(context: Context) -> None:
    """Log in without knowing the CA; the connection must fail, which the next step proves."""
    with Driver(context.environment, context.server.tls_port, ca_file=None) as stranger:
        open_account(stranger, context)
        try:
            if "login" in stranger.not_offered:
                stranger.ask("create_lead", name="Nobody's", price=1)
            else:
                stranger.ask("login", code=context.code)
        except ClientError as error:
            text = str(error).lower()
            expect("certificate" in text, f"it failed for another reason: {error}")
        else:
            expect(condition=False, otherwise="it logged in all the same")


@step("Access", "logs in by an authorization code")
def login(context: Context) -> None:
    """Exchange the code; the tokens open this account and the code is spent."""
    held = context.driver.ask("login", code=context.code)
    expect(context.account.accepts(held["access_token"]), "the server does not know the token")
    spent = context.account.refuses_grant(grant_type="authorization_code", code=context.code)
    expect(spent, "the code could be used again")


@step("Access", "reads the account")
def read_account(context: Context) -> None:
    """Compare what it tells of the account."""
    told = context.driver.ask("read_account")
    account = context.account.row("account")
    same(told, {name: account[name] for name in told}, "the account")


@step("Renewal", "renews an access token that ran out, by the refresh token")
def refresh(context: Context) -> None:
    """Get tokens two days ago, hand them to the client today; it works on with new ones."""
    now = time.time()
    context.server.set_time(now - _DAYS * 86_400)
    try:
        old = context.account.exchange(context.server.issue_code(context.account))
    finally:
        context.server.set_time(now)
    context.driver.ask("hold_tokens", **old, days=_DAYS)
    _expect_renewal(context, old)


@step("Renewal", "renews an access token that the server takes no more")
def refresh_refused(context: Context) -> None:
    """The token is young and revoked; the write that met it is repeated with new tokens."""
    old = context.account.exchange(context.server.issue_code(context.account))
    context.driver.ask("hold_tokens", **old, days=0)
    context.server.revoke(context.account, old["access_token"])
    _expect_renewal(context, old)


def _expect_renewal(context: Context, old: dict[str, str]) -> None:
    expect(not context.account.accepts(old["access_token"]), "the old token still opens")
    before = context.account.ids("leads")
    made = context.driver.ask("create_lead", name="After the renewal", price=1)
    same(context.account.ids("leads") - before, {made}, "the set of new leads")
    new = context.driver.ask("held_tokens")
    expect(context.account.accepts(new["access_token"]), "the server does not know the new token")
    same({*old.values()} & {*new.values()}, set(), "what is left of the old tokens")
    dead = context.account.refuses_grant(
        grant_type="refresh_token", refresh_token=old["refresh_token"]
    )
    expect(dead, "the old refresh token could be used again")


def open_account(driver: Driver, context: Context) -> None:
    """Tell a driver which account and which integration it works for."""
    driver.ask(
        "open_account",
        subdomain=context.account.subdomain,
        zone=context.account.zone,
        client_id=context.account.client_id,
        client_secret=context.account.client_secret,
        redirect_uri=context.account.redirect_uri,
        access_token=context.account.token,
        refresh_token=context.account.refresh_token,
    )


ACCESS: Final[tuple[Step, ...]] = (distrust, login, read_account)
RENEWAL: Final[tuple[Step, ...]] = (refresh, refresh_refused)
"""Last, since they change the tokens and move the clock."""
