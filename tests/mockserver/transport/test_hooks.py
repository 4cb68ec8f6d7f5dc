"""Webhooks on their way: who is told, how often, and when an address is given up."""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from attrs import define, field

from amocrm_mockserver import Clock, MockServer, ThreadedServer
from amocrm_mockserver.hooks.policy import delay_after, is_valid, too_many_failures

from .asking import NOON, Asker, two_accounts
from .wire import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_MINUTE = 60


@define
class _Receiver:
    """Somebody else's server on this machine."""

    url: str = ""
    statuses: list[int] = field(factory=list[int])
    """What it answers, one after the other; then 200."""
    got: queue.Queue[tuple[str, str]] = field(factory=queue.Queue[tuple[str, str]])
    """Content types and bodies."""


@pytest.fixture
def receiver() -> Iterator[_Receiver]:
    """A server that notes what it is sent."""
    found = _Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = found.statuses.pop(0) if found.statuses else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            found.got.put((self.headers["Content-Type"], body))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield found
        server.shutdown()
        thread.join()


def _log_in(ask: Asker) -> str:
    token: str = ask.control("POST", "accounts/acc1/tokens", {})["access_token"]
    return token


def _subscribe(ask: Asker, url: str, *events: str) -> str:
    token = _log_in(ask)
    body = {"destination": url, "settings": list(events)}
    assert ask("POST", "/api/v4/webhooks", token=token, json=body).status == 201
    return token


def _add_lead(ask: Asker, token: str) -> None:
    assert ask("POST", "/api/v4/leads", token=token, json=[{"name": "a b"}]).status == 200


def _deliveries(ask: Asker) -> list[dict[str, Any]]:  # Any: JSON
    found: list[dict[str, Any]] = ask.control("GET", "deliveries")["deliveries"]
    return found


def _answer(ask: Asker, number: int, status: int) -> dict[str, Any]:  # Any: JSON
    path = f"deliveries/{number}/answer"
    found: dict[str, Any] = ask.control("POST", path, {"status": status})
    return found


def test_a_change_is_told(receiver: _Receiver) -> None:
    """A subscribed address gets a form, in the order of the changes, and is tried again later."""
    server = MockServer(two_accounts(), clock=Clock(frozen_at=NOON))
    receiver.statuses = [500]
    with ThreadedServer(server) as running, urllib3.PoolManager() as pool:
        ask = Asker(server)
        token = _subscribe(ask, receiver.url, "add_lead", "add_task")
        head = {"Authorization": f"Bearer {token}", "Host": "acc1.amocrm.ru"}

        def write(path: str, item: dict[str, Any]) -> None:  # Any: JSON
            url = f"{running.url}/api/v4/{path}"
            assert pool.request("POST", url, json=[item], headers=head).status == 200

        write("leads", {"name": "a b"})
        kind, body = receiver.got.get(timeout=PATIENCE)
        assert kind == "application/x-www-form-urlencoded"
        assert "&leads%5Badd%5D%5B0%5D%5Bname%5D=a+b&" in body
        write("tasks", {"text": "t", "complete_till": 1})
        assert receiver.got.get(timeout=PATIENCE)[1].startswith("task%5Badd%5D")
        later = {"advance": 5 * _MINUTE}
        assert pool.request("POST", f"{running.url}/__mock__/clock", json=later).status == 200
        assert receiver.got.get(timeout=PATIENCE)[1] == body


def test_nothing_leaves_the_machine() -> None:
    """What is for others is kept, so that a test can look at it."""
    server = MockServer(two_accounts(), clock=Clock(frozen_at=NOON))
    ask = Asker(server)
    token = _subscribe(ask, "https://hook.example.test/amo", "add_lead")
    _add_lead(ask, token)
    [delivery] = _deliveries(ask)
    assert (delivery["stage"], delivery["event"]) == ("waiting", "add_lead")
    kept = threading.Event()
    keep = server.keep

    def note(delivery: Any) -> None:  # Any: passed on
        keep(delivery)
        kept.set()

    server.keep = note  # type: ignore[method-assign]  # to know when
    with ThreadedServer(server) as running, urllib3.PoolManager() as pool:
        pool.request("GET", f"{running.url}/__mock__/info")
        assert kept.wait(PATIENCE)
    [delivery] = _deliveries(ask)
    assert (delivery["stage"], delivery["attempts"]) == ("kept", [])
    assert _answer(ask, delivery["id"], 204)["stage"] == "delivered"


