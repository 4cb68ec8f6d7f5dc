"""Nothing secret gets into what is shown."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.log import logger, redact, switch_on

secrets = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=12, max_size=40)


@given(
    secrets,
    st.sampled_from(
        [
            "Authorization: Bearer {}",
            "bearer {} and more",
            '{{"access_token": "{}"}}',
            "{{'refresh_token': '{}', 'x': 1}}",
            "client_secret={}&x=1",
            "X-Refresh-Token: {}",
            "https://x/?code={}&state=1",
            "api_key: {}",
        ]
    ),
)
def test_named_secrets_are_hidden(secret: str, form: str) -> None:
    """Whatever is named like a secret is hidden, the rest is kept."""
    shown = redact(form.format(secret))
    assert secret not in shown
    assert "***" in shown


@given(secrets, st.text(), st.text())
def test_known_secrets_are_hidden_anywhere(secret: str, before: str, after: str) -> None:
    """A secret that is known is hidden in any surroundings."""
    assert secret not in redact(f"{before} {secret} {after}", secret).replace(before, "")


@pytest.mark.parametrize(
    "secret",
    ["eyJ0eXAiOiJKV1QiLCJhbGc.eyJhdWQiOiJhYmMi.c2lnbmF0dXJl", "def50200abcdef0123456789abcdef"],
)
def test_tokens_are_known_by_their_looks(secret: str) -> None:
    """JWTs and amoCRM's opaque tokens are hidden without a name."""
    assert secret not in redact(f"what is {secret} here")


@pytest.mark.parametrize("text", ["code: 226", "status 429", "error codes", "token", "a=b&c=d"])
def test_harmless_text_stays(text: str) -> None:
    """What is no secret is not touched."""
    assert redact(text) == text


def test_the_environment_switches_the_log_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """AMOCRM_LOG=debug writes to stderr, once; any other word does nothing."""
    before = list(logger.handlers)
    try:
        monkeypatch.setenv("AMOCRM_LOG", "nonsense")
        switch_on()
        assert logger.handlers == before
        monkeypatch.setenv("AMOCRM_LOG", "debug")
        switch_on()
        switch_on()
        assert len(logger.handlers) == len(before) + 1
        assert logger.level == logging.DEBUG
    finally:
        logger.handlers[:] = before
        logger.setLevel(logging.NOTSET)
