"""Checks items of a request against the contract, and tells every fault as amoCRM does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from amocrm_mockserver.jsonvalue import is_array, is_object
from amocrm_mockserver.problems import Flaw, missing, unsupported, wrong_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.contract import Contract, Schema
    from amocrm_mockserver.jsonvalue import Json

__all__ = ["Check", "Validator", "as_list"]

Check: TypeAlias = "Callable[[Json, str, list[Flaw], Account], Json]"
"""Takes a value, its path, where to put faults, and the account; gives the value to store."""

_OWN_GRAMMAR: Final = frozenset({"custom_fields_values", "request_id"})
"""Fields that are not checked by their schema: values of custom fields depend on the account's
definitions, and a mark may be any scalar.
"""
_BEYOND: Final = 1 << 63
"""A float that is no 64-bit integer any more."""
_PHP_TYPES: Final[Mapping[str, str]] = {
    "integer": "int",
    "number": "numeric",
    "string": "string",
    "boolean": "bool",
    "array": "array",
    "object": "array",
}


def as_list(value: Json) -> list[Json] | None:
    """The list that a PHP client meant: an object with numeric keys is one, ordered by key."""
    if is_array(value):
        return value
    if is_object(value) and all(key.isdecimal() for key in value):
        return [value[key] for key in sorted(value, key=int)]
    return None


@frozen
class _Property:
    name: str
    check: Check
    required: bool
    null_matters: bool
    empty_is_null: bool


class Validator:
    """Compiles the schemas of one contract into checks, each when it is first needed."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._checks: dict[str, Check] = {}
        self._keys: dict[str, frozenset[str]] = {}

    def check(self, name: str, *, without: str = "") -> Check:
        """The check of a component; `without` names a field that need not be there."""
        key = f"{name}!{without}"
        found = self._checks.get(key)
        if found is None:
            found = self._component(self._contract.schema(name), without)
            self._checks[key] = found
        return found

    def keys(self, name: str) -> frozenset[str]:
        """Every key that an item of this component may have in any variant; empty for any keys."""
        found = self._keys.get(name)
        if found is None:
            found = frozenset(self._names(self._contract.schema(name)))
            self._keys[name] = found = found and found | {"id", "request_id"}
        return found

    def _names(self, schema: Schema) -> Iterator[str]:
        schema = self._contract.resolve(schema)
        yield from schema.get("properties", ())
        for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from self._names(part)
        if "x-amo-fallback" in schema:
            yield from self._names(self._contract.schema(schema["x-amo-fallback"]))

    def _component(self, schema: Schema, without: str = "") -> Check:
        if "discriminator" in schema:
            return self._tagged(schema, without)
        if schema.get("type", "object") != "object":
            return self._any_schema(schema)
        return self._object(schema, without)

    def _object(self, schema: Schema, without: str = "") -> Check:
        required = {name for name in schema.get("required", ()) if name != without}
        properties = [
            self._property(name, inner, required=name in required)
            for name, inner in schema.get("properties", {}).items()
        ]
        if not properties:
            return _any_object

        def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
            if not is_object(value):
                if value != []:
                    flaws.append(wrong_type(path, "array"))
                    return None
                value = {}
            prefix = f"{path}." if path else ""
            taken: dict[str, Json] = {}
            for item in properties:
                name = item.name
                inner = value.get(name)
                if inner is None or (item.empty_is_null and inner == []):
                    if item.null_matters and name in value:
                        taken[name] = None
                    elif item.required:
                        flaws.append(missing(prefix + name))
                else:
                    taken[name] = item.check(inner, prefix + name, flaws, account)
            return taken

        return check

    def _property(self, name: str, schema: Schema, *, required: bool) -> _Property:
        return _Property(
            name=name,
            check=_anything if name in _OWN_GRAMMAR else self._any_schema(schema),
            required=required,
            null_matters=bool(schema.get("x-amo-writable-null")),
            empty_is_null=schema.get("x-amo-null-empty") == [],
        )

    def _any_schema(self, schema: Schema) -> Check:
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2])
        if "anyOf" in schema:
            return self._union([part for part in schema["anyOf"] if part.get("type") != "null"])
        kind: Json = schema.get("type")
        if is_array(kind):
            kind = next(name for name in kind if name != "null")
        if kind == "array":
            return self._list(schema)
        if kind == "object":
            return self._map(schema)
        if kind is None and "enum" not in schema and "const" not in schema:
            return _anything
        return _scalar(kind, schema)

    def _reference(self, name: str) -> Check:
        """A component that is compiled late, since components may contain themselves."""

        def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
            return self.check(name)(value, path, flaws, account)

        return check

    def _list(self, schema: Schema) -> Check:
        inner = self._any_schema(schema.get("items", {}))

        def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
            items = as_list(value)
            if items is None:
                flaws.append(wrong_type(path, "array"))
                return None
            return [
                inner(item, f"{path}.{index}", flaws, account) for index, item in enumerate(items)
            ]

        return check

    def _map(self, schema: Schema) -> Check:
        described: Json = schema.get("additionalProperties")
        if not is_object(described) or not described:
            return _any_object
        inner = self._any_schema(described)

        def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
            if not is_object(value):
                return _any_object(value, path, flaws, account)
            return {
                key: inner(item, f"{path}.{key}", flaws, account) for key, item in value.items()
            }

        return check

    def _union(self, parts: list[Schema]) -> Check:
        checks = [self._any_schema(part) for part in parts]
        if len(checks) == 1:
            return checks[0]

        def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
            tried: list[list[Flaw]] = []
            fitting: list[Json] = []
            for inner in checks:
                own: list[Flaw] = []
                taken = inner(value, path, own, account)
                if own:
                    tried.append(own)
                else:
                    fitting.append(taken)
            if fitting:
                # The variant that understands the most keys is the one that was meant.
                return max(fitting, key=lambda taken: len(taken) if is_object(taken) else 0)
            flaws.extend(min(tried, key=_severity))
            return None

        return check

    def _tagged(self, schema: Schema, without: str) -> Check:
        tag: str = schema["discriminator"]["propertyName"]
        variants = {
            value: self._object(self._contract.resolve({"$ref": reference}), without)
            for value, reference in schema["discriminator"]["mapping"].items()
        }
        other = self._object(self._contract.schema(schema["x-amo-fallback"]), without)

        def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
            chosen = value.get(tag) if is_object(value) else None
            variant = variants.get(chosen) if isinstance(chosen, str) else None
            if variant is not None:
                return variant(value, path, flaws, account)
            taken = other(value, path, flaws, account)
            if chosen is not None:
                flaws.append(unsupported(f"{path}.{tag}" if path else tag))
            return taken

        return check


