"""No secret is shown: not by logs, reprs, errors, tracebacks, pickles, HAR files or curl lines."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amocrm_gen.runtime.aclient import AsyncClient
from amocrm_gen.runtime.channel import ChatChannel, signed_headers
from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.driver import pool_for
from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.locks.memory import MemoryLocks
from amocrm_gen.runtime.locks.redis import RedisLocks
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.throttle.redis import RedisThrottle
from amocrm_gen.runtime.tokens.file import FileTokenStore
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.redis import RedisTokenStore
from amocrm_gen.runtime.tokens.sqlite import SqliteTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.canaries import CANARIES, Aviary, canary
from runtime.sample import CREATE, UPDATE, LeadCreate, LeadUpdate, create, get, update
from runtime.site import Answer, Asked, reply
from runtime.twins import AsyncTwin, Stage, SyncTwin

INTEGRATION = Integration(
    client_id="client-id", client_secret=canary("secret"), redirect_uri="https://x/cb"
)
TOKEN = Token.issued(
    access_token=canary("access"),
    refresh_token=canary("refresh"),
    lasts=86_400,
    now=4e9,
    domain="example.amocrm.ru",
)
GRANTED = {
    "access_token": canary("next"),
    "refresh_token": canary("nextref"),
    "expires_in": 86_400,
}
WAYS = ("token", "integration", "login")


class LeakyStore:
    """A store that fails as databases do: its errors repeat what was to be written."""

    def __init__(self, fails: str) -> None:
        self._fails, self._tokens = fails, {"example.amocrm.ru": TOKEN}
        self.locks = MemoryLocks()

    def load(self, account: str) -> Token | None:
        """Return the token, or fail."""
        token = self._tokens.get(account)
        if self._fails == "load":
            raise LookupError("SELECT", token)
        return token

    def save(self, account: str, token: Token) -> None:
        """Keep the token, or fail."""
        is_new = token.access_token != TOKEN.access_token
        if self._fails == "save" or (self._fails == "save new" and is_new):
            raise ValueError("INSERT", account, token.access_token, str(token.refresh_token))
        self._tokens[account] = token

    def delete(self, account: str) -> None:
        """Forget the token."""


def echo(status: int, where: str, heard: set[str]) -> Answer:
    """Return an answer that repeats all that the server has heard, in one place and in headers."""
    said = " ".join([*heard, *(quote(text, safe="") for text in heard)])
    problem = {"code": said, "path": said, "detail": said, "request_id": said}
    bodies: dict[str, Any] = {
        "words": {"detail": said, "hint": said, "title": said, "status": status},
        "problems": {"validation-errors": [{"request_id": "0", "errors": [problem]}]},
        "errors": {"errors": {"15": said}, "response": {"error": said}},
        "keys": {
            said: [{said: said}],
            "_embedded": {said: [], "leads": [{said: said, "id": said}]},
        },
        "grant": {"access_token": 1, "refresh_token": said, "expires_in": said},
        "grant with a line feed": {**GRANTED, "access_token": f"{said}\n{said}"},
        "nothing known": {"id": said, "name": 5, "response": {"auth": True, "session": said}},
    }
    headers = {"X-Request-Id": said, "Location": f"https://evil.com/?code={said}"}
    cookie = f"session_id={canary('cookie')}; Path=/"
    headers |= {"Set-Cookie": cookie, "Retry-After": "0", "Content-Type": "application/json"}
    if where == "html":
        return status, headers, f"<html>{said}</html>".encode()
    if where == "text":
        return status, headers, said.encode()
    if where == "torn":
        return status, headers, orjson.dumps(bodies["keys"])[:-9]
    return status, headers, orjson.dumps(bodies[where])


PLACES = (
    "words", "problems", "errors", "keys", "grant", "grant with a line feed", "nothing known",
    "html", "text", "torn",
)  # fmt: skip
ACTIONS: dict[str, Any] = {
    "get": lambda client: client.send(get(1)),
    "raw": lambda client: client.request(
        "POST",
        "/private/x?USER_HASH=" + quote(canary("query")),
        json={"password": canary("user"), "nested": [{"api_key": canary("user")}]},
        headers={"X-Auth-Token": "canary-header"},
    ),
    "create": lambda client: client.write(create, [LeadCreate(name="x")] * 4, operation=CREATE),
    "update": lambda client: client.write(update, [LeadUpdate(id=15)], operation=UPDATE),
    "renew": lambda client: client.renew(),
    "authorize": lambda client: client.authorize(canary("code")),
    "exchange": lambda client: client.exchange_api_key(
        ApiKeyLogin(login="a@b", api_key=canary("api"))
    ),
    "domain": lambda client: client.look_up_domain(),
    "days": lambda client: client.days_left(),
}


@st.composite
def scenes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw who asks for what, and what goes wrong."""
    return {
        "way": draw(st.sampled_from(WAYS)),
        "fails": draw(st.sampled_from(["", "", "load", "save", "save new"])),
        "action": draw(st.sampled_from(sorted(ACTIONS))),
        "statuses": draw(
            st.lists(
                st.sampled_from([0, 200, 200, 301, 400, 401, 402, 403, 404, 429, 500, 504]),
                min_size=1,
                max_size=3,
            )
        ),
        "place": draw(st.sampled_from(PLACES)),
        "oauth": draw(st.sampled_from(["", "", "echo"])),
    }


