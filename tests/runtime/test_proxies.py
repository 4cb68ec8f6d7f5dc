"""Proxies are found where other programs find them."""

import pytest

from amocrm_gen.runtime.proxies import proxy_for

URL = "https://example.amocrm.ru"


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "p:1"}, "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "localhost, .amocrm.ru"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*.amocrm.ru"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "crm.ru,"}, "http://p:1"),
    ],
)
def test_the_environment_names_a_proxy(environment: dict[str, str], proxy: str | None) -> None:
    """The scheme's own variable comes first, and NO_PROXY takes hosts out."""
    assert proxy_for(URL, environment) == proxy
