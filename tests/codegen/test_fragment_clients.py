"""The package of the fragments, and its two clients."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from fragment_cases import FRAGMENTS

from amocrm_gen.runtime.files.transfers import AsyncFileTransfers, FileTransfers

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


class TestTwins:
    """The synchronous and the asynchronous client are the same."""

    @pytest.mark.parametrize("fragment", FRAGMENTS)
    def test_signatures_are_equal(self, part: Any, fragment: str) -> None:
        """Same methods, same arguments, same results but for the words of asyncio."""
        sync, aio = (_methods(part(f"{folder}.{fragment}")) for folder in ("sync", "aio"))
        assert sync == aio
        assert sync

    def test_coroutines_are_those_that_send_at_once(self, part: Any) -> None:
        """Lists and edits are entered, not awaited."""
        facade = part("aio.expanded").Expanded
        awaited = {
            name for name, method in vars(facade).items() if inspect.iscoroutinefunction(method)
        }
        assert awaited == {"get", "get_or_none", "update", "update_one", "pin"}

    def test_clients_have_every_resource(self, part: Any) -> None:
        """One attribute for each resource, on either client."""
        for module, name in (("client", "AmoCRM"), ("aclient", "AsyncAmoCRM")):
            assert set(FRAGMENTS) <= set(vars(getattr(part(module), name)))


def _methods(module: ModuleType) -> dict[str, str]:
    (facade,) = (getattr(module, name) for name in module.__all__)
    swapped = {"AsyncPaginator[": "Paginator[", "AbstractAsyncContext": "AbstractContext"}
    methods: dict[str, str] = {}
    for name, method in vars(facade).items():
        if inspect.isfunction(method):
            text = f"{inspect.signature(method)} {inspect.getdoc(method)}"
            for word, other in swapped.items():
                text = text.replace(word, other)
            methods[name] = text
    return methods


class TestPackage:
    """The package itself."""

    def test_names_are_imported_when_used(self, part: Any, fragments_package: Path) -> None:
        """Every exported name can be had, and is the one of its module."""
        package = importlib.import_module(fragments_package.name)
        assert package.Presence is part("models.presence").Presence
        assert package.ThingFindFilter is part("calls.filters").ThingFindFilter
        for name in package.__all__:
            assert getattr(package, name) is not None
        assert set(package.__all__) <= set(dir(package))

    def test_unknown_names_are_errors(self, fragments_package: Path) -> None:
        """As of any module."""
        package = importlib.import_module(fragments_package.name)
        with pytest.raises(AttributeError, match="no attribute 'Presense'"):
            _ = package.Presense

    def test_ambiguous_names_are_left_to_their_modules(self, fragments_package: Path) -> None:
        """`Order` is a model of two resources; the package does not choose."""
        package = importlib.import_module(fragments_package.name)
        assert "Order" not in package.__all__


class TestMixins:
    """Methods by hand stand beside the generated ones."""

    @pytest.mark.parametrize(
        ("flavour", "mixin"), [("sync", FileTransfers), ("aio", AsyncFileTransfers)]
    )
    def test_the_facade_has_both(self, flavour: str, mixin: type, part: Any) -> None:
        """It knows the calls that it is made of, and the model that they return."""
        facade = part(f"{flavour}.mixins").Mixins
        assert issubclass(facade, mixin)
        assert facade._calls is part("calls.mixins")
        assert facade._model is part("models.mixins").Photo
        assert {"upload", "download", "create_session"} <= set(dir(facade))
