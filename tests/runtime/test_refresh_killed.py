"""Killed at any step of a renewal: the next start works, or says why a person has to act."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import asdict, define
from redis import Redis

from amocrm_gen.runtime.client import Client
from amocrm_gen.runtime.errors import ReauthorisationRequired
from amocrm_gen.runtime.integration import Integration
from amocrm_gen.runtime.tokens.token import Token
from amocrm_mockserver import ThreadedServer
from amocrm_mockserver.integration import REDIRECT_URI
from amocrm_mockserver.tokens import issue_pair
from runtime.amo import TOKEN_PATH, RecordingServer, Tenant
from runtime.worker_store import store_of

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

WORKER: Final = Path(__file__).with_name("kill_worker.py")
NEVER: Final = 10**9
HALVED: Final = ("os.write", "socket.sendall")


@define
class Scene:
    """A server, and a process that makes children and has them killed."""

    running: ThreadedServer
    server: RecordingServer
    worker: subprocess.Popen[str]
    kind: str
    folder: Path
    redis: str | None
    number: int = 0
    has_waited: bool = False

    def let_locks_die(self) -> None:
        """Let the locks of the dead in Redis end now: that they do by themselves is seen once."""
        if self.redis is None:
            return
        with Redis.from_url(self.redis) as redis:
            alive = redis.keys("*ticket:*")
            if alive and self.has_waited:
                redis.delete(*alive)
            self.has_waited |= bool(alive)

    def begin(self) -> "Act":
        """Return a fresh account, whose access token is refused and whose refresh token is good."""
        self.number += 1
        with self.server.locked() as world:
            account, known = world.add_fresh_account(None, "amocrm.ru", REDIRECT_URI)
            host = self.running.url.rpartition("/")[2]
            pair = issue_pair(world, world.grant(account, known), api_domain=host)
            token = Tenant.read(pair, account.domain)
            world.grants.revoke_value(token.access_token)
        integration = Integration(
            client_id=known.client_id,
            client_secret=known.client_secret,
            redirect_uri=known.redirect_uri,
        )
        place = str(self.folder / str(self.number)) if self.redis is None else self.redis
        if self.redis is None:
            Path(place).mkdir()
        self.server.asked.clear()
        act = Act(self, account.domain, integration, token, place)
        act.store.save(account.domain, token)
        return act


@define
class Act:
    """One renewal that is killed, and the start after it."""

    scene: Scene
    account: str
    integration: Integration
    token: Token
    place: str

    @property
    def store(self) -> Any:
        """The store, opened anew."""
        return store_of(self.scene.kind, self.place, self.integration)

    def kill(self, deadly: int, *, halved: bool = False) -> list[str]:
        """Let a child renew the token, and die at a step; return its steps."""
        given = {
            "deadly": deadly,
            "halved": halved,
            "kind": self.scene.kind,
            "place": self.place,
            "integration": asdict(self.integration),
            "account": self.account,
            "base_url": self.scene.running.url,
        }
        worker = self.scene.worker
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps(given) + "\n")
        worker.stdin.flush()
        told = json.loads(worker.stdout.readline())
        # An answer may come in fewer pieces than before: then there is no such step.
        reached = deadly <= len(told["steps"])
        assert told["ended"] == (-signal.SIGKILL if reached else 0)
        return told["steps"]

    def holds_new_token(self) -> bool:
        """Tell whether a whole file of the store holds the token that amoCRM gave last."""
        with self.scene.server.locked() as world:
            *_, newest = world.grants.refresh
        if newest == self.token.refresh_token:
            return False
        files = [path for path in Path(self.place).rglob("*.*") if path.is_file()]
        return any(newest in _strings(path.read_bytes()) for path in files)

    def start(self) -> bool:
        """Make a call as the next process would; tell whether it worked."""
        self.scene.server.asked.clear()
        self.scene.let_locks_die()
        options: dict[str, Any] = {
            "base_url": self.scene.running.url,
            "throttle": None,
            "user_agent": "survivor",
        }
        client = Client(self.account, integration=self.integration, store=self.store, **options)
        told = None
        try:
            client.request("GET", "/api/v4/account")
        except ReauthorisationRequired as error:
            told = f"{error}"
        finally:
            client.close()
        # What the dead one has sent may be answered only now.
        statuses = [
            asked.status
            for asked in self.scene.server.asked_for(TOKEN_PATH)
            if asked.request.headers["user-agent"].startswith("survivor")
        ]
        if told is None:
            assert statuses in ([], [200])
            return True
        assert "was cut short" in told
        assert "Token has been revoked" in told
        assert statuses == [401]
        return False


def _strings(content: bytes) -> str:
    try:
        return json.dumps(json.loads(content))
    except ValueError:
        return ""


@pytest.fixture(params=["file", "php", "sqlite"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Return a scene for each kind of store."""
    redis = request.getfixturevalue("redis_url") if request.param == "redis" else None
    server = RecordingServer()
    with (
        ThreadedServer(server) as running,
        subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as worker,
    ):
        yield Scene(running, server, worker, request.param, tmp_path, redis)
        assert worker.stdin is not None
        worker.stdin.close()


def test_killed_at_every_step(scene: Scene) -> None:
    """Only between the request and the kept answer something is lost, and then it is explained."""
    act = scene.begin()
    steps = act.kill(NEVER)
    assert act.start()
    assert len(steps) > 20
    lost, is_alike = [], True
    for index, label in enumerate(steps):
        for halved in (False, True) if label in HALVED else (False,):
            act = scene.begin()
            is_alike &= act.kill(index + 1, halved=halved) == steps[: index + 1]
            kept = scene.kind in {"file", "php"} and act.holds_new_token()
            works = act.start()
            assert works or not kept, f"step {index + 1} {label} lost a token that was kept"
            if not works:
                lost.append(index)
            if scene.redis is None:
                assert not list(Path(act.place).rglob("*.new"))
            # Whatever was left over does not stand in the way of a new grant.
            act.store.save(act.account, act.token)
            assert act.store.load(act.account) == act.token
    assert lost
    if not is_alike:  # an answer came in more pieces or fewer, so that steps have other numbers
        return
    window = [steps[index] for index in range(lost[0], lost[-1] + 1)]
    assert sorted(set(lost)) == list(range(lost[0], lost[-1] + 1))
    assert steps[lost[0] - 1] == "socket.sendall"
    assert window[0].startswith("socket.recv")
    assert "os.replace" not in window
