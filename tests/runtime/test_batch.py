"""Any number of items is written, and it is known what became of each."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.batch import write
from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.effects import Response, Send
from amocrm_gen.runtime.encode import encode_body
from amocrm_gen.runtime.errors import (
    BatchError,
    Conflict,
    Forbidden,
    ResponseError,
    TransportError,
    ValidationError,
)
from amocrm_gen.runtime.options import Progress
from runtime.sample import (
    COMPLEX,
    CREATE,
    UPDATE,
    LeadCreate,
    LeadUpdate,
    LeadWritten,
    create,
    update,
)
from runtime.script import Stage as Script
from runtime.script import answer, session
from runtime.site import Answer, Asked, reply
from runtime.twins import Stage

LOST = TransportError("reset", sent=True)
UNSENT = TransportError("refused", sent=False)


def names(count: int) -> list[LeadCreate]:
    """Return leads to create."""
    return [LeadCreate(name=f"L{number}") for number in range(count)]


def creating(items: object) -> Callable[[Any], Any]:
    """Create by either client."""
    return lambda client: client.write(create, items, operation=CREATE)


def test_one_item_gives_one_result(stage: Stage) -> None:
    """One item in, one result out."""
    made = stage.open().do(creating(LeadCreate(name="x")))
    assert isinstance(made, LeadWritten)
    assert stage.site.leads[made.id]["name"] == "x"


def test_any_iterable_is_cut_into_requests(stage: Stage) -> None:
    """A generator of seven goes out in three requests; results stand in the items' order."""
    made = stage.open().do(creating(lead for lead in names(7)))
    assert [stage.site.leads[lead.id]["name"] for lead in made] == [f"L{n}" for n in range(7)]
    assert [len(asked.body) for asked in stage.site.asked] == [3, 3, 1]


def test_nothing_is_no_request(stage: Stage) -> None:
    """An empty list asks for nothing."""
    assert stage.open().do(creating([])) == []
    assert stage.site.asked == []


def test_marks_of_the_user_are_kept(stage: Stage) -> None:
    """Items with a mark of their own keep it; the others get one that is not taken."""
    items = [LeadCreate(name="a", request_id="1"), LeadCreate(name="b"), LeadCreate(name="c")]
    made = stage.open().do(creating(items))
    marks = [item["request_id"] for item in stage.site.asked[0].body]
    assert marks[0] == "1"
    assert len(set(marks)) == 3
    assert [stage.site.leads[lead.id]["name"] for lead in made] == ["a", "b", "c"]


def test_updates_are_matched_by_id(stage: Stage) -> None:
    """Results of an update stand in the order of the items."""
    stage.site.fill(6)
    ids = [5, 1, 6, 2, 3]
    twin = stage.open()
    items = [LeadUpdate(id=number, price=number) for number in ids]
    done = twin.do(lambda client: client.write(update, items, operation=UPDATE))
    assert [lead.id for lead in done] == ids
    assert [stage.site.leads[number]["price"] for number in ids] == ids


def test_a_refused_item_stops_the_batch(stage: Stage) -> None:
    """The error says what is done, which item failed and why, and what was not tried."""

    def refuse(asked: Asked) -> Answer | None:
        bad = [n for n, item in enumerate(asked.body) if item["name"] == "L4"]
        if not bad:
            return None
        problem = {"code": "X", "path": "name", "detail": "no"}
        marks = [{"request_id": asked.body[bad[0]]["request_id"], "errors": [problem]}]
        return reply(400, {"validation-errors": marks, "detail": "Request validation failed"})

    stage.site.before = refuse
    with pytest.raises(BatchError) as caught:
        stage.open().do(creating(names(8)))
    error = caught.value
    assert [lead.id for lead in error.done] == [1, 2, 3]
    ((item, problems),) = error.failed
    assert item.name == "L4"
    assert (problems[0].index, problems[0].path) == (4, "name")
    assert [lead.name for lead in error.not_tried] == ["L3", "L5", "L6", "L7"]
    assert error.in_doubt == []
    assert isinstance(error.__cause__, ValidationError)
    assert len(stage.site.leads) == 3


def play(items: object, *answers: object, make: Any = create, operation: Any = CREATE) -> Any:
    """Write with scripted answers; return result or error, and the script."""
    script = Script(list(answers))  # type: ignore[arg-type]  # answers and faults
    try:
        return script.play(write(session(), make, items, operation)), script
    except BatchError as error:
        return error, script