def _anything(value: Json, _path: str, _flaws: list[Flaw], _account: Account) -> Json:
    return value


def _any_object(value: Json, path: str, flaws: list[Flaw], _account: Account) -> Json:
    if is_object(value):
        return value
    if value != []:
        flaws.append(wrong_type(path, "array"))
    return {}


def _severity(flaws: Iterable[Flaw]) -> tuple[bool, int]:
    """How badly a variant of a union fits; one that lacks a required key fits worst."""
    found = list(flaws)
    return any(flaw["code"] == "FieldMissing" for flaw in found), len(found)


def _scalar(kind: str | None, schema: Schema) -> Check:
    choices: frozenset[Json] | None = None
    if "const" in schema:
        choices = frozenset({schema["const"]})
    elif "enum" in schema:
        choices = frozenset(schema["enum"])
    table: str | None = schema.get("x-amo-ref")
    zero = bool(schema.get("x-amo-ref-zero"))
    chosen = choices is not None or table is not None

    def check(value: Json, path: str, flaws: list[Flaw], account: Account) -> Json:
        fits = True
        if kind is not None:
            fits, value = _fit(kind, value)
        if not fits:
            flaws.append(wrong_type(path, _PHP_TYPES[kind or "string"]))
            if chosen:
                flaws.append(unsupported(path))
            return None
        known = True
        if choices is not None:
            known = value in choices
        elif table is not None and not (zero and value == 0):
            known = account.has(table, value)
        if not known:
            flaws.append(unsupported(path))
        return value

    return check


def _fit(kind: str, value: Json) -> tuple[bool, Json]:
    """Whether a value is of the type, and the value as it is stored."""
    if kind == "boolean":
        return isinstance(value, bool), value
    if kind == "string":
        return isinstance(value, str), value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False, value
    return _fit_number(kind, value)


def _fit_number(kind: str, value: float) -> tuple[bool, float]:
    """Whole floats pass as integers: clients send timestamps so."""
    if isinstance(value, int):
        return True, value
    if abs(value) >= _BEYOND:
        return False, value
    return (True, value) if kind == "number" else (value.is_integer(), int(value))