def test_what_is_told_in_process(ask: Asker) -> None:
    """Without a socket the messages wait, whole, for a test to answer them."""
    token = _subscribe(ask, "https://hook.example.test/amo", "add_lead")
    _add_lead(ask, token)
    [delivery] = _deliveries(ask)
    assert delivery["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert delivery["body"].endswith("&account%5B_links%5D%5Bself%5D=https%3A%2F%2Facc1.amocrm.ru")
    delivered = _answer(ask, delivery["id"], 200)
    assert (delivered["stage"], delivered["due"]) == ("delivered", None)
    assert delivered["attempts"] == [{"at": NOON, "status": 200}]
    again = ask("POST", f"/__mock__/deliveries/{delivery['id']}/answer", json={"status": 200})
    assert again.status == 409
    unknown = ask("POST", "/__mock__/deliveries/x/answer", json={"status": 200})
    assert unknown.status == 404
    assert ask("POST", "/__mock__/deliveries/1/answer", json={"status": 600}).status == 400
    assert ask.control("DELETE", "deliveries") == {"deliveries": []}


@pytest.mark.parametrize(
    ("statuses", "waits", "stage"),
    [
        ([200], [], "delivered"),
        ([100], [], "delivered"),
        ([0, 302, 500, 499, 503], [5, 15, 15, 60], "failed"),
        ([404, 404, 404], [5, 15], "failed"),
        ([500, 500, 404], [5, 15], "failed"),
        ([410, 299], [5], "delivered"),
    ],
)
def test_when_it_is_sent_again(
    ask: Asker, statuses: list[int], waits: list[int], stage: str
) -> None:
    """Twice after any failure, and twice more when the receiver's server is at fault."""
    token = _subscribe(ask, "https://hook.example.test/amo", "add_lead")
    _add_lead(ask, token)
    for status, wait in zip(statuses, waits, strict=False):
        delivery = _answer(ask, 1, status)
        assert (delivery["stage"], delivery["due"]) == (
            "waiting",
            ask.server.clock.now() + wait * _MINUTE,
        )
        ask.control("POST", "clock", {"advance": wait * _MINUTE})
    assert _answer(ask, 1, statuses[-1])["stage"] == stage
    assert len(_deliveries(ask)[0]["attempts"]) == len(statuses)


def test_an_address_is_given_up(ask: Asker) -> None:
    """More than 100 failures in two hours switch it off; subscribing again switches it on."""
    url = "https://hook.example.test/amo"
    token = _subscribe(ask, url, "add_lead")

    def is_disabled() -> bool:
        rows = ask("GET", "/api/v4/webhooks", token=token).json["_embedded"]["webhooks"]
        found: bool = rows[0]["disabled"]
        return found

    for _ in range(101):
        assert not is_disabled()
        _add_lead(ask, token)
        _answer(ask, _deliveries(ask)[-1]["id"], 404)
    assert is_disabled()
    count = len(_deliveries(ask))
    _add_lead(ask, token)
    assert len(_deliveries(ask)) == count
    ask.control("POST", "clock", {"advance": 5 * _MINUTE})
    assert ask.server.take_due() == []
    assert {delivery["stage"] for delivery in _deliveries(ask)} == {"dropped"}
    _subscribe(ask, url, "add_lead")
    assert not is_disabled()


def test_an_address_that_unsubscribes(ask: Asker) -> None:
    """What still waited for it is dropped."""
    url = "https://hook.example.test/amo"
    token = _subscribe(ask, url, "add_lead")
    _add_lead(ask, token)
    gone = ask("DELETE", "/api/v4/webhooks", token=token, json={"destination": url})
    assert gone.status == 204
    assert ask.server.take_due() == []
    assert [delivery["stage"] for delivery in _deliveries(ask)] == ["dropped"]


def test_messages_outlive_a_snapshot(ask: Asker) -> None:
    """What was being sent is sent anew."""
    token = _subscribe(ask, "https://hook.example.test/amo", "add_lead")
    _add_lead(ask, token)
    [taken] = ask.server.take_due()
    assert ask.server.take_due() == []
    ask.server.restore(ask.server.snapshot())
    [again] = ask.server.take_due()
    assert again.outgoing == taken.outgoing
    ask.server.answered(taken, 200)
    assert _deliveries(ask)[0]["stage"] == "sending"


def test_old_messages_are_forgotten(ask: Asker) -> None:
    """However long a server runs, it keeps the latest thousand."""
    token = _subscribe(ask, "https://hook.example.test/amo", "add_lead")
    for _ in range(1001):
        _add_lead(ask, token)
    numbers = [delivery["id"] for delivery in _deliveries(ask)]
    assert numbers == list(range(2, 1002))


def test_the_rules_of_retrying() -> None:
    """No attempt after the fifth, and old failures do not count."""
    assert [status for status in (0, 99, 100, 299, 300, 599) if is_valid(status)] == [100, 299]
    assert delay_after(5, 500) is None
    assert delay_after(1, 200) is None
    hours = 60 * _MINUTE
    assert too_many_failures([NOON] * 101, NOON)
    assert not too_many_failures([NOON] * 100, NOON)
    assert not too_many_failures([NOON] * 101, NOON + 2 * hours)


def test_cards_that_people_delete(ask: Asker) -> None:
    """Deleting and bringing back are told once each."""
    token = _subscribe(ask, "https://hook.example.test/amo", "delete_lead", "restore_lead")
    _add_lead(ask, token)
    [lead] = ask("GET", "/api/v4/leads", token=token).json["_embedded"]["leads"]
    body = {"entity_type": "leads", "id": lead["id"]}
    for _ in range(2):
        assert ask.control("POST", "accounts/acc1/trash", body)["is_deleted"]
    assert ask("GET", "/api/v4/leads", token=token).status == 204
    ask.control("POST", "accounts/acc1/trash", {**body, "restore": True})
    assert ask("GET", "/api/v4/leads", token=token).status == 200
    deleted, restored = _deliveries(ask)
    assert (deleted["event"], restored["event"]) == ("delete_lead", "restore_lead")
    assert deleted["body"].startswith(f"leads%5Bdelete%5D%5B0%5D%5Bid%5D={lead['id']}&")
    for path, wrong, status in (
        ("accounts/acc9/trash", body, 404),
        ("accounts/acc1/trash", {**body, "id": 5}, 404),
        ("accounts/acc1/trash", {**body, "entity_type": "tasks"}, 400),
    ):
        assert ask("POST", f"/__mock__/{path}", json=wrong).status == status
