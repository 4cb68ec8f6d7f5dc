"""Rows 85 to 90: locks, the throttle, debug messages."""

from __future__ import annotations

import logging
import re
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from php_crowd import crowd
from php_stage import Messages, Place, Tenant

from amocrm_gen import AmoCRM, ConfigurationError, Conflict, PhpTokenStore
from amocrm_gen.legacy import LockBusy, LogFile, PatientLocks, Settings, StandardOutput
from amocrm_gen.objects import Lead

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAY = 86_400
HEAD = r"\*\*\* [0-9a-z]{7} \[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} [+-]\d\d:\d\d\]\n"


@pytest.mark.processes
def test_a85_entity_lock(tmp_path: Path) -> None:
    """A second process waits and says so; attempts and pause are settings; 0 is off."""
    with crowd(tmp_path) as shared:
        amo = Settings(throttle=None, lock_folder=tmp_path / "locks", lock_attempts=3)
        messages, pauses = Messages(), list[float]()
        holder = shared.start()
        key = f"{shared.inside.domain}/leads/12"
        holder.tell("take", key)
        holder.hear()

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                holder.tell("free")
                holder.hear()

        locks = PatientLocks(
            folder=amo.lock_folder, attempts=3, pause=0.25, debug=messages, sleep=pause
        )
        locks.acquire([key]).release()
        assert pauses == [0.25, 0.25]
        said = [re.sub(HEAD, "", message) for message in messages.all]
        assert [re.sub(r"^\[\d+\] ", "", text) for text in said] == [
            "LOCK 12.lead #1 (0.25s)\n\n",
            "LOCK 12.lead #2 (0.25s)\n\n",
        ]
        holder.tell("take", key)
        holder.hear()
        with pytest.raises(LockBusy, match=r"12\.lead"):
            PatientLocks(
                folder=amo.lock_folder, attempts=2, debug=messages, sleep=pauses.append
            ).acquire([key])
        assert messages.all[-1].endswith("LOCK 12.lead attempts exceeded (2)\n\n")
        PatientLocks(folder=amo.lock_folder, attempts=0, sleep=pauses.append).acquire(
            [key]
        ).release()
        assert len(pauses) == 4


@pytest.mark.processes
def test_a86_lock_under_load(tmp_path: Path) -> None:
    """Four processes of three changes each: none is stale, none is refused."""
    with crowd(tmp_path) as shared:
        with AmoCRM(
            shared.inside.domain,
            integration=shared.integration,
            store=shared.store,
            base_url=shared.url,
            throttle=None,
        ) as amo:
            number = Lead(amo, name="l", sale=0).save()
        workers = [shared.start(lock_pause=0.002, lock_attempts=100_000) for _ in range(4)]
        for worker in workers:
            worker.tell("update", number, 3)
        assert [worker.hear() for worker in workers] == [None] * 4
        writes = list(shared.server.asked_for("/api/v2/leads"))
        posts = [asked for asked in writes if asked.method == "POST"]
        assert len(posts) == 1 + 12
        assert {asked.status for asked in posts} == {200}


@pytest.mark.processes
def test_a87_lock_freed_on_failure(tmp_path: Path) -> None:
    """A save that fails leaves no lock and no file of the entity behind."""
    folder = tmp_path / "locks"
    with (
        crowd(tmp_path) as shared,
        AmoCRM(
            shared.inside.domain,
            integration=shared.integration,
            store=shared.store,
            base_url=shared.url,
            throttle=None,
            locks=PatientLocks(folder=folder, attempts=1),
        ) as amo,
    ):
        number = Lead(amo, name="l").save()
        before = int(time.time()) - DAY
        for _ in range(2):
            late = Lead(amo, {"id": number, "name": "x"}, updated_at_delta=before - 2**31)
            with pytest.raises(Conflict):
                late.save()
        worker = shared.start(lock_attempts=1)
        worker.tell("take", f"{shared.inside.domain}/leads/{number}")
        worker.hear()
        assert [path.name for path in folder.iterdir() if str(number) in path.name] == []
        assert len(list(folder.iterdir())) <= 1


