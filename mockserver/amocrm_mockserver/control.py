"""The control calls under `/__mock__/`: how tests and scripts steer the mock server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from urllib.parse import urlsplit

import orjson
from attrs import frozen

from amocrm_mockserver import (
    control_accounts,
    control_chats,
    control_guesses,
    control_hooks,
    control_rules,
)
from amocrm_mockserver.control_call import ControlCall, ControlError
from amocrm_mockserver.hosts import is_loopback_name, split_port, zone_of
from amocrm_mockserver.message import Request, Response, json_response

if TYPE_CHECKING:
    from amocrm_mockserver.server import MockServer

__all__ = ["answer", "is_control_path"]

_ROOT: Final = "/__mock__"
_Answer: TypeAlias = Callable[["MockServer", ControlCall], object]


@frozen
class _Route:
    method: str
    path: str
    answer: _Answer
    fields: frozenset[str] | None = frozenset()
    """None where the call checks the names itself."""

    def match(self, path: str) -> dict[str, str] | None:
        """The variables in a path of this shape; None if it has another."""
        pattern, parts = self.path.split("/"), path.split("/")
        if len(pattern) != len(parts):
            return None
        variables: dict[str, str] = {}
        for wanted, part in zip(pattern, parts, strict=True):
            if wanted.startswith("{"):
                variables[wanted.strip("{}")] = part
            elif wanted != part:
                return None
        return variables


def is_control_path(path: str) -> bool:
    """Whether a path, with one leading slash and none at the end, is for this module."""
    return path == _ROOT or path.startswith(f"{_ROOT}/")


def answer(server: MockServer, request: Request, path: str) -> Response:
    """Carry out a control call; what is wrong with it is told in the answer."""
    try:
        _check_sender(request)
        route, variables = _find(request.method, path.removeprefix(_ROOT) or "/")
        call = ControlCall(
            origin=request.origin,
            host=request.host,
            variables=variables,
            body=_read_body(request, route.fields),
        )
        return json_response(200, route.answer(server, call))
    except ControlError as error:
        return json_response(error.status, {"status": error.status, "detail": str(error)})


def _check_sender(request: Request) -> None:
    # A web page may make its reader's browser send requests here; they come with a foreign
    # Origin, or with the host name of the page if that was made to lead to this machine.
    name, _ = split_port(request.host)
    if not (is_loopback_name(name) or zone_of(name) or name.strip("[]").replace(".", "").isdigit()):
        message = f"control calls are not taken at {name}; use 127.0.0.1 or localhost"
        raise ControlError(message, status=403)
    origin = request.headers.get("origin")
    if origin is not None and not is_loopback_name(split_port(urlsplit(origin).netloc)[0]):
        message = f"control calls are not taken from the page {origin}"
        raise ControlError(message, status=403)


def _find(method: str, path: str) -> tuple[_Route, dict[str, str]]:
    matches = [(r, v) for r in _ROUTES if (v := r.match(path)) is not None]
    for route, variables in matches:
        if route.method == method:
            return route, variables
    if matches:
        methods = ", ".join(sorted(route.method for route, _ in matches))
        message = f"{_ROOT}{path} takes {methods}, not {method}"
        raise ControlError(message, status=405)
    calls = "; ".join(f"{route.method} {_ROOT}{route.path}" for route in _ROUTES)
    message = f"there is no control call {_ROOT}{path}; there are: {calls}"
    raise ControlError(message, status=404)


def _read_body(request: Request, fields: frozenset[str] | None) -> Mapping[str, object]:
    if not request.body.strip():
        return {}
    try:
        body: object = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        message = f"the body is not JSON: {error}"
        raise ControlError(message) from error
    if not isinstance(body, dict):
        message = "the body must be a JSON object"
        raise ControlError(message)
    values = cast("dict[str, object]", body)
    if fields is None:
        return values
    known = ", ".join(sorted(fields)) or "none"
    for name in values:
        if name not in fields:
            message = f"the field {name} is not known here; known are: {known}"
            raise ControlError(message)
    return values


_ROUTES: Final[tuple[_Route, ...]] = (
    _Route("GET", "/info", control_accounts.info),
    _Route("GET", "/accounts", control_accounts.listing),
    _Route(
        "POST",
        "/accounts",
        control_accounts.create,
        frozenset({"subdomain", "zone", "redirect_uri", "guesses"}),
    ),
    _Route("DELETE", "/accounts/{subdomain}", control_accounts.remove),
    _Route("GET", "/accounts/{subdomain}/state", control_accounts.state),
    _Route(
        "POST",
        "/accounts/{subdomain}/codes",
        control_accounts.code,
        frozenset({"client_id", "user_id"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/tokens",
        control_accounts.token,
        frozenset({"kind", "client_id", "user_id", "expires_in"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/widget_tokens",
        control_accounts.widget_token,
        frozenset({"client_id", "user_id", "entity_type", "entity_id", "bot_type"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/revoke",
        control_accounts.revoke,
        frozenset({"client_id", "token"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/move",
        control_accounts.move,
        frozenset({"subdomain", "zone", "answer"}),
    ),
    _Route(
        "GET",
        "/accounts/{subdomain}/duplicate_control",
        control_accounts.duplicate_control,
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/duplicate_control",
        control_accounts.set_duplicate_control,
        frozenset({"rules"}),
    ),
    _Route("GET", "/accounts/{subdomain}/guesses", control_guesses.of_account),
    _Route("POST", "/accounts/{subdomain}/guesses", control_guesses.choose_for_account, None),
    _Route("GET", "/guesses", control_guesses.listing),
    _Route("POST", "/guesses", control_guesses.choose, None),
    _Route("POST", "/reset", control_rules.reset),
    _Route("GET", "/clock", control_rules.clock),
    _Route(
        "POST",
        "/clock",
        control_rules.set_clock,
        frozenset({"freeze", "advance", "unfreeze"}),
    ),
    _Route("GET", "/faults", control_rules.faults),
    _Route("POST", "/faults", control_rules.add_fault, control_rules.FAULT_FIELDS),
    _Route("DELETE", "/faults", control_rules.clear_faults),
    _Route("DELETE", "/faults/{id}", control_rules.remove_fault),
    _Route("GET", "/limits", control_rules.limits),
    _Route("POST", "/limits", control_rules.set_limits, control_rules.LIMIT_FIELDS),
    _Route("GET", "/outbox", control_rules.outbox),
    _Route("GET", "/deliveries", control_hooks.listing),
    _Route("DELETE", "/deliveries", control_hooks.clear),
    _Route(
        "POST",
        "/accounts/{subdomain}/trash",
        control_hooks.trash,
        frozenset({"entity_type", "id", "restore"}),
    ),
    _Route("POST", "/deliveries/{id}/answer", control_hooks.answer, frozenset({"status"})),
    _Route("GET", "/accounts/{subdomain}/chat_channels", control_chats.channels),
    _Route(
        "POST",
        "/accounts/{subdomain}/chat_channels",
        control_chats.register,
        control_chats.CHANNEL_FIELDS,
    ),
    _Route("GET", "/accounts/{subdomain}/chats", control_chats.listing),
    _Route(
        "POST",
        "/accounts/{subdomain}/chats",
        control_chats.open_by_user,
        frozenset({"channel_id", "contact_id", "user_id", "text", "message"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/chats/{chat_id}/messages",
        control_chats.write,
        frozenset({"user_id", "as_bot", "text", "message", "files", "template_id", "reply_to"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/chats/{chat_id}/block",
        control_chats.block,
        frozenset({"blocked"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/chats/{chat_id}/typing",
        control_chats.show_typing,
        frozenset({"user_id", "post_id"}),
    ),
    _Route(
        "POST",
        "/accounts/{subdomain}/chats/{chat_id}/reactions",
        control_chats.react,
        frozenset({"user_id", "message_id", "emoji"}),
    ),
)
