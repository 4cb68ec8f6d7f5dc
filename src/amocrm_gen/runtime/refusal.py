"""Reads error answers: which error it is, and what the API says about each item and field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from attrs import evolve
from orjson import JSONDecodeError, loads

from amocrm_gen.runtime.codes import AMO_CODES
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.errors import (
    AccountBlocked,
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    PaymentRequired,
    Problem,
    RateLimited,
    ServerError,
    Unauthorized,
    ValidationError,
)
from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.log import redact

__all__ = ["Refusal", "conflicts_in", "is_conflict", "problems_in", "refusal_of"]

_OUTDATED: Final = "last modified date is older"
_PASSING: Final = ("системная ошибка", "повторите попытку")
"""A 400 with these words is a fault of amoCRM's own that goes by."""

_BY_STATUS: Final[Mapping[int, type[ApiError]]] = {
    400: ValidationError,
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: ValidationError,
    429: RateLimited,
}


class Refusal:
    """What an error answer says, whatever its form."""

    def __init__(self, response: Response, secrets: Sequence[str]) -> None:
        self.status = response.status
        self.request_id = response.headers.get("x-request-id")
        self._retry_after = response.headers.get("retry-after")
        self._secrets = secrets
        try:
            content: object = loads(response.body)
        except JSONDecodeError:
            content = None
        self.is_json = is_object(content)
        self.content: Mapping[str, object] = content if is_object(content) else {}
        self._text = response.body[:4096].decode("utf-8", "replace")

    @property
    def hint(self) -> str | None:
        """What the OAuth server says is wrong."""
        return self._word("hint")

    @property
    def title(self) -> str | None:
        """The kind of error."""
        return self._word("title")

    @property
    def message(self) -> str:
        """What is said in words, else the name of the status."""
        said = self._word("detail") or self._word("title") or self._other_words()
        said = said or _words(self._text)
        reason = HTTPStatus(self.status).phrase if self.status in _STATUSES else "no known status"
        return redact(said, *self._secrets) if said and not self._is_page() else reason

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from the header or the body."""
        named = self.content.get("retry_after", self._retry_after)
        return _seconds(named)

    @property
    def is_block(self) -> bool:
        """Whether it is the page by which nginx turns away a blocked account or address."""
        return self.status == 403 and not self.is_json

    def _is_page(self) -> bool:
        return not self.is_json and "<" in self._text

    def _other_words(self) -> str | None:
        """What the chats API says, or the API before v4."""
        chats = [self._word(key) for key in ("error_type", "error_description")]
        if any(chats):
            return ": ".join(word for word in chats if word)
        old = self.content.get("response")
        said = old.get("error") if is_object(old) else None
        return said if isinstance(said, str) and said else None

    def _word(self, key: str) -> str | None:
        value = self.content.get(key)
        return redact(value, *self._secrets) if isinstance(value, str) and value else None


_STATUSES: Final = frozenset(int(status) for status in HTTPStatus)


def refusal_of(
    response: Response,
    *,
    operation: str,
    sent: object = None,
    secrets: Sequence[str] = (),
) -> ApiError:
    """Return the error that an answer stands for; `sent` is the body it is about."""
    refusal = Refusal(response, secrets)
    problems = tuple(problems_in(refusal.content, sent))
    kind = _kind(refusal, problems)
    if kind is Conflict:
        problems = _with_ids(problems, refusal.message, sent)
    advice = None
    if 300 <= refusal.status < 400:
        advice = "the account may have moved: look up its domain; redirects are never followed"
    return kind(
        refusal.message,
        operation=operation,
        status=refusal.status,
        request_id=refusal.request_id,
        problems=problems,
        hint=refusal.hint,
        retry_after=refusal.retry_after,
        advice=advice,
    )


def conflicts_in(answer: object) -> tuple[int, ...]:
    """Return the ids that an answer calls outdated: API v2 says so in an answer of status 200.

    `{"_embedded": {"items": […], "errors": {"update": {"<id>": "Last modified date is older …"}}}}`
    """
    problems = problems_in(answer) if is_object(answer) else ()
    return tuple(
        one.entity_id for one in problems if one.entity_id is not None and is_conflict(one)
    )


def is_conflict(problem: Problem) -> bool:
    """Tell whether a problem is that the entity is newer on the server."""
    return _OUTDATED in problem.detail.lower()


def _with_ids(problems: tuple[Problem, ...], said: str, sent: object) -> tuple[Problem, ...]:
    items = sent if is_list(sent) else [sent]
    ids = [item.get("id") if is_object(item) else None for item in items]
    if not problems and len(ids) == 1:
        problems = (Problem(said, index=0),)
    known = [one.entity_id if one.index is None else ids[one.index] for one in problems]
    return tuple(
        evolve(one, entity_id=number) if isinstance(number, int) else one
        for one, number in zip(problems, known, strict=True)
    )


def _kind(refusal: Refusal, problems: Sequence[Problem]) -> type[ApiError]:
    said = [refusal.message, *(problem.detail for problem in problems)]
    if any(_OUTDATED in text.lower() for text in said):
        return Conflict
    if refusal.is_block:
        return AccountBlocked
    passing = all(word in refusal.message.lower() for word in _PASSING)
    if refusal.status >= 500 or (refusal.status == 400 and passing and not problems):
        return ServerError
    return _BY_STATUS.get(refusal.status, ApiError)


def problems_in(content: Mapping[str, object], sent: object = None) -> Iterator[Problem]:
    """Go through everything that an answer says about items and fields, in any of its forms."""
    embedded = content.get("_embedded")
    forms = [
        content.get("validation-errors"),
        content.get("errors"),
        embedded.get("errors") if is_object(embedded) else None,
    ]
    for form in forms:
        for entry in _entries(form):
            yield from _problems(entry, sent)


def _entries(form: object) -> Iterator[Mapping[str, object]]:
    if is_list(form):
        yield from (entry for entry in form if is_object(entry))
    elif is_object(form) and ("code" in form or "path" in form):
        yield form
    elif is_object(form):
        for key, value in form.items():
            if key.isdecimal():
                yield {"entity_id": int(key), "errors": value}
            else:
                # API v2 groups by what was asked: {"update": {"<id>": "<text>"}}.
                yield from _entries(value)


def _problems(entry: Mapping[str, object], sent: object) -> Iterator[Problem]:
    inner = entry.get("errors")
    if isinstance(inner, str):
        yield _problem(entry, {"detail": inner}, sent)
    elif is_object(inner) or is_list(inner):
        details = [inner] if is_object(inner) else inner
        for detail in details:
            yield _problem(entry, detail if is_object(detail) else {"detail": detail}, sent)
    else:
        yield _problem(entry, entry, sent)


def _problem(entry: Mapping[str, object], said: Mapping[str, object], sent: object) -> Problem:
    code = _text(said.get("code", said.get("status")))
    request_id = _text(entry.get("request_id"))
    entity_id = entry.get("entity_id")
    number = entity_id if isinstance(entity_id, int) else None
    detail = _text(said.get("detail")) or _text(said.get("title")) or _meaning(code)
    return Problem(
        detail=redact(detail or "refused without a reason"),
        code=code,
        path=_text(said.get("path")),
        index=_index(sent, request_id, number),
        request_id=request_id,
        entity_id=number,
    )


def _meaning(code: str | None) -> str | None:
    """Return what a number means that the API gives without a text."""
    return AMO_CODES.get(int(code)) if code is not None and code.isdecimal() else None


def _index(sent: object, request_id: str | None, entity_id: int | None) -> int | None:
    if not is_list(sent):
        return None
    for index, item in enumerate(sent):
        if not is_object(item):
            continue
        if request_id is not None and str(item.get("request_id")) == request_id:
            return index
        if entity_id is not None and item.get("id") == entity_id:
            return index
    # Without a mark of its own an item is told by its place.
    place = int(request_id) if request_id is not None and request_id.isdecimal() else len(sent)
    return place if place < len(sent) else None


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)


def _seconds(named: object) -> float | None:
    if isinstance(named, int | float) and not isinstance(named, bool):
        return _bounded(float(named))
    if not isinstance(named, str):
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", named.strip()):
        return _bounded(float(named))
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few refusals name a time

    try:
        moment = parsedate_to_datetime(named)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return _bounded((aware - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):
        return None


_LONGEST: Final = 3600.0
"""Seconds: a garbled answer must not hold everybody back for years."""


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), _LONGEST)


_SHOWN: Final = 200


def _words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
