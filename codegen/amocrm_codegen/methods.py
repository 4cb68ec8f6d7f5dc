"""The methods of the facades: each hands its arguments on to a function, in one of five forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from .arguments import Argument, signature
from .prose import docstring, section, sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from .functions import Function

__all__ = ["Method", "methods_of"]

_ERRORS = {
    400: "ValidationError",
    401: "Unauthorized",
    402: "PaymentRequired",
    403: "Forbidden",
    404: "NotFound",
    429: "RateLimited",
}
_REFUSED_AMONG = (
    "A good answer may refuse some of the items: a `BatchError` tells which, and what became of "
    "the others; of one item alone it is a `ValidationError`."
)
_NOT_FOUND = 404
_ONCE = "once"
_FIELDS = "custom_fields_values"
_UPDATED = "updated_at"
_WRAPPERS = {"paginate": "Paginator", "changes": "Changes", "edit": "AbstractContextManager"}


@frozen(kw_only=True)
class Method:
    """A method; the synchronous and the asynchronous one are printed from the same values."""

    name: str
    form: Literal["send", "send_or_none", "paginate", "changes", "write", "edit"]
    function: Function
    arguments: tuple[Argument, ...]
    forwarded: str
    """The arguments of the pure function, as the method hands them on."""
    result: str
    """Annotation of what comes back; of one item for `paginate` and `edit`, which wrap it."""
    summary: str
    returns: str = ""
    """What the docstring says of the result, where its type does not say it."""
    update: Function | None = None
    """What `edit` writes with."""
    options: tuple[Argument, ...] = ()
    """What `write` can be told besides what the function takes."""
    deleted: str = ""
    """The event that tells of deletions of what `changes` reads."""
    look_up: Function | None = None
    """What finds the items that `write` has created."""

    @property
    def signature(self) -> str:
        """Return what stands between the parentheses of the `def`."""
        return _bound(self.arguments)

    @property
    def signature_for_one(self) -> str:
        """Return the signature of `write` for a single item."""
        return _bound((*self._with_items(self.function.body_item), *self._for_one))

    @property
    def signature_for_many(self) -> str:
        """Return the signature of `write` for any number of items."""
        items = self._with_items(f"Iterable[{self.function.body_item}]")
        keys = f"Keys[{self.function.body_item}] | None"
        options = (
            evolve(each, annotation=keys) if each.name == _ONCE else each for each in self.options
        )
        return _bound((*items, *options))

    @property
    def hand_over(self) -> str:
        """Return the options of `write` as they are handed on."""
        handed = [f"{each.name}={each.name}" for each in self.options]
        if self.look_up is not None:
            found = _forwarded((*self.look_up.place, *self.look_up.paging))
            handed.append(f"look_up=lambda page, limit: calls.{self.look_up.name}({found})")
        return ", ".join(handed)

    @property
    def _for_one(self) -> tuple[Argument, ...]:
        return tuple(
            evolve(each, annotation="str | None") for each in self.options if each.name == _ONCE
        )

    def _with_items(self, annotation: str) -> tuple[Argument, ...]:
        return tuple(
            evolve(argument, annotation=annotation) if argument.name == "items" else argument
            for argument in self.arguments
            if argument not in self.options
        )

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

    @property
    def http(self) -> str:
        """Return the method and path that the server sees; for `edit`, those of the change."""
        operation = (self.update or self.function).operation
        return f"{operation.method} {operation.path}"

    @property
    def short_signature(self) -> str:
        """Return the arguments without annotations, for which the reference has no room."""
        return signature(tuple(evolve(each, annotation="") for each in self.arguments))

    @property
    def short_result(self) -> str:
        """Return what the synchronous method returns."""
        wrapper = _WRAPPERS.get(self.form)
        return f"{wrapper}[{self.result}]" if wrapper else self.result

    @property
    def docstring(self) -> str:
        """Return the docstring, indented as in a class."""
        operation = self.function.operation
        described = [f"{each.name}: {each.doc}" for each in self.arguments if each.doc]
        raised = ", ".join(self._raised())
        evidence = ", ".join(operation.traits.get("evidence", ()))
        paragraphs = [
            self.summary,
            operation.description,
            "What it removes is gone." if operation.traits.get("destructive") else "",
            "For administrators." if operation.traits.get("admin") else "",
            section("Args", described, indent=8),
            section("Returns", [self.returns] if self.returns else [], indent=8),
            _REFUSED_AMONG if "errors" in operation.traits.get("beside", ()) else "",
            f"Raises {raised}." if raised else "",
            f"`{self.http}`; known from {evidence}." if evidence else f"`{self.http}`",
        ]
        return docstring(paragraphs, indent=8)

    def _raised(self) -> Iterator[str]:
        errors = self.function.operation.errors
        for status in errors:
            if status != _NOT_FOUND:
                yield f"`{_ERRORS.get(status, 'ApiError')}` ({status})"
        if self.form != "send_or_none" and (_NOT_FOUND in errors or _reads_one(self.function)):
            yield "`NotFound` (404, or 204 without a body)"


def methods_of(functions: Sequence[Function], events: Collection[str] = ()) -> Iterator[Method]:
    """Return the methods of a resource's facade, in the order of its functions.

    `events` are names of events that tell of deletions.
    """
    updates = {
        function.operation.path: function
        for function in functions
        if function.operation.method == "PATCH" and _can_edit_with(function)
    }
    for function in functions:
        if function.is_paged:
            yield _paginate(function)
            if _tells_changes(function):
                yield _changes(function, events)
        elif function.is_batch:
            yield _write(function, _look_up(function, functions))
        else:
            yield _send(function)
        if _reads_one(function):
            yield _send_or_none(function)
            update = updates.get(function.operation.path)
            if update is not None:
                yield _edit(function, update)


def _reads_one(function: Function) -> bool:
    operation = function.operation
    variables = {parameter.name for parameter in operation.path_parameters}
    return operation.kind == "get" and bool(variables - set(operation.over))


def _can_edit_with(update: Function) -> bool:
    body = update.operation.body
    return body is not None and "$ref" in body and not update.query


def _send(function: Function) -> Method:
    return Method(
        name=function.name,
        form="send",
        function=function,
        arguments=function.arguments,
        forwarded=_forwarded(function.arguments),
        result=function.result,
        summary=sentence(function.operation.summary),
    )


def _send_or_none(function: Function) -> Method:
    return evolve(
        _send(function),
        name=f"{function.name}_or_none",
        form="send_or_none",
        result=f"{function.item} | None",
        summary=f"{_headline(function)}, or return None when it is not there.",
    )


def _paginate(function: Function) -> Method:
    most = function.operation.traits["paginated"]["max"]
    ahead = "Pages to ask for ahead; 0 is one after the other."
    own = (
        Argument("limit", "int | None", "None", "Stop after so many items."),
        Argument("page_size", "int", str(most), f"Items to ask for at a time, at most {most}."),
        Argument("page", "int", "1", "Page to start with, from 1."),
        Argument("prefetch", "int | None", "None", ahead),
    )
    before = (*function.place, *function.query)
    return evolve(
        _send(function),
        form="paginate",
        arguments=(*before, *own),
        forwarded=_forwarded((*before, *function.paging)),
        result=function.item,
        returns="The items, asked for page by page as the loop goes on; `.pages()` gives pages.",
    )


def _tells_changes(function: Function) -> bool:
    """Tell whether a list can be read by the time of the last change, the oldest first."""
    operation = function.operation
    named = {parameter.name: parameter for parameter in operation.query_parameters}
    filters = named["filter"].schema["properties"] if "filter" in named else {}
    is_range = filters.get(_UPDATED, {}).get("x-amo-filter", {}).get("kind") == "range"
    orders = named["order"].schema["properties"] if "order" in named else ()
    return is_range and (_UPDATED in orders or operation.traits.get("default_order") == _UPDATED)


def _changes(function: Function, events: Collection[str]) -> Method:
    query = tuple(argument for argument in function.query if argument.name != "order")
    since = Argument(
        "since",
        "str | datetime | None",
        "None",
        "The `cursor` of the last time, or a moment; None is everything.",
        is_keyword_only=False,
    )
    doc = "Seconds that are read again, as amoCRM may show a change so much later."
    forwarded = _forwarded((*function.place, *query, *function.paging))
    if _UPDATED in function.operation.traits.get("order", ()):
        forwarded += f', order="{_UPDATED}"'
    deleted = f"{function.item.lower()}_deleted"
    return evolve(
        _send(function),
        name=f"changes{function.name.removeprefix('find')}",
        form="changes",
        arguments=(*function.place, since, *query, Argument("overlap", "int", "60", doc)),
        forwarded=forwarded,
        result=function.item,
        summary=f"{_headline(function)} that were made or changed since the last time.",
        returns="What a loop goes through; its `cursor` is to be kept for the next time.",
        deleted=deleted if deleted in events else "",
    )


def _look_up(function: Function, functions: Sequence[Function]) -> Function | None:
    """Return what lists the items that a create makes, where it can look for a custom field."""
    if not _is_once(function):
        return None
    for each in functions:
        named = {parameter.name: parameter for parameter in each.operation.query_parameters}
        filters = named["filter"].schema["properties"] if "filter" in named else {}
        if each.is_paged and _FIELDS in filters and each.place == function.place:
            return each
    return None


def _is_once(function: Function) -> bool:
    operation = function.operation
    return operation.kind == "create" and operation.traits["retry"] == "refused_only"


def _options(function: Function) -> Iterator[Argument]:
    one = function.body_item
    if _is_once(function):
        doc = (
            "A key, such as the number of an order; of many items a list of keys or what makes the "
            "key of an item. What was created with a key is not created again."
        )
        yield Argument(_ONCE, f"str | Keys[{one}] | None", "None", doc)
    doc = "Called after each request for many items, with the `Progress` so far."
    yield Argument("progress", "Tell | None", "None", doc)
    if function.operation.traits["retry"] == "refused_only":
        doc = (
            "What a 504 does to many items: `in_doubt` raises, `split` sends halves again, at the "
            "risk of creating items twice; not with `once`."
        )
        yield Argument("on_gateway_timeout", "OnGatewayTimeout", '"in_doubt"', doc)


def _write(function: Function, look_up: Function | None) -> Method:
    most = function.operation.traits["batch"]["max"]
    one = function.body_item
    doc = f"One item, or any number of them, which are sent in batches of at most {most}."
    items = Argument("items", f"{one} | Iterable[{one}]", doc=doc, is_keyword_only=False)
    arguments = (*function.place, items, *function.query)
    options = tuple(_options(function))
    return evolve(
        _send(function),
        form="write",
        arguments=(*arguments, *options),
        forwarded=_forwarded(arguments),
        options=options,
        look_up=look_up,
        result=f"{function.item} | list[{function.item}]",
        returns="What became of the item, or a list of that, in the order of the items.",
    )


def _edit(function: Function, update: Function) -> Method:
    doc = (
        "How often to read again and repeat the changes after a `Conflict`; only where somebody "
        "else has changed other things."
    )
    return evolve(
        _send(function),
        name=f"edit{function.name.removeprefix('get')}",
        form="edit",
        arguments=(*function.arguments, Argument("retries", "int", "0", doc)),
        summary=f"{_headline(update)}: lock it, read it, let the body of `with` change it, write.",
        returns="A context manager that gives the object; leaving it sends what was changed.",
        update=update,
    )


def _headline(function: Function) -> str:
    return sentence(function.operation.summary).removesuffix(".")


def _bound(arguments: tuple[Argument, ...]) -> str:
    rest = signature(arguments)
    return f"self, {rest}" if rest else "self"


def _forwarded(arguments: tuple[Argument, ...]) -> str:
    return ", ".join(
        f"{argument.name}={argument.name}" if argument.is_keyword_only else argument.name
        for argument in arguments
    )
