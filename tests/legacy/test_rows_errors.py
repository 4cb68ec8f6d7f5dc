"""Rows 29 to 35: what is refused, and how that is told."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from amocrm_gen import (
    AmoCRM,
    ApiError,
    Conflict,
    ResponseError,
    TransportError,
    ValidationError,
)
from amocrm_gen.objects import Lead, save_objects
from amocrm_gen.objects.codes import AMO_CODES
from amocrm_gen.v2.models.leads import LeadCreate
from amocrm_mockserver import Response

if TYPE_CHECKING:
    from php_stage import Place, Tenant

LEADS = "/api/v2/leads"


def answer_with(place: Place, body: object, status: int = 200) -> None:
    """Let the server say something else from now on."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    response = Response(status, (("Content-Type", "application/hal+json"),), content)
    place.server.handle = lambda _: response  # type: ignore[method-assign]


def errors(**groups: object) -> dict[str, Any]:
    """Return an answer of API v2 that refuses items."""
    return {"_embedded": {"items": [{"id": 7, "request_id": 1}], "errors": groups}}


def test_a29_http_error(tenant: Tenant) -> None:
    """Status, request and answer are told; the token is not."""
    token = str(tenant.token().access_token)
    with tenant.client(token=token) as amo:
        said = {"title": "Bad", "status": 400, "detail": f"no good, {token}"}
        answer_with(tenant.place, said, 400)
        with pytest.raises(ValidationError) as caught:
            amo.request("POST", LEADS, json={"add": [{"name": "x"}]})
    error = caught.value
    assert error.status == 400
    assert error.request is not None
    assert (error.request.method, error.request.url) == ("POST", f"https://{tenant.domain}{LEADS}")
    assert error.request.body == '{"add":[{"name":"x"}]}'
    assert "no good" in str(error)
    assert token not in f"{error} {error!r} {error.curl()}"


@pytest.mark.parametrize("group", ["add", "update"])
def test_a30_codes_in_the_body(group: str, amo: AmoCRM, place: Place) -> None:
    """The first code, and what each means."""
    answer_with(place, errors(**{group: [{"code": 217}, {"code": 244}]}))
    with pytest.raises(ValidationError) as caught:
        Lead(amo, id=7, name="x").save()
    assert [problem.code for problem in caught.value.problems] == ["217", "244"]
    assert AMO_CODES[217] in str(caught.value)
    assert AMO_CODES[244] in str(caught.value)


def test_a31_error_map(amo: AmoCRM) -> None:
    """The stale ones are named, the others are saved."""
    old, new = Lead(amo, name="old"), Lead(amo, name="new")
    save_objects(amo, [old, new])
    stale = Lead(amo, {"id": old.id, "name": "late"}, updated_at_delta=-3600)
    good = Lead(amo, {"id": new.id, "name": "good"})
    with pytest.raises(Conflict) as caught:
        save_objects(amo, [stale, good])
    assert caught.value.ids == (old.id,)
    saved: Any = caught.value.saved
    assert [item["id"] for item in saved] == [new.id]
    assert {lead.name for lead in amo.v2.leads.find()} == {"old", "good"}


@pytest.mark.parametrize(
    "told",
    [
        [{"msg": "Entity not found", "code": 263, "item": {}}],
        {"delete": [{"id": 5, "code": 281}]},
        {"strange": {"5": "Something new"}},
    ],
)
def test_a32_unknown_error_shape(told: object, amo: AmoCRM, place: Place) -> None:
    """Whatever the form, it is an error with what was saved."""
    answer_with(place, {"_embedded": {"items": [{"id": 7}], "errors": told}})
    with pytest.raises(ApiError) as caught:
        amo.v2.leads.save(add=[LeadCreate(name="x")])
    assert len(caught.value.problems) == 1
    assert len(caught.value.saved) == 1


def test_a33_undecodable_body(amo: AmoCRM, place: Place) -> None:
    """An error of its own; the body can be read."""
    answer_with(place, b"<html>sorry</html>")
    with pytest.raises(ResponseError) as caught:
        amo.v2.account.get()
    assert caught.value.status == 200
    assert amo.last_exchange is not None
    assert amo.last_exchange.body == "<html>sorry</html>"


def test_a34_transport_failure(tenant: Tenant) -> None:
    """An error of its own, with its cause."""
    tenant.place.fail(path=LEADS, cut="drop")
    with tenant.client(max_retries=0) as amo, pytest.raises(TransportError) as caught:
        amo.v2.leads.save(add=[LeadCreate(name="x")])
    assert caught.value.__cause__ is not None
    assert caught.value.sent


def test_a35_error_texts() -> None:
    """All codes of amoCRM have a text of their own, apart from the statuses of HTTP."""
    known = {
        *range(101, 105),
        *range(110, 114),
        *range(201, 218),
        218,
        219,
        *range(221, 239),
        240,
        244,
        263,
        *range(280, 286),
        288,
        330,
        *(400, 402, 403, 405, 425, 426, 429, 2002),
    }
    assert known <= AMO_CODES.keys()
    assert all(AMO_CODES.values())
    # One number, two meanings: HTTP's 201 is a success.
    assert AMO_CODES[201] != HTTPStatus(201).phrase
