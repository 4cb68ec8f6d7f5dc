"""Every refusal that the API gives, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from amocrm_mockserver.message import PROBLEM, Response, html_response, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amocrm_mockserver.account import Account
    from amocrm_mockserver.jsonvalue import Row

__all__ = [
    "Flaw",
    "ItemFlaws",
    "ProblemError",
    "bad_request",
    "blocked",
    "empty_body",
    "empty_method_not_allowed",
    "entity_errors",
    "forbidden",
    "function_off",
    "internal",
    "invalid",
    "invalid_items",
    "invalid_without_item",
    "limit_exceeded",
    "malformed_body",
    "method_not_allowed",
    "missing",
    "not_found",
    "payment_required",
    "too_long",
    "too_many_requests",
    "unauthorized",
    "unknown_page",
    "unknown_route",
    "unprocessable",
    "unsupported",
    "wrong_type",
]

_TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Entity",
    426: "Upgrade Required",
    429: "Too Many Requests",
}
_INVALID: Final = "Request validation failed"
_BLOCKED_PAGE: Final = (
    "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center>"
    "<hr><center>nginx</center></body></html>"
)
_UNKNOWN_PAGE: Final = (
    "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center>"
    "<hr><center>nginx</center></body></html>"
)
_BUSY_PAGE: Final = (
    "<html><head><title>429 Too Many Requests</title></head><body><center>"
    "<h1>429 Too Many Requests</h1></center><hr><center>nginx</center></body></html>"
)


class ProblemError(Exception):
    """Ends the handling of a request; the response says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Flaw(TypedDict):
    """One fault of one field, as the validator names it."""

    code: str
    path: str
    detail: str


class ItemFlaws(TypedDict):
    """The faults of one item of a batch."""

    request_id: str
    errors: list[Flaw]


def missing(path: str) -> Flaw:
    """A required field that is not there."""
    return {"code": "FieldMissing", "path": path, "detail": "This field is missing."}


def wrong_type(path: str, kind: str) -> Flaw:
    """A value of another type than the PHP type named."""
    return {
        "code": "InvalidType",
        "path": path,
        "detail": f"This value should be of type {kind}.",
    }


def unsupported(path: str) -> Flaw:
    """A value that is not among those allowed here."""
    return {
        "code": "NotSupportedChoice",
        "path": path,
        "detail": "The value you selected is not a valid choice.",
    }


def _refusal(status: int, detail: str, more: Row | None = None) -> ProblemError:
    body: Row = {
        **(more or {}),
        "title": _TITLES[status],
        "type": f"https://httpstatus.es/{status}",
        "status": status,
        "detail": detail,
    }
    return ProblemError(json_response(status, body, kind=PROBLEM))


def invalid(items: Sequence[ItemFlaws]) -> ProblemError:
    """Faults found by the validator; nothing was written."""
    return _refusal(400, _INVALID, {"validation-errors": list(items)})


def invalid_without_item(flaws: Sequence[Flaw]) -> ProblemError:
    """Faults of a request that has no items, such as the deletion of an unknown pipeline."""
    return _refusal(400, _INVALID, {"validation-errors": [{"errors": list(flaws)}]})


def bad_request(detail: str) -> ProblemError:
    """A 400 that is told by its detail alone."""
    return _refusal(400, detail)


def empty_body() -> ProblemError:
    """A write without anything to write."""
    return bad_request("Request data can not be empty")


def malformed_body() -> ProblemError:
    """A body that is not JSON; the text is that of the framework which amoCRM's errors show."""
    return bad_request("Error when parsing JSON request body: Syntax error")


def entity_errors(errors: object) -> ProblemError:
    """A 400 with its own `errors`: a map of ids to texts, or a list of codes."""
    return _refusal(400, _INVALID, {"errors": errors})


def invalid_items(errors: Sequence[tuple[str, Flaw]]) -> ProblemError:
    """Marks of items and what is wrong with each, as deletions of several rows tell it."""
    told = [{"request_id": mark, "errors": flaw} for mark, flaw in errors]
    return _refusal(400, "Invalid request items", {"errors": told})


def unauthorized() -> ProblemError:
    """No token, or one that is not good any more."""
    return _refusal(401, "Invalid user name or password")


def payment_required() -> ProblemError:
    """The account, or a feature of it, is not paid for."""
    return _refusal(402, "Payment required")


def forbidden(detail: str = "Forbidden") -> ProblemError:
    """Rights or scope are too small."""
    return _refusal(403, detail)


def blocked() -> ProblemError:
    """The page of the front server for an address or account that asked too much."""
    return ProblemError(html_response(403, _BLOCKED_PAGE))


def not_found(detail: str) -> ProblemError:
    """Something named in the path does not exist."""
    return _refusal(404, detail)


def unknown_route(method: str, url: str, *, zone: str) -> ProblemError:
    """No such method; on amocrm.ru the text ends in an exclamation mark."""
    mark = "!" if zone == "amocrm.ru" else ""
    return _refusal(404, f"Cannot {method} {url}{mark}")


def unknown_page() -> ProblemError:
    """No such path among those of amoCRM's own pages."""
    return ProblemError(html_response(404, _UNKNOWN_PAGE))


def method_not_allowed() -> ProblemError:
    """A known path that does not know this method."""
    return _refusal(405, "Method Not Allowed")


def empty_method_not_allowed() -> ProblemError:
    """The same, as a few routes tell it: without a body."""
    return ProblemError(Response(405))


def function_off(detail: str) -> ProblemError:
    """A function of the account that is switched off, by its old number."""
    return _refusal(426, detail)


def unprocessable(detail: str) -> ProblemError:
    """Understood, but not possible in this account."""
    return _refusal(422, detail)


def limit_exceeded(most: int, *, status: int = 422) -> ProblemError:
    """A batch that is too long."""
    return _refusal(status, f"Limit {most} per page")


def too_long(account: Account, path: str) -> Flaw:
    """A text that is longer than it may be; how that is called is not known."""
    if account.guesses["validation.too_long"] == "NotSupportedChoice":
        return unsupported(path)
    return {"code": "TooLong", "path": path, "detail": "This value is too long."}


def too_many_requests(*, as_json: bool = False) -> ProblemError:
    """Over the rate limit: an HTML page as a rule, rarely JSON."""
    if not as_json:
        return ProblemError(html_response(429, _BUSY_PAGE))
    body: Row = {
        "title": _TITLES[429],
        "type": "https://httpstatus.es/429",
        "status": 429,
        "detail": "You have sent too many requests in a given amount of time."
        " Please try again later.",
        "retry_after": 300,
    }
    return ProblemError(json_response(429, body, kind=PROBLEM))


def internal(trace_id: str) -> ProblemError:
    """A fault of the server itself."""
    body: Row = {
        "title": "ErrInternalServer",
        "status": 500,
        "detail": "Internal server error",
        "trace_id": trace_id,
    }
    return ProblemError(json_response(500, body, kind=PROBLEM))
