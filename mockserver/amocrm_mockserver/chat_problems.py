"""Refusals of the chats host, which has error bodies of its own."""

from __future__ import annotations

from amocrm_mockserver.message import json_response
from amocrm_mockserver.problems import ProblemError

__all__ = [
    "bad_signature",
    "bad_token",
    "blocked_sender",
    "not_connected",
    "not_registered",
    "unknown_message",
    "wrong_request",
]


def _refusal(status: int, kind: str, said: str) -> ProblemError:
    """The form is recorded; so is the whole body for an unknown channel, and no other."""
    body = {"status": 0, "error_code": status, "error_type": kind, "error_description": said}
    return ProblemError(json_response(status, body))


def not_registered() -> ProblemError:
    """No channel has this id."""
    return _refusal(404, "ORIGIN_NOT_REGISTERED", "NOT_FOUND")


def not_connected() -> ProblemError:
    """The channel is not connected to the account, or not allowed in it."""
    return _refusal(403, "ORIGIN_NOT_CONNECTED", "FORBIDDEN")


def bad_signature(said: str) -> ProblemError:
    """A header of the signature is missing, stale or wrong."""
    return _refusal(403, "INVALID_SIGNATURE", said)


def bad_token() -> ProblemError:
    """No session of a user has this token any more."""
    return _refusal(401, "INVALID_TOKEN", "UNAUTHORIZED")


def wrong_request(said: str) -> ProblemError:
    """The body makes no sense."""
    return _refusal(400, "BAD_REQUEST", said)


def blocked_sender() -> ProblemError:
    """A user has blocked who writes; only the text is recorded."""
    body = {"status": 403, "message": "sender blocked by receiver"}
    return ProblemError(json_response(403, body))


def unknown_message() -> ProblemError:
    """The message that is named does not exist."""
    return _refusal(404, "MESSAGE_NOT_FOUND", "NOT_FOUND")
