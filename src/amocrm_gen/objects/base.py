"""What all objects share: values, what changed of them, and saving."""

from __future__ import annotations

from copy import deepcopy
from time import time
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast, overload

from amocrm_gen.objects.custom_fields import CustomFields
from amocrm_gen.objects.defaults import defaults_of
from amocrm_gen.objects.saving import send
from amocrm_gen.objects.values import int_or_none, listed
from amocrm_gen.runtime.errors import ConfigurationError, NotFound, ResponseError
from amocrm_gen.runtime.kinds import is_list, is_mapping, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["CrmObject"]

_ALWAYS = ("id", "updated_at")


class CrmObject:
    """An entity of the account; its values are attributes.

    Values that are not known to the kind of object are passed over, so that what was read can be
    handed in as it is. What is None is not sent.
    """

    path: ClassVar[str] = ""
    """Where objects of this kind are read and written."""
    known: ClassVar[frozenset[str]] = frozenset()
    """The names of values beside those that all have."""
    _common: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "name",
            "responsible_user_id",
            "created_by",
            "updated_by",
            "created_at",
            "updated_at",
            "account_id",
            "group_id",
            "request_id",
            "tags",
            "custom_fields",
        }
    )
    sent: ClassVar[tuple[str, ...]] = (
        "name",
        "responsible_user_id",
        "created_by",
        "created_at",
        "updated_by",
        "account_id",
        "group_id",
        "request_id",
    )
    """Values that are sent as they are."""

    id: int | None
    name: str | None
    responsible_user_id: int | None
    created_by: int | None
    updated_by: int | None
    created_at: int | None
    updated_at: int | None
    account_id: int | None
    group_id: int | None
    request_id: int | None

    def __init__(
        self,
        client: Client,
        values: Mapping[str, object] | None = None,
        *,
        updated_at_delta: int | None = None,
        **more: object,
    ) -> None:
        """Make an object of values.

        `updated_at_delta` is added to the time of each change; left out, it is that of the
        account's settings, or five seconds.
        """
        self._client = client
        usual = defaults_of(client).updated_at_delta
        self._delta = usual if updated_at_delta is None else updated_at_delta
        self._saved: JsonObject = {}
        for name in self._common | self.known:
            setattr(self, name, None)
        self.tags: list[str] = []
        self._fields = CustomFields()
        self._prepare()
        self.fill({**(values or {}), **more})

    def _prepare(self) -> None:
        """Make ready what this kind holds besides."""

    def __repr__(self) -> str:
        """Tell what it is and its id."""
        return f"{type(self).__name__}(id={self.id!r}, name={self.name!r})"

    @property
    def custom_fields(self) -> list[JsonObject]:
        """Values of custom fields as they were read or set."""
        return self._fields.all()

    @custom_fields.setter
    def custom_fields(self, given: object) -> None:
        self._fields = CustomFields(given)

    def fill(self, values: Mapping[str, object]) -> Self:
        """Take over values; unknown names are passed over. Returns the object."""
        for name, value in values.items():
            if name == "tags":
                self.tags = [_tag_name(tag) for tag in listed(value)]
            elif name in self.known or name in self._common:
                setattr(self, name, value)
        return self

    def fill_by_id(self, number: int, **params: object) -> Self:
        """Read the entity of an id, and take over its values.

        Raises `NotFound` where there is none.
        """
        answer = self._client.request("GET", self.path, query={"id": number, **params})
        items = items_of(answer)
        found = items[0] if items else None
        if found is None or int_or_none(found.get("id")) != number:
            raise NotFound(f"there is no entity {number}", operation=f"GET {self.path}", status=204)
        self.fill(found)
        self.remember()
        return self

    def remember(self) -> None:
        """Take the present values for those that the account has."""
        self._saved = deepcopy(self._body())  # the values of fields are changed in place

    def params(self) -> JsonObject:
        """Return the whole body by which this object is saved."""
        body = self._body()
        if self.id is not None:
            body = {"id": self.id, **body, "updated_at": int(time()) + self._delta}
        return body

    def changes(self) -> JsonObject:
        """Return the body of a change: the id, the time, and what differs from what was saved."""
        whole = self.params()
        if self.id is None or not self._saved:
            return whole
        return {
            name: value
            for name, value in whole.items()
            if name in _ALWAYS or name not in self._saved or self._saved[name] != value
        }

    def _body(self) -> JsonObject:
        body: JsonObject = {}
        for name in self.sent:
            value = getattr(self, name)
            if value is not None:
                body[name] = value
        fields = self._fields.all()
        if fields:
            body["custom_fields"] = cast("JsonValue", fields)
        if self.tags or "tags" in self._saved:
            body["tags"] = list[Any](self.tags)  # an empty list takes the last tag away
        body.update(self._more())
        return body

    def _more(self) -> JsonObject:
        """What this kind sends besides."""
        return {}

    @overload
    def save(self, *, whole: Literal[False] = False) -> int: ...
    @overload
    def save(self, *, whole: Literal[True]) -> JsonObject: ...
    def save(self, *, whole: bool = False) -> int | JsonObject:
        """Add the entity, or change the one of this id; return its id, or the whole answer.

        A change is sent under the lock of the entity, and holds only what differs. Raises
        `Conflict` where the account has a newer one.
        """
        part = "add" if self.id is None else "update"
        answer = send(
            self._client,
            self.path,
            lambda: {part: [self.changes()]},
            changed=() if self.id is None else (self.id,),
        )
        items = items_of(answer)
        if not items:
            raise ResponseError("$._embedded.items: expected an item", path="$._embedded.items")
        self.saved_as(items[0])
        return cast("JsonObject", answer) if whole else cast("int", self.id)

    def saved_as(self, item: Mapping[str, object]) -> None:
        """Learn from an answer what became of this object."""
        self.id = int_or_none(item.get("id")) or self.id
        stamp = int_or_none(item.get("updated_at"))
        if stamp is not None:
            self.updated_at = stamp
        self.after_save()
        self.remember()

    def after_save(self) -> None:
        """What a save settles; kinds with links to take away forget them."""

    def get_custom_fields(self, *numbers: int) -> list[JsonObject]:
        """Return the custom fields of these ids, as they were read or set."""
        return self._fields.of(numbers)

    def get_custom_field_value(
        self,
        number: int,
        *,
        first: bool = True,
        part: Literal["value", "enum", "subtype"] = "value",
    ) -> object:
        """Return a part of a custom field's first value, or a list of that of all of them.

        None when the field has no values.
        """
        return self._fields.value(number, first=first, part=part)

    def set_custom_fields(self, values: Mapping[int | str, object]) -> Self:
        """Set custom fields by id: one value, or a list of values as API v2 writes them."""
        self._fields.set(values)
        return self

    def add_tags(self, *tags: str) -> Self:
        """Add tags; those that are there stay once."""
        self.tags += [tag for tag in dict.fromkeys(tags) if tag not in self.tags]
        return self

    def remove_tags(self, *tags: str) -> Self:
        """Take tags away; the last one, too."""
        self.tags = [tag for tag in self.tags if tag not in tags]
        return self

    def need_id(self) -> int:
        """Return the id; raises `ConfigurationError` before any traffic where there is none."""
        if self.id is None:
            raise ConfigurationError(
                f"{type(self).__name__} has no id", advice="save it first, or fill it by its id"
            )
        return self.id


def _tag_name(tag: object) -> str:
    return str(tag.get("name", "")) if is_mapping(tag) else str(tag)


def items_of(answer: object) -> list[JsonObject]:
    """Return the items of an answer of API v2; none for an empty one."""
    embedded = answer.get("_embedded") if is_object(answer) else None
    items = embedded.get("items") if is_object(embedded) else None
    members = list(items.values()) if is_object(items) else items
    if not is_list(members):
        return []
    return [cast("JsonObject", item) for item in members if is_object(item)]
