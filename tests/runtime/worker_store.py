"""The token store that a worker process is told to use."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from amocrm_gen.runtime.integration import Integration

__all__ = ["store_of"]


def store_of(kind: str, place: str, integration: Integration) -> Any:
    """Open a store of a kind at a path or address."""
    if kind == "file":
        from amocrm_gen.runtime.tokens.file import FileTokenStore  # noqa: PLC0415 - one of many

        return FileTokenStore(Path(place, "tokens.json"))
    if kind == "php":
        from amocrm_gen.runtime.tokens.php import PhpTokenStore  # noqa: PLC0415 - as above

        return PhpTokenStore(Path(place), integration)
    if kind == "sqlite":
        from amocrm_gen.runtime.tokens.sqlite import SqliteTokenStore  # noqa: PLC0415 - as above

        return SqliteTokenStore(Path(place, "tokens.sqlite"))
    if kind == "redis":
        from amocrm_gen.runtime.tokens.redis import RedisTokenStore  # noqa: PLC0415 - as above

        return RedisTokenStore(place)
    return _own(place)


def _own(place: str) -> Any:
    """Open the example's store, which brings no locks."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - as above

    path = Path(__file__).parents[2] / "examples" / "token_store_sqlalchemy.py"
    spec = importlib.util.spec_from_file_location("token_store_sqlalchemy", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    engine = create_engine(f"sqlite:///{place}/own.sqlite", hide_parameters=True)
    module.Base.metadata.create_all(engine)
    return module.SqlAlchemyTokenStore(engine)
