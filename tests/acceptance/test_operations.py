"""Each operation answers as the docs' tables say, for each type of entity that it is for."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from tests.golden.sample import samples

from amocrm_mockserver.api import operation_of
from amocrm_mockserver.contract import load_contract
from amocrm_mockserver.message import Request

from .case import CALLS, EFFECTS, EXAMPLES, OPERATIONS, Case, cases
from .sdk import Sdk

_NAME: Final = re.compile(r"\{\w+\}")
_HOST: Final = re.compile(r"https://[^/]+|\{drive\}")
_OLD: Final = ("/api/v2/", "/private/api/")
_UPLOAD: Final = "/v1.0/sessions/upload/"


@pytest.mark.parametrize("case", cases(OPERATIONS), ids=lambda case: f"{case.line}-{case.id}")
def test_answers_as_the_tables_say(case: Case) -> None:
    """Status, type of the body, envelope, and the keys and types of each item."""
    sdk = Sdk.of(case, f"https://example.{case.values.get('zone', 'amocrm.ru')}")
    for number, step in enumerate(case.steps, 1):
        assert [f"step {number}: {fault}" for fault in sdk.take(step)] == []


def _asked(case: Case) -> Iterator[tuple[str, str]]:
    """The methods and paths that a case asks with success; names of kept values are numbers."""
    part = case.values.get("path", _UPLOAD)
    addresses = {
        "{upload}": f"{part}{{token}}",
        "{next}": f"{part}{{token}}",
        "{content}": "/download/{account}/{file}/{name}",
        "{version_content}": "/download/{account}/{file}/{version}/{name}",
    }
    for step in case.steps:
        if step.status >= 300 or step.control:
            continue
        method, _, address = step.do.partition(" ")
        path = _HOST.sub("", addresses.get(address, address))
        for name, value in case.values.items():
            path = path.replace(f"{{{name}}}", str(value))
        yield method, _NAME.sub("1", path if path[0] == "/" else f"/api/v4/{path}")


def _shown() -> Iterator[str]:
    """The operations that a sample, a call of the SDK or a row of the tables shows."""
    asked = {pair for table in _TABLES for case in cases(table) for pair in _asked(case)}
    asked |= {(each.method, each.path) for each in samples() if each.answer.status < 300}
    for method, path in asked:
        if path.startswith(_OLD):  # operations of both APIs have the same names
            continue
        request = Request(method=method, scheme="https", host="", path=path.partition("?")[0])
        found = operation_of(request)
        if found is not None:
            yield found.id


_TABLES: Final = (CALLS, EXAMPLES, EFFECTS, OPERATIONS)
_EXCEPT: Final[dict[str, str]] = {}
"""Operations that nothing of this shows, and why."""


def test_each_operation_is_shown() -> None:
    """No operation of the contract is without a case, but for few with a reason."""
    known = set(load_contract().operations)
    assert len(known) >= 360
    assert known - set(_shown()) == set(_EXCEPT)
    assert len(_EXCEPT) < len(known) / 20
