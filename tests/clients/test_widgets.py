"""Widgets by the client."""

from __future__ import annotations

import pytest

from amocrm_gen import NotFound, ValidationError

from .seeded import amocrm_with

_SETTING = {"key": "login", "name": "Login", "type": "text", "is_required": True}


def test_life_of_a_widget() -> None:
    """Found, installed with what it requires, uninstalled."""
    with amocrm_with({"widgets": [{"code": "phone", "settings_template": [_SETTING]}]}) as amocrm:
        widgets = amocrm.widgets
        assert [widget.code for widget in widgets.find()] == ["phone"]
        with pytest.raises(ValidationError):
            widgets.install("phone", {"other": 1})
        installed = widgets.install("phone", {"login": "example"})
        assert installed.settings == {"login": "example"}
        assert widgets.get("phone").is_active_in_account
        widgets.uninstall("phone")
        assert not widgets.get("phone").is_active_in_account
        with pytest.raises(NotFound):
            widgets.get("fax")
