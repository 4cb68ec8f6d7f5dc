"""Every kind of token store, made in the same way."""

import importlib.util
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from uuid import uuid4

import pytest
from attrs import frozen

from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.tokens.file import FileTokenStore
from amocrm_gen.runtime.tokens.memory import MemoryTokenStore
from amocrm_gen.runtime.tokens.php import PhpTokenStore
from amocrm_gen.runtime.tokens.redis import RedisTokenStore
from amocrm_gen.runtime.tokens.sqlite import SqliteTokenStore
from amocrm_gen.runtime.tokens.store import TokenStore

__all__ = ["INTEGRATION", "KINDS", "Place", "example"]

INTEGRATION: Final = Integration(
    client_id="client-id", client_secret="client-s3cret", redirect_uri="https://x/cb/ключ"
)
_EXAMPLES: Final = Path(__file__).parents[2] / "examples"
KINDS: Final = ("memory", "file", "php", "sqlite", "redis", "sqlalchemy", "django")


def example(name: str) -> ModuleType:
    """Import one of the examples."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, _EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        # SQLAlchemy looks annotations up in the module.
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@frozen
class Place:
    """Where stores of one kind keep what they are given."""

    kind: str
    open: Callable[[], Any]
    """Opens a store, as another process would; all that are opened share what they keep."""

    @classmethod
    def make(
        cls,
        kind: str,
        folder: Path,
        request: pytest.FixtureRequest,
        integration: Integration = INTEGRATION,
    ) -> "Place":
        """Return a place of its own for one test."""
        makers: dict[str, Callable[[], Callable[[], TokenStore]]] = {
            "memory": lambda: _once(MemoryTokenStore()),
            "file": lambda: lambda: FileTokenStore(folder / "deep" / "tokens.json"),
            "php": lambda: lambda: PhpTokenStore(folder / "tokens", integration),
            "sqlite": lambda: lambda: SqliteTokenStore(folder / "tokens.sqlite"),
            "redis": lambda: _redis(request.getfixturevalue("redis_url")),
            "sqlalchemy": lambda: _sqlalchemy(folder, request),
            "django": lambda: _django(folder, request),
        }
        return cls(kind, makers[kind]())


def _once(store: TokenStore) -> Callable[[], TokenStore]:
    return lambda: store


def _redis(url: str) -> Callable[[], TokenStore]:
    prefix = f"test:{uuid4()}:"
    return lambda: RedisTokenStore(url, prefix=prefix)


def _sqlalchemy(folder: Path, request: pytest.FixtureRequest) -> Callable[[], TokenStore]:
    from sqlalchemy import create_engine  # noqa: PLC0415 - 0.4 s, for one kind only

    module = example("token_store_sqlalchemy")
    engine = create_engine(f"sqlite:///{folder / 'own.sqlite'}", hide_parameters=True)
    module.Base.metadata.create_all(engine)
    request.addfinalizer(engine.dispose)
    return lambda: module.SqlAlchemyTokenStore(engine)


def _django(folder: Path, request: pytest.FixtureRequest) -> Callable[[], TokenStore]:
    import django  # noqa: PLC0415 - as above
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.db import connections  # noqa: PLC0415 - as above

    if not settings.configured:
        settings.configure()
        django.setup()
    module = example("token_store_django")
    before = connections.settings["default"]
    own = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "django.sqlite"),
        # Without it SQLite refuses writers that have read first, instead of letting them wait.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
    }
    connections.settings["default"] = connections.configure_settings({"default": own})["default"]
    with suppress(AttributeError):  # a connection to the database of before
        del connections["default"]
    with connections["default"].schema_editor() as editor:
        editor.create_model(module.AmoToken)

    def back() -> None:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = before

    request.addfinalizer(back)
    return module.DjangoTokenStore