@pytest.mark.processes
@pytest.mark.parametrize("rate", [5, 2.5])
def test_a88_throttle(rate: float, tmp_path: Path) -> None:
    """Processes share the rate; never more than it allows in any window, whoever asks."""
    count = 6
    with crowd(tmp_path) as shared:
        settings = {"throttle": rate, "throttle_folder": str(tmp_path / "throttle")}
        workers = [shared.start(**settings) for _ in range(2)]
        begun = time.monotonic()
        for _ in range(count // 2):
            for worker in workers:
                worker.tell("read")
        for _ in range(count // 2):
            for worker in workers:
                worker.hear()
        # A lower bound alone: a slow machine takes longer, none takes less.
        assert time.monotonic() - begun >= (count - 1) // int(rate) * int(rate) / rate
        assert len(shared.server.asked_for("/api/v4/account")) == count


def test_a88_a_rate_is_above_zero() -> None:
    """0 is an error with a cure, None is no limit."""
    with pytest.raises(ConfigurationError):
        Settings(throttle=0).client_options()
    assert Settings(throttle=None).client_options()["throttle"] is None


def bodies(messages: Sequence[str]) -> list[str]:
    """Return messages without their heads, which must be there; all end with an empty line."""
    found = []
    for message in messages:
        assert re.match(HEAD, message), message
        assert message.endswith("\n\n")
        found.append(re.sub(HEAD, "", message).removesuffix("\n\n"))
    return found


def test_a89_debug(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    """Two messages for each request, in the form of the PHP library, without secrets."""
    messages = Messages()
    with tenant.client(debug=messages) as amo:
        Lead(amo, name="Сделка").save()
        amo.request("GET", "/api/v2/leads")
        amo.request("POST", "/ajax/contacts/list/contacts/", form={"json": 1})
    post, saved, get, found, form, _ = bodies(messages.all)
    number = int(post[1 : post.index("]")])
    url = f"https://{tenant.domain}/api/v2/leads"
    assert post == f'[{number}] POST: {url}\n{{"add":[{{"name":"Сделка"}}]}}'
    assert re.match(rf"\[{number}\] RESPONSE \d+\.\d{{4}}s \(200\):\n\{{", saved)
    assert get == f"[{number + 1}] GET: {url}"
    assert "Сделка" in found
    assert form.startswith(f"[{number + 2}] POST (AJAX): https://")
    assert form.endswith("\njson=1")
    with tenant.client(debug=StandardOutput()) as amo:
        amo.v2.account.get()
    printed = capsys.readouterr().out
    assert len(re.findall(HEAD, printed)) == 2


def test_a89_any_logger(tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    """A logger of `logging` will do."""
    with (
        caplog.at_level(logging.DEBUG, "shop"),
        tenant.client(debug=logging.getLogger("shop")) as amo,
    ):
        amo.v2.account.get()
    assert len([one for one in caplog.records if one.name == "shop"]) == 2


def test_a89_waits_and_renewals(place: Place, tenant: Tenant, tmp_path: Path) -> None:
    """A renewal is told, and no token, code or secret is."""
    messages = Messages()
    store = PhpTokenStore(tmp_path, tenant.integration)
    accounts = place.accounts(store=store, debug=messages)
    code = tenant.code()
    amo = accounts.log_in(tenant.domain, tenant.integration, code=code)
    first = store.load(tenant.domain)
    place.server.clock.advance(DAY + 1)
    amo.account.get()
    second = store.load(tenant.domain)
    said = "".join(messages.all)
    assert len([text for text in bodies(messages.all) if text.endswith("RE OAUTH2")]) == 1
    assert first is not None
    assert second is not None
    secrets = [code, *first.secrets, *second.secrets, str(tenant.integration.client_secret)]
    assert not [secret for secret in secrets if str(secret) in said]


def test_a89_a_throttle_tells(tenant: Tenant, tmp_path: Path) -> None:
    """How long somebody has to wait."""
    messages = Messages()
    throttles = Settings(throttle=0.5, throttle_folder=tmp_path, debug=messages).client_options()[
        "throttle"
    ]
    assert throttles is not None
    throttle = throttles.throttle_for(tenant.domain, "x")
    throttle.reserve()
    slot = throttle.reserve()
    [text] = bodies(messages.all)
    assert text.endswith(f"THROTTLE (0.5) {slot.wait:.4f}s")


def test_a90_log_file(tenant: Tenant, tmp_path: Path) -> None:
    """The folder is made; threads append whole messages."""
    path = tmp_path / "deep" / "logs" / "debug.log"
    file = LogFile(path)
    assert path.parent.is_dir()
    with tenant.client(debug=file) as amo:
        amo.v2.account.get()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    LogFile(path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(file.debug, [f"<{n}>{'x' * 5000}</{n}>\n" for n in range(40)]))
    text = path.read_text()
    assert len(re.findall(HEAD, text)) == 2
    assert len(re.findall(r"<(\d+)>x{5000}</\1>\n", text)) == 40
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        LogFile(tmp_path / "file" / "debug.log")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        LogFile(tmp_path / "deep").debug("x")
