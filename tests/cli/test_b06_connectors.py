"""B6: what can be connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shell import Shell


def test_connectors_are_listed(cli: Shell) -> None:
    """Four of them, each with an id that `connect` takes."""
    found = cli("connectors", "--json").output["items"]
    assert [one["id"] for one in found] == ["amocrm-ru", "amocrm-com", "kommo", "mock"]
    assert {"name", "description", "domain"} <= set(found[0])


def test_an_unknown_connector_is_answered_with_those_that_there_are(cli: Shell) -> None:
    """No request is made for it."""
    told = cli("connect", "--connectorKey", "salesforce", "--json")
    assert told.code == 2
    assert "kommo" in told.error["details"]["what_to_do"]
