"""An action sends what the typed method sends, whatever the operation."""

from contextlib import suppress
from pathlib import Path

import pytest

from amocrm_gen.actions.operation import OperationAction, operations
from amocrm_gen.actions.requests import operation_of
from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.types import JsonObject

from .recording import Recording, client_of
from .typed import ask_typed, constant_of, has_method

_ALL = {action.id: action for action in operations()}


def _input(action: OperationAction, folder: Path) -> JsonObject:
    given = action.example
    if "file" in given:
        (folder / "photo.jpg").write_bytes(b"\x89photo")
        given["file"] = str(folder / "photo.jpg")
    if "to" in given and action.layout.is_fetched:
        given["to"] = str(folder / "there")
    return given


@pytest.mark.parametrize("name", [name for name in _ALL if has_method(_ALL[name])])
def test_sends_what_the_typed_method_sends(name: str, tmp_path: Path) -> None:
    """Method, host, path, decoded query, body, and headers that belong to the operation."""
    action = _ALL[name]
    given = _input(action, tmp_path)
    ours, theirs = Recording(), Recording()
    with suppress(AmoError):
        action.perform(client_of(ours), given)
    ask_typed(client_of(theirs), action, given)
    assert ours.sent
    assert ours.sent == theirs.sent


@pytest.mark.parametrize("name", [name for name in _ALL if has_method(_ALL[name])])
def test_acts_on_the_same_traits(name: str) -> None:
    """Retry, envelope, batch, lock, pages and the rest are those of the generated operation."""
    assert operation_of(_ALL[name].layout) == constant_of(_ALL[name])


@pytest.mark.parametrize("name", [name for name in _ALL if not has_method(_ALL[name])])
def test_sends_what_the_contract_shows_where_there_is_no_method(name: str) -> None:
    """Logging in is the client's own business; its operations are actions all the same."""
    action, recording = _ALL[name], Recording()
    given = {**action.example, **({"to": "page.html"} if action.layout.is_fetched else {})}
    with suppress(AmoError):
        action.perform(client_of(recording), given)
    (sent,) = recording.sent
    assert (sent.method, sent.path) == (action.described.method, action.described.path)
    assert not sent.has_token
    shown = (action.described.body or {}).get("example")
    if isinstance(sent.body, list):  # a form
        assert dict(sent.body) == {name: str(value) for name, value in shown.items()}
    else:
        assert sent.body == shown
