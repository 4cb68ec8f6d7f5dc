"""Whose token it is, by the client."""

from __future__ import annotations

import amocrm_gen.v4
from amocrm_gen.v4.calls import oauth

from .seeded import amocrm_with


def test_the_owner_and_the_account_of_a_token() -> None:
    """They are those that the API itself tells of."""
    ann = {"id": 501, "name": "Ann", "email": "ann@example.com", "admin": True}
    with amocrm_with({"users": [ann]}) as amo:
        owner, user = amo.oauth.get_user(), amo.users.get(501)
        assert (owner.id, owner.name, owner.email) == (user.id, user.name, user.email)
        domain, account = amo.oauth.get_domain(), amo.account.get()
        assert (domain.id, domain.subdomain) == (account.id, account.subdomain)
        assert (domain.domain, domain.top_level_domain) == ("example.amocrm.ru", "ru")


def test_the_script_of_the_button() -> None:
    """It is text for browsers."""
    with amocrm_with({}) as amo:
        assert b"client_id" in amo.oauth.get_button_script()


def test_secrets_have_neither_methods_nor_models() -> None:
    """Tokens are got by the client itself; no class could show one in its repr."""
    exported = {name for name in dir(oauth) if name.islower() and not name.startswith("_")}
    assert exported.isdisjoint({"issue_token", "exchange_api_key", "get_current_domain", "log_in"})
    models = {"TokenGrant", "TokenPair", "ApiKeyExchange", "PasswordLogin"}
    assert models.isdisjoint(amocrm_gen.v4.__all__)
