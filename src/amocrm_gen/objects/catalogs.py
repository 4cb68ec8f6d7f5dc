"""Catalogs and their elements as objects."""

from __future__ import annotations

from amocrm_gen.objects.base import CrmObject
from amocrm_gen.objects.saving import send

__all__ = ["Catalog", "CatalogElement"]


class _Deletable(CrmObject):
    """What API v2 can delete."""

    def delete(self) -> None:
        """Delete it.

        Raises `ConfigurationError` before anything is sent when it has no id.
        """
        number = self.need_id()
        send(self._client, self.path, lambda: {"delete": [number]})
        self.id = None


class Catalog(_Deletable):
    """A catalog."""

    path = "/api/v2/catalogs"
    known = frozenset(
        {"type", "can_add_elements", "can_show_in_cards", "can_link_multiple", "sort"}
    )
    sent = (
        *CrmObject.sent,
        "type",
        "can_add_elements",
        "can_show_in_cards",
        "can_link_multiple",
        "sort",
    )
    type: str | None
    can_add_elements: bool | None
    can_show_in_cards: bool | None
    can_link_multiple: bool | None
    sort: int | None


class CatalogElement(_Deletable):
    """An element of a catalog."""

    path = "/api/v2/catalog_elements"
    known = frozenset({"catalog_id", "is_deleted"})
    sent = (*CrmObject.sent, "catalog_id")
    catalog_id: int | None
    is_deleted: bool | None
