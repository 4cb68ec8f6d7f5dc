"""Both clients ask for each sample and understand its answer, errors included."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest

from amocrm_gen import (
    AccountBlocked,
    ApiError,
    BatchError,
    Forbidden,
    MemoryTokenStore,
    NotFound,
    OAuthError,
    PaymentRequired,
    RateLimited,
    ReauthorisationRequired,
    Token,
    Unauthorized,
    ValidationError,
)
from amocrm_gen.runtime.call import Page
from amocrm_gen.runtime.convert import unstructure
from amocrm_gen.v4 import LeadCreate

from .client_call import ask_for, items_of, route_of
from .compare import compare
from .replay import INTEGRATION, TWINS, Replay, Twin, ask
from .sample import Answer, Sample, bad_requests, samples

_BUILT = [each for each in samples() if each.is_built]
_ANSWERED = [each for each in _BUILT if each.path.startswith("/api/") and each.answer.status < 400]
_REFUSED = [
    each
    for each in (*samples(), *bad_requests())
    if each.path.startswith("/api/") and each.answer.status >= 400
]
_OAUTH = {each.id.removeprefix("core-20.19-oauth-"): each for each in _BUILT if "oauth" in each.id}
_OAUTH_REFUSED = [
    each
    for each in (*_OAUTH.values(), *bad_requests())
    if each.path == "/oauth2/access_token" and each.answer.status >= 400
]
_twins = pytest.mark.parametrize("twin", TWINS)
_KINDS: Final[dict[int, type[ApiError]]] = {
    400: ValidationError,
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
    405: ApiError,
    422: ValidationError,
    429: RateLimited,
}


@_twins
@pytest.mark.parametrize("golden", _ANSWERED, ids=lambda each: each.id)
def test_asks_and_understands(golden: Sample, twin: Twin) -> None:
    """The method sends the sample's request and returns the sample's items, none missing."""
    route = route_of(golden)
    assert route is not None
    replay = Replay((golden.answer,))
    found = ask(twin, replay, lambda amo: ask_for(golden, amo))
    (request,) = replay.seen
    assert (request.method, request.path) == (golden.method, golden.path)
    assert set(parse_qsl(golden.query)) <= set(parse_qsl(request.query))
    if golden.answer.body is None:
        assert found.items == []
        return
    items = (
        found.items if isinstance(found, Page) else found if isinstance(found, list) else [found]
    )
    expected: Any = items_of(golden.answer.body, route.traits)
    if route.traits["envelope"] == "array":
        # One result may stand for several items; each item is told its own.
        expected = [item for item in expected for _ in item["request_id"]]
    assert [str(each) for each in compare(expected, [unstructure(item) for item in items])] == []


@_twins
@pytest.mark.parametrize(
    "golden", [each for each in _ANSWERED if each.body is not None], ids=lambda each: each.id
)
def test_sends_the_body_of_the_sample(golden: Sample, twin: Twin) -> None:
    """What is sent is the sample's body; batches add request ids, an update repeats its id."""
    replay = Replay((golden.answer,))
    ask(twin, replay, lambda amo: ask_for(golden, amo))
    sent: Any = json.loads(replay.seen[0].body)
    given: Any = golden.body
    if isinstance(given, list):
        marks = [item.pop("request_id", None) for item in sent]
        own = [item.get("request_id") for item in given]
        assert sent == [{k: v for k, v in item.items() if k != "request_id"} for item in given]
        assert all(mark == mine for mark, mine in zip(marks, own, strict=True) if mine is not None)
        route = route_of(golden)
        assert route is not None
        if golden.method == "POST" and route.traits["batch"]["match"] == "request_id":
            assert len(set(marks)) == len(marks)
            assert all(isinstance(mark, str) for mark in marks)
    else:
        number = golden.path.rsplit("/", 1)[-1]
        assert sent in (given, {**given, "id": int(number) if number.isdecimal() else number})
    assert replay.seen[0].headers["content-type"] == "application/json"


