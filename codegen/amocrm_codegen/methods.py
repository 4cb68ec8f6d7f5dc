"""The methods of the facades: each hands its arguments on to a pure function, in one of five forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from .functions import Argument, Function, signature
from .prose import docstring, section, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Method", "methods_of"]

_ERRORS = {
    400: "ValidationError",
    401: "Unauthorized",
    402: "PaymentRequired",
    403: "Forbidden",
    404: "NotFound",
    429: "RateLimited",
}
_NOT_FOUND = 404

Form = Literal["send", "send_or_none", "paginate", "write", "edit"]


@frozen
class Method:
    """A method; the synchronous and the asynchronous one are printed from the same values."""

    name: str
    form: Form
    function: Function
    arguments: tuple[Argument, ...]
    result: str
    docstring: str
    forwarded: str
    """The arguments of the pure function, without those that the form adds."""
    update: Function | None = None
    """What `edit` writes with."""

    @property
    def signature(self) -> str:
        """Return what stands between the parentheses of the `def`."""
        return _bound(self.arguments)

    @property
    def signature_for_one(self) -> str:
        """Return the signature of `write` for a single item."""
        return _bound(_with_items(self.arguments, self.function.body_item))

    @property
    def signature_for_many(self) -> str:
        """Return the signature of `write` for any number of items."""
        return _bound(_with_items(self.arguments, f"Iterable[{self.function.body_item}]"))

    @property
    def is_bound(self) -> bool:
        """Tell whether the function of one batch needs more than the items."""
        return self.forwarded != "items"

    @property
    def make_update(self) -> str:
        """Return what makes the call by which `edit` writes."""
        assert self.update is not None
        call = f"calls.{self.update.name}"
        place = _forwarded(self.update.place)
        return f"lambda item: {call}({place}, item)" if place else call


def methods_of(functions: Sequence[Function]) -> Iterator[Method]:
    """Return the methods of a resource's facade, in the order of its functions."""
    known = {(function.operation.method, function.operation.path): function for function in functions}
    for function in known.values():
        if function.is_paged:
            yield _paginate(function)
        elif function.is_batch:
            yield _write(function)
        else:
            yield _send(function)
        if function.operation.kind == "get" and _names_one(function):
            yield _send_or_none(function)
            update = known.get(("PATCH", function.operation.path))
            if update is not None and _can_edit(function, update):
                yield _edit(function, update)


def _names_one(function: Function) -> bool:
    variables = {parameter.name for parameter in function.operation.path_parameters}
    return bool(variables - set(function.operation.over))


def _can_edit(function: Function, update: Function) -> bool:
    return update.operation.body is not None and "$ref" in update.operation.body and not update.query


def _send(function: Function) -> Method:
    return Method(
        name=function.name,
        form="send",
        function=function,
        arguments=function.arguments,
        result=function.result,
        docstring=_docstring(function, function.arguments),
        forwarded=_forwarded(function.arguments),
    )


def _send_or_none(function: Function) -> Method:
    name = f"{function.name}_or_none"
    about = f"{sentence(function.operation.summary).removesuffix('.')}, or return None when it is not there."
    return Method(
        name=name,
        form="send_or_none",
        function=function,
        arguments=function.arguments,
        result=f"{function.item} | None",
        docstring=_docstring(function, function.arguments, summary=about, is_absence_an_error=False),
        forwarded=_forwarded(function.arguments),
    )


def _paginate(function: Function) -> Method:
    most = function.operation.traits["paginated"]["max"]
    own = (
        Argument("limit", "int | None", "None", "Stop after so many items."),
        Argument("page_size", "int", str(most), f"Items to ask for at a time, at most {most}."),
        Argument("page", "int", "1", "Page to start with, from 1."),
        Argument("prefetch", "int | None", "None", "Pages to ask for ahead; 0 is one after the other."),
    )
    before = (*function.place, *function.query)
    arguments = (*before, *own)
    returns = "The items one by one, asked for page by page as the loop goes on; `.pages()` gives pages."
    return Method(
        name=function.name,
        form="paginate",
        function=function,
        arguments=arguments,
        result=function.item,
        docstring=_docstring(function, arguments, returns=returns),
        forwarded=_forwarded((*before, *function.paging)),
    )


def _write(function: Function) -> Method:
    most = function.operation.traits["batch"]["max"]
    one = function.body_item
    doc = f"One item, or any number of them, which are sent in batches of at most {most}."
    items = Argument("items", f"{one} | Iterable[{one}]", doc=doc, is_keyword_only=False)
    arguments = (*function.place, items, *function.query)
    returns = "What became of the item, or a list of that, in the order of the items."
    return Method(
        name=function.name,
        form="write",
        function=function,
        arguments=arguments,
        result=f"{function.item} | list[{function.item}]",
        docstring=_docstring(function, arguments, returns=returns),
        forwarded=_forwarded(arguments),
    )


def _edit(function: Function, update: Function) -> Method:
    returns = "A context manager that gives the object; leaving it sends what was changed, and only that."
    return Method(
        name=_renamed(function.name),
        form="edit",
        function=function,
        arguments=(*function.place, *function.query),
        result=function.item,
        docstring=_docstring(
            function,
            function.arguments,
            summary=f"{sentence(update.operation.summary).removesuffix('.')}: lock, read, let the body change it, write.",
            returns=returns,
        ),
        forwarded=_forwarded(function.arguments),
        update=update,
    )


def _renamed(name: str) -> str:
    return "edit" + name.removeprefix("get") if name.startswith("get") else f"edit_{name}"


def _bound(arguments: tuple[Argument, ...]) -> str:
    rest = signature(arguments)
    return f"self, {rest}" if rest else "self"


def _with_items(arguments: tuple[Argument, ...], annotation: str) -> tuple[Argument, ...]:
    return tuple(
        evolve(argument, annotation=annotation) if argument.name == "items" else argument
        for argument in arguments
    )


def _forwarded(arguments: tuple[Argument, ...]) -> str:
    return ", ".join(
        f"{argument.name}={argument.name}" if argument.is_keyword_only else argument.name
        for argument in arguments
    )


def _docstring(
    function: Function,
    arguments: tuple[Argument, ...],
    *,
    summary: str = "",
    returns: str = "",
    is_absence_an_error: bool = True,
) -> str:
    operation = function.operation
    described = [f"{argument.name}: {argument.doc}" for argument in arguments if argument.doc]
    raised = [
        f"`{_ERRORS.get(status, 'ApiError')}` ({status})"
        for status in operation.errors
        if status != _NOT_FOUND
    ]
    reads_one = operation.kind == "get" and _names_one(function)
    if is_absence_an_error and (reads_one or _NOT_FOUND in operation.errors):
        raised.append("`NotFound` (404, or 204 without a body)")
    evidence = operation.traits.get("evidence")
    paragraphs = [
        summary or sentence(operation.summary),
        operation.description,
        section("Args", described, indent=8),
        section("Returns", [returns] * bool(returns), indent=8),
        f"Raises {', '.join(raised)}." if raised else "",
        f"`{operation.method} {operation.path}`" + f"; known from {', '.join(evidence or ())}." * bool(evidence),
    ]
    return docstring(paragraphs, indent=8)