def written(send: Send) -> Response:
    """Answer a create as the server does."""
    items = orjson.loads(send.body or b"[]")
    made = [{"id": number, "request_id": i["request_id"]} for number, i in enumerate(items, 1)]
    return answer(200, {"_embedded": {"leads": made}})


@pytest.mark.parametrize(
    ("fault", "in_doubt", "not_tried"),
    [
        (LOST, 3, 2),
        (answer(504), 3, 2),
        (answer(500, b"<html>"), 3, 2),
        (answer(200, b"<html>"), 3, 2),
        (answer(403, {"detail": "no rights"}), 0, 5),
        (answer(402, {}), 0, 5),
    ],
)
def test_what_may_have_been_written_is_in_doubt(
    fault: object, in_doubt: int, not_tried: int
) -> None:
    """A lost answer leaves a create in doubt; it is not sent again, and the rest is not tried."""
    error, script = play(names(8), written, fault)
    assert isinstance(error, BatchError)
    assert len(error.done) == 3
    assert [lead.name for lead in error.in_doubt] == ["L3", "L4", "L5"][:in_doubt]
    assert len(error.not_tried) == not_tried
    assert len(script.sent) == 2


def test_what_was_never_sent_is_not_in_doubt() -> None:
    """Without a connection nothing is in doubt."""
    error, _ = play(names(2), *[UNSENT] * 9)
    assert (len(error.in_doubt), len(error.not_tried)) == (0, 2)


def test_a_slow_update_is_halved() -> None:
    """After a 504 an idempotent batch is sent again in halves, down to single items."""
    sizes: list[int] = []

    def slow(send: Send) -> Response:
        items = orjson.loads(send.body or b"[]")
        sizes.append(len(items))
        if len(items) > 1:
            return answer(504)
        return answer(200, {"_embedded": {"leads": [{"id": items[0]["id"]}]}})

    items = [LeadUpdate(id=number) for number in (3, 1, 2)]
    done, _ = play(items, *[slow] * 9, make=update, operation=UPDATE)
    assert [lead.id for lead in done] == [3, 1, 2]
    assert sizes == [3, 1, 2, 1, 1]


def test_halves_that_wait_are_in_doubt() -> None:
    """What went out once and was not answered in time is in doubt until its half is answered."""
    items = [LeadUpdate(id=number) for number in range(1, 6)]
    error, _ = play(
        items, answer(504), answer(403, {"detail": "no"}), make=update, operation=UPDATE
    )
    assert [item.id for item in error.in_doubt] == [1, 2, 3, 4]
    assert [item.id for item in error.not_tried] == [5]
    text = {"errors": {"2": "Lead not found"}}
    error, _ = play(items, answer(504), answer(400, text), make=update, operation=UPDATE)
    assert [item.id for item, _ in error.failed] == [2]
    assert [item.id for item in error.in_doubt] == [1, 3, 4]


def test_a_create_is_split_only_on_request() -> None:
    """Who would rather have items twice than not at all has halves sent after a 504."""
    script = Script([answer(504), written, written, written])
    talk = write(session(), create, names(4), CREATE, on_gateway_timeout="split")
    assert len(script.play(talk)) == 4
    assert [len(body) for body in script.bodies] == [3, 1, 2, 1]


def test_progress_is_told_and_can_stop() -> None:
    """After each request it is told how far it is; an error in the callback stops the batch."""
    told: list[Progress] = []
    Script([written] * 3).play(write(session(), create, names(7), CREATE, progress=told.append))
    assert told == [Progress(3, 3, 1), Progress(6, 6, 2), Progress(7, 7, 3)]

    def stop(progress: Progress) -> None:
        if progress.done > 5:
            raise RuntimeError("enough")

    with pytest.raises(BatchError, match="enough") as caught:
        Script([written] * 3).play(write(session(), create, names(7), CREATE, progress=stop))
    assert len(caught.value.done) == 6
    assert [item.name for item in caught.value.not_tried] == ["L6"]


