"""The pure functions of `calls/`: signature, body and docstring of each, all decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from .annotations import type_noun
from .arguments import Argument, signature
from .call_text import CONTENT_TYPE, call_arguments, operation_arguments, plain_parameters
from .names import argument_name, capitalised, constant_name
from .prose import docstring, sentence
from .waist import spread_component

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .annotations import ModuleTypes
    from .waist import Operation, Schema

__all__ = ["Function", "function_of"]

_PAGES = frozenset({"page", "page_total", "count_page", "linked_page", "member_page"})
_LISTS = frozenset(
    {"list_total", "written", "created_total", "embedded", "count", "member", "array"}
)


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
        traits=tuple(operation_arguments(operation)),
        place=place,
        body=body,
        query=query,
        paging=paging,
        item=item,
        body_item=body_item,
        call=tuple(
            call_arguments(
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
    for parameter in plain_parameters(operation):
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
        yield Argument(CONTENT_TYPE, "str", '"application/octet-stream"', "MIME type of the data.")


def _paging(operation: Operation) -> Iterator[Argument]:
    if "paginated" in operation.traits:
        most = operation.traits["paginated"]["max"]
        yield Argument("page", "int", "1", "Number of the page, from 1.")
        yield Argument("limit", "int", str(most), f"Items on the page, at most {most}.")