def options(scene: dict[str, Any]) -> dict[str, Any]:
    """Return how the client is made."""
    if scene["way"] == "token":
        return {"token": canary("access")}
    if scene["way"] == "login":
        return {"token": None, "login": ApiKeyLogin(login="a@b", api_key=canary("api"))}
    return {"integration": INTEGRATION, "store": LeakyStore(scene["fails"])}


def play(stage: Stage, scene: dict[str, Any], har: Path) -> Aviary:
    """Let it go wrong, and collect what is shown."""
    statuses, heard = list(scene["statuses"]), set[str]()

    def before(asked: Asked) -> Answer:
        text = f"{asked.headers} {asked.query} {asked.body}"
        heard.update(one for one in CANARIES.values() if one in text or repr(one)[1:-1] in text)
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        is_grant = asked.path in {"/oauth2/access_token", "/private/api/auth.php"}
        if is_grant and not scene["oauth"]:
            issued = ("cookie",) if scene["way"] == "login" else ("next", "nextref")
            heard.update(canary(name) for name in issued)
            cookie = f"session_id={canary('cookie')}; Path=/"
            return reply(200, {**GRANTED, "response": {"auth": True}}, **{"Set-Cookie": cookie})
        return (0, {}, b"") if status == 0 else echo(status, scene["place"], heard)

    stage.site.before = before
    with Aviary.opened() as aviary:
        twin = stage.open(har=har, max_retries=1, **options(scene))
        twin.client._session.policy = type(twin.client._session.policy)(  # type: ignore[attr-defined]
            max_retries=1, first_delay=0.0
        )
        for _ in range(2):
            error = None
            try:
                result = act(twin, scene["action"])
            except AmoError as caught:
                error = caught
            else:
                if isinstance(result, Token):
                    aviary.reprs(result)
            if error is not None:
                error.add_note("seen by a test")
                aviary.error(error)
        session = twin.client._session  # type: ignore[attr-defined]
        aviary.reprs(twin.client, session, session.store, session.token, session.secrets)  # type: ignore[attr-defined]
        aviary.reprs(twin.client._driver)  # type: ignore[attr-defined]
    return aviary


def act(twin: Any, action: str) -> Any:
    """Do it; whoever looks at the last exchange sees no secret either."""
    if isinstance(twin, SyncTwin):
        try:
            return ACTIONS[action](twin.client)
        finally:
            check(twin.client.last_exchange)
    assert isinstance(twin, AsyncTwin)

    async def work() -> Any:
        try:
            return await ACTIONS[action](twin.client)
        finally:
            check(twin.client.last_exchange)

    return twin.runner.run(work())


def check(exchange: Any) -> None:
    """See that an exchange shows nothing."""
    aviary = Aviary()
    aviary.reprs(exchange)
    if exchange is not None:
        aviary.show("exchange", exchange.curl(), exchange.body, exchange.headers)
        aviary.show("exchange", exchange.request.headers, exchange.request.body, exchange.failure)
    assert aviary.leaks() == []


