"""Every sample of the docs is known, and held by a test or excepted with a reason."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import yaml
from attrs import frozen
from tests.acceptance.case import CALLS, EFFECTS, EXAMPLES, cases

from .refusal import inventory, is_written
from .sample import bad_requests, refused, samples

_HERE: Final = Path(__file__).parent
_EXCEPT: Final = "except: "


@frozen(kw_only=True)
class _Entry:
    section: str
    sample: str
    kind: str
    by: str

    @property
    def reason(self) -> str | None:
        return self.by.removeprefix(_EXCEPT) if self.by.startswith(_EXCEPT) else None


@cache
def _index() -> tuple[_Entry, ...]:
    with (_HERE / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(_Entry(**row) for row in rows)


@cache
def _held() -> frozenset[str]:
    """All that an entry may name, but for tests of other folders."""
    values = yaml.safe_load((_HERE / "values.yaml").read_text(encoding="utf-8"))
    source = (_HERE / "test_hooks.py").read_text(encoding="utf-8")
    return frozenset(
        {
            *(f"sample:{each.id}" for each in samples()),
            *(f"refusal:{each.id}" for each in (*samples(), *bad_requests(), *refused())),
            *(f"value:{row['id']}" for row in values),
            *(
                f"case:{table}/{case.line}/{case.id}"
                for table in (CALLS, EXAMPLES, EFFECTS)
                for case in cases(table)
            ),
            *(f"hook:{path.stem}" for path in (_HERE / "hooks").iterdir() if path.stem in source),
        }
    )


def _is_held(reference: str) -> bool:
    if not reference.startswith("test:"):
        return reference in _held()
    return is_written(reference)


def _waiting() -> Iterator[str]:
    """Samples whose resource the server does not have yet."""
    return (f"sample:{each.id}" for each in samples() if not each.is_built)


@pytest.mark.parametrize(
    "entry",
    [each for each in _index() if each.reason is None],
    ids=lambda each: f"{each.section} {each.sample}",
)
def test_a_sample_is_held_by_what_its_entry_names(entry: _Entry) -> None:
    """Each thing that an entry names is there."""
    assert [each for each in entry.by.split() if not _is_held(each)] == []


def test_few_samples_are_excepted() -> None:
    """Less than one in twenty, and each says why."""
    reasons = [each.reason for each in _index() if each.reason is not None]
    assert all(len(reason) >= 30 for reason in reasons)
    assert len(reasons) < len(_index()) / 20


def test_each_sample_is_in_the_index() -> None:
    """A new sample file gets an entry; each hook and value has one, too."""
    named = {each for entry in _index() for each in entry.by.split()}
    assert {f"sample:{each.id}" for each in samples()} <= named | {
        f"sample:{entry.id}" for entry in inventory()
    }
    assert {each for each in _held() if each.startswith("hook:")} <= named
    assert len(list(_waiting())) <= 3


def test_an_entry_is_named_once() -> None:
    """Section and name tell entries apart; the kinds are JSON and forms."""
    names = [(each.section, each.sample) for each in _index()]
    assert len(set(names)) == len(names) >= 300
    assert {each.kind for each in _index()} == {"json", "form"}
