"""The mock server answers each sample's request as the docs show."""

import pytest

from .crm import Crm
from .refusal import inventory, is_written
from .sample import Sample, bad_requests, refused, samples
from .verdict import exceptions, verdict

_BUILT = [each for each in samples() if each.is_built]
_BAD = [each for each in bad_requests() if each.is_built]
_REFUSED = [*_BAD, *refused()]
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


@pytest.mark.parametrize("golden", refused(), ids=lambda each: each.id)
def test_refuses_what_is_in_the_inventory(golden: Sample) -> None:
    """Exact status; exact body, but for texts that the docs do not give."""
    crm = Crm.for_sample(golden)
    assert "\n".join(verdict(golden, crm.ask(), crm.origin)) == ""


@pytest.mark.parametrize(
    "golden", [each for each in _REFUSED if each.path.startswith("/api/")], ids=lambda each: each.id
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


def test_each_refusal_of_the_inventory_has_a_case() -> None:
    """Entry and case agree on section, request and status; what is not refused says why."""
    cases = {each.id: each for each in (*_REFUSED, *samples())}
    assert len(cases) == len(_REFUSED) + len(samples())
    for entry in inventory():
        if entry.case.startswith(("open: ", "test:")):
            assert entry.id not in cases
            assert is_written(entry.case) if entry.case.startswith("test:") else entry.case[40:]
            continue
        case = cases[entry.id]
        asked = f"{case.method} {case.path}"
        assert (entry.section, entry.request) == (case.section, asked), entry.id
        assert entry.status == case.answer.status, entry.id
    listed = {entry.id for entry in inventory()}
    assert {each.id for each in _REFUSED} | {
        each.id for each in samples() if each.answer.status >= 400
    } <= listed


def test_guesses_among_refusals_are_marked() -> None:
    """Most refusals are told by the docs or by live answers; guesses are counted apart."""
    evidence = [entry.evidence for entry in inventory()]
    assert set(evidence) <= {"live", "sdk", "docs", "peer", "issue", "guess"}
    assert len(evidence) >= 240
    assert evidence.count("guess") <= len(evidence) // 4
    is_open = [entry for entry in inventory() if entry.case.startswith("open: ")]
    assert len(is_open) <= len(evidence) // 20


def test_exceptions_name_samples_and_reasons() -> None:
    """An exception belongs to a sample that is run, says why, and there are few."""
    known = {each.id for each in (*_BUILT, *_REFUSED)}
    assert [each for each in exceptions() if each.sample not in known] == []
    assert [each for each in exceptions() if len(each.reason) < 30] == []
    assert len(exceptions()) <= 12
