"""Each operation answers as the docs' tables say, for each type of entity that it is for."""

import pytest

from .case import OPERATIONS, Case, cases
from .sdk import Sdk


@pytest.mark.parametrize("case", cases(OPERATIONS), ids=lambda case: f"{case.line}-{case.id}")
def test_answers_as_the_tables_say(case: Case) -> None:
    """Status, type of the body, envelope, and the keys and types of each item."""
    sdk = Sdk.of(case, f"https://example.{case.values.get('zone', 'amocrm.ru')}")
    for number, step in enumerate(case.steps, 1):
        assert [f"step {number}: {fault}" for fault in sdk.take(step)] == []