@_twins
def test_a_page_knows_its_place(twin: Twin) -> None:
    """Number, links and totals of the envelopes reach the page."""
    (middle,) = [each for each in _BUILT if each.id == "core-20.1-leads-page"]
    page = ask(twin, Replay((middle.answer,)), lambda amo: ask_for(middle, amo))
    origin = "https://example.amocrm.ru/api/v4/leads"
    assert (page.number, page.total_items, page.page_count) == (2, None, None)
    assert page.self_href == f"{origin}?page=2&limit=2"
    assert page.next_href == f"{origin}?page=3&limit=2"
    (users,) = [each for each in _BUILT if each.id == "core-20.15-users"]
    page = ask(twin, Replay((users.answer,)), lambda amo: ask_for(users, amo))
    assert (page.number, page.total_items, page.page_count, page.next_href) == (1, 1, 1, None)


@_twins
def test_missing_is_not_found_or_none(twin: Twin) -> None:
    """A lead that is not there comes as 204, and is an error or None as was asked."""
    nothing = Replay((Answer(status=204, content_type=None),))
    assert ask(twin, nothing, lambda amo: amo.leads.get_or_none(1)) is None
    with pytest.raises(NotFound) as caught:
        ask(twin, nothing, lambda amo: amo.leads.get(1))
    assert (caught.value.status, caught.value.request_id) == (204, "0123456789abcdef")


def _said(answer: Answer) -> list[tuple[str | None, str | None, str | None]]:
    """List request id, code and path of everything that an error body complains of."""
    body: Any = answer.body or {}
    listed = [
        (item.get("request_id"), flaw["code"], flaw["path"])
        for item in body.get("validation-errors", [])
        for flaw in item["errors"]
    ]
    mapped = [(None, None, None) for _ in body.get("errors", {})]
    return listed + mapped


@_twins
@pytest.mark.parametrize("golden", _REFUSED, ids=lambda each: each.id)
def test_errors_have_their_type_and_place(golden: Sample, twin: Twin) -> None:
    """Each error body of the docs becomes the error of its kind, and tells where and what."""
    replay = Replay((golden.answer,))
    with pytest.raises(ApiError) as caught:
        ask(twin, replay, lambda amo: amo.request(golden.method, golden.path, json=golden.body))
    error, body = caught.value, golden.answer.body
    kind = AccountBlocked if golden.answer.text else _KINDS[golden.answer.status]
    assert type(error) is kind
    assert (error.status, error.request_id) == (golden.answer.status, "0123456789abcdef")
    assert error.operation == f"{golden.method} {golden.path}"
    assert [(p.request_id, p.code, p.path) for p in error.problems] == _said(golden.answer)
    if isinstance(body, dict):
        assert error.message == body["detail"]
        assert error.retry_after == body.get("retry_after")


@_twins
@pytest.mark.parametrize(
    "golden",
    [each for each in _REFUSED if route_of(each) and isinstance(each.body, list) and each.body],
    ids=lambda each: each.id,
)
def test_problems_know_which_item_is_meant(golden: Sample, twin: Twin) -> None:
    """The index of a problem is the place of the item that the request id names."""
    with pytest.raises(ApiError) as caught:
        ask(
            twin,
            Replay((golden.answer,)),
            lambda amo: amo.request(golden.method, golden.path, json=golden.body),
        )
    sent: Any = golden.body
    marks = [item.get("request_id", str(place)) for place, item in enumerate(sent)]
    for problem in caught.value.problems:
        if problem.request_id is not None:
            assert problem.index == marks.index(problem.request_id)
        else:
            assert sent[problem.index]["id"] == problem.entity_id


@_twins
def test_a_refused_batch_tells_items_apart(twin: Twin) -> None:
    """The two bad items of the docs' batch are the two that failed; a third was not tried."""
    (golden,) = [each for each in _BUILT if each.id == "core-20.20-validation"]
    leads = [LeadCreate(name=name) for name in "ABC"]
    with pytest.raises(BatchError) as caught:
        ask(twin, Replay((golden.answer,)), lambda amo: amo.leads.create(leads))
    error = caught.value
    assert [lead.name for lead, _ in error.failed] == ["A", "B"]
    assert [len(problems) for _, problems in error.failed] == [1, 2]
    assert (error.not_tried, error.done, error.in_doubt) == (leads[2:], [], [])
    assert error.request_id == "0123456789abcdef"


