"""The asynchronous client: httpx under the conversation."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Self, TypeVar, cast, overload

from amocrm_gen.runtime.assembly import PAGES_AHEAD, session_of, trust_of, watcher_of
from amocrm_gen.runtime.errors import NotFound
from amocrm_gen.runtime.secret import conceal, conceal_optional
from amocrm_gen.runtime.sharing import closed_error, in_the_name_of
from amocrm_gen.runtime.unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from types import TracebackType

    from amocrm_gen.runtime.adriver import AsyncDriver, HttpClient
    from amocrm_gen.runtime.call import Call, Method, Operation, Page
    from amocrm_gen.runtime.channel import ChatChannel
    from amocrm_gen.runtime.effects import Response, Talk
    from amocrm_gen.runtime.integration import Integration
    from amocrm_gen.runtime.ledger.ledger import Ledger
    from amocrm_gen.runtime.locks.locks import Locks
    from amocrm_gen.runtime.login import ApiKeyLogin
    from amocrm_gen.runtime.marker import LookUp, Markers
    from amocrm_gen.runtime.options import OnGatewayTimeout, Tell
    from amocrm_gen.runtime.paging import AsyncPaginator
    from amocrm_gen.runtime.session import Session
    from amocrm_gen.runtime.throttle.throttle import Throttle, Throttles
    from amocrm_gen.runtime.timeout import TimeoutLike
    from amocrm_gen.runtime.tokens.store import TokenStore
    from amocrm_gen.runtime.tokens.token import Token
    from amocrm_gen.runtime.traffic import Exchange
    from amocrm_gen.runtime.types import JsonInput, JsonValue
    from amocrm_gen.runtime.watching import Debug, Recorder

# What sends is imported when something is sent: a process that only starts pays little.
# ruff: noqa: PLC0415

__all__ = ["AsyncClient"]

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")
F = TypeVar("F")


class AsyncClient:
    """One account of amoCRM or Kommo, for any number of tasks of one loop.

    It takes a long-lived `token`; or an `integration` with the `store` that its tokens are kept in;
    or the `login` of the old API.

    Args:
        account: "example", "example.amocrm.ru", "example.kommo.com".
        token: A long-lived access token.
        integration: What renews tokens, and what `authorize` needs.
        login: A user and an API key; API v2 takes their sessions.
        store: Where tokens are kept; memory if left out.
        base_url: Where to send requests instead, as for tests: "http://127.0.0.1:8080".
        throttle: Keeps the rate; None switches it off. Left out, all clients of this user on this
            machine that share an integration or an account share their throttles.
        locks: Keep two writers off one entity; left out, all clients of this user on this machine
            share them.
        ledger: Remembers creates that are given `once`; left out, a file of this user.
        marker: Where such a create writes its key, so that it can be looked up after a crash:
            {"leads": FieldMarker(301)}.
        timeout: Seconds to connect, and for each part of an answer; (connect, read); `Timeout(…)`.
        max_retries: How often a call is repeated where that is safe.
        prefetch: Pages that lists ask for ahead; 0 is one after the other.
        user_agent: Put in front of the package's own.
        channel: A chat channel; it signs calls of the chats API, which take no token.
        ca_file: Certificates to trust instead of the system's.
        verify_tls: False trusts any server; then anybody on the way can read the token.
        success_statuses: Good answers; left out, all from 200 to 299.
        transport: An `httpx.AsyncClient` or `httpx2.AsyncClient` to use instead of an own one; it
            is not closed here.
        har: A file for all traffic, in the format HAR 1.2, or what takes it; without secrets.
        debug: A logger that is told of each request and answer, without tokens and secrets.
    """

    _user_id: int | None = None

    def __init__(  # noqa: PLR0913 - the names that users type
        self,
        account: str,
        *,
        token: str | None = None,
        integration: Integration | None = None,
        login: ApiKeyLogin | None = None,
        store: TokenStore | None = None,
        base_url: str | None = None,
        throttle: Throttle | Throttles | Unset | None = UNSET,
        locks: Locks | None = None,
        ledger: Ledger | None = None,
        marker: Markers | None = None,
        timeout: TimeoutLike = 30.0,
        max_retries: int = 4,
        prefetch: int = PAGES_AHEAD,
        user_agent: str | None = None,
        channel: ChatChannel | None = None,
        ca_file: str | None = None,
        verify_tls: bool = True,
        success_statuses: Collection[int] | None = None,
        har: Path | str | Recorder | None = None,
        debug: Debug | None = None,
        transport: HttpClient | None = None,
    ) -> None:
        token = conceal_optional(token)
        self._session = session_of(
            account,
            token=token,
            integration=integration,
            login=login,
            store=store,
            base_url=base_url,
            throttle=throttle,
            locks=locks,
            ledger=ledger,
            marker=marker,
            max_retries=max_retries,
            user_agent=user_agent,
            channel=channel,
            success_statuses=success_statuses,
        )
        self._prefetch = prefetch
        from amocrm_gen.runtime.adriver import AsyncDriver, http_client

        trust = trust_of(ca_file, verify_tls=verify_tls)
        self._sender = AsyncDriver(
            http_client(trust=trust) if transport is None else transport,
            timeout,
            anew=(lambda: http_client(trust=trust)) if transport is None else None,
            watch=watcher_of(self._session, har, debug),
        )

    def __repr__(self) -> str:
        """Tell the account; nothing secret."""
        # Errors of the constructor are shown with it, half made as it is.
        session = getattr(self, "_session", None)
        domain = "?" if session is None else session.account.domain
        user = "" if self._user_id is None else f", as user {self._user_id}"
        return f"{type(self).__name__}({domain!r}{user})"

    @property
    def domain(self) -> str:
        """The account: `example.amocrm.ru`."""
        return self._session.account.domain

    @property
    def _driver(self) -> AsyncDriver:
        if self._session.is_closed:
            raise closed_error(self.domain)
        return self._sender

    async def send(self, call: Call[T]) -> T:
        """Send one call and return what it returns."""
        from amocrm_gen.runtime.converse import converse

        return await self._driver.run(converse(self._session, in_the_name_of(self._user_id, call)))

    def _named(self, make: Callable[[I], Call[R]]) -> Callable[[I], Call[R]]:
        if self._user_id is None:
            return make
        return lambda given: in_the_name_of(self._user_id, make(given))

    async def perform(self, make: Callable[[Session], Talk[T]]) -> T:
        """Carry a conversation out in which several requests go together."""
        return await self._driver.run(make(self._session))

    async def send_or_none(self, call: Call[T]) -> T | None:
        """Send one call; None instead of `NotFound`."""
        try:
            return await self.send(call)
        except NotFound:
            return None

    def paginate(  # noqa: PLR0913 - what every generated list hands over
        self,
        make: Callable[[int, int], Call[Page[T]]],
        *,
        operation: Operation,
        limit: int | None = None,
        page_size: int | None = None,
        page: int = 1,
        prefetch: int | None = None,
    ) -> AsyncPaginator[T]:
        """Walk a list; `make(page, limit)` gives the call of one page."""
        from amocrm_gen.runtime.converse import respond
        from amocrm_gen.runtime.paging import AsyncPaginator
        from amocrm_gen.runtime.walk import Walk

        walk = Walk.plan(operation, limit=limit, page_size=page_size, page=page)

        async def ask(call: Call[Page[T]]) -> Response:
            named = in_the_name_of(self._user_id, cast("Call[object]", call))
            return await self._driver.run(respond(self._session, named))

        return AsyncPaginator(make, ask, walk, self._prefetch if prefetch is None else prefetch)

    async def write(  # noqa: PLR0913 - what every generated write hands over
        self,
        make: Callable[[Sequence[I]], Call[list[R]]],
        items: object,
        *,
        operation: Operation,
        once: object = None,
        progress: Tell | None = None,
        on_gateway_timeout: OnGatewayTimeout = "in_doubt",
        look_up: LookUp[F] | None = None,
    ) -> R | list[R]:
        """Create or update one item or any number; `make(items)` gives the call of one batch.

        `items` is an I or an iterable of I, `once` a key or `Keys[I]`: no more is said here, since
        mypy takes a union of the two for `object` when I is a union itself. The facades say it.
        `look_up(page, limit)` gives the call of a page of all items.
        """
        from amocrm_gen.runtime.batch import write

        return await self._driver.run(
            write(
                self._session,
                self._named(make),
                items,
                operation,
                once,
                progress,
                on_gateway_timeout,
                look_up,
            )
        )

    def edit(
        self, read: Call[T], write: Callable[[I], Call[R]], takes: type[I], retries: int = 0
    ) -> AbstractAsyncContextManager[T]:
        """Lock, read, let the `async with` body change the object, send what it changed."""
        from amocrm_gen.runtime.edit import Edit
        from amocrm_gen.runtime.editing import AsyncEditing

        named = in_the_name_of(self._user_id, read)
        edit = Edit(self._session, named, self._named(write), takes, retries)
        return AsyncEditing(self._driver, edit)

    @overload
    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] | Sequence[tuple[str, str]] = ...,
        json: JsonInput = ...,
        form: Mapping[str, object] | None = ...,
        headers: Mapping[str, str] | None = ...,
        returns: None = ...,
    ) -> JsonValue: ...
    @overload
    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] | Sequence[tuple[str, str]] = ...,
        json: JsonInput = ...,
        form: Mapping[str, object] | None = ...,
        headers: Mapping[str, str] | None = ...,
        returns: type[T],
    ) -> T: ...
    async def request(  # noqa: PLR0913 - all that a request has
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] | Sequence[tuple[str, str]] = (),
        json: JsonInput = None,
        form: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        returns: object = None,
    ) -> object:
        """Send any request to the account and return the JSON of its answer, None for 204.

        `query` is written in brackets as amoCRM reads them: {"filter": {"id": [1, 2]}}, and so is
        `form`, a body as the pages of amoCRM itself send it. `returns` is what the answer is read
        as: a model, a list of models (also in an envelope), `bytes`, `str`, or `RawResponse` for
        the answer as it came.
        """
        from amocrm_gen.runtime.raw import raw_call

        call = raw_call(
            method, path, query=query, json=json, form=form, headers=headers, returns=returns
        )
        return await self.send(call)

    def as_user(self, user_id: int) -> Self:
        """Return a view of this client whose calls have the rights of a user of the account.

        It shares connections, throttle and tokens with this one, costs next to nothing, and is
        closed with it. The token must be an administrator's. An unknown or free user is
        `Unauthorized`.
        """
        if isinstance(user_id, bool) or user_id < 1:
            raise ValueError(f"{user_id!r} is no id of a user")
        view = copy(self)
        # Facades that were made already know their own client.
        for name in [name for name in vars(view) if not name.startswith("_")]:
            del view.__dict__[name]
        view._user_id = user_id  # noqa: SLF001 - its own class
        return view

    @property
    def last_exchange(self) -> Exchange | None:
        """The last request that a call of this task sent, with its answer; None before.

        Tokens, secrets, codes, cookies and passwords are `***` in it. It holds what retries and
        pages sent, too, but not what renewed a token, nor pages that were asked for ahead.
        """
        seen = self._sender.last
        if seen is None:
            return None
        from amocrm_gen.runtime.traffic import exchange_of

        return exchange_of(seen, self._session.secrets)

    def authorization_url(self, *, state: str | None = None, mode: str | None = None) -> str:
        """Return the page where a person grants the integration access.

        Check on return that `state` came back unchanged.
        """
        from amocrm_gen.runtime import oauth

        return oauth.authorization_url(self._session, state=state, mode=mode)

    async def authorize(self, code: str, *, referer: str | None = None) -> Token:
        """Exchange an authorization code for tokens and keep them.

        `referer` is the parameter that came with the code: the account that granted access. A host
        that is not amoCRM's is refused.
        """
        from amocrm_gen.runtime import oauth

        # Whoever prints the frames of an error does not print the code.
        code = conceal(code)
        return await self._driver.run(oauth.authorize(self._session, code, referer))

    async def renew(self) -> Token:
        """Renew the tokens now, whatever their age.

        They renew themselves while they are used; this is for those that lie unused for months.
        """
        from amocrm_gen.runtime import oauth

        return await self._driver.run(oauth.renew(self._session))

    async def days_left(self) -> float | None:
        """Return the days until the tokens die if nobody uses them; None if that is not known.

        A refresh token dies after three months, a long-lived token when it was made to.
        """
        from amocrm_gen.runtime import oauth

        return await self._driver.run(oauth.days_left(self._session))

    async def exchange_api_key(self, login: ApiKeyLogin, *, state: str | None = None) -> None:
        """Ask for an authorization code in return for a user's API key.

        The code comes to the integration's redirect URI, with `from_exchange=1` and `state`.
        """
        from amocrm_gen.runtime import oauth

        await self._driver.run(oauth.exchange_api_key(self._session, login, state))

    async def look_up_domain(self) -> str:
        """Ask where the account is now, and go on there; it keeps its tokens when it moves."""
        from amocrm_gen.runtime import oauth

        return await self._driver.run(oauth.look_up_domain(self._session))

    async def aclose(self) -> None:
        """Close all connections, after a renewal of the token that may be under way.

        What is called afterwards is an error. Closing a view for another user closes nothing.
        """
        if self._user_id is None:
            self._session.is_closed = True
            await self._sender.aclose()

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self.aclose()
