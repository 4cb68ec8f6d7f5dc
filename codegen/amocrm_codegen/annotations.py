"""Python annotations for the schemas of parameters, bodies and answers."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Literal

from attrs import define, field, frozen

from .names import capitalised
from .prose import docstring, sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .waist import Operation, Schema

__all__ = ["Alias", "FilterKey", "FilterType", "ModuleTypes", "type_noun"]

_REF = "#/components/schemas/"
_TAKEN = frozenset(
    {
        "AbstractAsyncContextManager",
        "AbstractContextManager",
        "AsyncPaginator",
        "AsyncResource",
        "Call",
        "Final",
        "Iterable",
        "JsonInput",
        "JsonObject",
        "JsonValue",
        "Literal",
        "Mapping",
        "NumberRange",
        "Operation",
        "Page",
        "Paginator",
        "Required",
        "Resource",
        "Scalar",
        "Sequence",
        "TimeRange",
        "TypeAlias",
        "TypedDict",
    }
)
_SCALARS = {"integer": "int", "number": "float", "string": "str", "boolean": "bool"}


@frozen
class Alias:
    """A named list of literals."""

    name: str
    values: tuple[str, ...]
    docstring: str

    @property
    def literals(self) -> str:
        """Return what stands between the brackets of `Literal`."""
        return ", ".join(map(repr, self.values))


@frozen
class FilterKey:
    """A key of a TypedDict."""

    name: str
    annotation: str
    docstring: str


@frozen
class FilterType:
    """A TypedDict: the keys of a filter, or one of the objects that a filter takes."""

    name: str
    docstring: str
    is_total: bool
    keys: tuple[FilterKey, ...]

    @property
    def bases(self) -> str:
        """Return what stands between the parentheses of the class."""
        return "TypedDict" if self.is_total else "TypedDict, total=False"

    @property
    def is_a_class(self) -> bool:
        """Tell whether all keys can be written as attributes of a class."""
        return all(key.name.isidentifier() and not keyword.iskeyword(key.name) for key in self.keys)


@define
class ModuleTypes:
    """The types that one module of calls uses: those that it imports, and those that it defines."""

    components: dict[str, Schema]
    modelled: Collection[str] = ()
    models: dict[str, set[str]] = field(factory=dict)
    aliases: dict[str, Alias] = field(factory=dict)
    filters: dict[str, FilterType] = field(factory=dict)

    def annotation(self, schema: Schema, *, way: Literal["in", "out"]) -> str:
        """Return the annotation of a value that goes in, or comes out of, a call."""
        if "$ref" in schema:
            return self._model(schema["$ref"])
        kinds = schema.get("type")
        if "anyOf" in schema:
            options = schema["anyOf"]
        elif isinstance(kinds, list):
            options = [{**schema, "type": kind} for kind in kinds]
        else:
            return _literal(schema) or self._container(schema, way) or _scalar(schema, way)
        return " | ".join(dict.fromkeys(self.annotation(option, way=way) for option in options))

    def _container(self, schema: Schema, way: Literal["in", "out"]) -> str | None:
        if schema.get("type") == "array":
            inner = self.annotation(schema["items"], way=way)
            return f"Sequence[{inner}]" if way == "in" else f"list[{inner}]"
        values = schema.get("additionalProperties")
        if schema.get("type") == "object" and isinstance(values, dict):
            inner = self.annotation(values, way=way)
            return f"Mapping[str, {inner}]" if way == "in" else f"dict[str, {inner}]"
        return None

    def _model(self, ref: str) -> str:
        module, _, name = ref.removeprefix(_REF).partition(".")
        self.models.setdefault(module, set()).add(name)
        return _local(name)

    @property
    def model_imports(self) -> tuple[str, ...]:
        """Return the import statements for the models that were used."""
        return tuple(
            f"from ..models.{module} import {', '.join(map(_imported, sorted(names)))}"
            for module, names in sorted(self.models.items())
        )

    def alias(self, name: str, fallback: str, values: Iterable[str], doc: str) -> str:
        """Name a list of literals; `fallback` is used when the name already means another list."""
        wanted = tuple(values)
        if name in self.aliases and self.aliases[name].values != wanted:
            name = fallback
        self.aliases[name] = Alias(name, wanted, docstring([doc], indent=0))
        return name

    def choice(self, name: str, fallback: str, values: Iterable[str], doc: str) -> str:
        """Name a list of literals, or return the name that it already has."""
        wanted = tuple(values)
        known = (alias.name for alias in self.aliases.values() if alias.values == wanted)
        return next(known, None) or self.alias(name, fallback, wanted, doc)

    def filter(self, name: str, schema: Schema, operation: Operation) -> str:
        """Define the TypedDict of an operation's filter."""
        required = set(schema.get("required", ()))
        keys = tuple(
            FilterKey(
                key,
                _presence(self._filter_annotation(details), is_required=key in required),
                docstring([_filter_doc(details)], indent=4),
            )
            for key, details in schema["properties"].items()
        )
        doc = f"Which items `{operation.resource}.{operation.name}` returns; all keys must fit."
        self.filters[name] = FilterType(name, docstring([doc], indent=4), is_total=False, keys=keys)
        return name

    def _filter_annotation(self, details: Schema) -> str:
        kind = details["x-amo-filter"]["kind"]
        if kind == "flag":
            return "bool"
        if kind == "fields":
            return "Mapping[int, Scalar | Sequence[Scalar] | TimeRange | NumberRange]"
        if kind == "object":
            return self._pair(details["$ref"])
        if kind == "pairs":
            return f"Sequence[{self._pair(details['items']['$ref'])}]"
        if kind == "range":
            one = details["anyOf"][0]
            bounds = "TimeRange" if one.get("format") == "unix-time" else "NumberRange"
            return f"{self.annotation(one, way='in')} | {bounds}"
        return self.annotation(details, way="in")

    def _pair(self, ref: str) -> str:
        """Define the TypedDict of an object in a filter; models are for what travels in bodies."""
        component = ref.removeprefix(_REF)
        schema = self.components[component]
        required = schema.get("required", ())
        name = component.rpartition(".")[2] + "Filter" * (component in self.modelled)
        is_total = set(required) == set(schema["properties"])
        keys = tuple(
            FilterKey(
                key,
                _presence(
                    self.annotation(details, way="in"),
                    is_required=key in required and not is_total,
                ),
                docstring([sentence(details.get("description", ""))], indent=4),
            )
            for key, details in schema["properties"].items()
        )
        doc = docstring([sentence(schema.get("description") or component)], indent=4)
        self.filters[name] = FilterType(name, doc, is_total=is_total, keys=keys)
        return name


