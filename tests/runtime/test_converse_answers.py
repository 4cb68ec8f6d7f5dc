"""What a call makes of its answer."""

import pytest
from attrs import evolve

from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.errors import Conflict, NotFound, ResponseError, ValidationError
from runtime.sample import (
    COMPLEX,
    GET,
    WRITTEN,
    LeadCreate,
    LeadUpdate,
    LeadWritten,
    create,
    find,
    get,
    lead_json,
    update,
)
from runtime.script import Stage, answer, session

PAGE = {
    "_page": 2,
    "_links": {
        "self": {"href": "https://example.amocrm.ru/api/v4/leads?page=2&limit=2"},
        "next": {"href": "https://example.amocrm.ru/api/v4/leads?page=3&limit=2"},
    },
    "_embedded": {"leads": [lead_json(1), lead_json(2)]},
}


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
