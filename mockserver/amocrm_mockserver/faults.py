"""Rules by which requests go wrong on purpose."""

from __future__ import annotations

from fnmatch import fnmatchcase
from http import HTTPStatus
from random import Random
from typing import TYPE_CHECKING, Final, get_args

from attrs import define, evolve, field, frozen

from amocrm_mockserver import checks
from amocrm_mockserver.message import (
    PROBLEM,
    Cut,
    Fault,
    Request,
    Response,
    html_response,
    json_response,
)
from amocrm_mockserver.problems import (
    ProblemError,
    forbidden,
    internal,
    method_not_allowed,
    payment_required,
    too_many_requests,
    unauthorized,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["ArmedRule", "FaultRule", "Faults", "spoil"]

_WORDED: Final[Mapping[int, Callable[[], ProblemError]]] = {
    401: unauthorized,
    402: payment_required,
    403: forbidden,
    405: method_not_allowed,
    429: too_many_requests,
    500: lambda: internal("fault"),
}
"""Statuses that amoCRM tells in words of its own."""


def _upper(value: str | None) -> str | None:
    return value.upper() if isinstance(value, str) else value


@frozen(kw_only=True)
class FaultRule:
    """Which requests it strikes, and what happens to them.

    The request is carried out if it was only to be slowed down or cut short, or if `applied`
    says so: `cut: drop` with `applied: true` is a write that happened and whose answer is lost.
    """

    method: str | None = field(default=None, converter=_upper, validator=checks.text())
    path: str | None = field(default=None, validator=checks.text())
    """With `*` for any text, slashes included."""
    account: str | None = field(default=None, validator=checks.text())
    """A subdomain."""
    nth: int | None = field(default=None, validator=checks.whole(1, optional=True))
    """Only the nth request that fits, counted from 1."""
    times: int | None = field(default=None, validator=checks.whole(1, optional=True))
    """At most so many times."""
    probability: float = field(default=1.0, validator=checks.number(high=1))
    seed: int = field(default=0, validator=checks.whole(0))
    """Of the dice for `probability`."""

    status: int | None = field(default=None, validator=checks.whole(200, 599, optional=True))
    html: bool = field(default=False, validator=checks.flag())
    """Answer with an HTML page, of status 502 unless `status` says otherwise."""
    latency: float | None = field(default=None, validator=checks.number(optional=True))
    """Seconds before the answer begins."""
    rate: float | None = field(default=None, validator=checks.number(above=0, optional=True))
    """Bytes of the body a second."""
    cut: Cut | None = field(default=None, validator=checks.one_of(get_args(Cut)))
    keep: int | None = field(default=None, validator=checks.whole(0, optional=True))
    """Bytes of the body that come through before `cut: truncate`; half of it by default."""
    retry_after: int | None = field(default=None, validator=checks.whole(0, optional=True))
    """Seconds in a `Retry-After` header of the answer given instead."""
    applied: bool = field(default=False, validator=checks.flag())

    def __attrs_post_init__(self) -> None:
        if not (self.status or self.html or self.latency or self.rate or self.cut):
            message = "a fault needs one of status, html, latency, rate, cut"
            raise ValueError(message)

    @property
    def replaces_answer(self) -> bool:
        """Whether another answer is given than the API's."""
        return self.status is not None or self.html

    @property
    def lets_through(self) -> bool:
        """Whether the request is carried out."""
        return self.applied or not (self.replaces_answer or self.cut in {"drop", "reset"})

    def fits(self, request: Request, path: str, subdomain: str | None) -> bool:
        """Whether a request is of the kind the rule is for."""
        return (
            self.method in {None, request.method}
            and (self.path is None or fnmatchcase(path, self.path))
            and self.account in {None, subdomain}
        )

    def spoil(self, response: Response | None) -> Response:
        """The answer with the fault in it; `response` is None if the request was held back."""
        if response is None or self.replaces_answer:
            response = self._replacement()
        before = response.fault or Fault()
        fault = Fault(
            cut=self.cut or before.cut,
            keep=before.keep if self.keep is None else self.keep,
            delay=before.delay + (self.latency or 0.0),
            rate=self.rate or before.rate,
        )
        return evolve(response, fault=None if fault == Fault() else fault)

    def _replacement(self) -> Response:
        status = self.status or 502
        if self.html:
            answer = html_response(status, _page(status))
        elif status in _WORDED:
            answer = _WORDED[status]().response
        else:
            answer = _problem(status)
        if self.retry_after is None:
            return answer
        wait = ("Retry-After", str(self.retry_after))
        return evolve(answer, headers=(*answer.headers, wait))


@define
class ArmedRule:
    """A rule and how often it was met."""

    id: str
    rule: FaultRule
    matched: int = 0
    struck: int = 0
    _dice: Random = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._dice = Random(self.rule.seed)  # noqa: S311 (must be the same again)

    def strikes(self) -> bool:
        """Count a request that fits; whether it is to go wrong."""
        self.matched += 1
        rule = self.rule
        if rule.times is not None and self.struck >= rule.times:
            return False
        if rule.nth not in {None, self.matched}:
            return False
        if rule.probability < 1 and self._dice.random() >= rule.probability:
            return False
        self.struck += 1
        return True


@define
class Faults:
    """The rules in force, in the order in which they came."""

    armed: list[ArmedRule] = field(factory=list[ArmedRule])
    _added: int = 0

    def add(self, rule: FaultRule) -> ArmedRule:
        """Put a rule in force."""
        self._added += 1
        armed = ArmedRule(str(self._added), rule)
        self.armed.append(armed)
        return armed

    def remove(self, rule_id: str) -> bool:
        """Take a rule out of force; False if there is none of that id."""
        left = [armed for armed in self.armed if armed.id != rule_id]
        found = len(left) < len(self.armed)
        self.armed = left
        return found

    def strike(self, request: Request, path: str, subdomain: str | None) -> list[FaultRule]:
        """The rules that strike this request; each that fits counts it."""
        fitting = [armed for armed in self.armed if armed.rule.fits(request, path, subdomain)]
        return [armed.rule for armed in fitting if armed.strikes()]


def spoil(rules: Sequence[FaultRule], response: Response | None) -> Response:
    """The answer with all faults in it; `response` is None if the request was held back."""
    for rule in sorted(rules, key=lambda rule: not rule.replaces_answer):
        response = rule.spoil(response)
    if response is None:
        message = "a request was held back, and no rule says what to answer"
        raise ValueError(message)
    return response


def _problem(status: int) -> Response:
    title = _title(status)
    body = {
        "title": title,
        "type": f"https://httpstatus.es/{status}",
        "status": status,
        "detail": title,
    }
    return json_response(status, body, kind=PROBLEM)


def _page(status: int) -> str:
    title = f"{status} {_title(status)}"
    return (
        f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center>"
        "<hr><center>nginx</center></body></html>"
    )


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
