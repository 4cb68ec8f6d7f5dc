"""What all tests share: programs that may be missing, and a shared folder of their own."""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from evidence import EvidenceRecorder
from redis_server import redis_server

# A slow machine fails no test; CI tries the same examples each time, others look for new ones.
settings.register_profile(
    "amocrm-gen",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("amocrm-gen")

_MISSING = "not run without "


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the option by which the evidence of the coverage table is recorded."""
    parser.addoption(
        "--record-evidence",
        metavar="FILE",
        help="write which test shows what of which operation, for docs/coverage.md",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep throttles and locks of the tests away from those of the user, and of other workers."""
    config.addinivalue_line(
        "markers", "requires_tool(name): runs only where that program is installed"
    )
    folder = tempfile.mkdtemp(prefix="amocrm-gen-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["AMOCRM_SHARED_FOLDER"] = folder
    os.environ["AMOCRM_STATE_FOLDER"] = folder
    target: str | None = config.getoption("--record-evidence")
    if target is not None:
        config.pluginmanager.register(EvidenceRecorder(config, Path(target)))


def require_tool(name: str) -> None:
    """Skip the test that runs, or fail it if all programs must be there, as in CI."""
    if shutil.which(name) is not None:
        return
    if os.environ.get("AMOCRM_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{name} is not installed, and AMOCRM_REQUIRE_TOOLS=1 wants it", pytrace=False)
    pytest.skip(_MISSING + name)


@pytest.fixture(autouse=True)
def requires_tool(request: pytest.FixtureRequest) -> None:
    """See that the programs of the marker `requires_tool` are there."""
    for marker in request.node.iter_markers("requires_tool"):
        require_tool(*marker.args)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Return the address of a Redis server; tests share it, and take accounts of their own."""
    require_tool("redis-server")
    with redis_server() as address:
        yield address


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Say in one line for each missing program what did not run."""
    skipped: list[pytest.TestReport] = terminalreporter.stats.get("skipped", [])
    found = {id(report): tool for report in skipped if (tool := _missing_tool(report))}
    terminalreporter.stats["skipped"] = [one for one in skipped if id(one) not in found]
    for tool in sorted(set(found.values())):
        names = [one.nodeid.partition("[")[0] for one in skipped if found.get(id(one)) == tool]
        files = sorted({Path(name.partition("::")[0]).name for name in names})
        terminalreporter.write_line(
            f"NOT RUN without {tool}: {len(names)} tests of {', '.join(files)}", yellow=True
        )
    try:
        yield
    finally:
        if skipped:
            terminalreporter.stats["skipped"] = skipped


def _missing_tool(report: pytest.TestReport) -> str | None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    _, found, tool = reason.partition(_MISSING)
    return tool if found else None
