"""Reads good answers: takes the items out of their envelope and makes models of them."""

from collections.abc import Iterator, Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import evolve, frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.call import Call, Page
from amocrm_gen.runtime.casting import cast_answer
from amocrm_gen.runtime.collector import collector_pause
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.errors import NotFound, Problem, ResponseError
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.refusal import problems_in

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonValue

T = TypeVar("T")

__all__ = ["Answer", "answer_of", "read_items"]


@frozen
class Answer:
    """What a call returned, and what a good answer yet complains of."""

    value: object
    problems: tuple[Problem, ...] = ()
    response: Response | None = None
    """What it was read from, where it complains."""


def answer_of(call: Call[object], response: Response) -> Answer:
    """Read the answer to a call."""
    envelope = call.operation.envelope
    if envelope == "none":
        return Answer(None)
    if envelope == "bytes":
        return Answer(response.body)
    if envelope == "raw" and call.returns is not None:
        return Answer(cast_answer(response, call.returns))
    if response.status == 204 or not response.body:
        return Answer(_nothing(call, response))
    with collector_pause.while_reading(len(response.body)):
        try:
            return _read(call, response)
        except ResponseError as error:
            error.operation = call.operation.name
            error.status = response.status
            error.request_id = response.headers.get("x-request-id")
            raise


def _nothing(call: Call[object], response: Response) -> object:
    operation = call.operation
    match operation.envelope:
        case "page" | "page_total" | "count_page" | "linked_page" | "member_page":
            return Page[object]([])
        case "list_total" | "written" | "created_total" | "embedded" | "count" | "array":
            return []
        case "member":
            return []
        case "item" if operation.method == "GET":
            raise NotFound(
                "there is no such entity",
                operation=operation.name,
                status=response.status,
                request_id=response.headers.get("x-request-id"),
            )
        case _:
            return None


def _read(call: Call[object], response: Response) -> Answer:
    try:
        content: object = loads(response.body)
    except JSONDecodeError as error:
        raise ResponseError(f"the answer is no JSON: {error}") from None
    operation = call.operation
    if operation.envelope == "raw":
        return Answer(content)
    # A good answer can complain of single items: API v2 does, and calls of v4.
    problems = () if operation.method == "GET" else _complaints(content, call.body)
    match operation.envelope:
        case "page" | "page_total" | "count_page" | "linked_page" | "member_page":
            return Answer(_page(call, content, response))
        case "list_total" | "written" | "created_total" | "embedded" | "count" | "member":
            return Answer(_items(call, content), problems)
        case "array":
            return Answer(_structure(content, call, "$", many=True), problems)
        case _:
            return Answer(_structure(content, call, "$", many=False), problems)


def _complaints(content: object, sent: object) -> tuple[Problem, ...]:
    return tuple(problems_in(content, sent)) if is_object(content) else ()


def _page(call: Call[object], content: object, response: Response) -> Page[object]:
    envelope = _object(content, "$")
    links = _object(envelope.get("_links", {}), "$._links")
    number = envelope.get("_page")
    total, pages = envelope.get("_total_items"), envelope.get("_page_count")
    is_unread = call.is_lazy and call.returns is not None
    return Page(
        _items(evolve(call, returns=None) if is_unread else call, envelope),
        number if isinstance(number, int) else 1,
        next_href=_href(links, "next"),
        self_href=_href(links, "self"),
        total_items=total if isinstance(total, int) else None,
        page_count=pages if isinstance(pages, int) else None,
        unread=cast("Call[Page[object]]", call) if is_unread else None,
        served_at=_moment(response.headers.get("date")) if call.is_lazy else None,
    )


def _moment(date: str | None) -> int | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - only with an answer in hand

    try:
        return None if date is None else int(parsedate_to_datetime(date).timestamp())
    except ValueError:
        return None


def read_items(call: Call[Page[T]], items: list[Any]) -> Iterator[T]:  # Any: JSON
    """Read the items of a page one by one, and empty the list meanwhile."""
    from amocrm_gen.runtime import convert  # noqa: PLC0415 - as below

    try:
        yield from convert.structure_each(items, call.returns, path=_path(call))
    except ResponseError as error:
        error.operation = call.operation.name
        raise


def _href(links: Mapping[str, object], name: str) -> str | None:
    link = links.get(name)
    found = link.get("href") if is_object(link) else None
    return found if isinstance(found, str) else None


def _items(call: Call[object], content: object) -> list[object]:
    key = call.operation.key or ""
    holder = _object(content, "$")
    if call.operation.envelope not in {"member", "member_page"}:
        holder = _object(holder.get("_embedded", {}), "$._embedded")
    if key not in holder:
        return []
    found = _structure(holder[key], call, _path(call), many=True)
    return found if is_list(found) else []


def _path(call: Call[Any]) -> str:  # Any: whatever it returns
    place = "$" if call.operation.envelope in {"member", "member_page"} else "$._embedded"
    return f"{place}.{call.operation.key}"


def _structure(content: object, call: Call[object], path: str, *, many: bool) -> object:
    if call.returns is None:
        return content
    from amocrm_gen.runtime import convert  # noqa: PLC0415 - loads cattrs, which a start can spare

    if many and is_list(content):
        convert.structure_items(content, call.returns, path=path)
        return content
    shape = GenericAlias(list, call.returns) if many else call.returns
    found: object = convert.structure(cast("JsonValue", content), shape, path=path)
    return found


def _object(value: object, path: str) -> Mapping[str, object]:
    if is_object(value):
        return value
    # PHP writes an empty object as an empty list.
    if value == [] or value is None:
        return {}
    raise ResponseError(f"{path}: expected an object, got {type(value).__name__}", path=path)
