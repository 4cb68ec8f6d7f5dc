"""Everything that the package raises on purpose, in one tree.

`AmoError` ─ `TransportError`, `ApiError` (`ValidationError`, `Conflict`, `Unauthorized`,
`PaymentRequired`, `Forbidden`, `AccountBlocked`, `NotFound`, `RateLimited`, `ServerError`),
`ResponseError`, `OAuthError` (`ReauthorisationRequired`), `BatchError`, `InDoubtError`,
`UploadError`, `EditError`, `ConfigurationError` (`MissingExtra`).
"""

# ruff: noqa: N818 - the names say what happened; "Error" behind each would say nothing more

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    from amocrm_gen.runtime.traffic import Request

__all__ = [
    "AccountBlocked",
    "AmoError",
    "ApiError",
    "BatchError",
    "ConfigurationError",
    "Conflict",
    "EditError",
    "Forbidden",
    "InDoubtError",
    "MissingExtra",
    "NotFound",
    "OAuthError",
    "PaymentRequired",
    "Problem",
    "RateLimited",
    "ReauthorisationRequired",
    "ResponseError",
    "ServerError",
    "TransportError",
    "Unauthorized",
    "ValidationError",
]


@frozen
class Problem:
    """What the API says about one item or one field."""

    detail: str
    code: str | None = None
    path: str | None = None
    """The field, from the item down: `custom_fields_values.0.field_id`."""
    index: int | None = None
    """The item's place in what was sent, where it is known."""
    request_id: str | None = None
    """The item's own mark, as the API repeats it."""
    entity_id: int | None = None

    def __str__(self) -> str:
        """Return one line about it."""
        place = [
            None if self.index is None else f"item {self.index}",
            None if self.entity_id is None else f"id {self.entity_id}",
            self.path,
        ]
        named = ", ".join(part for part in place if part)
        code = f" [{self.code}]" if self.code else ""
        return f"{named}: {self.detail}{code}" if named else f"{self.detail}{code}"


class AmoError(Exception):
    """The root of all errors of this package."""

    advice: ClassVar[str] = ""
    """What to do, where nothing better is known."""

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        """The operation that was asked: `leads.update`."""
        self.status = status
        """The HTTP status of the answer."""
        self.request_id = request_id
        """The server's `X-Request-Id`; amoCRM's support asks for it."""
        self.what_to_do = self.advice if advice is None else advice
        self.request: Request | None = None
        """The request that it is about, without secrets."""

    def curl(self) -> str | None:
        """Return the request as a line for a shell, without its token; None if nothing was sent."""
        request = self.request
        if request is None and isinstance(self.__cause__, AmoError):
            request = self.__cause__.request
        return None if request is None else request.curl()

    def __str__(self) -> str:
        """Return what was asked, what came back and what to do."""
        lines = [": ".join(part for part in (self.operation, self._said()) if part)]
        if self.request_id:
            lines[0] += f" (request id {self.request_id})"
        lines += [f"  {line}" for line in self._details()]
        if self.what_to_do:
            lines.append(f"What to do: {self.what_to_do}")
        return "\n".join(lines)

    def _said(self) -> str:
        return self.message if self.status is None else f"{self.status} {self.message}"

    def _details(self) -> Sequence[str]:
        return ()

    def __reduce__(self) -> tuple[Any, ...]:  # Any: what pickle wants
        """Pickle by the attributes, whatever a constructor takes."""
        cause = self.__cause__ if isinstance(self.__cause__, AmoError) else None
        return _restored, (type(self), self.args, self.__dict__, cause)


def _restored(
    cls: type[AmoError],
    args: tuple[object, ...],
    state: dict[str, object],
    cause: AmoError | None = None,
) -> AmoError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


class TransportError(AmoError):
    """No answer came: no connection, a timeout, a broken connection."""

    advice = "check the network and the account's name, then try again"

    def __init__(self, message: str, *, sent: bool, operation: str | None = None) -> None:
        super().__init__(message, operation=operation)
        self.sent = sent
        """Whether the request may have reached the server, so that a write is in doubt."""
        if sent:
            self.what_to_do = (
                "a write may or may not have been applied: look it up before sending it again"
            )


