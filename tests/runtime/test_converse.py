"""What a call does between being asked and being answered."""

import logging

import pytest
from attrs import evolve

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.converse import converse, held_keys
from amocrm_gen.runtime.errors import (
    AccountBlocked,
    ConfigurationError,
    Conflict,
    NotFound,
    OAuthError,
    RateLimited,
    ReauthorisationRequired,
    ResponseError,
    ServerError,
    TransportError,
    Unauthorized,
    ValidationError,
)
from amocrm_gen.runtime.login import ApiKeyLogin
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.token import Token
from runtime.sample import (
    COMPLEX,
    CREATE,
    GET,
    UPDATE,
    Lead,
    LeadCreate,
    LeadUpdate,
    LeadWritten,
    create,
    find,
    get,
    lead_json,
    update,
)
from runtime.script import INTEGRATION, Stage, answer, granted, session, stored

PAGE = {
    "_page": 2,
    "_links": {
        "self": {"href": "https://example.amocrm.ru/api/v4/leads?page=2&limit=2"},
        "next": {"href": "https://example.amocrm.ru/api/v4/leads?page=3&limit=2"},
    },
    "_embedded": {"leads": [lead_json(1), lead_json(2)]},
}
WRITTEN = {"_links": {}, "_embedded": {"leads": [{"id": 5, "request_id": "0"}]}}
BLOCK = b"<html><head><title>403 Forbidden</title></head></html>"
LOST = TransportError("connection reset", sent=True)
UNSENT = TransportError("connection refused", sent=False)


def test_a_call_is_sent_with_its_token() -> None:
    """Method, address, query, credentials and body are what the call says."""
    stage = Stage([answer(200, lead_json())])
    lead = stage.play(converse(session(), get(1)))
    assert lead.name == "Lead 1"
    (send,) = stage.sent
    assert (send.method, send.url) == ("GET", "https://example.amocrm.ru/api/v4/leads/1")
    assert send.headers["Authorization"] == "Bearer long-lived"
    assert send.body is None


def test_a_query_is_percent_encoded() -> None:
    """Brackets, blanks and letters of any script are encoded."""
    stage = Stage([answer(204)])
    stage.play(converse(session(), find(filter={"name": ["Ёж & co"]}, page=1, limit=2)))
    assert stage.sent[0].url.endswith("?filter%5Bname%5D%5B0%5D=%D0%81%D0%B6+%26+co&page=1&limit=2")


def test_a_page() -> None:
    """A page gives its items, its number and its links."""
    page = Stage([answer(200, PAGE)]).play(converse(session(), find()))
    assert [lead.id for lead in page.items] == [1, 2]
    assert page.number == 2
    assert page.next_href == "https://example.amocrm.ru/api/v4/leads?page=3&limit=2"


@pytest.mark.parametrize("nothing", [answer(204), answer(200, b""), answer(202)])
def test_nothing_is_an_empty_list(nothing: object) -> None:
    """204 is an empty page or list, never an exception."""
    stage = Stage([nothing, nothing])  # type: ignore[list-item]  # a response
    assert stage.play(converse(session(), find())).items == []
    assert stage.play(converse(session(), create([]))) == []


def test_nothing_for_one_entity_is_not_found() -> None:
    """204 and 404 for an entity are the same error."""
    for missing in (answer(204), answer(404, {"detail": "Not found"})):
        with pytest.raises(NotFound):
            Stage([missing]).play(converse(session(), get(1)))


def test_no_body_is_wanted_where_none_is_promised() -> None:
    """An operation without an answer returns None whatever comes."""
    operation = evolve(GET, envelope="none")
    call: Call[None] = Call(operation, "/api/v4/leads/1")
    assert Stage([answer(202, b"<html>")]).play(converse(session(), call)) is None


