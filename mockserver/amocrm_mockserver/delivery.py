"""Sends what the mock server owes to others, to servers on this machine only."""

from __future__ import annotations

import logging
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from amocrm_mockserver.hosts import is_loopback_name

if TYPE_CHECKING:
    from amocrm_mockserver.outbox import Outgoing

__all__ = ["deliver", "is_on_this_machine", "send"]

_log = logging.getLogger("amocrm_mockserver")


def deliver(outgoing: Outgoing) -> Thread | None:
    """Send one request in a thread, once, ignoring the answer; None if it would leave the machine.

    A test must not call a real server because of an address in its seed.
    """
    if not is_on_this_machine(outgoing.url):
        _log.info("Not sent, since it would leave this machine: a %s request", outgoing.method)
        return None
    thread = Thread(target=send, args=(outgoing,), name="amocrm-mockserver-delivery", daemon=True)
    thread.start()
    return thread


def is_on_this_machine(url: str) -> bool:
    """Whether a request to this address stays here."""
    try:
        return is_loopback_name(urlsplit(url).hostname or "")
    except ValueError:
        return False


def send(outgoing: Outgoing) -> int:
    """Send one request; the status of the answer, or 0 without one in time."""
    from urllib3 import PoolManager, Timeout  # noqa: PLC0415 -- slow to import, and not always used
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 -- slow to import, and not always used

    try:
        with PoolManager() as pool:
            answer = pool.request(
                outgoing.method,
                outgoing.url,
                headers=dict(outgoing.headers),
                body=outgoing.body or None,
                timeout=Timeout(total=outgoing.timeout),
                retries=False,
                redirect=False,
            )
            return answer.status
    except HTTPError as error:
        _log.warning(
            "Could not deliver to %s: %s", urlsplit(outgoing.url).netloc, type(error).__name__
        )
        return 0
