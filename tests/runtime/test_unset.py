"""Absent is neither null nor true."""

import copy
import pickle

from amocrm_gen.runtime.unset import UNSET


def test_absent_is_not_null() -> None:
    """UNSET is falsy and is not None."""
    assert not UNSET
    assert UNSET is not None


def test_absent_stays_the_same_object() -> None:
    """Copies and pickles of UNSET are UNSET, so that `is` works everywhere."""
    assert copy.deepcopy(UNSET) is UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert repr(UNSET) == "UNSET"
