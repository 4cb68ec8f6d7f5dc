"""Duplicate control is steered while the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asking import Asker

_PATH = "accounts/acc1/duplicate_control"


def test_rules_are_put_in_force_and_taken_back(ask: Asker) -> None:
    """What is left out has its default; an empty list switches all off."""
    assert ask.control("GET", _PATH) == {"rules": []}
    rule = {
        "pipeline_id": None,
        "source_id": None,
        "keys": ["email", "phone"],
        "stages": None,
        "several": "newest",
        "conflict": "overwrite",
    }
    assert ask.control("POST", _PATH, {"rules": [{"several": "newest"}]}) == {"rules": [rule]}
    assert ask.control("GET", _PATH) == {"rules": [rule]}
    assert ask.control("POST", _PATH, {"rules": []}) == {"rules": []}


def test_the_next_call_is_merged(ask: Asker) -> None:
    """Tokens of an integration, long-lived ones too, find the lead of the call before."""
    token = ask.control("POST", "accounts/acc1/tokens", {"kind": "long_lived"})["access_token"]
    values = [{"field_code": "EMAIL", "values": [{"value": "ann@example.com"}]}]
    body = [{"_embedded": {"contacts": [{"name": "Ann", "custom_fields_values": values}]}}]
    merged: list[bool] = []
    settings: tuple[list[dict[str, str]], ...] = ([], [{}], [])
    for rules in settings:
        ask.control("POST", _PATH, {"rules": rules})
        answer = ask("POST", "/api/v4/leads/complex", host="acc1.amocrm.ru", token=token, json=body)
        merged.append(answer.json[0]["merged"])
    assert merged == [False, True, False]


def test_wrong_rules_are_refused(ask: Asker) -> None:
    """The answer says what is wrong, and the rules stay as they were."""
    answer = ask("POST", f"/__mock__/{_PATH}", json={"rules": [{"conflict": "fight"}]})
    assert answer.status == 400
    assert answer.json["detail"].startswith("duplicate_control[0]: conflict must be one of")
    assert ask("POST", f"/__mock__/{_PATH}", json={}).status == 400
    assert ask.control("GET", _PATH) == {"rules": []}
