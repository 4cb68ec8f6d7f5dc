"""A step of the conformance run, and what is known after it."""

from collections.abc import Callable
from typing import Literal

from attrs import field, frozen

from .account import Account
from .driver import Driver
from .environment import Environment
from .server import Server

__all__ = ["Context", "MismatchError", "Outcome", "Result", "Step", "expect", "same", "step"]

Result = Literal["yes", "generic", "not offered", "failed"]


class MismatchError(AssertionError):
    """The server's state is not what the step should have made of it."""


@frozen
class Context:
    """What a step works with: one client, one account, one server."""

    environment: Environment
    server: Server
    account: Account
    driver: Driver
    code: str
    """The authorization code of the first login."""


@frozen
class Outcome:
    """How one step went for one client."""

    result: Result
    reason: str = ""


@frozen
class Step:
    """Something that integrators do with a client, and its proof."""

    name: str
    group: str
    title: str
    check: Callable[[Context], None] = field(eq=False, repr=False)
    """Lets the client act and compares the server's state; raises MismatchError."""


def step(group: str, title: str) -> Callable[[Callable[[Context], None]], Step]:
    """Make a step of a check; its name is the function's."""

    def name(check: Callable[[Context], None]) -> Step:
        return Step(check.__name__, group, title, check)

    return name


def expect(condition: object, otherwise: str) -> None:
    """Raise unless the condition holds."""
    if not condition:
        raise MismatchError(otherwise)


def same(actual: object, wanted: object, what: str) -> None:
    """Raise unless two values are equal."""
    if actual != wanted:
        message = f"{what} is {actual!r}, not {wanted!r}"
        raise MismatchError(message)