@_twins
def test_a_code_becomes_a_token(twin: Twin) -> None:
    """The docs' token answer is kept in the store, and the request is the docs' request."""
    store, replay = MemoryTokenStore(), Replay((_OAUTH["code"].answer,))
    token = ask(twin, replay, lambda amo: amo.authorize("the-code"), store=store)
    body: Any = _OAUTH["code"].answer.body
    assert (token.access_token, token.refresh_token) == (
        body["access_token"],
        body["refresh_token"],
    )
    assert token.expires_at - token.issued_at == timedelta(seconds=86400)
    assert store.load("example.amocrm.ru") == token
    (request,) = replay.seen
    assert (request.method, request.path) == ("POST", "/oauth2/access_token")
    assert json.loads(request.body) == {
        "client_id": INTEGRATION.client_id,
        "client_secret": INTEGRATION.client_secret,
        "redirect_uri": INTEGRATION.redirect_uri,
        "grant_type": "authorization_code",
        "code": "the-code",
    }


def _stale_store() -> MemoryTokenStore:
    store, past = MemoryTokenStore(), datetime(2020, 1, 1, tzinfo=UTC)
    store.save(
        "example.amocrm.ru",
        Token(access_token="a.b.c", refresh_token="def50200", issued_at=past, expires_at=past),
    )
    return store


@_twins
def test_a_stale_token_is_renewed_by_the_refresh_token(twin: Twin) -> None:
    """Before the call the docs' refresh request is sent, and its answer is used and kept."""
    golden: Any = _OAUTH["refresh"].answer.body
    # The docs cut their access token short with a sign that no header can carry.
    fresh = {**golden, "access_token": "d.e.f"}
    renewed = Answer(status=200, content_type="application/json", body=fresh)
    replay = Replay((renewed, Answer(status=204, content_type=None)))
    store = _stale_store()
    assert ask(twin, replay, lambda amo: amo.leads.get_or_none(1), store=store) is None
    refresh, call = replay.seen
    assert json.loads(refresh.body)["grant_type"] == "refresh_token"
    assert json.loads(refresh.body)["refresh_token"] == "def50200"
    assert call.headers["authorization"] == "Bearer d.e.f"
    kept = store.load("example.amocrm.ru")
    assert kept is not None
    assert kept.refresh_token == fresh["refresh_token"]


@_twins
@pytest.mark.parametrize("golden", _OAUTH_REFUSED, ids=lambda each: each.id)
def test_oauth_errors_tell_the_hint(golden: Sample, twin: Twin) -> None:
    """A refused code is an OAuthError; a dead refresh token says that a person must act."""
    body: Any = golden.answer.body
    is_refresh = "refresh_token" in json.dumps(golden.body)
    replay = Replay((golden.answer,))
    store = _stale_store() if is_refresh else MemoryTokenStore()
    with pytest.raises(OAuthError) as caught:
        ask(
            twin,
            replay,
            lambda amo: amo.leads.get(1) if is_refresh else amo.authorize("def50200code"),
            store=store,
        )
    error = caught.value
    assert (error.status, error.hint) == (golden.answer.status, body.get("hint"))
    assert (error.message, error.request_id) == (body["detail"], "0123456789abcdef")
    assert isinstance(error, ReauthorisationRequired) == (
        golden.answer.status == 401 and is_refresh
    )


@_twins
def test_the_domain_is_looked_up(twin: Twin) -> None:
    """The docs' answer about the account's subdomain is its domain."""
    golden = _OAUTH["subdomain"]
    replay = Replay((golden.answer,))
    assert ask(twin, replay, lambda amo: amo.look_up_domain()) == "example.amocrm.ru"
    assert (replay.seen[0].method, replay.seen[0].path) == (golden.method, golden.path)
