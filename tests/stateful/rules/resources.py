"""Made, listed, read, changed, deleted: resources without further effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import PICK, TYPED, chosen, step
from ..compare import walk
from ..contract import operations
from ..difference import agree
from .furnished import Furnished
from .resource import RESOURCES, catalog_resources

if TYPE_CHECKING:
    from ..contract import Json
    from ..door import Answer
    from .resource import Resource

__all__ = ["ResourceRules"]

_MOST: Final = 5
_STAMPS: Final = frozenset({"updated_at", "updated_by"})
_WHICH = st.integers(0, 60)


class ResourceRules(Furnished):
    """One model for all of them: a row is what was written, and stays as it was."""

    def furnish(self) -> None:
        """A catalog, and what the resources hold from the start."""
        super().furnish()
        made = self.door.ask("catalogs.create", [{"name": "C", "can_link_multiple": True}]).item
        made.pop("request_id")
        self.catalog: int = made["id"]
        self.crm.catalogs[self.catalog] = made
        self.made = 0
        self.resources = {**RESOURCES, **catalog_resources(self.catalog)}
        self.rows: dict[str, dict[Json, Json]] = {}
        for name, resource in self.resources.items():
            self.set_mode(resource)
            self.rows[name] = {row[resource.key]: row for row in self.list_all(resource)}
        self.held = {name: set(rows) for name, rows in self.rows.items()}
        """What was there before any rule; it is left alone."""
        for name, resource in self.resources.items():
            self.set_mode(resource)
            self.add_rows(name, resource, 1, typed=False)

    def set_mode(self, resource: Resource) -> None:
        """Statuses and segments of customers are there in one mode each."""
        if resource.name in {"customer_statuses", "customer_segments"}:
            mode = "periodicity" if resource.name == "customer_statuses" else "segments"
            body = {"mode": mode, "is_enabled": True}
            self.accept(self.door.ask("customers.set_mode", body))

    def one(self, which: int) -> tuple[str, Resource]:
        """A resource, ready to be asked."""
        name = chosen(self.resources, which)
        self.set_mode(self.resources[name])
        return name, self.resources[name]

    def own(self, name: str) -> list[Json]:
        """The rows that rules have made."""
        return [row for key, row in self.rows[name].items() if key not in self.held[name]]

    def list_all(self, resource: Resource, *, typed: bool = False) -> list[Json]:
        """All rows that the list shows."""
        name = resource.operation(resource.find)
        if typed or "next" in operations()[name].traits.get("envelope", ""):
            return self.door.ask(name, typed=True, query=resource.query, **resource.scope).items
        if operations()[name].envelope in {"page", "page_total"}:
            return list(walk(self.door, name, "limit=3", **resource.scope))
        return self.accept(self.door.ask(name, query=resource.query, **resource.scope))

    @step(which=_WHICH, count=st.integers(1, 2), typed=TYPED)
    def create_rows(self, which: int, count: int, typed: bool) -> None:
        """One or two of a resource."""
        name, resource = self.one(which)
        if len(self.own(name)) < _MOST:
            self.add_rows(name, resource, 1 if resource.one_object else count, typed=typed)

    def add_rows(self, name: str, resource: Resource, count: int, *, typed: bool) -> None:
        """Create them, and see that they say what was asked for."""
        numbers = range(self.made, self.made + count)
        self.made += count
        items = [resource.make(number) for number in numbers]
        if resource.name == "website_buttons":
            items[0]["pipeline_id"] = self.crm.main_pipeline
        body: Json = items[0] if resource.one_object else items
        operation = resource.operation(resource.create)
        answer = self.door.ask(operation, body, typed=typed, **resource.scope)
        for item, row in zip(items, self.accept(answer, count), strict=True):
            key = row[resource.key]
            assert key not in self.rows[name]
            shown = self.read(resource, key).item
            expected = {column: item[column] for column in item if column not in resource.unread}
            agree({column: shown[column] for column in expected}, expected, name)
            for column in (set(row) & set(shown)) - resource.unread:
                agree(row[column], shown[column], f"{name}: {column}")
            self.rows[name][key] = shown
        if resource.name == "website_buttons":
            # A button is a source, too.
            self.adopt("sources", key)
        if resource.name == "customer_segments":
            self.crm.log("segment_created", ("segments", key))
        self._reread(name, resource)

    def _settle(self, row: Json, shown: Json) -> None:
        """A button of the site is made some time after it was asked for."""
        if row.get("creation_status") == "creation_pending":
            row |= {key: shown[key] for key in ("creation_status", "button_id")}

    def adopt(self, name: str, key: Json) -> None:
        """Know of a row that another rule has made; those of this class leave it alone."""
        self.rows[name][key] = self.read(self.resources[name], key).item
        self.held[name].add(key)

    def read(self, resource: Resource, key: Json, *, typed: bool = False) -> Answer:
        """One row by its id."""
        scope = {**resource.scope, resource.variable: key}
        return self.door.ask(resource.operation(resource.get), typed=typed, **scope)

    def _reread(self, name: str, resource: Resource) -> None:
        """Stages of customers, whose sort is numbered anew by each write."""
        if resource.name == "customer_statuses":
            for row in self.list_all(resource):
                self.rows[name][row["id"]]["sort"] = row["sort"]

    @step(which=_WHICH, pick=PICK, batch=st.booleans(), typed=TYPED)
    def change_row(self, which: int, pick: int, batch: bool, typed: bool) -> None:
        """Only what is written changes."""
        name, resource = self.one(which)
        if not self.own(name):
            self.add_rows(name, resource, 1, typed=False)
        row = chosen(self.own(name), pick)
        key, change = row[resource.key], resource.change(self.made)
        self.made += 1
        if batch and resource.update is not None:
            body = [{"id": key, **change}]
            operation = resource.operation(resource.update)
            answer = self.door.ask(operation, body, typed=typed, **resource.scope)
        else:
            assert resource.update_one is not None
            operation = resource.operation(resource.update_one)
            scope = {**resource.scope, resource.variable: key}
            answer = self.door.ask(operation, change, typed=typed, **scope)
        [told] = self.accept(answer, 1)
        shown = self.read(resource, key).item
        row |= {column: change[column] for column in change if column not in resource.unread}
        self._settle(row, shown)
        stamps = _STAMPS & set(row)
        row |= {column: shown[column] for column in stamps}
        if "updated_at" in stamps:
            assert shown["updated_at"] == self.crm.now, name
        agree(shown, row, name)
        for column in set(told) & set(change) - resource.unread:
            agree(told[column], change[column], f"{name}: {column}")

    @step(which=_WHICH, pick=PICK, several=st.booleans(), typed=TYPED)
    def delete_row(self, which: int, pick: int, several: bool, typed: bool) -> None:
        """It is gone, and only it."""
        name, resource = self.one(which)
        if resource.delete is None:
            return
        if not self.own(name):
            self.add_rows(name, resource, 1, typed=False)
        key = chosen(self.own(name), pick)[resource.key]
        if several and resource.delete_many is not None:
            operation = resource.operation(resource.delete_many)
            answer = self.door.ask(operation, [{"id": key}], typed=typed)
        else:
            scope = {**resource.scope, resource.variable: key}
            answer = self.door.ask(resource.operation(resource.delete), typed=typed, **scope)
        assert answer.status == 204, answer
        del self.rows[name][key]
        self._reread(name, resource)
        self.gone(self.read(resource, key, typed=typed), resource)

    def gone(self, answer: Answer, resource: Resource) -> None:
        """What is not there is 404, or 204 where the docs say so."""
        assert answer.status == resource.is_gone, (resource.name, answer)

    @step(which=_WHICH, pick=PICK, typed=TYPED)
    def read_row(self, which: int, pick: int, typed: bool) -> None:
        """Alone; and one that is not there."""
        name, resource = self.one(which)
        if self.rows[name]:
            row = chosen(self.rows[name].values(), pick)
            [shown] = self.accept(self.read(resource, row[resource.key], typed=typed), 1)
            self._settle(row, shown)
            agree(shown, row, name)
        self.gone(self.read(resource, 1, typed=typed), resource)

    @step(which=_WHICH, typed=TYPED)
    def list_rows(self, which: int, typed: bool) -> None:
        """All of them."""
        name, resource = self.one(which)
        found = sorted(self.list_all(resource, typed=typed), key=lambda row: str(row[resource.key]))
        rows = sorted(self.rows[name].values(), key=lambda row: str(row[resource.key]))
        for row, shown in zip(rows, found, strict=False):
            self._settle(row, shown)
        agree(found, rows, name)

    @step(which=_WHICH, empty=st.booleans())
    def row_refused(self, which: int, empty: bool) -> None:
        """An item that says nothing, or no item at all."""
        _, resource = self.one(which)
        operation = resource.operation(resource.create)
        if empty or not resource.without:
            body: Json = {} if resource.one_object else []
            self.refuse(self.door.ask(operation, body, **resource.scope), 400)
            return
        body = {"color": "bf2600"} if resource.one_object else [{}]
        answer = self.door.ask(operation, body, **resource.scope)
        self.refuse(answer, 400, *resource.without)
