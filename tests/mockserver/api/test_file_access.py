"""Who may use the drive, and how often."""

from __future__ import annotations

import orjson
import pytest

from amocrm_mockserver.limits import Limits, Rates

from .drive import make_drive


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1.0/files", "files"),
        ("POST", "/v1.0/sessions", "files"),
        ("DELETE", "/v1.0/files", "files_delete"),
    ],
)
def test_scopes(method: str, path: str, scope: str) -> None:
    """Each needs its own, and the one of the rest does not do."""
    scopes = tuple({"crm", "files", "files_delete"} - {scope})
    response = make_drive(scopes=scopes).send(method, path, [{"uuid": "a"}])
    assert response.status == 403
    assert orjson.loads(response.body)["detail"] == "Client doesn't have the required scope"


def test_the_rate_limit_is_the_accounts_own() -> None:
    """Requests to the drive are not counted."""
    drive = make_drive()
    drive.server.limits = Limits(Rates(enabled=True))
    assert [drive.send("GET", "/v1.0/files").status for _ in range(20)] == [204] * 20
