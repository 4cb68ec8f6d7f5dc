"""Tokens of widgets and bots, as the mock server issues them and the client reads them.

`parse_disposable_token` of the official PHP SDK's examples checks the same claims in that order.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import jwt
import orjson
import pytest
import urllib3

from amocrm_gen import Integration
from amocrm_gen.widgets import WidgetTokenError, read_bot_token, read_widget_token
from amocrm_mockserver.testing import MockAccount, mock_amocrm

if TYPE_CHECKING:
    from collections.abc import Iterator

# The header and claims of a token as amoCRM docs print them, signed here by a secret of our own.
SECRET = "a-secret-of-forty-hex-digits-or-more-0000000000000000000000000000"
DOCUMENTED = {
    "iss": "https://subdomain.amocrm.ru",
    "aud": "https://test.com",
    "jti": "8c7a9c80-2f3a-4d52-9c0d-0000aaaa1111",
    "iat": 1601983141,
    "nbf": 1601983141,
    "exp": 1601984941,
    "account_id": 12345678,
    "user_id": 7654321,
    "client_uuid": "72d24d13-ef42-4ad4-9ed8-70bd8a1ebc52",
    "subdomain": "subdomain",
}
INTEGRATION = Integration(
    client_id="72d24d13-ef42-4ad4-9ed8-70bd8a1ebc52",
    client_secret=SECRET,
    redirect_uri="https://test.com:8443/oauth/callback",
)
NOW = 1601983141 + 60


def signed(claims: dict[str, Any], *, secret: str = SECRET, algorithm: str = "HS256") -> str:
    """Return a token that another library has signed."""
    return jwt.encode(claims, secret, algorithm=algorithm)


@pytest.fixture
def account() -> Iterator[MockAccount]:
    """Return an account of a running mock server."""
    with mock_amocrm() as found:
        yield found


def issue(account: MockAccount, **asked: object) -> str:
    """Return a token that the mock server issues."""
    url = f"{account.base_url}/__mock__/accounts/{account.subdomain}/widget_tokens"
    answer = urllib3.request("POST", url, json=asked)
    assert answer.status == 200, answer.data
    token: str = answer.json()["token"]
    return token


def ours(account: MockAccount) -> Integration:
    """Return the account's integration as the client knows it."""
    given = account.integration
    return Integration(
        client_id=given.client_id,
        client_secret=given.client_secret,
        redirect_uri=given.redirect_uri,
    )


def test_claims_of_the_docs() -> None:
    """The port and path of the redirect URI do not matter."""
    visit = read_widget_token(signed(DOCUMENTED), INTEGRATION, now=NOW)
    assert (visit.id, visit.account_id, visit.user_id) == (
        "8c7a9c80-2f3a-4d52-9c0d-0000aaaa1111",
        12345678,
        7654321,
    )
    assert (visit.domain, visit.subdomain, visit.is_admin) == (
        "subdomain.amocrm.ru",
        "subdomain",
        None,
    )
    assert visit.expires_at.timestamp() == DOCUMENTED["exp"]


@pytest.mark.parametrize(
    ("token", "now", "reason"),
    [
        (signed(DOCUMENTED, secret=SECRET[::-1]), NOW, "signature"),
        (signed({**DOCUMENTED, "aud": "https://evil.example"}), NOW, "destination"),
        (signed({**DOCUMENTED, "aud": "https://evil.example"}), NOW + 9000, "destination"),
        (signed(DOCUMENTED), DOCUMENTED["exp"], "expired"),
        (signed(DOCUMENTED), 1601983140, "expired"),
        (signed(DOCUMENTED, algorithm="HS512"), NOW, "format"),
        (jwt.encode(DOCUMENTED, None, algorithm="none"), NOW, "format"),
        ("", NOW, "format"),
        ("a.b.c", NOW, "format"),
        (signed({**DOCUMENTED, "account_id": "5"}), NOW, "format"),
        (signed({key: DOCUMENTED[key] for key in ("aud", "exp")}), NOW, "format"),
    ],
)
def test_what_is_wrong_is_said(token: str, now: float, reason: str) -> None:
    """Signature, then destination, then time; no error shows the token or the secret."""
    with pytest.raises(WidgetTokenError) as caught:
        read_widget_token(token, INTEGRATION, now=now)
    assert caught.value.reason == reason
    assert SECRET not in str(caught.value)
    assert not token or token not in str(caught.value)


def test_a_changed_claim_breaks_the_signature() -> None:
    """Nobody becomes another user."""
    head, body, signature = signed(DOCUMENTED).split(".")
    claims = orjson.loads(base64.urlsafe_b64decode(body + "=="))
    claims["user_id"] = 1
    forged = base64.urlsafe_b64encode(orjson.dumps(claims)).rstrip(b"=").decode()
    with pytest.raises(WidgetTokenError, match="secret"):
        read_widget_token(f"{head}.{forged}.{signature}", INTEGRATION, now=NOW)


def test_the_mock_server_issues_them(account: MockAccount) -> None:
    """Each is another one, good for half an hour of the server's clock."""
    token = issue(account)
    claims = jwt.decode(
        token,
        account.integration.client_secret,
        algorithms=["HS256"],
        options={"verify_aud": False},
    )
    assert claims["exp"] - claims["iat"] == 1800
    assert claims["iss"] == f"https://{account.domain}"
    visit = read_widget_token(token, ours(account))
    assert (visit.subdomain, visit.is_admin) == (account.subdomain, True)
    assert visit.user_id == claims["user_id"]
    assert read_widget_token(issue(account), ours(account)).id != visit.id


def test_bots_have_tokens_of_their_own(account: MockAccount) -> None:
    """HS512, and the entity that the bot works on."""
    token = issue(account, entity_type="customers", entity_id=7, bot_type="marketingbot")
    assert jwt.get_unverified_header(token)["alg"] == "HS512"
    visit = read_bot_token(token, ours(account))
    assert (visit.entity_type, visit.entity_id, visit.bot_type) == ("customers", 7, "marketingbot")
    with pytest.raises(WidgetTokenError):
        read_widget_token(token, ours(account))


def test_a_bot_needs_an_entity(account: MockAccount) -> None:
    """The control call says what is missing."""
    url = f"{account.base_url}/__mock__/accounts/{account.subdomain}/widget_tokens"
    answer = urllib3.request("POST", url, json={"entity_type": "contacts", "entity_id": 1})
    assert answer.status == 400
    assert b"leads or customers" in answer.data
