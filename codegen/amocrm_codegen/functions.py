"""The pure functions of `calls/`: signature, body and docstring of each, all decided here."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from attrs import frozen

from .annotations import type_noun
from .names import argument_name, capitalised, constant_name
from .prose import docstring, sentence
from .waist import spread_component, spread_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .annotations import ModuleTypes
    from .waist import Operation, Parameter, Schema

__all__ = ["Argument", "Function", "function_of", "signature"]

_PAGES = frozenset({"page", "page_total", "count_page", "linked_page", "member_page"})
_LISTS = frozenset(
    {"list_total", "written", "created_total", "embedded", "count", "member", "array"}
)
_UNREAD = frozenset({"JsonObject", "JsonValue", "None", "bytes"})


@frozen
class Argument:
    """An argument of a function."""

    name: str
    annotation: str
    default: str = ""
    doc: str = ""
    is_keyword_only: bool = True

    @property
    def declaration(self) -> str:
        """Return the argument as it stands in a `def`; without an annotation, in the reference."""
        if not self.annotation:
            return f"{self.name}={self.default}" if self.default else self.name
        default = f" = {self.default}" if self.default else ""
        return f"{self.name}: {self.annotation}{default}"


@frozen
class Function:
    """A pure function that returns a `Call`."""

    operation: Operation
    name: str
    constant: str
    traits: tuple[str, ...]
    """The arguments of the `Operation`."""
    place: tuple[Argument, ...]
    """The variables of the path."""
    body: Argument | None
    query: tuple[Argument, ...]
    """Keywords, without the number and size of a page: those of the query, then headers."""
    paging: tuple[Argument, ...]
    item: str
    """Annotation of one item of the answer."""
    body_item: str
    """Annotation of one item of the body; empty when there is none."""
    call: tuple[str, ...]
    """The arguments of the `Call`."""
    docstring: str

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """Return all arguments, in the order of the `def`."""
        body = () if self.body is None else (self.body,)
        return (*self.place, *body, *self.query, *self.paging)

    @property
    def signature(self) -> str:
        """Return what stands between the parentheses of the `def`."""
        return signature(self.arguments)

    @property
    def result(self) -> str:
        """Return the annotation of what the answer is read as."""
        if self.operation.envelope in _PAGES:
            return f"Page[{self.item}]"
        return self.list_or_item

    @property
    def list_or_item(self) -> str:
        """Return the annotation of all items of one answer."""
        return f"list[{self.item}]" if self.is_list else self.item

    @property
    def is_list(self) -> bool:
        """Tell whether the answer is a list of items in one piece."""
        return self.operation.envelope in _LISTS

    @property
    def is_paged(self) -> bool:
        """Tell whether the answers come in pages that are asked for one by one."""
        return self.operation.envelope in _PAGES and bool(self.paging)

    @property
    def is_batch(self) -> bool:
        """Tell whether a long body can be cut into several calls whose answers are joined."""
        of_models = self.operation.body is not None and "$ref" in self.operation.body.get(
            "items", {}
        )
        return "batch" in self.operation.traits and of_models and self.is_list


def signature(arguments: tuple[Argument, ...]) -> str:
    """Return what stands between the parentheses of a `def`."""
    parts: list[str] = []
    for argument in arguments:
        if argument.is_keyword_only and "*" not in parts:
            parts.append("*")
        parts.append(argument.declaration)
    return ", ".join(parts)


def function_of(operation: Operation, types: ModuleTypes) -> Function:
    """Decide how the function of an operation looks, and note in `types` what it needs."""
    constant = constant_name(operation.name)
    place = tuple(_place(operation, types, _id_of_item(operation, types)))
    body, body_item = _body(operation, types)
    query = (
        *_parts(operation, types),
        *_query(operation, types, taken={argument.name for argument in place}),
        *_headers(operation, types),
    )
    paging = tuple(_paging(operation))
    item = "None" if operation.result is None else types.annotation(operation.result, way="out")
    return Function(
        operation=operation,
        name=argument_name(operation.name),
        constant=constant,
        traits=tuple(_traits(operation)),
        place=place,
        body=body,
        query=query,
        paging=paging,
        item=item,
        body_item=body_item,
        call=tuple(
            _call(
                operation,
                constant,
                place,
                body,
                item,
                query,
                paging,
                tuple(_part_schemas(operation, types)),
            )
        ),
        docstring=docstring(
            [
                sentence(operation.summary),
                f"`{operation.method} {operation.path}`; the facades say more.",
            ],
            indent=4,
        ),
    )


def _id_of_item(operation: Operation, types: ModuleTypes) -> str:
    """Return the variable of the path that the item itself holds, so that it is given once."""
    ref = (operation.body or {}).get("$ref", "")
    last = operation.path_parameters[-1].name if operation.path_parameters else ""
    held = types.components.get(ref.removeprefix("#/components/schemas/"), {}).get("required", ())
    return last if operation.kind == "update_one" and last == "id" and last in held else ""


def _place(operation: Operation, types: ModuleTypes, known: str) -> Iterator[Argument]:
    for parameter in operation.path_parameters:
        if parameter.name == known:
            continue
        values = operation.over.get(parameter.name)
        if values is None:
            annotation = types.annotation(parameter.schema, way="in")
        else:
            noun, verb, variable = (
                type_noun(operation),
                capitalised(operation.name),
                capitalised(parameter.name),
            )
            doc = f"What may stand for `{parameter.name}` in a path."
            annotation = types.choice(f"{noun}{variable}", f"{noun}{verb}{variable}", values, doc)
        name = argument_name(parameter.name)
        yield Argument(name, annotation, doc=sentence(parameter.doc), is_keyword_only=False)


def _body(operation: Operation, types: ModuleTypes) -> tuple[Argument | None, str]:
    if operation.body is None:
        return None, ""
    if "spread" in operation.traits:
        return None, ""
    if operation.traits.get("body") == "bytes":
        return Argument("data", "bytes", doc="What to send.", is_keyword_only=False), "bytes"
    listed = operation.body.get("type") == "array"
    item = types.annotation(operation.body["items"] if listed else operation.body, way="in")
    annotation = f"Sequence[{item}]" if listed else item
    default = ""
    if not operation.body_is_required:
        annotation, default = f"{annotation} | None", "None"
    name = "items" if listed else "item"
    return Argument(name, annotation, default, is_keyword_only=False), item


def _parts(operation: Operation, types: ModuleTypes) -> Iterator[Argument]:
    """Return an argument for each field of a body that is spread."""
    parts = _part_schemas(operation, types)
    component = spread_component(operation, types.components) if parts else ""
    required = types.components[component].get("required", ()) if parts else ()
    for name, schema in parts.items():
        annotation = types.annotation(schema, way="in")
        doc = sentence(schema.get("description", ""))
        if name in required:
            yield Argument(argument_name(name), annotation, doc=doc)
        elif annotation.startswith("Sequence["):
            yield Argument(argument_name(name), annotation, "()", doc)
        else:
            yield Argument(argument_name(name), f"{annotation} | None", "None", doc)


def _part_schemas(operation: Operation, types: ModuleTypes) -> dict[str, Schema]:
    """Return the fields of a body that is spread; none where it is not."""
    if "spread" not in operation.traits:
        return {}
    component = spread_component(operation, types.components)
    found: dict[str, Schema] = types.components[component]["properties"]
    return found


def _query(operation: Operation, types: ModuleTypes, taken: set[str]) -> Iterator[Argument]:
    stem = type_noun(operation) + capitalised(operation.name)
    named = {parameter.name: parameter for parameter in operation.query_parameters}
    if "with" in named:
        values = named["with"].schema["items"]["enum"]
        alias = types.alias(f"{stem}With", "", values, "What can be added to the answer.")
        doc = "What to add to each item; what is not asked for stays UNSET."
        yield Argument("with_", f"Sequence[{alias}]", "()", doc)
    if "filter" in named:
        kind = types.filter(f"{stem}Filter", named["filter"].schema, operation)
        doc = "Which items to return: all keys must fit, and any value of a list."
        if named["filter"].schema.get("required"):
            yield Argument("filter", kind, doc=doc)
        else:
            yield Argument("filter", f"{kind} | None", "None", doc)
    if "order" in named:
        fields = named["order"].schema["properties"]
        values = [sign + name for name in fields for sign in ("", "-")]
        alias = types.alias(f"{stem}Order", "", values, "A field to sort by; `-` is descending.")
        usual = operation.traits.get("default_order")
        doc = "Field to sort by, with `-` in front for descending." + f" Else `{usual}`." * bool(
            usual
        )
        yield Argument("order", f"{alias} | None", "None", doc)
    for parameter in _plain_parameters(operation):
        name = argument_name(parameter.name, taken=taken)
        annotation = types.annotation(parameter.schema, way="in")
        doc = sentence(parameter.doc)
        if parameter.is_required:
            yield Argument(name, annotation, doc=doc)
        else:
            yield Argument(name, f"{annotation} | None", "None", doc)


def _headers(operation: Operation, types: ModuleTypes) -> Iterator[Argument]:
    for parameter in operation.header_parameters:
        annotation = types.annotation(parameter.schema, way="in")
        name = argument_name(parameter.python_name)
        if parameter.is_required:
            yield Argument(name, annotation, doc=sentence(parameter.doc))
        else:
            yield Argument(name, f"{annotation} | None", "None", sentence(parameter.doc))
    if operation.traits.get("body") == "bytes":
        yield Argument(_CONTENT_TYPE, "str", '"application/octet-stream"', "MIME type of the data.")


def _plain_parameters(operation: Operation) -> Iterator[Parameter]:
    own = {
        "with",
        "filter",
        "order",
        *(_page_names(operation) if "paginated" in operation.traits else ()),
    }
    return (parameter for parameter in operation.query_parameters if parameter.name not in own)


def _page_names(operation: Operation) -> tuple[str, str]:
    """Return the parameters that choose a page of a list."""
    place, size = operation.traits["paginated"].get("names", ("page", "limit"))
    return place, size


def _paging(operation: Operation) -> Iterator[Argument]:
    if "paginated" in operation.traits:
        most = operation.traits["paginated"]["max"]
        yield Argument("page", "int", "1", "Number of the page, from 1.")
        yield Argument("limit", "int", str(most), f"Items on the page, at most {most}.")


def _call(  # noqa: PLR0913, PLR0917  # a call is made of all of these
    operation: Operation,
    constant: str,
    place: tuple[Argument, ...],
    body: Argument | None,
    item: str,
    query: tuple[Argument, ...],
    paging: tuple[Argument, ...],
    parts: tuple[str, ...],
) -> Iterator[str]:
    yield constant
    spread, query = query[: len(parts)], query[len(parts) :]
    wires = [parameter.name for parameter in operation.path_parameters]
    values = [argument.name for argument in place]
    values += ["item.id"] * (len(wires) - len(values))
    variables = [_keyword(wire, value) for wire, value in zip(wires, values, strict=True)]
    yield (
        f"path({', '.join([f'{constant}.path', *variables])})" if variables else f"{constant}.path"
    )
    own = [
        f"{argument.name}={argument.name}" for argument in query if argument.name in _OWN_KEYWORDS
    ]
    headers = {
        argument_name(parameter.python_name): parameter.name
        for parameter in operation.header_parameters
    }
    moments = {
        argument_name(parameter.python_name)
        for parameter in operation.header_parameters
        if parameter.schema.get("format") == "unix-time"
    }
    plain = [
        argument
        for argument in query
        if argument.name not in {*_OWN_KEYWORDS, *headers, _CONTENT_TYPE}
    ]
    pairs = zip(_plain_parameters(operation), plain, strict=True)
    entries = [f"{parameter.name!r}: {argument.name}" for parameter, argument in pairs]
    if paging and _page_names(operation) != ("page", "limit"):
        entries += _odd_paging(operation)
        paging = ()
    params = ", ".join(entries)
    keywords = own + [f"params={{{params}}}"] * bool(params)
    keywords += [f"{argument.name}={argument.name}" for argument in paging]
    if keywords:
        checked = [f"of={constant}"] * bool(own)
        yield f"query=encode_query({', '.join(checked + keywords)})"
    if parts:
        pieces = [f"{wire!r}: {part.name}" for wire, part in zip(parts, spread, strict=True)]
        written = f"encode_parts({{{', '.join(pieces)}}})"
        for key in reversed(spread_keys(operation)):
            written = f"{{{key!r}: {written}}}"
        is_form = operation.traits.get("body") == "form"
        yield f"form=encode_form({written})" if is_form else f"body={written}"
    if body is not None:
        yield _BODIES[operation.traits.get("body", "json")].format(body.name)
    if item not in _UNREAD:
        yield f"returns={item}"
    sent = [f'("{headers[name]}", {_header_value(name, moments)})' for name in headers]
    if operation.traits.get("body") == "bytes":
        sent.append(f'("Content-Type", {_CONTENT_TYPE})')
    if sent:
        yield f"headers=encode_headers({', '.join(sent)})"


def _header_value(name: str, moments: set[str]) -> str:
    return f"http_date({name})" if name in moments else name


_BODIES = {
    "json": "body=encode_body({})",
    "form": "form=encode_form({})",
    "bytes": "content={}",
}
_CONTENT_TYPE = "content_type"


def _odd_paging(operation: Operation) -> Iterator[str]:
    place, size = _page_names(operation)
    is_offset = operation.traits["paginated"]["by"] == "offset"
    yield f"{place!r}: {'(page - 1) * limit' if is_offset else 'page'}"
    yield f"{size!r}: limit"


def _keyword(name: str, value: str) -> str:
    return f"**{{{name!r}: {value}}}" if keyword.iskeyword(name) else f"{name}={value}"


_OWN_KEYWORDS = frozenset({"with_", "filter", "order"})


def _traits(operation: Operation) -> Iterator[str]:
    traits = operation.traits
    yield f'name="{operation.resource}.{operation.name}"'
    yield f'method="{operation.method}"'
    yield f'path="{operation.path}"'
    yield f'retry="{traits["retry"]}"'
    yield f'envelope="{operation.envelope}"'
    if "key" in traits:
        yield f'key="{traits["key"]}"'
    if traits.get("empty"):
        yield "empty=True"
    if "paginated" in traits:
        yield f"page_max={traits['paginated']['max']}"
    if "batch" in traits:
        yield f"batch_max={traits['batch']['max']}"
        yield f'batch_match="{traits["batch"]["match"]}"'
    if "lock" in traits:
        yield f'lock="{traits["lock"]}"'
    named = {parameter.name: parameter for parameter in operation.query_parameters}
    if "filter" in named:
        filters: Mapping[str, Any] = named["filter"].schema["properties"]  # Any: JSON Schema
        yield f"filters={tuple(filters)!r}"
        joined = tuple(name for name, how in filters.items() if "joined" in how["x-amo-filter"])
        if joined:
            yield f"joined={joined!r}"
    if "with" in traits:
        yield f"withs={tuple(traits['with'])!r}"
    if "order" in traits:
        yield f"orders={tuple(traits['order'])!r}"
    yield from _where_and_how(traits)


def _where_and_how(traits: Mapping[str, Any]) -> Iterator[str]:  # Any: the `x-amo` object
    if traits.get("host", "account") != "account":
        yield f'host="{traits["host"]}"'
    if "auth" in traits:
        yield f'auth="{traits["auth"]}"'
    if "headers" in traits:
        yield f"headers={tuple(traits['headers'].items())!r}"
