"""Checks of meaning over a resolved spec; each trait has its own."""

from __future__ import annotations

import difflib
import itertools
import keyword
import re
from typing import TYPE_CHECKING

from .operations import path_variables

if TYPE_CHECKING:
    from .faults import Faults
    from .ir import Operation, Spec, Struct, Type

__all__ = ["lint"]

# A generated function of this name would hide the builtin inside its own module.
_RESERVED = frozenset(
    {"list", "dict", "type", "set", "int", "str", "float", "bool", "tuple", "pages", "first"}
)
_TABLES_OUTSIDE = frozenset({"users", "loss_reasons"})
_LAST_SEGMENT = re.compile(r"\{[a-z_]+\}$")


def lint(spec: Spec, faults: Faults, *, overlays: frozenset[str] = frozenset()) -> None:
    """Note everything that a resolved spec says and cannot mean.

    Operations that stand in `overlays` need neither keywords nor evidence: they are the user's own.
    """
    _unique(spec, faults)
    _cycles(spec, faults)
    for operation in spec.operations:
        _names(operation, faults)
        if operation.place.file not in overlays:
            _words(operation, faults)
        _reading(spec, operation, faults)
        _writing(spec, operation, faults)
    for struct in spec.structs.values():
        _fields(spec, struct, faults)


def _unique(spec: Spec, faults: Faults) -> None:
    seen: dict[tuple[str, str], Operation] = {}
    for operation in spec.operations:
        values = itertools.product(*(values for _, values in operation.over))
        for bound in values:
            path = operation.path
            for (name, _), value in zip(operation.over, bound, strict=True):
                path = path.replace(f"{{{name}}}", value)
            shape = re.sub(r"\{[a-z_]+\}", "{}", path)
            first = seen.setdefault((operation.method, shape), operation)
            if first is not operation:
                faults.add(
                    operation.place,
                    f"{operation.method} {path} is already {first.id}",
                    f"change one of the two; the other is at {first.place}",
                )


def _cycles(spec: Spec, faults: Faults) -> None:
    """Modules that need each other would be generated as one; keep them apart."""
    needs: dict[str, dict[str, Struct]] = {}
    for struct in spec.structs.values():
        module = struct.component.split(".")[0]
        for item in struct.fields:
            for ref in item.type.refs():
                other = ref.split(".")[0]
                if other != module:
                    needs.setdefault(module, {}).setdefault(other, struct)
    for module in sorted(needs):
        path = _path_back(module, needs)
        if path:
            struct = needs[module][path[1]]
            faults.add(
                struct.place,
                f"the resources {' → '.join(path)} need each other's types",
                "move the shared type to common.yaml",
            )
            return


def _path_back(start: str, needs: dict[str, dict[str, Struct]]) -> list[str]:
    queue: list[list[str]] = [[start]]
    seen = {start}
    while queue:
        path = queue.pop(0)
        for other in sorted(needs.get(path[-1], {})):
            if other == start:
                return [*path, start]
            if other not in seen:
                seen.add(other)
                queue.append([*path, other])
    return []


def _names(operation: Operation, faults: Faults) -> None:
    if keyword.iskeyword(operation.name) or operation.name in _RESERVED:
        faults.add(
            operation.place,
            f"an operation cannot be called {operation.name!r}",
            "choose another verb, such as find for list",
        )


def _words(operation: Operation, faults: Faults) -> None:
    words = dict(operation.keywords)
    missing = [lang for lang in ("en", "ru") if not words.get(lang)]
    if missing:
        faults.add(
            operation.place,
            f"{operation.id} has no keywords in {' and '.join(missing)}",
            "add `keywords: {en: […], ru: […]}`",
        )
    if not operation.evidence:
        faults.add(
            operation.place, f"{operation.id} has no evidence", "add `evidence: [docs]` or the like"
        )


def _reading(spec: Spec, operation: Operation, faults: Faults) -> None:
    def note(what: str, mend: str) -> None:
        faults.add(operation.place, what, mend)

    item = _item(operation.returns)
    if operation.page_max and operation.kind != "list":
        note(f"{operation.id} is paginated and no list", "let it return {list: …}")
    if operation.readonly and operation.method != "GET":
        note(f"{operation.id} is readonly and a {operation.method}", "use GET")
    if operation.readonly:
        for name in sorted(_with_names(spec, item) - set(operation.with_)):
            note(
                f"{item} shows something only with={name}, which {operation.id} does not offer",
                f"add {name} to its `with`",
            )
    _columns(spec, operation, faults)


def _columns(spec: Spec, operation: Operation, faults: Faults) -> None:
    names = _field_names(spec, _item(operation.returns))
    if not names:
        return
    wanted = [("order", name, operation.place) for name in operation.order]
    if operation.default_order:
        wanted.append(("default_order", operation.default_order.lstrip("-"), operation.place))
    wanted += [
        (f"the filter {entry.name!r}", column, entry.place)
        for entry in operation.filter
        # The pairs of some filters are about another entity: tasks by the stage of their lead.
        for column in (entry.columns if entry.kind not in {"pairs", "object"} else ())
    ]
    for what, name, place in wanted:
        if name not in names:
            faults.add(place, f"{what} names the unknown field {name!r}", _near(name, names))


