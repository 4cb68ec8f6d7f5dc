"""One renewal for each expiry, whatever the number of processes, threads and tasks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from attrs import asdict, define

from amocrm_gen.runtime.integration import Integration
from amocrm_mockserver import ThreadedServer
from amocrm_mockserver.integration import REDIRECT_URI
from amocrm_mockserver.tokens import issue_pair
from runtime.amo import TOKEN_PATH, RecordingServer, Tenant
from runtime.worker_store import store_of

pytestmark = pytest.mark.processes

WORKER = Path(__file__).with_name("refresh_worker.py")
PROCESSES, THREADS, EXPIRIES = 8, 4, 4


@define
class Office:
    """Processes that share the tokens of one account."""

    server: RecordingServer
    workers: list[subprocess.Popen[str]]

    def play(self) -> list[int]:
        """Let all work at once; return the statuses of the renewals."""
        self.server.asked.clear()
        for worker in self.workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in self.workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "done\n", "a worker failed; see its error above"
        return [asked.status for asked in self.server.asked_for(TOKEN_PATH)]


@contextmanager
def office(kind: str, place: str) -> Iterator[Office]:
    """Start the processes, half of them with threads and half with tasks."""
    with ExitStack() as stack:
        server = RecordingServer()
        running = stack.enter_context(ThreadedServer(server))
        with server.locked() as world:
            account, known = world.add_fresh_account(None, "amocrm.ru", REDIRECT_URI)
            grant = world.grant(account, known)
            pair = issue_pair(world, grant, api_domain=running.url.rpartition("/")[2])
        integration = Integration(
            client_id=known.client_id,
            client_secret=known.client_secret,
            redirect_uri=known.redirect_uri,
        )
        token = Tenant.read(pair, account.domain)
        store_of(kind, place, integration).save(account.domain, token)
        given = {
            "kind": kind,
            "place": place,
            "integration": asdict(integration),
            "account": account.domain,
            "base_url": running.url,
            "count": THREADS,
        }
        found = Office(server, [])
        for number in range(PROCESSES):
            text = json.dumps({**given, "is_async": number % 2 == 1})
            worker = subprocess.Popen(
                [sys.executable, str(WORKER), text],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(_end, worker)
            found.workers.append(worker)
        for worker in found.workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        yield found


def _end(worker: subprocess.Popen[str]) -> None:
    with worker:
        assert worker.stdin is not None
        worker.stdin.close()
        try:
            worker.wait(30)
        finally:
            worker.kill()


@pytest.fixture(params=["file", "php", "sqlite", "redis", "own"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Return a kind of store and where it is."""
    if request.param == "redis":
        return "redis", request.getfixturevalue("redis_url")
    return request.param, str(tmp_path)


def test_exactly_one_renewal_for_each_expiry(place: tuple[str, str]) -> None:
    """8 processes × 4 threads or tasks: one POST for each expiry, and no refresh token twice."""
    with office(*place) as found:
        assert found.play() == []
        for _ in range(EXPIRIES):
            found.server.clock.advance(86_400)
            assert found.play() == [200]
        with found.server.locked() as world:
            tokens = list(world.grants.refresh.values())
        assert len(tokens) == EXPIRIES + 1
        assert sum(not token.revoked for token in tokens) == 1


def test_a_start_after_the_expiry(place: tuple[str, str]) -> None:
    """Processes that all begin with a token that is over renew it once."""
    with office(*place) as found:
        found.server.clock.advance(86_400)
        assert found.play() == [200]