class ApiError(AmoError):
    """The API answered with an error."""

    def __init__(  # noqa: PLR0913 - one for each attribute
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        problems: Sequence[Problem] = (),
        hint: str | None = None,
        retry_after: float | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(
            message, operation=operation, status=status, request_id=request_id, advice=advice
        )
        self.problems = tuple(problems)
        """What the API says about single items and fields."""
        self.hint = hint
        self.retry_after = retry_after
        """Seconds to wait, where the server names them."""
        self.saved: tuple[object, ...] = ()
        """What was saved all the same, where an answer of status 200 refuses only some items."""

    def _said(self) -> str:
        said = super()._said()
        return f"{said} ({self.hint})" if self.hint else said

    def _details(self) -> Sequence[str]:
        return [str(problem) for problem in self.problems]


class ValidationError(ApiError):
    """The API did not accept what was sent; nothing was written."""

    advice = "correct the fields named above; nothing was written"


class Conflict(ApiError):
    """The entity is newer on the server than what was sent."""

    advice = "read the entity again, apply the change to it and send that"

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of what is newer, as far as they are told."""
        return tuple(one.entity_id for one in self.problems if one.entity_id is not None)


class Unauthorized(ApiError):
    """The token is unknown, expired or revoked, or the integration is switched off."""

    advice = "check that the token is of this account and that the integration is switched on"


class PaymentRequired(ApiError):
    """The account is not paid, or its tariff lacks the feature."""

    advice = (
        "pay the account or take a tariff with this feature; it also passes for minutes by itself"
    )


class Forbidden(ApiError):
    """The user or the integration has no right to do this."""

    advice = "check the rights of the token's user and the scopes of the integration"


class AccountBlocked(ApiError):
    """amoCRM blocks the integration or the address, after many answers 429; all traffic stops."""

    advice = "stop sending, ask amoCRM's support to lift the block, and lower the rate"


class NotFound(ApiError):
    """There is no such entity or route, or it is not visible to the token's user."""

    advice = "check the id, and whether the entity was deleted"


class RateLimited(ApiError):
    """Too many requests, and no more patience: the retries of this call are used up."""

    advice = "wait, and let all senders share one throttle"


class ServerError(ApiError):
    """The server failed; whether a write was applied is not known."""

    advice = "look up whether a write was applied; after 504 send fewer items at once"


class ResponseError(AmoError):
    """The answer is not what the specification says: another type, another shape, no JSON."""

    advice = "if the answer is right, the specification is wrong: please report it with this text"

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, status=status, request_id=request_id)
        self.path = path
        """Where in the answer: `$._embedded.leads[3].price`."""


class OAuthError(AmoError):
    """The OAuth server refused, or there is no token to work with."""

    def __init__(  # noqa: PLR0913 - one for each attribute
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        hint: str | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(
            message, operation=operation, status=status, request_id=request_id, advice=advice
        )
        self.hint = hint
        """What the OAuth server says is wrong."""

    def _said(self) -> str:
        said = super()._said()
        return f"{said} ({self.hint})" if self.hint else said


class ReauthorisationRequired(OAuthError):
    """The refresh token is used up, revoked or too old: a person has to grant access again."""

    advice = "open client.authorization_url(), grant access and pass the code to client.authorize()"
    reason: str | None = None
    """Why the refresh token is dead, as far as this side can tell."""

    def _details(self) -> Sequence[str]:
        return [] if self.reason is None else [f"Why: {self.reason}"]


Done = TypeVar("Done")
Item = TypeVar("Item")


class BatchError(AmoError, Generic[Done, Item]):
    """Some items of a batch were not written, or it is not known whether they were.

    Items stand in the order they were given in: `done` holds results, the others what was sent.
    `__cause__` is the error that stopped the batch. What is left is sent by the same call again:
    `amo.leads.create(error.remaining)`.
    """

    advice = "correct `failed`, look up `in_doubt`, then go on with `remaining`"

    def __init__(  # noqa: PLR0913 - one for each attribute
        self,
        message: str,
        *,
        done: Sequence[Done] = (),
        done_items: Sequence[Item] = (),
        failed: Sequence[tuple[Item, tuple[Problem, ...]]] = (),
        in_doubt: Sequence[Item] = (),
        not_tried: Sequence[Item] = (),
        operation: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, status=status, request_id=request_id)
        self.done = list(done)
        """The results of what was written."""
        self.done_items = list(done_items)
        """The items of `done`, each in the place of its result."""
        self.failed = list(failed)
        """Items that were refused, each with what the API says about it."""
        self.in_doubt = list(in_doubt)
        """Items that were sent and not answered: they may have been written."""
        self.not_tried = list(not_tried)
        """Items that were not sent, or were refused because of others in their request."""

    @property
    def remaining(self) -> list[Item]:
        """Items that are surely not written: those of `failed`, then `not_tried`.

        Items in doubt are none of them. An update may send those again, a create may not.
        """
        return [*(item for item, _ in self.failed), *self.not_tried]

    def _details(self) -> Sequence[str]:
        counts = (
            f"{len(self.done)} done, {len(self.failed)} failed, {len(self.in_doubt)} in doubt, "
            f"{len(self.not_tried)} not tried"
        )
        problems = [str(problem) for _, found in self.failed for problem in found]
        return [counts, *problems[:_SHOWN], *["…"] * (len(problems) > _SHOWN)]


_SHOWN = 20


class InDoubtError(AmoError):
    """A create with a key was begun before, and nobody knows how it ended: it is not sent again.

    Look whether the item is there. Then `ledger.settle(key, id)` or `ledger.forget(key)`, and the
    same call goes on.
    """

    def __init__(
        self, message: str, *, keys: Sequence[str], operation: str | None = None, advice: str
    ) -> None:
        super().__init__(message, operation=operation, advice=advice)
        self.keys = tuple(keys)
        """The keys as the ledger has them: `example.amocrm.ru/api/v4/leads#order-17`."""

    @property
    def key(self) -> str:
        """The first of them."""
        return self.keys[0]


class EditError(AmoError):
    """An edited object was changed where the API takes no change."""

    advice = "undo the change of the keys named above, or use another operation for them"


class ConfigurationError(AmoError):
    """The client cannot work with what it was given."""


class MissingExtra(ConfigurationError):
    """A package that an optional feature needs is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed",
            advice=f"pip install 'amocrm-gen[{extra}]'",
        )
        self.extra = extra
