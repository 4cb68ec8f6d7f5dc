"""What went wrong, as an exit code, a stable code and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from attrs import Factory, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amocrm_gen.runtime.errors import AmoError, Problem
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["EXIT_CODES", "Failure", "Told", "failure_of"]

EXIT_CODES: Final = {
    0: "done",
    1: "failed",
    2: "the command line is wrong",
    3: "a person must act: log in, pay, grant a right",
    4: "there is no such thing",
    5: "too many requests",
    6: "the input is wrong",
    7: "a conflict, or only a part is done",
}

_NAMED: Final = 3
"""How many faults a sentence names; the JSON has all."""
_CANDIDATE: Final = ("id", "name", "place")

_CODES: Final[dict[str, tuple[str, int]]] = {
    # By the names of classes, so that a failing start need not import them.
    "BatchError": ("partial_batch", 7),
    "PartlyDone": ("partly_done", 7),
    "InDoubtError": ("in_doubt", 7),
    "Conflict": ("conflict", 7),
    "EditError": ("edit_refused", 6),
    "InputError": ("invalid_input", 6),
    "AmbiguousName": ("ambiguous_name", 6),
    "UnknownName": ("unknown_name", 6),
    "ValidationError": ("validation_error", 6),
    "RateLimited": ("rate_limited", 5),
    "UnknownAction": ("unknown_action", 4),
    "UnknownConnection": ("unknown_connection", 4),
    "UnknownRun": ("unknown_run", 4),
    "NotFound": ("not_found", 4),
    "NotConnected": ("not_connected", 3),
    "ActionRequired": ("client_action_required", 3),
    "LoginError": ("login_failed", 3),
    "ReauthorisationRequired": ("reauthorisation_required", 3),
    "Unauthorized": ("unauthorized", 3),
    "PaymentRequired": ("payment_required", 3),
    "AccountBlocked": ("account_blocked", 3),
    "Forbidden": ("forbidden", 3),
    "MissingExtra": ("missing_extra", 2),
    "ConfigurationError": ("configuration_error", 2),
    "OAuthError": ("oauth_error", 3),
    "ServerError": ("server_error", 1),
    "ResponseError": ("unreadable_answer", 1),
    "TransportError": ("no_answer", 1),
    "UploadError": ("upload_failed", 1),
    "ApiError": ("api_error", 1),
    "AmoError": ("error", 1),
}


_LOGINS: Final = {
    "login_credentials_missing": 2,
    "login_port_taken": 1,
    "mock_server_failed": 1,
}
"""Exits of logins that fail for another reason than a person's."""


@frozen(kw_only=True)
class Failure:
    """What is told of an error."""

    code: str
    """Stable: programs may compare it."""
    exit_code: int
    message: str
    """One sentence."""
    details: JsonObject = Factory(dict[str, "JsonValue"])

    @property
    def envelope(self) -> JsonObject:
        """The error as JSON."""
        return {
            "error": {"code": self.code, "message": self.message, "details": dict(self.details)}
        }


