"""Companies: organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.behaviour.cards import Cards, elements_of, refs_of
from amocrm_mockserver.behaviour.tags import attached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.jsonvalue import Row
    from amocrm_mockserver.render import Show

__all__ = ["Companies"]


class Companies(Cards):
    """Organisations."""

    noun = "Company"

    def embeds(self) -> Mapping[str, Show]:
        """Relations of the row."""
        return {
            "tags": attached("companies"),
            "leads": refs_of("companies", "leads"),
            "customers": refs_of("companies", "customers"),
            "contacts": refs_of("companies", "contacts"),
            "catalog_elements": elements_of("companies"),
        }

    def part(self, exchange: Exchange, row: Row) -> Row:  # noqa: ARG002
        """A company in the trash says that it is not deleted; so do live answers."""
        return {**row, "is_deleted": False} if row["is_deleted"] else row
