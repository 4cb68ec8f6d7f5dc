"""The users of an account as OAuth sees them: those who can grant something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["Holder", "find_holder", "first_admin", "holders"]


@frozen(kw_only=True)
class Holder:
    """A user of an account."""

    id: int
    name: str
    email: str
    is_admin: bool
    is_active: bool
    is_free: bool
    api_key: str | None = field(repr=False)


def holders(account: Account) -> Iterator[Holder]:
    """Every user of the account, oldest first."""
    return map(_holder, account.users.values())


def find_holder(account: Account, user_id: int) -> Holder | None:
    """The user of that id."""
    row = account.users.get(user_id)
    return None if row is None else _holder(row)


def first_admin(account: Account) -> Holder:
    """The oldest active admin, in whose name the mock server grants."""
    admins = (holder for holder in holders(account) if holder.is_admin and holder.is_active)
    admin = next(admins, None) or next(holders(account), None)
    if admin is None:
        message = f"account {account.subdomain} has no user; give it one under `users`"
        raise ValueError(message)
    return admin


def _holder(row: Row) -> Holder:
    rights = row["rights"]
    return Holder(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        is_admin=rights["is_admin"],
        is_active=rights["is_active"],
        is_free=rights["is_free"],
        api_key=row.get("api_key"),
    )
