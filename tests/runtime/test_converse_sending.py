"""What a call sends, and to whom."""

import pytest

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.errors import ConfigurationError
from runtime.sample import CREATE, GET, find, get, lead_json
from runtime.script import Stage, answer, session


def test_a_call_is_sent_with_its_token() -> None:
    """Method, address, query, credentials and body are what the call says."""
    stage = Stage([answer(200, lead_json())])
    lead = stage.play(converse(session(), get(1)))
    assert lead.name == "Lead 1"
    (send,) = stage.sent
    assert (send.method, send.url) == ("GET", "https://example.amocrm.ru/api/v4/leads/1")
    assert send.headers["Authorization"] == "Bearer long-lived"
    assert send.body is None


def test_a_query_is_percent_encoded() -> None:
    """Brackets, blanks and letters of any script are encoded."""
    stage = Stage([answer(204)])
    stage.play(converse(session(), find(filter={"name": ["Ёж & co"]}, page=1, limit=2)))
    assert stage.sent[0].url.endswith("?filter%5Bname%5D%5B0%5D=%D0%81%D0%B6+%26+co&page=1&limit=2")


@pytest.mark.parametrize(
    "url", ["https://evil.com/x", "http://example.amocrm.ru/x", "x", "https://example.kommo.com"]
)
def test_the_token_is_not_sent_elsewhere(url: str) -> None:
    """An address outside the family of hosts is refused before anything is sent."""
    stage = Stage([])
    call: Call[object] = Call(GET, url)
    with pytest.raises(ConfigurationError, match="not an address of"):
        stage.play(converse(session(), call))
    assert stage.sent == []


def test_other_hosts_of_the_family_are_served() -> None:
    """The drive host of the account's company gets the token."""
    stage = Stage([answer(200, {})])
    operation = Operation(name="files.find", method="GET", path="x", envelope="raw")
    stage.play(converse(session(), Call(operation, "https://drive-b.amocrm.ru/v1.0/files")))
    assert stage.sent[0].headers["Authorization"] == "Bearer long-lived"


def test_redirects_are_not_followed() -> None:
    """A redirect is an error that speaks of a move; its target sees nothing."""
    stage = Stage([answer(301, b"", location="https://evil.com")])
    with pytest.raises(Exception, match="moved"):
        stage.play(converse(session(), get(1)))
    assert len(stage.sent) == 1


def test_a_body_that_is_no_json_is_refused() -> None:
    """Nothing is sent of a body that cannot be written."""
    call: Call[object] = Call(CREATE, CREATE.path, body=[{"a": 2**70}])
    with pytest.raises(ConfigurationError, match="JSON"):
        Stage([]).play(converse(session(), call))
