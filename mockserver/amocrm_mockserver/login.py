"""Sessions that cookies keep: by a user's API key, as the old API does, or by a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.form import read_parameters, read_query
from amocrm_mockserver.grants import AccessToken, Grant
from amocrm_mockserver.holder import holders
from amocrm_mockserver.integration import ALL_SCOPES
from amocrm_mockserver.message import Request, Response, json_response
from amocrm_mockserver.problems import unauthorized

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.holder import Holder
    from amocrm_mockserver.world import World

__all__ = ["COOKIE", "log_in", "log_in_by_password", "session_of"]

COOKIE: Final = "session_id"
_LIFE: Final = 900
"""Seconds, as the docs say."""
_LIFE_OF_PASSWORDS: Final = 86_400
_WRONG: Final = "110"
"""The old API's number for a wrong login or key."""
_OFF: Final = "112"
"""That of a user who is off."""
_OFF_SAID: Final = "Пользователь отключен"


def log_in(world: World, request: Request) -> Response:
    """Open a session, and hand its cookies out; without `type=json` the answer is XML."""
    parameters = read_parameters(request)
    credentials = (parameters.get("USER_LOGIN"), parameters.get("USER_HASH"))
    is_json = read_query(request).get("type") == "json"
    now = world.clock.timestamp()
    found = _find(world, request, credentials)
    if found is None:
        is_off = _is_off(world, request, credentials)
        body: dict[str, object] = {
            "error": _OFF_SAID if is_off else "Неверный логин или пароль",
            "error_code": _OFF if is_off else _WRONG,
            "ip": "127.0.0.1",
            "domain": request.host,
            "server_time": now,
        }
        return _answer(401, body, is_json=is_json)
    account, holder = found
    cookies = _open(world, account, holder, life=_LIFE)
    body = {
        "auth": True,
        "accounts": [
            {"id": str(account.id), "name": account.row["name"], "subdomain": account.subdomain}
        ],
        "user": {"id": str(holder.id)},
        "server_time": now,
    }
    return _answer(200, body, is_json=is_json, headers=cookies)


def log_in_by_password(world: World, request: Request) -> Response:
    """Open a session as the login page does; a user's API key is the password, too."""
    parameters = read_parameters(request)
    credentials = (parameters.get("username"), parameters.get("password"))
    found = _find(world, request, credentials)
    if found is None:
        raise unauthorized()
    return json_response(200, {}, headers=_open(world, *found, life=_LIFE_OF_PASSWORDS))


def _open(
    world: World, account: Account, holder: Holder, *, life: int
) -> tuple[tuple[str, str], ...]:
    """Begin a session; the headers that hand its cookies out."""
    value = account.ids.hex(32)
    world.grants.access[value] = AccessToken(
        value=value,
        grant=Grant(
            subdomain=account.subdomain,
            client_id="",
            user_id=holder.id,
            by_admin=holder.is_admin,
        ),
        expires_at=world.clock.timestamp() + life,
        scopes=ALL_SCOPES,
    )
    return (
        ("Set-Cookie", f"{COOKIE}={value}; path=/; secure; HttpOnly"),
        ("Set-Cookie", f"csrf_token={account.ids.hex(16)}; path=/"),
    )


def session_of(world: World, request: Request) -> AccessToken | None:
    """The session whose cookie the request carries, over or not."""
    for pair in request.headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return world.grants.access.get(value)
    return None


def _find(
    world: World, request: Request, credentials: tuple[str | None, str | None]
) -> tuple[Account, Holder] | None:
    if None in credentials:
        return None
    at_host = world.account_at(request.host)
    for account in world.accounts.values() if at_host is None else (at_host,):
        for holder in holders(account):
            if (holder.email, holder.api_key) == credentials and holder.is_active:
                return account, holder
    return None


def _is_off(world: World, request: Request, credentials: tuple[str | None, str | None]) -> bool:
    account = world.account_at(request.host)
    if account is None or None in credentials:
        return False
    known = [(one.email, one.api_key) for one in holders(account) if not one.is_active]
    return credentials in known


def _answer(
    status: int,
    body: dict[str, object],
    *,
    is_json: bool,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    if is_json:
        return json_response(status, {"response": body}, headers=headers)
    said = "<auth>true</auth>" if status == 200 else f"<error_code>{_WRONG}</error_code>"
    text = f'<?xml version="1.0" encoding="UTF-8"?><response>{said}</response>'
    return Response(status, (("Content-Type", "application/xml"), *headers), text.encode())
