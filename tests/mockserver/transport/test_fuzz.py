"""Whatever is sent to the OAuth and control paths, it is answered, and never by a 500."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amocrm_mockserver import Clock, MockServer, Request

from .asking import CLIENT, NOON, two_accounts

PATHS = [
    "/oauth",
    "/oauth2/access_token",
    "/oauth2/account/subdomain",
    "/oauth2/account/current/subdomain",
    "/oauth2/exchange_api_key",
    "/v3/user",
    "/__mock__/info",
    "/__mock__/accounts",
    "/__mock__/accounts/acc1/codes",
    "/__mock__/accounts/acc1/tokens",
    "/__mock__/accounts/acc1/revoke",
    "/__mock__/accounts/acc1/state",
    "/__mock__/clock",
    "/__mock__/faults",
    "/__mock__/limits",
    "/__mock__/outbox",
    "/api/v4/account",
]
NAMES = [
    *CLIENT,
    "grant_type",
    "code",
    "refresh_token",
    "login",
    "api_key",
    "client_uuid",
    "account",
    "decision",
    "user_id",
    "subdomain",
    "zone",
    "kind",
    "expires_in",
    "token",
    "freeze",
    "advance",
    "unfreeze",
    "per_integration",
    "window",
    "block",
    "path",
    "nth",
    "probability",
    "latency",
    "retry_after",
]
WORDS = [
    *CLIENT.values(),
    "authorization_code",
    "refresh_token",
    "code-1",
    "allow",
    "acc1",
    "oauth",
]

plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
)
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=2), max_leaves=3)
bodies = st.binary(max_size=40) | st.dictionaries(st.sampled_from(NAMES), values, max_size=6).map(
    orjson.dumps
)
headers = st.dictionaries(
    st.sampled_from(
        ["authorization", "x-refresh-token", "x-context-user-id", "origin", "content-type"]
    ),
    st.text(max_size=12),
    max_size=2,
)
requests = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "DELETE", "HEAD", "PUT"]),
    scheme=st.sampled_from(["http", "https"]),
    host=st.sampled_from(["acc1.amocrm.ru", "127.0.0.1:1", "www.amocrm.ru", "", "[::1]", "a:b:c"]),
    path=st.sampled_from(PATHS) | st.text(max_size=12),
    query=st.text(max_size=12) | st.just(f"client_id={CLIENT['client_id']}&mode=popup&state=%ff"),
    headers=headers,
    body=bodies,
)


def _request(path: str, body: Any) -> list[Request]:
    return [Request(method="POST", host="127.0.0.1", path=path, body=orjson.dumps(body))]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests, min_size=1, max_size=8))
@example(_request("/__mock__/clock", {"freeze": []}))
@example(_request("/__mock__/clock", {"freeze": 1e300, "advance": 1e300}))
def test_never_a_500(sent: list[Request]) -> None:
    """Every answer is below 500, with its length and date."""
    server = MockServer(two_accounts(), clock=Clock(frozen_at=NOON))
    for request in sent:
        response = server.handle(request)
        assert response.status < 500 or server.faults.armed, (request, response.body)
        assert response.header("Date")
        assert response.status == 204 or response.header("Content-Length") is not None


def test_a_500_would_be_seen(caplog: Any) -> None:
    """A fault of the server's own is a 500 and is logged, and the server lives on."""
    server = MockServer(two_accounts(), clock=Clock(frozen_at=NOON))
    accounts, server.world.accounts = server.world.accounts, None  # type: ignore[assignment]  # to break it
    request = Request(method="GET", host="127.0.0.1", path="/__mock__/accounts")
    with caplog.at_level(logging.CRITICAL):
        assert server.handle(request).status == 500
    server.world.accounts = accounts
    assert server.handle(request).status == 200
