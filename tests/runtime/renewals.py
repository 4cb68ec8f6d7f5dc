"""What the tests of renewals share: an account with stored tokens, and a look at its renewals."""

from typing import TypeAlias

from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from runtime.amo import TOKEN_PATH, Tenant

__all__ = ["READ", "Kept", "posts"]

READ = "/api/v4/account"

Kept: TypeAlias = tuple[Tenant, MemoryTokenStore]
"""An account, and the store that holds its tokens."""


def posts(tenant: Tenant) -> list[int]:
    """Return the statuses of all renewals since the last look."""
    found = [asked.status for asked in tenant.server.asked_for(TOKEN_PATH)]
    tenant.server.asked.clear()
    return found
