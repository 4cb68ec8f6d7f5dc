"""`amocrm-mockserver`: the mock server as a program."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from amocrm_mockserver.seed import Seed, SeedError, read_seed
from amocrm_mockserver.serve import Addresses, Listeners
from amocrm_mockserver.server import MockServer
from amocrm_mockserver.state_file import StateError, keep_in_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

__all__ = ["main"]


def main(
    arguments: Sequence[str] | None = None, *, told: Callable[[str], object] | None = None
) -> int:
    """Serve until a signal; gives the exit code.

    `told` is called with the address once the server listens.
    """
    options = _parser().parse_args(arguments)
    try:
        seed = read_seed(options.seed) if options.seed else Seed()
        server = MockServer(seed, limits=not options.no_limits)
        if options.state is not None:
            keep_in_file(server, options.state)
        listeners = Listeners(server, _addresses(options))
    except (OSError, SeedError, StateError) as error:
        sys.stderr.write(f"amocrm-mockserver: {error}\n")
        return 1
    if not options.seed:
        _tell_credentials(server)
    asyncio.run(_serve(listeners, told))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="amocrm-mockserver",
        description="A stateful mock of the amoCRM (Kommo) API. When it listens it writes one line,"
        " `ready http://… https://…`, to standard output. Steer it at /__mock__/.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    add("--port", type=_port, default=8080, help="plain HTTP; 0 is any free (default %(default)s)")
    add("--tls-port", type=_port, default=8443, help="HTTPS; 0 is any free (default %(default)s)")
    add("--proxy-port", type=_port, help="also be a CONNECT proxy that leads every host here")
    add("--ca-file", type=Path, help="write the CA certificate that clients must trust here")
    add("--seed", type=Path, help="YAML file with accounts, integrations and their contents")
    add("--state", type=Path, help="keep everything in this file, and go on from it")
    add("--no-limits", action="store_true", help="answer any number of requests a second")
    return parser


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if not 0 <= port <= 65_535:
        message = f"{text} is no port; give 0 to 65535"
        raise argparse.ArgumentTypeError(message)
    return port


def _addresses(options: argparse.Namespace) -> Addresses:
    return Addresses(
        host=options.host,
        port=options.port,
        tls_port=options.tls_port,
        proxy_port=options.proxy_port,
        ca_file=options.ca_file,
    )


def _tell_credentials(server: MockServer) -> None:
    # On standard error, since standard output has the ready line and nothing else.
    for account in server.world.accounts.values():
        for integration in server.world.integrations_of(account):
            sys.stderr.write(
                f"account       {account.domain}\n"
                f"client_id     {integration.client_id}\n"
                f"client_secret {integration.client_secret}\n"
                f"redirect_uri  {integration.redirect_uri}\n"
            )


async def _serve(listeners: Listeners, told: Callable[[str], object] | None) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(_: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- the signature is signal's
        loop.call_soon_threadsafe(ended.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows: signals reach the main thread only
            signal.signal(number, stop)
    await listeners.start()
    proxy = "" if listeners.proxy_url is None else f" proxy={listeners.proxy_url}"
    sys.stdout.write(f"ready {listeners.url} {listeners.tls_url}{proxy}\n")
    sys.stdout.flush()
    try:
        if told is not None:
            told(listeners.url)
        await ended.wait()
    finally:
        await listeners.stop()


if __name__ == "__main__":
    sys.exit(main())
