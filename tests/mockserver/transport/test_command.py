"""The program, as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import urllib3

from .asking import CLIENT, SEED

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

READY = re.compile(
    r"ready (?P<url>http://127\.0\.0\.1:\d+) (?P<tls_url>https://127\.0\.0\.1:\d+)"
    r"(?: proxy=(?P<proxy_url>http://127\.0\.0\.1:\d+))?\n"
)
HERE = ["--port", "0", "--tls-port", "0"]


@contextmanager
def started(
    *arguments: str, env: Mapping[str, str] | None = None
) -> Generator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The program and what its line tells; it is ended when the context is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "amocrm_mockserver", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = READY.fullmatch(line)
        assert ready is not None, (line, process.stderr and process.stderr.read())
        yield process, ready.groupdict()
    finally:
        process.kill()
        process.communicate()


def log_in(pool: urllib3.PoolManager, url: str, code: str, client: Mapping[str, str]) -> str:
    """An access token for a code."""
    body = {**client, "grant_type": "authorization_code", "code": code}
    answer = pool.request("POST", f"{url}/oauth2/access_token", json=body)
    assert answer.status == 200, answer.data
    token: str = answer.json()["access_token"]
    return token


def test_whole_way(tmp_path: Path) -> None:
    """Seed, certificate, login, reading and writing over plain, TLS and the proxy."""
    seed, ca_file = tmp_path / "seed.yaml", tmp_path / "ca.pem"
    seed.write_text(SEED, encoding="utf-8")
    arguments = [*HERE, "--proxy-port", "0", "--seed", str(seed), "--ca-file", str(ca_file)]
    with started(*arguments, "--no-limits") as (_, at):
        plain, secure = urllib3.PoolManager(), urllib3.PoolManager(ca_certs=str(ca_file))
        proxied = urllib3.ProxyManager(at["proxy_url"], ca_certs=str(ca_file))
        token = log_in(plain, at["url"], "code-1", CLIENT)
        headers = {"Authorization": f"Bearer {token}"}
        made = plain.request(
            "POST", f"{at['url']}/api/v4/leads", json=[{"name": "A"}], headers=headers
        )
        assert made.status == 200, made.data
        for pool, url in (
            (plain, at["url"]),
            (secure, at["tls_url"]),
            (proxied, "https://acc1.amocrm.ru"),
        ):
            account = pool.request("GET", f"{url}/api/v4/account", headers=headers)
            assert account.json()["subdomain"] == "acc1"
            leads = pool.request("GET", f"{url}/api/v4/leads", headers=headers).json()
            assert [lead["name"] for lead in leads["_embedded"]["leads"]] == ["A"]
            assert leads["_links"]["self"]["href"].startswith(f"{url}/api/v4/leads?")
        for pool in (plain, secure, proxied):
            pool.clear()


def test_credentials_of_the_example() -> None:
    """Without a seed the credentials that are told on standard error work."""
    with started(*HERE) as (process, at):
        with urllib3.PoolManager() as pool:
            made = pool.request("POST", f"{at['url']}/__mock__/accounts/example/codes").json()
            process.terminate()
            _, told = process.communicate()
        names = ("client_id", "client_secret", "redirect_uri")
        client = {name: re.search(rf"^{name} +(\S+)$", told, re.MULTILINE) for name in names}
    assert "example.amocrm.ru" in told
    assert made["code"].startswith("def502")
    values = {name: match[1] for name, match in client.items() if match}
    with started(*HERE) as (_, at), urllib3.PoolManager() as pool:
        code = pool.request("POST", f"{at['url']}/__mock__/accounts/example/codes").json()["code"]
        assert log_in(pool, at["url"], code, values)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clean_end(number: signal.Signals) -> None:
    """A signal ends it at once, with code 0, nothing more on standard output, and no trace."""
    with started(*HERE, "--proxy-port", "0") as (process, at), urllib3.PoolManager() as pool:
        pool.request("GET", f"{at['url']}/__mock__/info")
        process.send_signal(number)
        rest, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in told
    assert "rror" not in told


@pytest.mark.parametrize(("flags", "last"), [([], 429), (["--no-limits"], 200)])
def test_limits(flags: list[str], last: int) -> None:
    """Limits are on unless they are switched off."""
    with started(*HERE, *flags) as (_, at), urllib3.PoolManager() as pool:
        pool.request("POST", f"{at['url']}/__mock__/clock", json={"freeze": True})
        made = pool.request("POST", f"{at['url']}/__mock__/accounts", json={}).json()
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        url = f"{at['url']}/api/v4/account"
        statuses = [pool.request("GET", url, headers=headers).status for _ in range(8)]
    assert statuses == [200] * 7 + [last]


def test_state_survives_a_kill(tmp_path: Path) -> None:
    """What was answered is there after a kill."""
    arguments = [*HERE, "--no-limits", "--state", str(tmp_path / "state")]
    with started(*arguments) as (process, at), urllib3.PoolManager() as pool:
        made = pool.request("POST", f"{at['url']}/__mock__/accounts", json={}).json()
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        url = f"{at['url']}/api/v4/leads"
        assert pool.request("POST", url, json=[{"name": "A"}], headers=headers).status == 200
        process.kill()
        process.wait()
    with started(*arguments) as (_, at), urllib3.PoolManager() as pool:
        leads = pool.request("GET", f"{at['url']}/api/v4/leads", headers=headers).json()
    assert [lead["name"] for lead in leads["_embedded"]["leads"]] == ["A"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--seed", "nothing.yaml"], 1, "amocrm-mockserver: nothing.yaml: cannot be read"),
        (["--port", "65536"], 2, "65536 is no port; give 0 to 65535"),
        (["--port", "x"], 2, "x is no port; give 0 to 65535"),
        (["--host", "192.0.2.1"], 1, "amocrm-mockserver: "),
        (["--nothing"], 2, "unrecognized arguments: --nothing"),
    ],
)
def test_wrong_arguments(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    """What is wrong is told in a line on standard error."""
    ended = subprocess.run(
        [sys.executable, "-m", "amocrm_mockserver", *HERE, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_port_taken() -> None:
    """A port that is taken is named."""
    with started(*HERE) as (_, at):
        port = at["url"].rpartition(":")[2]
        ended = subprocess.run(
            [sys.executable, "-m", "amocrm_mockserver", "--port", port, "--tls-port", "0"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert port in ended.stderr
    assert "Traceback" not in ended.stderr


def test_faults_of_a_seed(tmp_path: Path) -> None:
    """Every fault of a seed is told before anything listens."""
    seed = tmp_path / "seed.yaml"
    seed.write_text("accounts:\n- subdomain: A\n- zone: x\n", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "amocrm_mockserver", *HERE, "--seed", str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "seed.yaml:2: accounts[0].subdomain" in ended.stderr
    assert "seed.yaml:3: accounts[1] lacks subdomain" in ended.stderr
    assert "seed.yaml:3: accounts[1].zone" in ended.stderr


HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"amocrm_gen", "amocrm_codegen"}:
            raise ImportError(f"{name} is hidden")
sys.meta_path.insert(0, Hidden())
"""


def test_start_is_light() -> None:
    """What only some runs need is not loaded at the start, which would take twice as long."""
    code = (
        "import sys, amocrm_mockserver.__main__;"
        "print(*{'yaml', 'jwt', 'trustme', 'cryptography', 'urllib3', 'httpx'} & set(sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "\n"


def test_without_the_client(tmp_path: Path) -> None:
    """It runs where neither the client nor the generator can be imported."""
    (tmp_path / "sitecustomize.py").write_text(HIDE, encoding="utf-8")
    env = {"PYTHONPATH": str(tmp_path)}
    hidden = subprocess.run(
        [sys.executable, "-c", "import amocrm_gen"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )
    assert "amocrm_gen is hidden" in hidden.stderr
    with started(*HERE, env=env) as (_, at), urllib3.PoolManager() as pool:
        made = pool.request("POST", f"{at['url']}/__mock__/accounts", json={}).json()
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        for path in ("account", "leads", "contacts", "users"):
            answer = pool.request("GET", f"{at['url']}/api/v4/{path}", headers=headers)
            assert answer.status in {200, 204}
