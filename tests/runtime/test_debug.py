"""Debug messages, forms, and what counts as a success, by both clients."""

import re

import pytest

from amocrm_gen.runtime.casting import RawResponse
from amocrm_gen.runtime.errors import ApiError, ConfigurationError, TransportError
from runtime.amo import Amo

HEAD = re.compile(r"\*\*\* [0-9a-z]{7} \[[^\]]+\]\n")


class Messages:
    """Takes debug messages."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def debug(self, message: str, /) -> None:
        """Keep a message."""
        self.all.append(message)


def test_two_messages_for_each_request(amo: Amo) -> None:
    """The request before it is sent, and the answer; the token is in neither."""
    tenant, messages = amo.tenant(), Messages()
    token = tenant.long_lived()
    driven = amo.open(tenant, token=token, debug=messages, timeout=(5.0, 30.0))
    seen: list[int] = []
    amo.server.during = lambda _: seen.append(len(messages.all))
    driven.read()
    assert seen == [1]
    sent, answer = (HEAD.sub("", message) for message in messages.all)
    assert re.fullmatch(rf"\[\d+\] GET: https://{tenant.domain}/api/v4/account\n\n", sent)
    assert re.match(r"\[\d+\] RESPONSE \d+\.\d{4}s \(200\):\n\{", answer)
    assert token not in "".join(messages.all)


def test_a_failure_is_told(amo: Amo) -> None:
    """With status 0."""
    tenant, messages = amo.tenant(), Messages()
    amo.fail(path="/api/v4/account", cut="drop", account=tenant.inside.subdomain)
    driven = amo.open(tenant, token=tenant.long_lived(), debug=messages, max_retries=0)
    with pytest.raises(TransportError):
        driven.read()
    assert re.search(r"RESPONSE \d+\.\d{4}s \(0\):\n.", messages.all[-1])


def test_a_form(amo: Amo) -> None:
    """It goes out as a page of amoCRM sends it."""
    tenant = amo.tenant()
    driven = amo.open(tenant, token=tenant.long_lived())
    path = "/ajax/contacts/list/contacts/"
    driven.do(lambda client: client.request("POST", path, form={"json": 1, "filter": {"a": [2]}}))
    [asked] = amo.server.asked_for(path)
    assert asked.request.body == b"json=1&filter%5Ba%5D%5B0%5D=2"
    assert asked.request.headers["x-requested-with"] == "XMLHttpRequest"
    with pytest.raises(ConfigurationError):
        driven.do(lambda client: client.request("GET", path, form={}))


def test_success_statuses(amo: Amo) -> None:
    """What is not among them is an error."""
    tenant = amo.tenant()
    amo.fail(path="/api/v4/account", status=418, account=tenant.inside.subdomain, times=1)
    driven = amo.open(tenant, token=tenant.long_lived(), success_statuses=[418])
    path = "/api/v4/account"
    found = driven.do(lambda client: client.request("GET", path, returns=RawResponse))
    assert found.status == 418
    with pytest.raises(ApiError) as caught:
        driven.read()
    assert caught.value.status == 200
