"""The golden data itself is whole: nothing is unnamed, misplaced or left out by mistake."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .compare import FORMS, Json, matches
from .sample import ORIGIN, Sample, bases, samples

_ALL = pytest.mark.parametrize("golden", samples(), ids=lambda each: each.id)

_ERROR_TYPES = {"application/problem+json", "text/html"}
_SUCCESS_TYPES = {"application/hal+json", "application/json"}


def _leaves(value: Json, path: str = "$") -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _leaves(each, f"{path}[{index}]")
    else:
        yield path, value


def test_ids_are_file_names_and_unique() -> None:
    """A sample is found by its id alone."""
    names = [path.stem for path in sorted((Path(__file__).parent / "samples").glob("*.json"))]
    assert [each.id for each in samples()] == names


@_ALL
def test_id_begins_with_its_section(golden: Sample) -> None:
    """The id tells where in the docs digest the sample stands."""
    assert golden.id.startswith(golden.section.replace(" ", "-") + "-")


@_ALL
def test_status_and_content_type_agree(golden: Sample) -> None:
    """A 204 has no body and no type; errors are problems, the rest is HAL or plain JSON.

    Of a resource that is not built, the docs may show the request alone.
    """
    answer = golden.answer
    if not golden.is_built and answer.body is None:
        assert golden.body is not None
    elif answer.status == 204:
        assert (answer.content_type, answer.body, answer.text) == (None, None, None)
    else:
        assert answer.content_type in (_SUCCESS_TYPES if answer.status < 400 else _ERROR_TYPES)


@_ALL
def test_a_written_request_tells_whence_it_is(golden: Sample) -> None:
    """A body is the sample's own or names the table of writable keys that it follows."""
    assert (golden.body is None) == (golden.body_source is None)


@pytest.mark.parametrize(
    "golden", [each for each in samples() if each.is_built], ids=lambda each: each.id
)
def test_what_is_invented_is_there(golden: Sample) -> None:
    """Each licence to invent covers a value of the answer, of the form that it allows."""
    leaves = list(_leaves(golden.answer.body))
    for pattern, kind in golden.invented.items():
        covered = [value for path, value in leaves if matches(pattern, path)]
        assert covered, pattern
        assert all(FORMS[kind].fullmatch(str(value)) for value in covered), pattern


@pytest.mark.parametrize(
    "golden", [each for each in samples() if each.is_built], ids=lambda each: each.id
)
def test_an_invented_value_is_not_a_fixed_one_too(golden: Sample) -> None:
    """Links are renamed by value, so an invented id must not equal an id that the state fixes."""
    patterns = [pattern for pattern, kind in golden.invented.items() if kind == "id"]
    leaves = list(_leaves(golden.answer.body))
    invented = [value for path, value in leaves if any(matches(p, path) for p in patterns)]
    fixed = json.dumps([golden.state, bases()[golden.base]])
    assert not [value for value in invented if f'"id": {value},' in fixed]


@_ALL
def test_links_name_one_host(golden: Sample) -> None:
    """All addresses of the account in an answer have the origin that the runs replace."""
    for path, value in _leaves(golden.answer.body):
        if isinstance(value, str) and "amocrm.ru/api/" in value:
            assert f"{ORIGIN}/api/" in value, path


def test_every_built_sample_has_a_base() -> None:
    """A sample that is run names the account in which it is set; the others are listed only."""
    assert {each.base for each in samples() if each.is_built} == set(bases())
    assert len([each for each in samples() if each.is_built]) >= 40
