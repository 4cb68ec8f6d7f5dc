"""Sends what the mock server owes to others, to servers on this machine only."""

from __future__ import annotations

import logging
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from amocrm_mockserver.hosts import is_loopback_name

if TYPE_CHECKING:
    from amocrm_mockserver.outbox import Outgoing

__all__ = ["deliver"]

_log = logging.getLogger("amocrm_mockserver")


def deliver(outgoing: Outgoing) -> Thread | None:
    """Send one request in a thread, once, ignoring the answer; None if it would leave the machine.

    A test must not call a real server because of an address in its seed.
    """
    if not _is_on_this_machine(outgoing.url):
        _log.info("Not sent, since it would leave this machine: a %s request", outgoing.method)
        return None
    thread = Thread(target=_send, args=(outgoing,), name="amocrm-mockserver-delivery", daemon=True)
    thread.start()
    return thread


def _is_on_this_machine(url: str) -> bool:
    try:
        return is_loopback_name(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _send(outgoing: Outgoing) -> None:
    from urllib3 import PoolManager  # noqa: PLC0415 -- slow to import, and not always used
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 -- slow to import, and not always used

    try:
        with PoolManager() as pool:
            pool.request(
                outgoing.method,
                outgoing.url,
                headers=dict(outgoing.headers),
                body=outgoing.body or None,
                timeout=outgoing.timeout,
                retries=False,
                redirect=False,
            )
    except HTTPError as error:
        _log.warning(
            "Could not deliver to %s: %s", urlsplit(outgoing.url).netloc, type(error).__name__
        )
