"""Killed at any step of a renewal: the next start works, or says why a person has to act."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, dropwhile
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import asdict, define, frozen
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
HALVED: Final = ("os.write", "socket.sendall")
KEEPING: Final = ("os.write", "sqlite INSERT", "socket.sendall SET")
"""Steps of the stores after which nothing more is needed to find the token again."""


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


@frozen
class Life:
    """What a child has told: its steps are its own, since answers come in pieces of any size."""

    steps: list[str]
    was_killed: bool

    @property
    def last(self) -> str:
        """The step before which, or in which, it was killed."""
        return self.steps[-1]

    @property
    def may_have_lost(self) -> bool:
        """Whether it was killed after it had asked, and before it had kept the answer."""
        done = self.steps[:-1]
        after = list(dropwhile(lambda step: step != "socket.sendall POST", done))
        # The head and the body of the request are sent one after the other.
        return len(after) > 1 and not any(step.startswith(KEEPING) for step in after[2:])


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

    def kill(self, deadly: int, *, halved: bool = False) -> "Life":
        """Let a child renew the token, and die at a step."""
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
        was_killed = told["ended"] == -signal.SIGKILL
        assert was_killed or told["ended"] == 0
        assert was_killed == (len(told["steps"]) == deadly)
        return Life(told["steps"], was_killed)

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


@pytest.fixture(params=["file", "php", "sqlite", "redis"])
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
    lost: list[str] = []
    for deadly in count(1):
        life = kill_once(scene, deadly, lost)
        if not life.was_killed:
            break
        if life.last.startswith(HALVED):
            kill_once(scene, deadly, lost, halved=True)
    assert deadly > 20
    assert "socket.recv_into" in lost


def kill_once(scene: Scene, deadly: int, lost: list[str], *, halved: bool = False) -> Life:
    """Kill a child and see what the next start makes of it; note where something was lost."""
    act = scene.begin()
    life = act.kill(deadly, halved=halved)
    kept = scene.kind in {"file", "php"} and act.holds_new_token()
    if not act.start():
        assert life.was_killed
        assert life.may_have_lost, f"killed at {life.steps}, and a token was lost"
        assert not kept, f"killed at {life.steps}, and a token that was kept was lost"
        lost.append(life.last)
    if scene.redis is None:
        assert not list(Path(act.place).rglob("*.new"))
    # Whatever was left over does not stand in the way of a new grant.
    act.store.save(act.account, act.token)
    assert act.store.load(act.account) == act.token
    return life
