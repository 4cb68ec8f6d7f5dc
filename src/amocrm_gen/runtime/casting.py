"""Reads answers to raw requests as what their caller asks for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast, get_origin

from attrs import field, frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.errors import NotFound, ResponseError
from amocrm_gen.runtime.kinds import is_list, is_object

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonValue

__all__ = ["RawResponse", "cast_answer"]


@frozen(kw_only=True)
class RawResponse:
    """An answer as it came, tokens and all that it may hold included."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in any case."""
    content: bytes = field(repr=False)
    """The body, unpacked."""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> "JsonValue":
        """Return the JSON of the body; a ValueError if it is none."""
        found: JsonValue = loads(self.content)
        return found


def cast_answer(response: Response, wanted: object) -> object:
    """Read an answer as a `RawResponse`, bytes, text, a model, or a list of models.

    A list is looked for in the envelopes of the API, too.
    """
    if wanted is RawResponse:
        return RawResponse(status=response.status, headers=response.headers, content=response.body)
    if wanted is bytes:
        return response.body
    if wanted is str:
        return response.body.decode("utf-8", "replace")
    is_listing = get_origin(wanted) is list
    if response.status == 204 or not response.body:
        if is_listing:
            return []
        raise NotFound("there is no such entity")
    try:
        content: object = loads(response.body)
    except JSONDecodeError as error:
        raise ResponseError(f"the answer is no JSON: {error}") from None
    from amocrm_gen.runtime import convert  # noqa: PLC0415 - loads cattrs, which a start can spare

    found, path = _listed(content) if is_listing else (content, "$")
    made: object = convert.structure(cast("JsonValue", found), wanted, path=path)
    return made


def _listed(content: object) -> tuple[object, str]:
    embedded = content.get("_embedded") if is_object(content) else None
    lists = (
        [key for key, value in embedded.items() if is_list(value)] if is_object(embedded) else []
    )
    if not is_object(embedded) or len(lists) != 1:
        return content, "$"
    return embedded[lists[0]], f"$._embedded.{lists[0]}"
