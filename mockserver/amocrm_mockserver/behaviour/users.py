"""Users and roles: who may do what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.behaviour.rights import check_rights, demand_tree, rights_tree
from amocrm_mockserver.body import read_items
from amocrm_mockserver.envelope import NOTHING
from amocrm_mockserver.jsonvalue import object_at
from amocrm_mockserver.problems import (
    Flaw,
    ItemFlaws,
    bad_request,
    forbidden,
    invalid,
    too_long,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.message import Response
    from amocrm_mockserver.render import Show

__all__ = ["Roles", "Users", "activate", "add_role", "add_user", "deactivate", "default_group"]

_LONGEST_NAME: Final = 50
_PASSWORD: Final = (r"......", r"\d", r"[a-z]", r"[A-Z]")
"""What stands in every password: enough characters, a digit, a small letter, a capital."""


def default_group(account: Account) -> Row:
    """The group of users that have none of their own."""
    name = "Отдел продаж" if account.speaks_russian else "Sales"
    return {"id": 0, "name": name, "uuid": None}


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
            **rights_tree("A" if is_admin else "D"),
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
        "rights": {**rights_tree("D"), **(item.get("rights") or {})},
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


def _holders(exchange: Exchange, row: Row) -> list[Row]:
    users = exchange.account.users.values()
    return [user for user in users if user["rights"].get("role_id") == row["id"]]


def _members(exchange: Exchange, row: Row) -> Json:
    """The users of a role, in full: the official SDK cannot read bare ids."""
    return [
        {
            **{key: user[key] for key in ("id", "name", "email", "lang", "rights")},
            "_links": {"self": {"href": exchange.url(f"users/{user['id']}")}},
        }
        for user in _holders(exchange, row)
    ]


class Users(Behaviour):
    """People who work in the account."""

    noun = "User"

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:  # noqa: ARG002
        """A password that holds, a group that is there, rights that make sense."""
        password = item.get("password")
        if password is not None and not all(re.search(part, password) for part in _PASSWORD):
            flaws.append(unsupported("password"))
        if len(item.get("name") or "") > _LONGEST_NAME:
            flaws.append(too_long(exchange.account, "name"))
        if "rights" not in item:
            return
        rights = object_at(item, "rights")
        group = rights.get("group_id")
        if group is not None and group not in exchange.account.table("groups").rows:
            flaws.append(unsupported("rights.group_id"))
        if not rights.get("is_free") and rights.get("role_id") is None:
            demand_tree(rights, flaws)
            check_rights(rights, flaws)

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A user by a role, by rights of one's own, or without any."""
        given: Row = object_at(item, "rights")
        role = exchange.account.table("roles").rows.get(given.get("role_id"))
        if given.get("is_free"):
            given = {"is_free": True}
        elif role is not None:
            own = {name: given.get(name) for name in ("role_id", "group_id")}
            given = {**role["rights"], **own}
        return add_user(exchange.account, {**item, "rights": given})

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {"roles": _roles_of, "groups": _groups_of}


def activate(engine: Engine, exchange: Exchange) -> Response:
    """Let users in again."""
    return _switch(engine, exchange, is_active=True)


def deactivate(engine: Engine, exchange: Exchange) -> Response:
    """Keep users out, except administrators."""
    return _switch(engine, exchange, is_active=False)


def _switch(engine: Engine, exchange: Exchange, *, is_active: bool) -> Response:
    check = engine.validator.check(exchange.operation.takes or "")
    table = exchange.account.table("users")
    faulty: list[ItemFlaws] = []
    numbers: list[int] = []
    for item in read_items(exchange):
        flaws: list[Flaw] = []
        taken: Row = check(item.raw, "", flaws, exchange.account) or {}
        if flaws:
            faulty.append({"request_id": item.request_id, "errors": flaws})
        else:
            numbers.append(taken["id"])
    if faulty:
        raise invalid(faulty)
    unknown = [str(number) for number in numbers if number not in table.rows]
    if unknown:
        names = ", ".join(unknown)
        raise bad_request(f"User(s) {names} are not associated with provided account.")
    users = [table.rows[number] for number in numbers]
    if not is_active and any(user["rights"]["is_admin"] for user in users):
        raise forbidden()
    for user in users:
        table.change(user, {"rights": {**user["rights"], "is_active": is_active}})
    return NOTHING


class Roles(Behaviour):
    """Sets of rights."""

    noun = "Role"
    one_will_do = True

    def columns(self) -> Mapping[str, Show]:
        """Rights in catalogs are told only where there are any."""
        return {"rights": _role_rights}

    def check(self, exchange: Exchange, item: Row, row: Row | None, flaws: list[Flaw]) -> None:  # noqa: ARG002
        """Rights must make sense."""
        check_rights(object_at(item, "rights"), flaws)

    def create(self, exchange: Exchange, item: Row) -> Row:
        """What is not granted is denied."""
        return add_role(exchange.account, item)

    def changes(self, exchange: Exchange, row: Row, item: Row) -> Row:
        """Rights that are not mentioned stay."""
        changes = super().changes(exchange, row, item)
        if "rights" in item:
            changes["rights"] = {**row["rights"], **item["rights"]}
        return changes

    def update(self, exchange: Exchange, row: Row, item: Row) -> None:
        """Users who hold the role take its new rights."""
        super().update(exchange, row, item)
        for user in _holders(exchange, row):
            self._grant(exchange, user, row["rights"])

    def delete(self, exchange: Exchange, row: Row) -> None:
        """Users keep the rights that they had by the role."""
        super().delete(exchange, row)
        for user in _holders(exchange, row):
            self._grant(exchange, user, {"role_id": None})

    def _grant(self, exchange: Exchange, user: Row, rights: Row) -> None:
        table = exchange.account.table("users")
        table.change(user, {"rights": {**user["rights"], **rights}})

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {"users": _members}


def _role_rights(_exchange: Exchange, row: Row) -> Json:
    rights: Row = row["rights"]
    told = rights.get("catalog_rights") is not None
    return {name: value for name, value in rights.items() if told or name != "catalog_rights"}
