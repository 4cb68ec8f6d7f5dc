"""Tags: one directory for each entity type, and the tags that entities carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from amocrm_mockserver.behaviour.plain import Behaviour
from amocrm_mockserver.filters import scalars
from amocrm_mockserver.problems import Flaw, missing, unsupported

if TYPE_CHECKING:
    from amocrm_mockserver.account import Account
    from amocrm_mockserver.brackets import Tree
    from amocrm_mockserver.contract import Filter
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.filters import Test
    from amocrm_mockserver.jsonvalue import Json, Row
    from amocrm_mockserver.render import Show
    from amocrm_mockserver.state import Table

__all__ = ["LEAD_COLORS", "Tags", "attached", "check_tags", "resolve", "tag_names"]

LEAD_COLORS: Final = frozenset(
    [
        "EBEBEB",
        "D0D0D0",
        "F2DDF7",
        "D1A4DC",
        "FF8F92",
        "FFC8C8",
        "C7DB8C",
        "DDEBB5",
        "8699DA",
        "AABDFF",
        "FFCE5A",
        "FFE193",
        "90CDB0",
        "C6F4DE",
        "A9A5D7",
        "D8D5FF",
        "86C0FC",
        "832161",
        "6A0F49",
        "0C7C59",
        "10599D",
        "9D2B32",
        "247BA0",
    ]
)
"""The colours of lead tags; tags of other entities have none."""


def check_tags(
    account: Account, entity_type: str, refs: list[tuple[int, Row]], path: str, flaws: list[Flaw]
) -> None:
    """Every tag is named by a known id or by a name."""
    known = account.table(f"tags:{entity_type}").rows
    for index, ref in refs:
        if ref.get("id") is not None:
            if ref["id"] not in known and account.guesses.refuses("tags.unknown_id"):
                flaws.append(unsupported(f"{path}.{index}.id"))
        elif ref.get("name") is None:
            flaws.append(missing(f"{path}.{index}.name"))


def resolve(account: Account, entity_type: str, refs: list[Row]) -> list[int]:
    """The ids of checked tags; a name that is not there yet is added to the directory."""
    held: list[int] = []
    for ref in refs:
        number = ref.get("id")
        if number is None:
            number = _ensure(account, entity_type, ref["name"])["id"]
        elif number not in account.table(f"tags:{entity_type}").rows:
            continue
        if number not in held:
            held.append(number)
    return held


def _ensure(account: Account, entity_type: str, name: str, color: str | None = None) -> Row:
    table = account.table(f"tags:{entity_type}")
    for number in table.having("name", name):
        return table.rows[number]
    number = account.next_id("tags")
    return table.add({"id": number, "name": name, "color": color, "entity_type": entity_type})


def attached(entity_type: str) -> Show:
    """Shows the tags that an entity carries."""

    def show(exchange: Exchange, row: Row) -> Json:
        held = row.get("_tags")
        if not held:
            return []
        known = exchange.account.table(f"tags:{entity_type}").rows
        tags = [known[number] for number in held]
        return [{"id": tag["id"], "name": tag["name"], "color": tag["color"]} for tag in tags]

    return show


def tag_names(account: Account, entity_type: str, held: list[int]) -> list[Json]:
    """Tags as the events list shows them."""
    known = account.table(f"tags:{entity_type}").rows
    return [{"tag": {"name": known[number]["name"]}} for number in held]


class Tags(Behaviour):
    """The directory itself."""

    noun: ClassVar[str] = "Tag"

    def home(self, exchange: Exchange) -> Table:
        """Changes are possible for leads only, whose paths are not expanded."""
        entity_type = exchange.operation.over.get("entity_type", "leads")
        return exchange.account.table(f"tags:{entity_type}")

    def filter(self, exchange: Exchange, described: Filter, tree: Tree) -> Test | None:
        """Whether names are compared with regard to case is not known."""
        is_exact = exchange.account.guesses["tags.case_of_names"] == "exact"
        if described.name != "name" or is_exact:
            return None
        wanted = {name.casefold() for name in scalars(tree)}
        return lambda row: row["name"].casefold() in wanted

    def search(self, exchange: Exchange, text: str) -> Test:  # noqa: ARG002
        """Part of a name."""
        wanted = text.casefold()
        return lambda row: wanted in row["name"].casefold()

    def check(
        self,
        exchange: Exchange,
        item: Row,
        row: Row | None,  # noqa: ARG002 -- new and changed rows obey the same rules
        flaws: list[Flaw],
    ) -> None:
        """A name must not be empty, and a colour is one of those of lead tags."""
        if item.get("color") is not None:
            if self._entity_type(exchange) != "leads":
                item["color"] = None
            elif item["color"] not in LEAD_COLORS:
                flaws.append(unsupported("color"))

    def create(self, exchange: Exchange, item: Row) -> Row:
        """A name that is there already is not doubled."""
        entity_type = self._entity_type(exchange)
        if "id" in item:
            tag = {"name": "", "color": None, "entity_type": entity_type, **item}
            return self.home(exchange).add(tag)
        return _ensure(exchange.account, entity_type, item["name"], item.get("color"))

    def _entity_type(self, exchange: Exchange) -> str:
        return exchange.operation.over.get("entity_type", "leads")