def _writing(spec: Spec, operation: Operation, faults: Faults) -> None:
    if operation.batch_max:
        if operation.takes is None or operation.takes.kind != "list":
            faults.add(
                operation.place,
                f"{operation.id} is a batch and takes no list",
                "write `takes: {list: …}`",
            )
        elif operation.batch_match == "id" and "id" not in _field_names(
            spec, _item(operation.takes)
        ):
            faults.add(
                operation.place,
                f"{operation.id} matches by an id that its items lack",
                "match by request_id",
            )
    if operation.beside and not operation.key:
        faults.add(
            operation.place,
            f"{operation.id} has keys beside `_embedded`, which its answer lacks",
            "take `beside` away, or return a list",
        )
    if operation.kind in {"create", "update", "update_one"} and operation.takes is None:
        faults.add(operation.place, f"{operation.id} takes nothing", "add `takes:`")
    if operation.method == "GET" and operation.takes is not None:
        faults.add(
            operation.place,
            f"{operation.id} is a GET with a body",
            "move it to `params` or `filter`",
        )
    _wire(spec, operation, faults)
    known = _lockable(spec, operation)
    for variable in path_variables(operation.lock):
        if variable not in known:
            faults.add(
                operation.place,
                f"the lock names the unknown {{{variable}}}",
                _near(variable, known),
            )
    if operation.kind in ("get", "delete") and not _LAST_SEGMENT.search(operation.path):
        faults.add(
            operation.place,
            f"{operation.id} names no single thing",
            "end the path with {id}, or set `kind`",
        )


def _wire(spec: Spec, operation: Operation, faults: Faults) -> None:
    if operation.spread and _spread_of(spec, operation) not in spec.structs:
        faults.add(
            operation.place,
            f"{operation.id} spreads a body that has no fields",
            "take a type with fields, or take `spread` away",
        )
    if operation.body == "form" and (operation.takes is None or operation.takes.kind == "list"):
        faults.add(
            operation.place,
            f"{operation.id} has a form and takes no object",
            "take a type with fields, or write the body as JSON",
        )
    if operation.auth == "signed" and operation.host != "amojo":
        faults.add(
            operation.place,
            f"{operation.id} is signed and not of the chats host",
            "add `host: amojo`",
        )


def _lockable(spec: Spec, operation: Operation) -> set[str]:
    """Return the names that a lock may use."""
    known = {*path_variables(operation.path), *_field_names(spec, _item(operation.takes))}
    return known | _names_in_parts(spec, _body_of(operation)) if operation.spread else known


def _names_in_parts(spec: Spec, component: str) -> set[str]:
    """Return the fields of the items in the lists of a body."""
    struct = spec.structs.get(component)
    refs = (ref for item in (struct.fields if struct else ()) for ref in item.type.refs())
    return {name for ref in refs for name in _field_names(spec, ref)}


def _body_of(operation: Operation) -> str:
    return operation.takes.name if operation.takes is not None else ""


def _spread_of(spec: Spec, operation: Operation) -> str:
    """Return the component whose fields become arguments; empty where a key leads nowhere."""
    component = _body_of(operation)
    for key in operation.spread.split(".") if isinstance(operation.spread, str) else ():
        struct = spec.structs.get(component)
        held = next((item for item in struct.fields if item.name == key), None) if struct else None
        component = held.type.name if held is not None and held.type.kind == "ref" else ""
    return component


def _fields(spec: Spec, struct: Struct, faults: Faults) -> None:
    tables = {item.table for item in spec.structs.values() if item.table}
    tables |= {item.table for item in spec.unions.values()} | {
        item.table for item in spec.operations
    }
    for item in struct.fields:
        if item.ref and item.ref not in tables | _TABLES_OUTSIDE:
            faults.add(
                item.place,
                f"{item.name} refers to the unknown table {item.ref!r}",
                _near(item.ref, tables),
            )
        if item.ref_zero and not item.ref:
            faults.add(
                item.place,
                f"{item.name} allows a zero of no table",
                "add `ref:`, or remove ref_zero",
            )


def _item(kind: Type | None) -> str:
    if kind is None:
        return ""
    if kind.kind == "list":
        return _item(kind.items[0])
    return kind.name if kind.kind == "ref" else ""


def _field_names(spec: Spec, component: str) -> set[str]:
    if component in spec.unions:
        component = spec.unions[component].fallback
    struct = spec.structs.get(component)
    return {item.name for item in struct.fields} if struct is not None else set()


def _with_names(spec: Spec, component: str) -> set[str]:
    if component in spec.unions:
        component = spec.unions[component].fallback
    found: set[str] = set()
    struct = spec.structs.get(component)
    for item in struct.fields if struct is not None else ():
        if item.with_:
            found.add(item.with_)
        if item.name == "_embedded":
            found |= _with_names(spec, item.type.name)
    return found


def _near(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
