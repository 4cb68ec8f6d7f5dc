"""Names of accounts."""

from amocrm_gen.runtime.account import Account

__all__ = ["full_domain"]


def full_domain(name: str, *, zone: str = "amocrm.ru") -> str:
    """Return the domain of an account: `example` is `example.amocrm.ru`, a domain stays.

    `zone` is put behind a name without one. Raises `ConfigurationError` for what is no account.
    """
    return Account.parse(name, zone=zone).domain