@pytest.mark.parametrize("kind", ["sync", "async"])
@settings(max_examples=25)
@given(scene=scenes())
@example(
    scene={  # the answer to a renewal repeats what the call before it carried
        "way": "integration",
        "fails": "",
        "action": "raw",
        "statuses": [401],
        "place": "words",
        "oauth": "echo",
    }
)
def test_no_secret_is_shown(
    kind: str, scene: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever goes wrong, and whatever an answer repeats."""
    har = tmp_path_factory.mktemp("canaries") / "traffic.har"
    with Stage(kind) as stage:
        aviary = play(stage, scene, har)
    aviary.show("HAR", har.read_text("utf-8"))
    leaks = aviary.leaks()
    if scene["action"] == "raw":
        # What a caller passes to `request` is plain text in the frames that it goes through.
        own = ("canary-user", "canary-query")
        leaks = [leak for leak in leaks if not (leak.startswith(own) and "in locals of" in leak)]
    assert leaks == []


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("status", "place"),
    [(0, "words"), (401, "words"), *((200, place) for place in ("keys", "torn", "grant"))],
)
def test_no_secret_is_shown_by_the_usual_call(
    kind: str, status: int, place: str, tmp_path: Path
) -> None:
    """The same for each place, without luck."""
    for action in ("get", "create", "authorize"):
        scene = {"way": "integration", "fails": "", "action": action, "statuses": [status]}
        har = tmp_path / f"{action}.har"
        with Stage(kind) as stage:
            aviary = play(stage, {**scene, "place": place, "oauth": "echo"}, har)
        aviary.show("HAR", har.read_text("utf-8"))
        assert aviary.leaks() == []


def test_objects_do_not_show_their_secrets(tmp_path: Path) -> None:
    """All public objects that hold secrets, their parts, and what they are made into."""
    url = f"redis://:{quote(canary('password'), safe='')}@127.0.0.1:1/0"
    with Aviary.opened() as aviary:
        channel = ChatChannel("id", canary("channel"))
        login = ApiKeyLogin(login="a@b", api_key=canary("api"))
        memory = MemoryTokenStore()
        memory.save("example.amocrm.ru", TOKEN)
        file, sqlite = FileTokenStore(tmp_path / "t.json"), SqliteTokenStore(tmp_path / "t.sqlite")
        for store in (file, sqlite):
            store.save("example.amocrm.ru", TOKEN)
            aviary.reprs(store, store.load("example.amocrm.ru"))
        aviary.reprs(channel, login, memory, INTEGRATION, TOKEN, TOKEN.header, TOKEN.secrets)

        headers = signed_headers(channel, "POST", "https://amojo.amocrm.ru/x", b"", 0.0)
        signature = str(headers["X-Signature"])
        aviary.reprs(Client("example", token=canary("access")))
        redis: list[Any] = [RedisTokenStore(url), RedisLocks(url), RedisThrottle(url)]
        aviary.reprs(*redis)
        gate = redis[2].throttle_for("example.amocrm.ru", "id")
        aviary.reprs(gate)
        for action in (
            lambda: redis[0].load("example.amocrm.ru"),
            lambda: redis[0].save("example.amocrm.ru", TOKEN),
            lambda: redis[1].acquire(["leads/1"]),
            gate.reserve,
        ):
            with pytest.raises(AmoError) as caught:
                action()
            aviary.error(caught.value)
    assert aviary.leaks() == []
    assert signature not in repr(headers)


@pytest.mark.parametrize("wrong", [" ", "\n", "\x7f", "ö"])
def test_wrong_tokens_are_not_repeated(wrong: str) -> None:
    """A constructor that refuses a token does not show it, nor the other things it was given."""
    with Aviary.opened() as aviary:
        with pytest.raises(AmoError) as caught:
            Client("example", token=f"x{wrong}x" + canary("access"))
        aviary.error(caught.value)
        login = ApiKeyLogin(login="a", api_key=canary("api"))
        for account in ("no account!", "example"):
            with pytest.raises(AmoError) as caught:
                Client(account, integration=INTEGRATION, login=login)
            aviary.error(caught.value)
    assert aviary.leaks() == []


@pytest.mark.parametrize("host", ["127.0.0.1:1", "127.0.0.1:none", "[::1", ""])
def test_the_password_of_a_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy that is not there nor one that is no address is shown with its password."""
    password = quote(canary("password"), safe="")
    proxy = f"http://user:{password}@{host}"
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def ask() -> None:
        async with AsyncClient("example", token=canary("access"), max_retries=0) as amo:
            await amo.send(get(1))

    with Aviary.opened() as aviary, Client("example", token=canary("access"), max_retries=0) as amo:
        for action in (lambda: amo.send(get(1)), lambda: asyncio.run(ask())):
            with pytest.raises(AmoError) as caught:
                action()
            aviary.error(caught.value)
        with contextlib.suppress(AmoError):
            pool = pool_for("https://example.amocrm.ru", trust=True, size=1)
            aviary.reprs(pool, pool.proxy_headers, pool.proxy)  # type: ignore[attr-defined]
    assert aviary.leaks() == []
