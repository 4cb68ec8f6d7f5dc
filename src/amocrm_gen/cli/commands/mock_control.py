"""The commands under `amocrm mock` that steer a running mock server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.failure import Failure, Told

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonObject, JsonValue

# ruff: noqa: PLC0415 - `--help` needs no HTTP

__all__ = ["COMMANDS"]

_DEFAULT: Final = "http://127.0.0.1:8080"
_SPAN: Final = re.compile(r"(\d+)\s*([smhdw]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_Body: TypeAlias = "JsonObject | None"
_Build: TypeAlias = Callable[[dict[str, object]], tuple[str, str, _Body]]
"""Makes method, path and body of a control call of what the line says."""

_url: Final = click.Option(
    ["--url"],
    metavar="URL",
    help="Where the mock server listens; else that of the connection, the one that runs here,"
    " or port 8080.",
)


def _command(name: str, *params: click.Parameter, examples: tuple[str, ...]) -> Command:
    """Return a command whose parameters are the rest of the line."""
    build, text = _CALLS[name]

    @click.pass_obj
    def run(surroundings: Surroundings, /, url: str | None, **given: object) -> None:
        method, path, body = build(given)
        surroundings.emit(_control(_place(surroundings, url), method, path, body))

    return Command(name, callback=run, params=[*params, _url], help=text, examples=examples)


def _place(surroundings: Surroundings, url: str | None) -> str:
    if url is not None:
        return url.rstrip("/")
    from amocrm_gen.connections.errors import ConnectionFault
    from amocrm_gen.connections.practice import running_mock

    try:
        led = surroundings.connection.base_url
    except ConnectionFault:
        if surroundings.options.account is not None:
            raise
        led = os.environ.get("AMOCRM_BASE_URL")
    if led:
        return led.rstrip("/")
    noted = running_mock()
    return _DEFAULT if noted is None else noted.url


def _control(origin: str, method: str, path: str, body: _Body) -> JsonValue:
    from amocrm_gen.connections.mock_server import control

    status, content = control(method, origin, path, body)
    if status == 0:
        raise Told(
            Failure(
                code="mock_not_running",
                exit_code=1,
                message=f"no mock server answers at {origin}",
                details={
                    "what_to_do": "run `amocrm login --mock` or `amocrm mock serve`, or name its"
                    " place with --url"
                },
            )
        )
    if status == 200:
        return content
    detail = content.get("detail") if isinstance(content, dict) else None
    raise Told(
        Failure(
            code="mock_refused",
            exit_code={404: 4, 400: 6, 409: 7}.get(status, 1),
            message=str(detail or f"{origin} answers {status}; is it a mock server?"),
            details={"status": status},
        )
    )


def _clock(given: dict[str, object]) -> tuple[str, str, _Body]:
    body: JsonObject = {}
    advance = given["advance"]
    if isinstance(advance, str):
        body["advance"] = _seconds(advance)
    for word in ("freeze", "unfreeze"):
        if given[word]:
            body[word] = True
    return ("POST", "/clock", body) if body else ("GET", "/clock", None)


def _seconds(text: str) -> int:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise click.UsageError(f"{text!r} is no span of time; give 90, 90s, 15m, 2h, 3d or 1w")
    return int(found[1]) * _SECONDS[found[2]]


def _fault(given: dict[str, object]) -> tuple[str, str, _Body]:
    if given["clear"]:
        return "DELETE", "/faults", None
    rule: JsonObject = {
        key: value
        for key, value in given.items()
        if isinstance(value, str | int | float) and value is not False and key != "clear"
    }
    return ("POST", "/faults", rule) if rule else ("GET", "/faults", None)


def _account(given: dict[str, object]) -> tuple[str, str, _Body]:
    return "POST", "/accounts", {k: str(v) for k, v in given.items() if v is not None}


_CALLS: Final[dict[str, tuple[_Build, str]]] = {
    "info": (lambda _: ("GET", "/info", None), "Show version, accounts and clock."),
    "account": (_account, "Make a fresh account with an integration and a token."),
    "code": (
        lambda given: ("POST", f"/accounts/{given['subdomain']}/codes", {}),
        "Make an authorization code: single use, 20 minutes.",
    ),
    "state": (
        lambda given: ("GET", f"/accounts/{given['subdomain']}/state", None),
        "Show every table of an account as it is stored.",
    ),
    "reset": (lambda _: ("POST", "/reset", {}), "Go back to the seed."),
    "clock": (_clock, "Show or move the mock server's clock; token lives follow it."),
    "fault": (_fault, "List the rules by which requests go wrong, add one, or clear them."),
}

_subdomain: Final = click.Argument(["subdomain"])

COMMANDS: Final = (
    _command("info", examples=("amocrm mock info",)),
    _command(
        "account",
        click.Option(["--subdomain"], help="Its name; any, if left out."),
        click.Option(["--zone"], help="amocrm.ru, amocrm.com or kommo.com."),
        examples=("amocrm mock account --subdomain shop",),
    ),
    _command("code", _subdomain, examples=("amocrm mock code example",)),
    _command(
        "state", _subdomain, examples=("amocrm mock state example --jq '.output.tables.users'",)
    ),
    _command("reset", examples=("amocrm mock reset",)),
    _command(
        "clock",
        click.Option(["--advance"], metavar="SPAN", help="90, 15m, 2h, 3d, 1w."),
        click.Option(["--freeze"], is_flag=True, help="Let it stand."),
        click.Option(["--unfreeze"], is_flag=True, help="Let it go on."),
        examples=("amocrm mock clock --advance 1d        # access tokens are stale now",),
    ),
    _command(
        "fault",
        click.Option(["--method"], help="GET, POST, PATCH…"),
        click.Option(["--path"], help="Which requests; * stands for anything."),
        click.Option(["--status"], type=int, help="The status to answer with."),
        click.Option(["--nth"], type=int, help="Only the nth such request."),
        click.Option(["--times"], type=int, help="How often at most."),
        click.Option(["--latency"], type=float, help="Seconds to wait before the answer."),
        click.Option(["--cut"], type=click.Choice(["drop", "reset", "truncate"]), help="How."),
        click.Option(["--applied"], is_flag=True, help="Carry the request out all the same."),
        click.Option(["--clear"], is_flag=True, help="Remove all rules."),
        examples=(
            "amocrm mock fault --method POST --path '/api/v4/leads' --status 504 --applied",
            "amocrm mock fault --clear",
        ),
    ),
)