def test_a_bare_array() -> None:
    """An answer without an envelope is read as it is."""
    call: Call[list[LeadWritten]] = Call(COMPLEX, COMPLEX.path, body=[{}], returns=LeadWritten)
    made = Stage([answer(200, [{"id": 1}, {"id": 2}])]).play(converse(session(), call))
    assert [lead.id for lead in made] == [1, 2]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"<html>", None),
        (b'{"_embedded": {"leads": [', None),
        ([1], "$"),
        ({"_embedded": 5}, "$._embedded"),
        ({"_embedded": {"leads": [{"id": "x"}]}}, "$._embedded.leads[0].id"),
        ({"_embedded": {"leads": 5}}, "$._embedded.leads"),
        ({"_links": 5}, "$._links"),
    ],
)
def test_an_answer_of_another_shape_is_a_typed_error(body: object, path: str | None) -> None:
    """What cannot be read is a ResponseError with operation, status, request id and place."""
    stage = Stage([answer(200, body, **{"x-request-id": "r1"})])
    with pytest.raises(ResponseError) as caught:
        stage.play(converse(session(), find()))
    error = caught.value
    assert (error.operation, error.status, error.request_id) == ("leads.find", 200, "r1")
    assert error.path == path


@pytest.mark.parametrize("fault", [LOST, UNSENT, answer(503), answer(429), answer(502, b"<x>")])
def test_reading_is_repeated(fault: object) -> None:
    """A read is repeated after any passing fault."""
    stage = Stage([fault, fault, answer(200, lead_json())])  # type: ignore[list-item]  # either
    assert stage.play(converse(session(), get(1))).id == 1
    assert len(stage.sent) == 3
    assert stage.slept == sorted(stage.slept)
    assert stage.slept[0] > 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [(LOST, TransportError), (answer(503), ServerError), (answer(504), ServerError)],
)
def test_a_create_is_not_repeated_when_it_may_have_been_done(
    fault: object, error: type[Exception]
) -> None:
    """After a lost answer a create is in doubt and is not sent again."""
    stage = Stage([fault])  # type: ignore[list-item]  # either
    with pytest.raises(error):
        stage.play(converse(session(), create([LeadCreate(name="x")])))
    assert len(stage.sent) == 1


@pytest.mark.parametrize("fault", [UNSENT, answer(429), answer(429, {"retry_after": 3})])
def test_a_create_is_repeated_when_it_was_refused(fault: object) -> None:
    """A create that did not reach the server, or was turned away by it, is sent again."""
    stage = Stage([fault, answer(200, WRITTEN)])  # type: ignore[list-item]  # either
    (made,) = stage.play(converse(session(), create([LeadCreate(name="x")])))
    assert made.id == 5
    assert stage.bodies[0] == stage.bodies[1]


def test_retries_end() -> None:
    """When nothing helps, the last error is raised."""
    stage = Stage([answer(429, {"detail": "slow"})] * 9)
    with pytest.raises(RateLimited, match="slow"):
        stage.play(converse(session(policy={"max_retries": 2}), get(1)))
    assert len(stage.sent) == 3


def test_the_throttle_is_passed_before_each_attempt() -> None:
    """Retries count as sends: none goes past the limit."""
    stage = Stage([answer(503), answer(200, lead_json()), answer(200, lead_json())])
    shared = session(stage, limit=1, policy={"first_delay": 0.1})
    stage.play(converse(shared, get(1)))
    stage.play(converse(shared, get(1)))
    assert stage.slept == pytest.approx([0.1, 0.9, 1.0])


def test_a_429_is_a_penalty_for_all() -> None:
    """Everyone who shares the throttle waits as long as the server says."""
    stage = Stage([answer(429, {"retry_after": 5}), answer(200, lead_json())])
    shared = session(stage, limit=7)
    stage.play(converse(shared, get(1)))
    assert sum(stage.slept) >= 5
    assert shared.throttle is not None


def test_a_block_stops_all_traffic() -> None:
    """After the page of the block nothing is sent any more by those who share the throttle."""
    stage = Stage([answer(403, BLOCK)])
    shared = session(stage, limit=7)
    for _ in range(3):
        with pytest.raises(AccountBlocked):
            stage.play(converse(shared, get(1)))
    assert len(stage.sent) == 1
    stage.now += 301
    stage.answers.append(answer(200, lead_json()))
    assert stage.play(converse(shared, get(1))).id == 1