def test_what_remains_is_sent_by_the_same_call(stage: Stage) -> None:
    """`remaining` leaves out what is done or in doubt."""
    items = names(8)
    stage.site.before = lambda _: (0, {}, b"") if len(stage.site.asked) == 2 else None
    twin = stage.open()
    with pytest.raises(BatchError) as caught:
        twin.do(creating(items))
    error = caught.value
    assert error.in_doubt == items[3:6]
    assert error.remaining == items[6:]
    assert len(twin.do(creating(error.remaining))) == 2
    bad = BatchError("no", failed=[(1, ()), (2, ())], in_doubt=[3], not_tried=[4])
    assert bad.remaining == [1, 2, 4]


def test_a_refusal_without_names_is_of_all() -> None:
    """If the API does not say which item is at fault, all of the request failed."""
    error, _ = play(names(4), answer(400, {"detail": "Request data can not be empty"}))
    assert [problems[0].detail for _, problems in error.failed] == [
        "Request data can not be empty"
    ] * 3
    assert len(error.not_tried) == 1


def test_refusals_inside_a_good_answer() -> None:
    """Items that a 200 complains of failed; the others of the same request are done."""
    body = {
        "_embedded": {"leads": [{"id": 7, "request_id": "0"}]},
        "errors": [{"request_id": "1", "status": 263, "title": "Entity not found"}],
    }
    error, _ = play(names(2), answer(200, body))
    assert [lead.id for lead in error.done] == [7]
    assert error.failed[0][0].name == "L1"
    assert error.failed[0][1][0].detail == "Entity not found"


def test_an_item_that_the_answer_forgets_is_in_doubt() -> None:
    """What the answer does not speak of is neither taken for done nor for refused."""
    error, _ = play(names(4), answer(200, {"_embedded": {"leads": [{"id": 7, "request_id": "1"}]}}))
    assert [item.name for item in error.in_doubt] == ["L0", "L2"]
    assert [lead.id for lead in error.done] == [7]
    assert [item.name for item in error.done_items] == ["L1"]
    assert [item.name for item in error.not_tried] == ["L3"]


def test_conflicts_are_told_by_id() -> None:
    """An outdated entity is found by its id in the map of errors."""
    text = "Last modified date is older than in database"
    error, _ = play(
        [LeadUpdate(id=4), LeadUpdate(id=5)],
        answer(400, {"errors": {"5": text}}),
        make=update,
        operation=UPDATE,
    )
    assert isinstance(error.__cause__, Conflict)
    assert [item.id for item, _ in error.failed] == [5]
    assert [item.id for item in error.not_tried] == [4]


def test_leads_that_meet_in_one() -> None:
    """Several items that end in one lead have that lead as their result."""

    def make(items: Sequence[LeadCreate]) -> Call[list[Met]]:
        return Call(COMPLEX, COMPLEX.path, body=encode_body(items), returns=Met)

    rows = [{"id": 1, "request_id": ["0", "2"]}, {"id": 2, "request_id": ["1"]}]
    done, _ = play(names(3), answer(200, rows), make=make, operation=COMPLEX)
    assert [lead.id for lead in done] == [1, 2, 1]


@define(slots=True, kw_only=True)
class Met:
    """What became of items that may have met in one lead."""

    id: int
    request_id: list[str]


def test_one_item_raises_its_own_error() -> None:
    """A single item is no batch: its error is the error of its request."""
    script = Script([answer(403, {"detail": "no rights"})])
    with pytest.raises(Forbidden):
        script.play(write(session(), create, LeadCreate(name="x"), CREATE))
    script = Script([answer(200, {"errors": [{"request_id": "0", "detail": "no"}]})])
    with pytest.raises(ValidationError, match="no"):
        script.play(write(session(), create, LeadCreate(name="x"), CREATE))
    script = Script([answer(200, {"_embedded": {"leads": []}})])
    with pytest.raises(ResponseError, match="may have been written"):
        script.play(write(session(), create, LeadCreate(name="x"), CREATE))


@given(st.integers(0, 12), st.integers(0, 4))
def test_everything_is_accounted_for(count: int, broken: int) -> None:
    """Whatever happens at whichever request, each item is in exactly one list."""
    requests = -(-count // 3)
    answers: list[object] = [written] * requests
    if broken < requests:
        answers[broken] = LOST
    result, _ = play(names(count), *answers)
    if isinstance(result, BatchError):
        lists = [result.done, result.failed, result.in_doubt, result.not_tried]
        assert sum(map(len, lists)) == count
        assert len(result.done) == 3 * broken
    else:
        assert len(result) == count
