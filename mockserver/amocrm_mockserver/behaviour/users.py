"""Users and roles: who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show

__all__ = ["Roles", "Users", "add_role", "add_user", "default_group"]

_ENTITY_RIGHTS: Final = ("view", "edit", "add", "delete", "export")
_KINDS: Final = ("leads", "contacts", "companies")


def default_group(account: Account) -> Row:
    """The group of users that have none of their own."""
    name = "Отдел продаж" if account.speaks_russian else "Sales"
    return {"id": 0, "name": name, "uuid": None}


def _rights(access: str) -> Row:
    """The tree with the same access everywhere."""
    granted = access == "A"
    return {
        **{kind: dict.fromkeys(_ENTITY_RIGHTS, access) for kind in _KINDS},
        "tasks": {"edit": access, "delete": access},
        "mail_access": granted,
        "catalog_access": granted,
        "status_rights": None,
        "catalog_rights": None,
    }


def add_user(account: Account, item: Row) -> Row:
    """A user; `admin: true` gives every right, otherwise all that is not granted is denied."""
    given: Row = item.get("rights") or {}
    is_admin = bool(item.get("admin", given.get("is_admin", False)))
    number: int = item.get("id") or account.next_id("users")
    row: Row = {
        "id": number,
        "name": item.get("name", f"User {number}"),
        "email": item.get("email", f"user{number}@example.com"),
        "lang": item.get("lang", "ru" if account.speaks_russian else "en"),
        "rights": {
            **_rights("A" if is_admin else "D"),
            "is_admin": is_admin,
            "is_free": False,
            "is_active": True,
            "group_id": item.get("group_id"),
            "role_id": item.get("role_id"),
            **given,
        },
        "uuid": item.get("uuid") or account.ids.uuid(),
        "amojo_id": item.get("amojo_id") or account.ids.uuid(),
        "user_rank": item.get("user_rank", "newbie"),
        "phone_number": item.get("phone_number"),
        "api_key": item.get("api_key"),
    }
    row["rights"]["is_admin"] = is_admin
    return account.table("users").add(row)


def add_role(account: Account, item: Row) -> Row:
    """A set of rights that users share."""
    row: Row = {
        "id": item.get("id") or account.next_id("roles"),
        "name": item["name"],
        "rights": {**_rights("D"), **(item.get("rights") or {})},
    }
    return account.table("roles").add(row)


def _roles_of(exchange: Exchange, row: Row) -> Json:
    role = exchange.account.table("roles").rows.get(row["rights"].get("role_id"))
    if role is None:
        return []
    href = exchange.url(f"roles/{role['id']}")
    return [{"id": role["id"], "name": role["name"], "_links": {"self": {"href": href}}}]


def _groups_of(exchange: Exchange, row: Row) -> Json:
    group = exchange.account.table("groups").rows.get(row["rights"].get("group_id"))
    return [] if group is None else [{"id": group["id"], "name": group["name"]}]


def _members(exchange: Exchange, row: Row) -> Json:
    """The users of a role, in full: the official SDK cannot read bare ids."""
    return [
        {
            **{key: user[key] for key in ("id", "name", "email", "lang", "rights")},
            "_links": {"self": {"href": exchange.url(f"users/{user['id']}")}},
        }
        for user in exchange.account.users.values()
        if user["rights"].get("role_id") == row["id"]
    ]


class Users(Behaviour):
    """People who work in the account."""

    noun = "User"

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {"roles": _roles_of, "groups": _groups_of}


class Roles(Behaviour):
    """Sets of rights."""

    noun = "Role"

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {"users": _members}