def test_a_cancelled_wait_gives_its_place_back() -> None:
    """Who is cancelled in the throttle's queue does not hold up those behind."""

    class Cancelled(BaseException):
        pass

    stage = Stage([answer(200, lead_json())] * 3)
    shared = session(stage, limit=1)
    stage.play(converse(shared, get(1)))
    talk = converse(shared, get(1))
    effect = next(talk)
    while type(effect).__name__ != "Sleep":
        effect = talk.send(stage._perform(effect))
    effect = talk.throw(Cancelled())
    with pytest.raises(Cancelled):
        talk.send(stage._perform(effect))
    stage.play(converse(shared, get(1)))
    assert stage.slept == [1.0]


def test_a_long_lived_token_that_is_refused_is_final() -> None:
    """Without a way to renew it, 401 is raised at once."""
    stage = Stage([answer(401, {"detail": "Unauthorized"})])
    with pytest.raises(Unauthorized):
        stage.play(converse(session(), get(1)))
    assert len(stage.sent) == 1


def test_a_refused_token_is_renewed_once() -> None:
    """401: renew, keep, repeat; even a create, since it was refused."""
    store, _ = stored()
    stage = Stage([answer(401, {}), granted(), answer(200, WRITTEN)])
    shared = session(store=store, integration=INTEGRATION)
    stage.play(converse(shared, create([LeadCreate(name="x")])))
    assert stage.calls == ["POST /api/v4/leads", "POST /oauth2/access_token", "POST /api/v4/leads"]
    assert stage.bodies[1] == {
        "client_id": "client-id",
        "client_secret": "client-s3cret",
        "redirect_uri": "https://x/cb",
        "grant_type": "refresh_token",
        "refresh_token": "old-refresh",
    }
    assert stage.sent[2].headers["Authorization"] == "Bearer new-access"
    kept = store.load("example.amocrm.ru")
    assert kept is not None
    assert kept.refresh_token == "new-refresh"


def test_a_login_has_so_many_attempts_and_a_pause_before_each() -> None:
    """401: wait, log in again, repeat; in the end the refusal is raised."""
    cookie = answer(200, {"response": {"auth": True}}, set_cookie="session_id=abcdef; path=/")
    refused = answer(401, {"detail": "off"})
    stage = Stage([cookie, refused, cookie, refused, cookie, refused])
    shared = session(store=MemoryTokenStore())
    shared.login = ApiKeyLogin(login="a@example.com", api_key="k3y", attempts=2, pause=5)
    with pytest.raises(Unauthorized, match="off"):
        stage.play(converse(shared, get(1)))
    assert [call.partition("?")[0] for call in stage.calls] == [
        "POST /private/api/auth.php",
        "GET /api/v4/leads/1",
    ] * 3
    assert stage.slept == [5, 5]


def test_renewing_never_loops() -> None:
    """A token that is refused right after it was renewed is an error."""
    store, _ = stored()
    stage = Stage([answer(401, {}), granted(), answer(401, {"detail": "off"})])
    with pytest.raises(Unauthorized, match="off"):
        stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert len(stage.sent) == 3


def test_a_token_is_renewed_before_it_ends() -> None:
    """A token that is as good as over is renewed before the call, not after a 401."""
    store, _ = stored(lasts=100)
    stage = Stage([granted(), answer(200, lead_json())])
    stage.now += 95
    stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert stage.calls == ["POST /oauth2/access_token", "GET /api/v4/leads/1"]


def test_a_token_that_someone_else_renewed_is_taken_from_the_store() -> None:
    """A refused token is compared with the store before it is renewed."""
    store, old = stored()
    newer, _ = stored("newer")
    shared = session(store=store, integration=INTEGRATION, token=old)
    store.save("example.amocrm.ru", newer.load("example.amocrm.ru") or old)
    stage = Stage([answer(401, {}), answer(200, lead_json())])
    stage.play(converse(shared, get(1)))
    assert stage.calls == ["GET /api/v4/leads/1"] * 2
    assert stage.sent[1].headers["Authorization"] == "Bearer newer-access"


