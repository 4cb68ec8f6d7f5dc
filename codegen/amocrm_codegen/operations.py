"""Turns the operations of the spec into resolved ones, with every default made explicit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from attrs import define

from .ir import FilterField, Operation, Param, Type

if TYPE_CHECKING:
    from .expressions import Names
    from .faults import Faults, Place
    from .ir import FilterKind, Kind, Service
    from .yamlmarks import MarkedDict

__all__ = ["OperationBuilder", "path_variables"]

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_ERROR_TYPES = "common"
_KEYLESS = ("item", "none", "array", "bytes")


def path_variables(path: str) -> tuple[str, ...]:
    """Return the names between braces, in order."""
    return tuple(_VARIABLE.findall(path))


@define
class OperationBuilder:
    """Builds the operations of one resource."""

    names: Names
    service: Service
    faults: Faults
    enums: frozenset[str]
    """The components that are named enums: in a filter they are values, not pairs."""

    def build(
        self, resource: str, raw: MarkedDict, entity_tables: dict[str, str]
    ) -> list[Operation]:
        """Return the operations of a resource; `entity_tables` says where each entity is kept."""
        operations = raw.get("operations", {})
        return [
            self._operation(resource, name, op, operations.place_of_key(name), entity_tables)
            for name, op in operations.items()
        ]

    def _operation(
        self, resource: str, name: str, raw: MarkedDict, place: Place, entity_tables: dict[str, str]
    ) -> Operation:
        method, path = raw["http"].split(" ", 1)
        traits = raw.get("traits", {})
        over = tuple((key, tuple(values)) for key, values in raw.get("over", {}).items())
        takes = self._type(resource, raw, "takes")
        returns = None if raw.get("returns") == "nothing" else self._type(resource, raw, "returns")
        item = _item(returns)
        kind = raw.get("kind") or _kind(method, path, traits, returns)
        envelope = raw.get("envelope") or _envelope(kind, traits, returns)
        readonly = bool(traits.get("readonly"))
        idempotent = bool(traits.get("idempotent", readonly))
        table = raw.get("table") or entity_tables.get(item, resource)
        batch = traits.get("batch", {})
        paginated = traits.get("paginated", {})
        return Operation(
            resource=resource,
            name=name,
            method=method,
            path=path,
            summary=raw["summary"],
            kind=kind,
            envelope=envelope,
            status=raw.get("status", 204 if envelope == "none" else 200),
            place=place,
            doc=raw.get("doc", "").strip(),
            over=over,
            path_params=self._path_params(raw, path, dict(over)),
            params=self._params(resource, raw),
            with_=tuple(raw.get("with", ())),
            filter=self._filter(resource, raw),
            order=tuple(raw.get("order", ())),
            default_order=raw.get("default_order", ""),
            takes=takes,
            optional_body=bool(raw.get("optional_body")),
            spread=raw.get("spread", False),
            returns=returns,
            key=raw.get("key", resource) if envelope not in _KEYLESS else "",
            table=table,
            readonly=readonly,
            idempotent=idempotent,
            destructive=bool(traits.get("destructive", method == "DELETE")),
            admin=bool(traits.get("admin")),
            retry=traits.get("retry") or _retry(readonly=readonly, idempotent=idempotent),
            page_max=paginated.get("max", 0),
            page_default=paginated.get("default", 50) if paginated else 0,
            page_names=_page_names(paginated),
            page_by=paginated.get("by", "number"),
            batch_max=batch.get("max", 0),
            batch_match=batch.get("match", "position") if batch else "",
            lock=traits.get("lock", ""),
            empty=tuple(traits.get("empty", ())),
            host=traits.get("host", "account"),
            auth=traits.get("auth", "bearer"),
            body=_body(raw, takes),
            headers=tuple(raw.get("headers", {}).items()),
            is_unexposed=bool(traits.get("unexposed")),
            scope=traits.get("scope", "crm"),
            errors=self._errors(resource, raw),
            beside=self._beside(resource, raw),
            evidence=tuple(raw.get("evidence", ())),
            keywords=tuple((lang, tuple(words)) for lang, words in raw.get("keywords", {}).items()),
            example_request=raw.get("example", {}).get("request"),
            example_answer=raw.get("example", {}).get("answer"),
        )

    def _type(self, resource: str, raw: MarkedDict, key: str) -> Type | None:
        if key not in raw:
            return None
        return self.names.type_of(raw[key], resource, raw.place_of_key(key))

    def _path_params(
        self, raw: MarkedDict, path: str, over: dict[str, tuple[str, ...]]
    ) -> tuple[Param, ...]:
        types = raw.get("path", {})
        variables = path_variables(path)
        at = raw.place_of_key("http")
        for name in [*over, *types]:
            if name not in variables:
                self.faults.add(
                    at, f"the path has no variable {{{name}}}", "add it, or remove the entry"
                )
        if len(set(variables)) != len(variables):
            self.faults.add(at, "a variable stands twice in the path", "rename one of them")
        result: list[Param] = []
        for name in variables:
            if name in over:
                kind = Type("scalar", "string", enum=over[name])
            else:
                kind = Type(
                    "scalar", types.get(name, "integer" if name.endswith("id") else "string")
                )
            result.append(Param(name, kind, required=True))
        return tuple(result)

    def _params(self, resource: str, raw: MarkedDict) -> tuple[Param, ...]:
        result: list[Param] = []
        for name, value in raw.get("params", {}).items():
            mapping = value if isinstance(value, dict) else {"type": value}
            kind = self.names.type_of(value, resource, raw["params"].place_of_key(name))
            required = bool(mapping.get("required"))
            header = mapping.get("header", "")
            result.append(Param(name, kind, mapping.get("doc", ""), required, header))
        return tuple(result)

    def _filter(self, resource: str, raw: MarkedDict) -> tuple[FilterField, ...]:
        fields = raw.get("filter", {})
        return tuple(
            self._filter_field(resource, name, value, fields.place_of_key(name))
            for name, value in fields.items()
        )

    def _filter_field(
        self,
        resource: str,
        name: str,
        value: Any,  # Any: a filter of the checked YAML
        place: Place,
    ) -> FilterField:
        mapping = value if isinstance(value, dict) else {"type": value}
        doc, required = mapping.get("doc", ""), bool(mapping.get("required"))
        columns: tuple[str, ...] = (mapping.get("column", name),)
        if "range" in mapping:
            kind = Type("scalar", mapping["range"])
            scalar = mapping.get("scalar", "equal")
            return FilterField(name, "range", kind, columns, place, scalar, doc, required)
        if "flag" in mapping:
            kind = Type("scalar", "boolean")
            return FilterField(name, "flag", kind, columns, place, "", doc, required)
        if "map" in mapping:
            kind = Type("scalar", "json")
            return FilterField(name, "fields", kind, columns, place, "", doc, required)
        if "list" in mapping:
            kind = self.names.type_of(mapping["list"], resource, place)
            is_struct = kind.kind == "ref" and kind.name not in self.enums
            what: FilterKind = "pairs" if is_struct else "list"
            joined = bool(mapping.get("joined"))
            if joined and is_struct:
                self.faults.add(place, f"the filter {name!r} joins objects", "remove `joined`")
            return FilterField(name, what, kind, columns, place, "", doc, required, joined)
        kind = self.names.type_of(mapping, resource, place)
        what = "object" if kind.kind == "ref" and kind.name not in self.enums else "value"
        return FilterField(name, what, kind, columns, place, "", doc, required)

    def _beside(self, resource: str, raw: MarkedDict) -> tuple[Param, ...]:
        given = raw.get("beside", {})
        return tuple(
            Param(name, self.names.type_of(value, resource, given.place_of_key(name)))
            for name, value in given.items()
        )

    def _errors(self, resource: str, raw: MarkedDict) -> tuple[tuple[int, str], ...]:
        found: dict[int, str] = {}
        own = raw.get("errors", {})
        for status, name in own.items():
            at = own.place_of_key(status)
            if not status.isdigit() or not 400 <= int(status) <= 599:
                self.faults.add(at, f"{status!r} is no error status", "write 400 to 599")
                continue
            full = self.names.resolve(name, resource, at)
            if full is not None:
                found[int(status)] = full
        for status in self.service.default_errors:
            name = self.service.errors.get(status, "Problem")
            found.setdefault(status, f"{_ERROR_TYPES}.{name}")
        return tuple(sorted(found.items()))


def _item(returns: Type | None) -> str:
    if returns is None:
        return ""
    if returns.kind == "list":
        return returns.items[0].name
    return returns.name if returns.kind == "ref" else ""


def _kind(method: str, path: str, traits: dict[str, Any], returns: Type | None) -> Kind:
    by_id = path.rstrip("/").endswith("}")
    is_list = returns is not None and returns.kind == "list"
    if method == "GET":
        if is_list:
            return "list"
        return "get" if by_id else "action"
    if "batch" in traits and method in ("POST", "PATCH"):
        return "create" if method == "POST" else "update"
    if method == "PATCH" and by_id:
        return "update_one"
    if method == "DELETE" and by_id:
        return "delete"
    return "action"


def _body(raw: MarkedDict, takes: Type | None) -> Literal["json", "form", "bytes"]:
    if takes is not None and takes.name == "bytes":
        return "bytes"
    return "form" if raw.get("body") == "form" else "json"


def _page_names(paginated: dict[str, Any]) -> tuple[str, str]:  # Any: checked YAML
    if paginated.get("by") == "offset":
        return paginated.get("offset", "offset"), paginated.get("limit", "limit")
    return "page", paginated.get("limit", "limit")


def _envelope(kind: Kind, traits: dict[str, Any], returns: Type | None) -> str:
    if returns is None or returns.name == "bytes":
        return "none" if returns is None else "bytes"
    if traits.get("bare"):
        return "array"
    if returns.kind != "list":
        return "item"
    if kind != "list":
        return "written"
    if "paginated" in traits:
        return "page_total" if traits["paginated"].get("totals") else "page"
    return "list_total"


def _retry(*, readonly: bool, idempotent: bool) -> str:
    if readonly:
        return "safe"
    return "idempotent" if idempotent else "refused_only"
