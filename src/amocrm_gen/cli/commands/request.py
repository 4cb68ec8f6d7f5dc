"""`amocrm request`: any request to the account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from amocrm_gen.cli.command import Command
from amocrm_gen.cli.options import curl_option, dry_run_option

if TYPE_CHECKING:
    from amocrm_gen.cli.asking import Asked
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.casting import RawResponse
    from amocrm_gen.runtime.types import JsonObject
    from amocrm_gen.v4.client import AmoCRM

# ruff: noqa: PLC0415 - `--help` needs no client

__all__ = ["request"]

_METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")
_TOKENS: Final = "/oauth2/access_token"


@click.command(
    "request",
    cls=Command,
    without=("as_json", "output"),
    examples=(
        "amocrm request /api/v4/account --query with=version",
        "amocrm request leads --query 'filter[statuses][0][status_id]=142' --paginate",
        'amocrm request leads -d \'[{"name": "Roof", "price": 25000}]\' --dry-run',
        "amocrm request /api/v4/leads/{id} --path-param id=1 -X PATCH --json @lead.json",
        "amocrm request account --jq .output.name",
    ),
)
@click.argument("path")
@click.option(
    "-X",
    "--method",
    type=click.Choice(_METHODS, case_sensitive=False),
    help="GET, or POST where there is a body, if left out.",
)
@click.option(
    "-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", help="A further header."
)
@click.option(
    "-d",
    "--data",
    metavar="TEXT|@FILE|-",
    help="The body: JSON is sent as such, anything else as a form.",
)
@click.option("--json", "body", metavar="JSON|@FILE|-", help="The body, which must be JSON.")
@click.option(
    "--raw-data", "--rawData", "raw", metavar="TEXT|@FILE|-", help="The body, sent as it is."
)
@click.option("--form", multiple=True, metavar="NAME=VALUE", help="A field of a form as the body.")
@click.option(
    "--query", multiple=True, metavar="NAME=VALUE", help="A parameter; filter[id][]=1 is kept."
)
@click.option(
    "--path-param",
    "--pathParam",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="What stands for {NAME} in the path.",
)
@click.option("--paginate", is_flag=True, help="Follow the links to further pages; all items.")
@click.option("-i", "--include", is_flag=True, help="Show status and headers, too.")
@click.option(
    "-o",
    "--output",
    "form_of_output",
    type=click.Choice(["json", "jsonl", "raw"]),
    help="raw: the answer's bytes as they are.",
)
@click.option("--output-file", metavar="FILE", help="Write the answer's bytes to a file.")
@dry_run_option
@curl_option
@click.pass_obj
def request(surroundings: Surroundings, /, path: str, **line: Any) -> None:  # Any: click's values
    """Send any request to the account; base URL, token and renewal are taken care of.

    PATH is a path, or an address of the account's own hosts: the token is sent nowhere else. One
    that does not begin with a slash stands below /api/v4/.
    """
    from amocrm_gen.cli.asking import Asked

    surroundings.choose_json(line["form_of_output"])
    asked = Asked.read(path, line)
    surroundings.note(None, asked.shown)
    if line["dry_run"]:
        _rehearse(surroundings, asked, shows_curl=line["curl"])
        return
    with surroundings.client(shows_curl=line["curl"]) as amo:
        if line["paginate"]:
            surroundings.emit_items(asked.items(amo))
        else:
            _send(surroundings, amo, asked, line)


def _rehearse(surroundings: Surroundings, asked: Asked, *, shows_curl: bool) -> None:
    from amocrm_gen.runs.rehearsal import Rehearsal

    if urlsplit(asked.path).path.rstrip("/") == _TOKENS:
        message = "a request for tokens cannot be rehearsed: `amocrm login` gets them"
        raise click.UsageError(message)
    rehearsal = Rehearsal(keeps_reads=True)
    with surroundings.client(rehearsal=rehearsal) as amo:
        asked.send(amo)
    if shows_curl:
        for each in rehearsal.requests:
            sys.stderr.write(f"{each.curl}\n")
    surroundings.emit(rehearsal.as_json())


def _send(
    surroundings: Surroundings, amo: AmoCRM, asked: Asked, line: dict[str, Any]
) -> None:  # Any: as above
    answer = asked.send(amo)
    if line["output_file"] is not None:
        from pathlib import Path

        size = Path(line["output_file"]).write_bytes(answer.content)
        surroundings.emit({"file": line["output_file"], "bytes": size, **_head(answer)})
    elif line["form_of_output"] == "raw":
        if line["include"]:
            _write_head(answer)
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.content)
        sys.stdout.buffer.flush()
    else:
        from amocrm_gen.cli.asking import content_of

        content = content_of(answer)
        if urlsplit(asked.path).path.rstrip("/") == _TOKENS:
            from amocrm_gen.actions.hiding import without

            content = without(content, ("access_token", "refresh_token"))
            surroundings.say("hidden: the tokens. `-o raw` and --output-file have them")
        further = {"response": _head(answer)} if line["include"] else {}
        surroundings.emit(content, **further)


def _head(answer: RawResponse) -> JsonObject:
    """Return status and headers; what is secret in them is `***`."""
    from amocrm_gen.runtime.masks import Masks

    return {"status": answer.status, "headers": dict(Masks().headers(answer.headers.items()))}


def _write_head(answer: RawResponse) -> None:
    from amocrm_gen.runtime.masks import Masks

    sys.stdout.write(f"HTTP/1.1 {answer.status}\r\n")
    for name, value in Masks().headers(answer.headers.items()):
        sys.stdout.write(f"{name}: {value}\r\n")
    sys.stdout.write("\r\n")