def test_a_token_that_another_host_renewed_meanwhile_is_found() -> None:
    """A refresh token that was used up elsewhere in this moment is looked up once more."""
    store, _ = stored()
    newer, _ = stored("newer")

    def rotate(_: object) -> object:
        store.save("example.amocrm.ru", newer.load("example.amocrm.ru"))  # type: ignore[arg-type]
        return answer(401, {"hint": "Token has been revoked", "detail": "parameters"})

    stage = Stage([answer(401, {}), rotate, answer(200, lead_json())])  # type: ignore[list-item]
    stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert stage.sent[2].headers["Authorization"] == "Bearer newer-access"


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (answer(401, {"hint": "Token has been revoked", "detail": "d"}), ReauthorisationRequired),
        (answer(401, {"hint": "Token has expired", "detail": "d"}), ReauthorisationRequired),
        (answer(401, {"title": "Некорректный клиент", "detail": "d"}), OAuthError),
        (answer(400, {"hint": "Check the `client_id` parameter", "detail": "d"}), OAuthError),
        (answer(503), ServerError),
        (LOST, TransportError),
        (answer(200, b"<html>"), ResponseError),
        (answer(200, {"token_type": "Bearer"}), ResponseError),
    ],
)
def test_a_refresh_that_fails(refused: object, error: type[Exception]) -> None:
    """A refresh is never sent twice, its error says what to do, and its lock is freed."""
    store, token = stored()
    stage = Stage([answer(401, {}), refused])  # type: ignore[list-item]  # either
    shared = session(store=store, integration=INTEGRATION)
    with pytest.raises(error) as caught:
        stage.play(converse(shared, get(1)))
    assert type(caught.value) is error
    assert len(stage.sent) == 2
    assert stage.freed == len(stage.held)
    assert store.load("example.amocrm.ru") == token
    shown = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    for secret in ("client-s3cret", "old-refresh", "old-access"):
        assert secret not in shown


def test_a_token_that_cannot_be_stored_lives_on() -> None:
    """If the store fails, the error says so, and this process goes on with the new token."""

    class Broken(MemoryTokenStore):
        def save(self, account: str, token: Token) -> None:
            if token.access_token == "new-access":
                raise OSError("disk full")
            super().save(account, token)

    old = stored()[1]
    store = Broken({"example.amocrm.ru": old})
    shared = session(store=store, integration=INTEGRATION)
    stage = Stage([answer(401, {}), granted(), answer(200, lead_json())])
    with pytest.raises(OAuthError, match="disk full"):
        stage.play(converse(shared, get(1)))
    assert stage.play(converse(shared, get(1))).id == 1
    assert stage.sent[-1].headers["Authorization"] == "Bearer new-access"


def test_without_any_token_nothing_is_sent() -> None:
    """An empty store is an error that tells how to get a token."""
    stage = Stage([])
    with pytest.raises(OAuthError, match="authorization_url"):
        stage.play(converse(session(store=MemoryTokenStore(), integration=INTEGRATION), get(1)))


def test_writes_hold_the_locks_of_their_entities() -> None:
    """A batch holds the lock of each of its entities while it is under way; reads hold none."""
    stage = Stage([answer(200, WRITTEN), answer(200, lead_json())])
    shared = session()
    stage.play(converse(shared, update([LeadUpdate(id=9), LeadUpdate(id=3), LeadUpdate(id=9)])))
    stage.play(converse(shared, get(1)))
    assert stage.held == [("example.amocrm.ru/leads/3", "example.amocrm.ru/leads/9")]
    assert stage.freed == 1


@pytest.mark.parametrize("fault", [answer(400, {}), LOST, KeyboardInterrupt()])
def test_locks_are_freed_on_every_way_out(fault: object) -> None:
    """Errors and interrupts leave no lock behind."""
    stage = Stage([fault] * 9)  # type: ignore[list-item]  # either
    shared = session()
    with pytest.raises(BaseException):  # noqa: B017, PT011 - any of the three
        stage.play(converse(shared, update([LeadUpdate(id=9)])))
    assert stage.freed == len(stage.held) == 1
    assert not shared.locks._queues  # type: ignore[attr-defined]  # locks in memory


