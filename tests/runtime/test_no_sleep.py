"""Only drivers wait: what decides can be played on any clock."""

import ast
from pathlib import Path

import amocrm_gen.runtime

ROOT = Path(amocrm_gen.runtime.__file__).parent
DRIVERS = {"driver.py", "adriver.py"}


def sleeps(path: Path) -> bool:
    """Tell whether a module sleeps, or brings the means in under another name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="time" | "asyncio" | "anyio"), attr="sleep"):
                return True
            case ast.ImportFrom(module="time" | "asyncio" | "anyio", names=names):
                if any(name.name in {"sleep", "*"} for name in names):
                    return True
            case ast.Import(names=names):
                if any(name.name in {"time", "asyncio"} and name.asname for name in names):
                    return True
            case _:
                continue
    return False


def test_only_drivers_sleep() -> None:
    """Nothing else in the runtime calls `sleep` of time or asyncio."""
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if sleeps(path)}
    assert found == DRIVERS
