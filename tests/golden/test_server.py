"""The mock server answers each sample's request as the docs show."""

import pytest

from .crm import Crm
from .sample import Sample, bad_requests, samples
from .verdict import exceptions, verdict

_BUILT = [each for each in samples() if each.is_built]
_BAD = [each for each in bad_requests() if each.is_built]
_ORIGINS = pytest.mark.parametrize("origin", ["account", "http://127.0.0.1:8080"])


@_ORIGINS
@pytest.mark.parametrize("golden", _BUILT, ids=lambda each: each.id)
def test_answers_as_the_sample_shows(golden: Sample, origin: str) -> None:
    """Status, type, keys, types, nulls, order, links and fixed values are the sample's."""
    crm = Crm.for_sample(golden, origin)
    response = crm.ask()
    assert "\n".join(verdict(golden, response, crm.origin)) == ""
    assert response.header("X-Request-Id")
    assert response.header("Date")


@_ORIGINS
@pytest.mark.parametrize("golden", _BAD, ids=lambda each: each.id)
def test_refuses_as_the_docs_say(golden: Sample, origin: str) -> None:
    """A bad request gets exactly the error body of the docs."""
    crm = Crm.for_sample(golden, origin)
    assert "\n".join(verdict(golden, crm.ask(), crm.origin)) == ""


@pytest.mark.parametrize(
    "golden", [each for each in _BAD if each.path.startswith("/api/")], ids=lambda each: each.id
)
def test_a_refused_request_changes_nothing(golden: Sample) -> None:
    """A batch with one bad item writes none of it, and no other refusal leaves a trace."""
    crm = Crm.for_sample(golden)
    token = crm.prepare()
    before = crm.tables()
    assert crm.send_golden(token).status >= 400
    assert crm.tables() == before


@pytest.mark.parametrize("golden", _BUILT, ids=lambda each: each.id)
def test_same_seed_same_bytes(golden: Sample) -> None:
    """With the clock frozen, two servers of one seed give the same bytes and headers."""
    first, second = (Crm.for_sample(golden).ask() for _ in range(2))
    assert (first.status, first.headers, first.body) == (second.status, second.headers, second.body)


def test_there_are_bad_requests_of_many_kinds() -> None:
    """The table stays long, and each kind of refusal is in it."""
    assert len({each.id for each in _BAD}) == len(_BAD) >= 40
    assert {each.answer.status for each in _BAD} == {400, 401, 403, 404, 405, 422}


def test_exceptions_name_samples_and_reasons() -> None:
    """An exception belongs to a sample that is run, says why, and there are few."""
    known = {each.id for each in (*_BUILT, *_BAD)}
    assert [each for each in exceptions() if each.sample not in known] == []
    assert [each for each in exceptions() if len(each.reason) < 30] == []
    assert len(exceptions()) <= 12