class Told(Exception):  # noqa: N818 - it ends a command like an answer does
    """Ends a command with a failure that no error class stands for.

    A person must act, for example; its details say how.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def failure_of(error: BaseException) -> Failure | None:
    """Return what is told of an error; None for one that nobody foresaw."""
    if isinstance(error, Told):
        return error.failure
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return Failure(code="failed", exit_code=1, message=error.format_message())
    from amocrm_gen.runtime.errors import AmoError  # noqa: PLC0415 - a good run needs none

    if isinstance(error, AmoError):
        return _amo(error)
    if isinstance(error, OSError):
        return Failure(code="file_error", exit_code=1, message=_sentence(str(error)))
    return None


def _usage(error: click.UsageError) -> Failure:
    details: JsonObject = {}
    if error.ctx is not None:
        details["command"] = error.ctx.command_path
        details["help"] = f"{error.ctx.command_path} --help"
    possible = getattr(error, "possibilities", None)
    if possible:
        details["did_you_mean"] = list(possible)
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # Its text is the whole help.
        message = f"{error.ctx.command_path} needs a command; see `{error.ctx.command_path} --help`"
    return Failure(code="usage_error", exit_code=2, message=_sentence(message), details=details)


def _amo(error: AmoError) -> Failure:
    code, exit_code = next(
        _CODES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _CODES
    )
    own = getattr(error, "code", None)
    if isinstance(own, str):
        code, exit_code = own, _LOGINS.get(own, exit_code)
    return Failure(
        code=code,
        exit_code=exit_code,
        message=_sentence(_told(error)),
        details={
            key: value for key, value in _details(error).items() if value not in (None, "", [])
        },
    )


def _told(error: AmoError) -> str:
    cause = _cause_of(error)
    said = _with_faults(error)
    return said if cause is None else f"{said}: {cause.message}"


def _cause_of(error: AmoError) -> Failure | None:
    """Return what has stopped an action of which a part is done."""
    is_partly_done = type(error).__name__ == "PartlyDone"  # by its name, as above
    cause = error.__cause__
    return failure_of(cause) if is_partly_done and cause is not None else None


def _with_faults(error: AmoError) -> str:
    """Name what is wrong first: without it a sentence would tell nothing."""
    faults = [str(fault) for fault in getattr(error, "faults", ())]
    problems = [str(problem) for problem in getattr(error, "problems", ())]
    found = faults or problems
    if not found:
        return error.message
    more = "" if len(found) <= _NAMED else f"; and {len(found) - _NAMED} more"
    told = f"{'; '.join(found[:_NAMED])}{more}"
    return told if faults or told == error.message else f"{error.message}: {told}"


def _details(error: AmoError) -> dict[str, JsonValue]:
    own: Callable[[], dict[str, JsonValue]] | None = getattr(error, "as_json", None)
    further = {} if own is None else own()
    cause = _cause_of(error)
    return {
        "operation": error.operation,
        "status": error.status,
        "request_id": error.request_id,
        "hint": getattr(error, "hint", None),
        "retry_after": getattr(error, "retry_after", None),
        "what_to_do": error.what_to_do,
        "faults": _faults(error),
        "candidates": _candidates(error),
        "problems": _problems(getattr(error, "problems", ())),
        **_parts(error),
        **further,
        "cause": None if cause is None else cause.envelope["error"],
    }


def _parts(error: AmoError) -> dict[str, JsonValue]:
    """Return what is done of a batch and what is not, item by item."""
    if not hasattr(error, "not_tried"):
        keys: Sequence[str] = getattr(error, "keys", ())
        return {"keys": list(keys)} if keys else {}
    from amocrm_gen.runtime.encode import encode_body  # noqa: PLC0415 - of batches only

    parts: dict[str, JsonValue] = {
        name: [encode_body(item) for item in getattr(error, name)]
        for name in ("done", "in_doubt", "not_tried")
    }
    failed: Sequence[tuple[object, Sequence[Problem]]] = getattr(error, "failed", ())
    parts["failed"] = [
        {"item": encode_body(item), "problems": _problems(found)} for item, found in failed
    ]
    return parts


def _problems(found: Sequence[Problem]) -> JsonValue:
    return [
        {
            key: value
            for key in ("detail", "code", "path", "index", "entity_id")
            if (value := getattr(problem, key)) is not None
        }
        for problem in found
    ]


def _faults(error: AmoError) -> JsonValue:
    found = getattr(error, "faults", None)
    if not found:
        return None
    return [{"path": each.path, "message": each.message, "hint": each.hint} for each in found]


def _candidates(error: AmoError) -> JsonValue:
    found = getattr(error, "candidates", None)
    if not found:
        return None
    return [
        each if isinstance(each, str) else {name: getattr(each, name) for name in _CANDIDATE}
        for each in found
    ]


def _sentence(text: str) -> str:
    return " ".join(text.split())
