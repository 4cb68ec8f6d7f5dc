"""Other people's clients, unmodified, work against the mock server."""

import pytest

from .__main__ import main


@pytest.mark.conformance
def test_every_client_takes_every_step_it_offers(capfd: pytest.CaptureFixture[str]) -> None:
    """No step fails on the server's state, and the kept matrix is the one that was measured."""
    ended = main(["--check"])
    said = capfd.readouterr()
    assert ended == 0, said.err + said.out
    assert " 0 failed" in said.out