def test_locks_held_already_are_not_taken_again() -> None:
    """Inside of an edit the same entity can be written without a deadlock."""
    stage = Stage([answer(200, WRITTEN)])
    mark = held_keys.set(frozenset({"example.amocrm.ru/leads/9"}))
    try:
        stage.play(converse(session(), update([LeadUpdate(id=9)])))
    finally:
        held_keys.reset(mark)
    assert stage.held == []


def test_a_good_answer_that_complains_is_an_error() -> None:
    """Refusals inside of a 200 are errors with their items."""
    stage = Stage([answer(200, {**WRITTEN, "errors": [{"request_id": "0", "detail": "no"}]})])
    with pytest.raises(ValidationError, match="item 0: no"):
        stage.play(converse(session(), create([LeadCreate(name="x")])))


def test_an_outdated_entity_inside_a_good_answer_is_a_conflict() -> None:
    """The text about the last modified date is a conflict with the ids, whatever the status."""
    body = {
        "_embedded": {"errors": {"update": {"9": "Last modified date is older than in database"}}}
    }
    stage = Stage([answer(200, body)])
    with pytest.raises(Conflict) as caught:
        stage.play(converse(session(), update([LeadUpdate(id=9)])))
    assert caught.value.problems[0].entity_id == 9


@pytest.mark.parametrize(
    "url", ["https://evil.com/x", "http://example.amocrm.ru/x", "x", "https://example.kommo.com"]
)
def test_the_token_is_not_sent_elsewhere(url: str) -> None:
    """An address outside the family of hosts is refused before anything is sent."""
    stage = Stage([])
    call: Call[object] = Call(GET, url)
    with pytest.raises(ConfigurationError, match="not an address of"):
        stage.play(converse(session(), call))
    assert stage.sent == []


def test_other_hosts_of_the_family_are_served() -> None:
    """The drive host of the account's company gets the token."""
    stage = Stage([answer(200, {})])
    operation = Operation(name="files.find", method="GET", path="x", envelope="raw")
    stage.play(converse(session(), Call(operation, "https://drive-b.amocrm.ru/v1.0/files")))
    assert stage.sent[0].headers["Authorization"] == "Bearer long-lived"


def test_redirects_are_not_followed() -> None:
    """A redirect is an error that speaks of a move; its target sees nothing."""
    stage = Stage([answer(301, b"", location="https://evil.com")])
    with pytest.raises(Exception, match="moved"):
        stage.play(converse(session(), get(1)))
    assert len(stage.sent) == 1


def test_a_body_that_is_no_json_is_refused() -> None:
    """Nothing is sent of a body that cannot be written."""
    call: Call[object] = Call(CREATE, CREATE.path, body=[{"a": 2**70}])
    with pytest.raises(ConfigurationError, match="JSON"):
        Stage([]).play(converse(session(), call))


def test_the_log_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """With the log at its fullest, tokens and client secrets are not in it."""
    store, _ = stored()
    stage = Stage([answer(401, {}), granted(), LOST, answer(200, lead_json())])
    with caplog.at_level(logging.DEBUG, "amocrm_gen"):
        stage.play(converse(session(store=store, integration=INTEGRATION), get(1)))
    assert "POST https://example.amocrm.ru/oauth2/access_token: 200" in caplog.text
    for secret in ("old-access", "old-refresh", "new-access", "new-refresh", "client-s3cret"):
        assert secret not in caplog.text


def test_an_unknown_lead_in_a_batch() -> None:
    """Operations without locks, and items without ids, hold nothing."""
    assert UPDATE.lock == "leads/{id}"
    stage = Stage([answer(200, WRITTEN)])
    call: Call[list[Lead]] = Call(
        UPDATE, UPDATE.path, body=[{"name": "no id"}], returns=LeadWritten
    )
    stage.play(converse(session(), call))
    assert stage.held == []
