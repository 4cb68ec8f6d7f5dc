"""The tree of rights: what stands in it by default, and which combinations make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.jsonvalue import object_at, objects_at
from amocrm_mockserver.problems import Flaw, missing, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.jsonvalue import Row

__all__ = ["TREE", "check_rights", "demand_tree", "rights_tree"]

TREE: Final = ("leads", "contacts", "companies", "tasks")
"""Without a role these stand in the rights of every new user."""
_ENTITY_RIGHTS: Final = ("view", "edit", "add", "delete", "export")
_WIDTH: Final = "DLMGA"
"""How far access reaches, from nothing to everything."""
_NARROWER: Final = (("edit", "view"), ("delete", "edit"), ("export", "view"))
"""The first of each pair reaches no further than the second."""
_ALL_OR_NOTHING: Final = frozenset("AD")


def rights_tree(access: str) -> Row:
    """The tree with the same access everywhere."""
    granted = access == "A"
    return {
        **{kind: dict.fromkeys(_ENTITY_RIGHTS, access) for kind in TREE[:-1]},
        "tasks": {"edit": access, "delete": access},
        "mail_access": granted,
        "catalog_access": granted,
        "status_rights": None,
        "catalog_rights": None,
    }


def demand_tree(rights: Row, flaws: list[Flaw]) -> None:
    """All that a new user must have who has no role."""
    flaws += [missing(f"rights.{kind}") for kind in TREE if kind not in rights]


def check_rights(rights: Row, flaws: list[Flaw]) -> None:
    """No right reaches further than the one that it needs."""
    for kind in TREE:
        own = object_at(rights, kind)
        _check_widths(own, f"rights.{kind}", flaws)
        if (own.get("add") or "D") not in _ALL_OR_NOTHING:
            flaws.append(unsupported(f"rights.{kind}.add"))
    for index, row in objects_at(rights, "status_rights"):
        path = f"rights.status_rights.{index}.rights"
        for name, access in object_at(row, "rights").items():
            if access is not None and access not in _ALL_OR_NOTHING:
                flaws.append(unsupported(f"{path}.{name}"))


def _check_widths(own: Row, path: str, flaws: list[Flaw]) -> None:
    for narrow, wide in _NARROWER:
        if narrow in own and wide in own and _reach(own[narrow]) > _reach(own[wide]):
            flaws.append(unsupported(f"{path}.{narrow}"))


def _reach(access: str | None) -> int:
    return _WIDTH.find(access or "D")
