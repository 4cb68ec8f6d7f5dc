"""Control calls about the clock, faults and limits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict, fields_dict

from amocrm_mockserver.control_call import ControlCall, ControlError
from amocrm_mockserver.faults import ArmedRule, FaultRule
from amocrm_mockserver.limits import Rates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.server import MockServer

__all__ = [
    "FAULT_FIELDS",
    "LIMIT_FIELDS",
    "add_fault",
    "clear_faults",
    "clock",
    "faults",
    "limits",
    "outbox",
    "remove_fault",
    "reset",
    "set_clock",
    "set_limits",
]

FAULT_FIELDS: Final = frozenset(fields_dict(FaultRule))
_END_OF_TIME: Final = 253_402_300_799
"""The last second that a date can be written of."""
_RATE_FIELDS: Final = frozenset(fields_dict(Rates))
LIMIT_FIELDS: Final = _RATE_FIELDS | {"block", "unblock"}


def reset(server: MockServer, _: ControlCall) -> object:
    """Back to the seed; the clock stays as it is."""
    server.reset()
    return {"accounts": list(server.world.accounts)}


def clock(server: MockServer, _: ControlCall) -> object:
    """What time it is here."""
    now = server.clock.now()
    return {
        "now": now,
        "iso": datetime.fromtimestamp(now, UTC).isoformat(),
        "frozen": server.clock.frozen,
    }


def set_clock(server: MockServer, call: ControlCall) -> object:
    """Freeze at once or at a time, let go, move forward; in this order if several are asked."""
    freeze = call.body.get("freeze")
    moment = None if freeze is None or isinstance(freeze, bool) else _moment(freeze)
    unfreeze = call.get("unfreeze", bool)
    seconds = _seconds(call.body.get("advance", 0))
    if (server.clock.now() if moment is None else moment) + seconds > _END_OF_TIME:
        raise ControlError("the clock ends with the year 9999")
    if freeze is not None and freeze is not False:
        server.clock.freeze(moment)
    if unfreeze:
        server.clock.unfreeze()
    server.clock.advance(seconds)
    return clock(server, call)


def faults(server: MockServer, _: ControlCall) -> object:
    """The rules in force, and how often each was met."""
    return {"faults": [_rule(armed) for armed in server.faults.armed]}


def add_fault(server: MockServer, call: ControlCall) -> object:
    """Put a rule in force."""
    values: Mapping[str, Any] = call.body  # Any: the rule checks its own fields
    try:
        rule = FaultRule(**values)
    except ValueError as error:
        raise ControlError(str(error)) from error
    return _rule(server.faults.add(rule))


def clear_faults(server: MockServer, call: ControlCall) -> object:
    """Take all rules out of force."""
    server.faults.armed.clear()
    return faults(server, call)


def remove_fault(server: MockServer, call: ControlCall) -> object:
    """Take one rule out of force."""
    if not server.faults.remove(call.variables["id"]):
        message = f"there is no fault {call.variables['id']}"
        raise ControlError(message, status=404)
    return faults(server, call)


def limits(server: MockServer, _: ControlCall) -> object:
    """The rates, and which accounts are blocked."""
    return {**asdict(server.limits.rates), "blocked": server.limits.blocked()}


def set_limits(server: MockServer, call: ControlCall) -> object:
    """Change rates; block or unblock an account."""
    try:
        server.limits.change(**{k: v for k, v in call.body.items() if k in _RATE_FIELDS})
    except ValueError as error:
        raise ControlError(str(error)) from error
    for name in ("block", "unblock"):
        subdomain = call.get(name, str)
        if subdomain is None:
            continue
        if subdomain not in server.world.accounts:
            message = f"{name}: there is no account {subdomain}"
            raise ControlError(message, status=404)
        if name == "block":
            server.limits.block(subdomain, server.clock.now())
        else:
            server.limits.unblock(subdomain)
    return limits(server, call)


def outbox(server: MockServer, _: ControlCall) -> object:
    """What the mock server sent, or would have sent, to other servers; the latest last."""
    log = server.world.outbox.log
    return {"outbox": [{"method": outgoing.method, "url": outgoing.url} for outgoing in log]}


def _rule(armed: ArmedRule) -> dict[str, object]:
    return {
        "id": armed.id,
        **asdict(armed.rule),
        "matched": armed.matched,
        "struck": armed.struck,
    }


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ControlError("advance must be a number of seconds, 0 or more; it never goes back")
    return value


def _moment(value: object) -> float:
    if isinstance(value, (int, float)) and 0 <= value <= _END_OF_TIME:
        return float(value)
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    raise ControlError(
        "freeze must be true, unix seconds, or a time such as 2026-01-31T12:00:00+03:00"
    )
