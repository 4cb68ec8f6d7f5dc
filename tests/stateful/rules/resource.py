"""Resources that are made, read, changed and deleted, and have no further effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from ..contract import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..contract import Json

__all__ = ["RESOURCES", "Resource", "catalog_resources"]

_RIGHTS: Final = {
    kind: {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"}
    for kind in ("leads", "contacts", "companies")
} | {"tasks": {"edit": "A", "delete": "A"}}
_COLORS: Final = ("#fffeb2", "#d6eaff", "#e6e8ea")


@frozen
class Resource:
    """The operations of a resource, and what its rows are made and changed with."""

    name: str
    make: Callable[[int], Json]
    """A body item out of a number; each number gives another item."""
    change: Callable[[int], Json]
    create: str = "create"
    find: str = "find"
    get: str = "get"
    update: str | None = "update"
    """Several at once."""
    update_one: str | None = "update_one"
    delete: str | None = "delete"
    delete_many: str | None = None
    suffix: str = ""
    scope: Mapping[str, Json] = field(factory=dict[str, "Json"])
    key: str = "id"
    variable: str = "id"
    query: str = ""
    is_gone: int = 404
    """The status of a row that is not there."""
    without: tuple[tuple[str, str], ...] = ()
    """The flaws of an item that says nothing."""
    one_object: bool = False
    """It is made of one object, not of a list."""
    unread: frozenset[str] = frozenset({"request_id"})
    """Keys that are written, or told by the answer to a write, and not read."""

    def operation(self, name: str) -> str:
        """The id of one of its operations."""
        known = f"{self.name}.{name}{self.suffix}"
        assert known in operations(), known
        return known


def _group(suffix: str = "", scope: Mapping[str, Json] | None = None) -> Resource:
    of = "_of_catalog" if scope else ""
    return Resource(
        "custom_field_groups",
        lambda n: {"name": f"G{n}", "sort": n + 10},
        lambda n: {"name": f"g{n}"},
        create="create_for_catalog" if scope else "create",
        find=f"find{of}",
        get=f"get{of}",
        update=None,
        update_one=f"update{of}",
        delete=f"delete{of}",
        suffix=suffix,
        scope=scope or {},
        without=(("FieldMissing", "name"), ("FieldMissing", "sort")),
    )


RESOURCES: Final = {
    "loss_reasons": Resource(
        "loss_reasons",
        lambda n: {"name": f"R{n}", "sort": n},
        lambda n: {"name": f"r{n}"},
        without=(("FieldMissing", "name"),),
    ),
    "sources": Resource(
        "sources",
        lambda n: {"name": f"S{n}", "external_id": f"s{n}"},
        lambda n: {"name": f"s{n}"},
        delete_many="delete_many",
        is_gone=204,
        without=(("FieldMissing", "name"), ("FieldMissing", "external_id")),
    ),
    "roles": Resource(
        "roles",
        lambda n: {"name": f"R{n}", "rights": _RIGHTS},
        lambda n: {"name": f"r{n}", "rights": _RIGHTS},
        without=(("FieldMissing", "name"), ("FieldMissing", "rights")),
        unread=frozenset({"request_id", "rights"}),
    ),
    "chat_templates": Resource(
        "chat_templates",
        lambda n: {"name": f"T{n}", "content": "Hi", "external_id": f"t{n}"},
        lambda n: {"content": f"Hello {n}"},
        delete_many="delete_many",
        without=(("FieldMissing", "name"), ("FieldMissing", "content")),
    ),
    "customer_segments": Resource(
        "customer_segments",
        lambda n: {"name": f"S{n}", "color": "10599d"},
        lambda n: {"name": f"s{n}"},
        update=None,
        update_one="update",
        without=(("FieldMissing", "name"),),
        one_object=True,
    ),
    "customer_statuses": Resource(
        "customer_statuses",
        lambda n: {"name": f"S{n}", "sort": n + 2, "color": _COLORS[n % 3]},
        lambda n: {"name": f"s{n}", "color": _COLORS[n % 3]},
        update=None,
        update_one="update",
        without=(("FieldMissing", "name"), ("FieldMissing", "sort")),
        unread=frozenset({"request_id", "sort"}),
    ),
    "website_buttons": Resource(
        "website_buttons",
        lambda n: {"name": f"B{n}", "trusted_websites": [f"w{n}.ru"], "is_used_in_app": True},
        lambda n: {"name": f"b{n}"},
        update=None,
        update_one="update",
        delete=None,
        key="source_id",
        variable="source_id",
        one_object=True,
        unread=frozenset({"trusted_websites", "is_used_in_app", "pipeline_id", "script"}),
    ),
    "custom_fields of segments": Resource(
        "custom_fields",
        lambda n: {"name": f"F{n}", "type": "text"},
        lambda n: {"name": f"f{n}"},
        create="create_for_segments",
        find="find_of_segments",
        get="get_of_segments",
        update="update_of_segments",
        update_one="update_one_of_segments",
        delete="delete_of_segments",
        without=(("FieldMissing", "name"), ("FieldMissing", "type")),
    ),
    **{
        f"custom_field_groups.{kind}": _group(suffix=f".{kind}")
        for kind in ("leads", "contacts", "companies", "customers")
    },
}


def catalog_resources(catalog: int) -> Mapping[str, Resource]:
    """Those of one catalog."""
    scope = {"catalog_id": catalog}
    return {
        "custom_field_groups of a catalog": _group(scope=scope),
        "custom_fields of a catalog": Resource(
            "custom_fields",
            lambda n: {"name": f"F{n}", "type": "text"},
            lambda n: {"name": f"f{n}"},
            create="create_for_catalog",
            find="find_of_catalog",
            get="get_of_catalog",
            update="update_of_catalog",
            update_one="update_one_of_catalog",
            delete="delete_of_catalog",
            scope=scope,
            without=(("FieldMissing", "name"), ("FieldMissing", "type")),
        ),
    }