def _local(name: str) -> str:
    """Return what a model is called beside the runtime's own names: amoCRM has calls, too."""
    return f"{name}Model" if name in _TAKEN else name


def _imported(name: str) -> str:
    return name if _local(name) == name else f"{name} as {_local(name)}"


def _presence(annotation: str, *, is_required: bool) -> str:
    return f"Required[{annotation}]" if is_required else annotation


def _filter_doc(details: Schema) -> str:
    own = sentence(details.get("description", ""))
    if details["x-amo-filter"].get("scalar") == "since":
        return f"{own} A single moment means since then.".strip()
    return own


def _literal(schema: Schema) -> str | None:
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema and schema.get("type") != "null":
        values = (value for value in schema["enum"] if value is not None)
        return f"Literal[{', '.join(map(repr, values))}]"
    return None


def _scalar(schema: Schema, way: Literal["in", "out"]) -> str:
    kind = schema.get("type")
    if kind == "null":
        return "None"
    if schema.get("format") == "binary":
        return "bytes"
    if schema.get("format") == "unix-time":
        return "datetime | int" if way == "in" else "datetime"
    if kind in _SCALARS:
        return _SCALARS[kind]
    name = "JsonObject" if kind == "object" else schema.get("x-amo-python", "JsonValue")
    if way == "out":
        return str(name)
    return "Mapping[str, JsonInput]" if name == "JsonObject" else "JsonInput"


def type_noun(operation: Operation) -> str:
    """Return what the names of an operation's own types start with: `Lead` for those of `leads`."""
    module, _, name = operation.traits.get("item", "").partition(".")
    return name if module == operation.resource else capitalised(operation.resource)
