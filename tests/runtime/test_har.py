"""All traffic can be written to a HAR file that other tools read, without secrets."""

import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amocrm_gen.runtime.effects import Response, Send
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.har import Har
from amocrm_gen.runtime.traffic import Exchange, Seen, exchange_of
from runtime.sample import get
from runtime.twins import Stage


def entries(path: Path) -> list[Any]:
    """Return the entries of a file, after a look at what HAR 1.2 requires of it."""
    log = json.loads(path.read_bytes())["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) >= {"name", "version"}
    for entry in log["entries"]:
        assert set(entry) >= {
            "startedDateTime", "time", "request", "response", "cache", "timings"
        }  # fmt: skip
        assert set(entry["timings"]) >= {"send", "wait", "receive"}
        sides = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        assert set(entry["request"]) >= sides | {"method", "url", "queryString"}
        assert set(entry["response"]) >= sides | {"status", "statusText", "content", "redirectURL"}
        assert set(entry["response"]["content"]) >= {"size", "mimeType"}
    return list(log["entries"])


def exchange(body: bytes = b"{}", kind: str = "application/json") -> Exchange:
    """Return an exchange."""
    send = Send("POST", "https://example.amocrm.ru/api/v4/leads?page=1", {"Content-Type": kind})
    return exchange_of(Seen(send, Response(200, {"content-type": kind}, body), 0.0, 0.25), [])


def test_a_client_writes_what_it_sends(stage: Stage, tmp_path: Path) -> None:
    """Each exchange is an entry; failures are entries, too; nobody else may read the file."""
    path = tmp_path / "traffic.har"
    stage.site.fill(1)
    twin = stage.open(har=path, token="canary-token", max_retries=0)
    twin.do(lambda client: client.send(get(1)))
    twin.do(lambda client: client.request("POST", "/api/v4/leads", json=[{"name": "Имя"}]))
    stage.site.before = lambda _: (0, {}, b"")
    with pytest.raises(Exception, match="may or may not"):
        twin.do(lambda client: client.send(get(1)))
    found = entries(path)
    assert [entry["response"]["status"] for entry in found] == [200, 200, 0]
    assert json.loads(found[0]["response"]["content"]["text"])["name"] == "Lead 1"
    assert json.loads(found[1]["request"]["postData"]["text"]) == [{"name": "Имя"}]
    assert found[2]["comment"]
    assert "canary" not in path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_run_goes_on_with_the_file(tmp_path: Path) -> None:
    """Entries of several runs and of several clients stand in one file."""
    path = tmp_path / "traffic.har"
    for count in range(3):
        assert len(entries(path)) == count if count else True
        Har.open(path).add(exchange())
    assert len(entries(path)) == 3


@given(cut=st.integers(0, 5_000), count=st.integers(1, 4))
def test_whoever_is_killed_while_writing_costs_one_entry(
    tmp_path_factory: pytest.TempPathFactory, cut: int, count: int
) -> None:
    """A file that ends anywhere in an entry is made whole by the next one to write."""
    path = tmp_path_factory.mktemp("har") / "traffic.har"
    har = Har.open(path)
    bodies = [json.dumps({"n": number, "text": "x\n" * 300}).encode() for number in range(count)]
    for body in bodies[:-1]:
        har.add(exchange(body))
    before = path.stat().st_size
    har.add(exchange(bodies[-1]))
    size = path.stat().st_size
    # A write goes over the end of the file before; what it did not come to is left of that.
    whole, end = path.read_bytes(), b"\n]}}\n"
    written = cut % (size - before + len(end))
    start = before - len(end)
    path.write_bytes(whole[: start + written] + end[written:])
    Har.open(path).add(exchange(b'{"n":99}'))
    found = [json.loads(entry["response"]["content"]["text"])["n"] for entry in entries(path)]
    assert found in ([*range(count - 1), 99], [*range(count), 99])


def test_threads_and_clients_share_a_file(tmp_path: Path) -> None:
    """Entries of many threads, through several writers, are all there and whole."""
    path = tmp_path / "traffic.har"
    writers = [Har.open(path) for _ in range(4)]

    def work(har: Har) -> None:
        for _ in range(20):
            har.add(exchange(b"x" * 5000, "text/plain"))

    threads = [threading.Thread(target=work, args=(har,)) for har in writers * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(entries(path)) == 160


def test_the_file_is_bounded(tmp_path: Path) -> None:
    """When it is full it is put aside, and the one that was put aside before is gone."""
    path = tmp_path / "traffic.har"
    har = Har.open(path)
    har.longest = 20_000
    for _ in range(30):
        har.add(exchange(b"x" * 4000, "text/plain"))
    assert path.stat().st_size <= 20_000
    aside = Path(f"{path}.1")
    assert aside.stat().st_size <= 20_000 + len(b"\n]}}\n")
    assert entries(path)
    assert entries(aside)
    assert aside.stat().st_mode & 0o777 == 0o600


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """What is no HAR file of this package is not written over."""
    path = tmp_path / "precious.txt"
    path.write_text("precious")
    with pytest.raises(ConfigurationError, match="no HAR file"):
        Har.open(path)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        Har.open(tmp_path / "no" / "such" / "folder" / "x.har")
    assert path.read_text() == "precious"


NAMES = ["access_token", "refreshToken", "client_secret", "USER_HASH", "api_key", "auth[password]"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("canary", ["canary-s3cret", 'c"a n\\a/r+ÿ&=y'])
def test_what_is_named_like_a_secret_is_hidden(name: str, canary: str) -> None:
    """In headers, queries, forms, parts, JSON, and where an answer repeats it in any writing."""
    form = urlencode({name: canary, "kept": "kept"})
    part = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{canary}\r\n--b--\r\n'
    bodies = {
        "application/json": json.dumps({"a": [{name: canary}], "kept": "kept"}),
        "application/x-www-form-urlencoded": form,
        "multipart/form-data; boundary=b": part,
    }
    for kind, body in bodies.items():
        headers = {"Content-Type": kind, "Cookie": f"a={canary}", "X-Auth-Token": canary}
        send = Send("POST", f"https://x/y?{form}&code={canary}", headers, body.encode())
        echo = f"{canary} {json.dumps(canary)} {form} {canary!r}".encode()
        answer = Response(200, {"Set-Cookie": canary, "X-Echo": canary}, echo)
        made = exchange_of(Seen(send, answer, 0.0, 0.0), [])
        shown = f"{made.curl()} {made.request.headers} {made.headers} {made.body}"
        for secret in (canary, json.dumps(canary)[1:-1], urlencode({"": canary})[1:]):
            assert secret not in shown, kind
        assert "***" in shown
        assert "kept" in (made.request.body or "") or "multipart" in kind


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_authorization_codes_are_hidden(grant: str) -> None:
    """`code` is hidden beside a grant, and nowhere else: the API has harmless ones."""
    body = json.dumps({"grant_type": grant, "code": "canary-code"}).encode()
    send = Send("POST", "https://x/oauth2/access_token", {"Content-Type": "application/json"}, body)
    assert (
        "canary"
        not in exchange_of(Seen(send, Response(200, {}, b"canary-code"), 0.0, 0.0), []).curl()
    )
    harmless = Send("POST", "https://x/y", {}, b'[{"code":"PHONE"}]')
    assert '"code":"PHONE"' in exchange_of(Seen(harmless, Response(200, {}, b""), 0, 0), []).curl()
