"""What a start costs, and what it shows."""

import subprocess
import sys

import amocrm_gen


def run(program: str, **environment: str) -> str:
    """Run a program in a process of its own and return what it writes to both streams."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**environment, "PYTHONPATH": ":".join(sys.path)},
    )
    return done.stdout + done.stderr


def test_a_start_loads_nothing_that_it_does_not_need() -> None:
    """To make a client, neither models nor transports nor converters are loaded."""
    loaded = run(
        "from amocrm_gen import AmoCRM; AmoCRM('example', token='t')\n"
        "import sys; print(*sys.modules)"
    ).split()
    for module in ("cattrs", "httpx", "asyncio", "filelock", "urllib3", "amocrm_gen.v4.models"):
        assert module not in loaded
    assert "amocrm_gen.runtime.client" in loaded


def test_every_public_name_can_be_imported() -> None:
    """What __all__ promises is there, and shown by dir()."""
    for name in amocrm_gen.__all__:
        assert getattr(amocrm_gen, name) is not None
    assert sorted(amocrm_gen.__all__) == dir(amocrm_gen)
    assert not hasattr(amocrm_gen, "no_such_name")


def test_the_environment_can_ask_for_the_log() -> None:
    """AMOCRM_LOG=debug writes what is asked and answered to stderr, without the token."""
    program = (
        "from amocrm_gen import AmoCRM, TransportError\n"
        "amo = AmoCRM('example', token='canary', base_url='http://127.0.0.1:1', max_retries=0)\n"
        "try:\n    amo.request('GET', '/api/v4/account')\n"
        "except TransportError:\n    pass\n"
    )
    shown = run(program, AMOCRM_LOG="debug")
    assert "GET http://127.0.0.1:1/api/v4/account" in shown
    assert "canary" not in shown
    assert run(program) == ""
