"""A value that fits a schema, made of what was sent."""

from collections.abc import Callable, Mapping
from typing import Final, cast
from uuid import UUID

from attrs import field, frozen

from amocrm_gen.runs.route import Document
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.unset import UNSET

__all__ = ["Draft"]

_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "integer": int,
    "number": (int, float),
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
_NOBODY: Final = str(UUID(int=0))


@frozen(kw_only=True)
class Draft:
    """Makes values of a contract's schemas: what was sent, else what says that nothing is known."""

    document: Document = field(repr=False)
    now: int
    """Unix seconds."""
    fresh: Callable[[], int] = field(repr=False)
    """Gives an id that no entity has: a negative one."""
    move: Callable[[str], str] = field(repr=False)
    """Makes an address of an example one of the account's."""

    def value(  # noqa: PLR0911 - one case for each kind of schema
        self, schema: object, sent: object = UNSET, example: object = UNSET, name: str = ""
    ) -> object:
        """Return a value; `name` is the key that it stands under."""
        found = self.document.resolve(schema)
        if sent is None and not _takes(found, None):
            sent = UNSET
        if "anyOf" in found or "oneOf" in found:
            return self._one_of(found, sent, example, name)
        if not {"type", "const", "enum"} & found.keys():
            return next((each for each in (sent, example) if each is not UNSET), None)
        if "const" in found:
            return found["const"]
        if sent is not UNSET and self.fits(found, sent):
            if is_object(sent) and "properties" in found:
                return self.record(found, sent, example)
            return self._list(found, sent, example) if is_list(sent) else sent
        if sent is UNSET and _takes(found, None):
            return None
        return self._unknown(found, example, name)

    def record(
        self,
        schema: object,
        sent: Mapping[str, object],
        example: object = UNSET,
        known: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """Return an object; `known` is what is told elsewhere than in its body, as in the path."""
        found = self.document.resolve(schema)
        shown = example if is_object(example) else {}
        properties = found.get("properties")
        if not is_object(properties):
            return dict(sent)
        required = found.get("required")
        wanted: set[object] = {*(required if is_list(required) else ()), *shown, *sent}
        given = {**(known or {}), **sent}
        # An entity of an example is another one: only its shape is taken.
        is_entity = "x-amo-entity" in found
        made: dict[str, object] = {}
        for name, inner in properties.items():
            if name not in wanted and name not in given:
                continue
            own = given.get(name, _linked(name, inner, sent, self.fresh))
            seen = shown.get(name, UNSET)
            if is_entity and not is_object(seen) and not is_list(seen):
                seen = UNSET
            made[name] = self.value(inner, own, seen, name)
        return made

    def fits(self, schema: object, value: object) -> bool:
        """Tell whether a value is of a schema's type, at its outside."""
        found = self.document.resolve(schema)
        if "const" in found:
            return value == found["const"]
        for several in ("anyOf", "oneOf"):
            options = found.get(several)
            if is_list(options):
                return any(self.fits(option, value) for option in options)
        return _takes(found, value)

    def _one_of(
        self, schema: Mapping[str, object], sent: object, example: object, name: str
    ) -> object:
        options = cast("list[object]", schema.get("anyOf") or schema.get("oneOf"))
        resolved = [self.document.resolve(option) for option in options]
        if sent is None or (sent is UNSET and {"type": "null"} in resolved):
            return None
        option = self._told_apart(schema, sent, example)
        if option is None:
            option = next((each for each in options if self.fits(each, sent)), options[0])
        return self.value(option, sent, example, name)

    @staticmethod
    def _told_apart(schema: Mapping[str, object], sent: object, example: object) -> object:
        mark = schema.get("discriminator")
        if not is_object(mark) or not is_object(mapping := mark.get("mapping")):
            return None
        for value in (sent, example):
            if is_object(value):
                found = mapping.get(str(value.get(str(mark["propertyName"]))))
                if isinstance(found, str):
                    return {"$ref": found}
        return None

    def _list(
        self, schema: Mapping[str, object], values: list[object], example: object
    ) -> list[object]:
        seen = example[0] if is_list(example) and example else UNSET
        return [self.value(schema.get("items", {}), value, seen) for value in values]

    def _unknown(self, schema: Mapping[str, object], example: object, name: str) -> object:
        options = schema.get("enum")
        if is_list(options):
            return example if example in options else options[0]
        kind = next((each for each in _kinds(schema) if each != "null"), "null")
        if kind == "object" and "properties" in schema:
            return self.record(schema, {}, example)
        if kind == "object":
            return example if is_object(example) else {}
        if kind == "array":
            items = example if is_list(example) else []
            return [self.value(schema.get("items", {}), UNSET, each) for each in items]
        return self._scalar(kind, schema.get("format"), example, name)

    def _scalar(self, kind: str, form: object, example: object, name: str) -> object:
        match kind, form:
            case "string", "uuid":
                return _NOBODY
            case "string", "uri":
                return self.move(example if isinstance(example, str) else "/")
            case "integer", "unix-time":
                return self.now
            case "integer", _ if name == "id" or name.endswith("_id"):
                return self.fresh()
            case _:
                return _EMPTY[kind] if example is UNSET else example


_EMPTY: Final[Mapping[str, object]] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "null": None,
}


def _kinds(schema: Mapping[str, object]) -> list[str]:
    kind = schema.get("type")
    return [str(each) for each in kind] if is_list(kind) else [str(kind)]


def _takes(schema: Mapping[str, object], value: object) -> bool:
    kind = schema.get("type")
    if kind is None:
        options = schema.get("anyOf")
        if is_list(options):
            return any(is_object(each) and _takes(each, value) for each in options)
        return not ("oneOf" in schema and value is None)
    kinds = _kinds(schema)
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, _TYPES[each]) for each in kinds)


def _linked(
    name: str, schema: object, sent: Mapping[str, object], fresh: Callable[[], int]
) -> object:
    """Return the id of what an item brings along: `contact_id` for its embedded contacts."""
    kind = schema.get("type") if is_object(schema) else None
    if not name.endswith("_id") or not is_list(kind) or "null" not in kind:
        return UNSET
    embedded = sent.get("_embedded")
    word = name.removesuffix("_id")
    # contact_id: contacts; company_id: companies.
    many = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    listed = embedded.get(many) if is_object(embedded) else None
    if not is_list(listed) or not listed or not is_object(listed[0]):
        return UNSET
    own = listed[0].get("id")
    return own if isinstance(own, int) else fresh()
