"""`amocrm runs`: what was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.command import Command, Group

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings

# ruff: noqa: PLC0415 - `--help` needs no log

__all__ = ["runs"]

_LISTED = 20


@click.group(
    "runs",
    cls=Group,
    examples=(
        "amocrm runs list --failed",
        "amocrm runs get 12 --details            # with each request and its answer",
        "amocrm runs replay 12 --against mock    # the same once more, in a mock account",
        "amocrm runs off                         # write nothing down from now on",
    ),
)
def runs() -> None:
    """List and repeat what was run.

    Every command that talks to an account is a run. The last 1000 are kept in a file of this
    machine that only its user can read; tokens, secrets and codes are not in it.
    AMOCRM_RUN_LOG=off switches it off as well.
    """


@runs.command("list", cls=Command, examples=("amocrm runs list --limit 5",))
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=_LISTED, show_default=True, metavar="N"
)
@click.option("--failed", is_flag=True, help="Only those that did not end well.")
@click.pass_obj
def list_runs(surroundings: Surroundings, /, limit: int, *, failed: bool) -> None:
    """List the last runs, the newest first."""
    from amocrm_gen.runs.log import RunLog

    surroundings.emit_items(RunLog().list(limit=limit, failed=failed))


@runs.command(
    "get", cls=Command, examples=("amocrm runs get 12 --details --jq .output.exchanges[0].url",)
)
@click.argument("id", type=int)
@click.option("--details", is_flag=True, help="Also each request and its answer.")
@click.pass_obj
def get_run(surroundings: Surroundings, /, id: int, *, details: bool) -> None:
    """Show a run: its line, input, output and how it ended."""
    from amocrm_gen.runs.log import RunLog

    surroundings.emit(RunLog().get(id).as_json(details=details))


@runs.command("replay", cls=Command, examples=("amocrm runs replay 12 --against mock",))
@click.argument("id", type=int)
@click.option(
    "--against",
    type=click.Choice(["mock"]),
    default="mock",
    show_default=True,
    help="Where: in a fresh account of a mock server.",
)
@click.option(
    "--url", metavar="URL", help="A mock server that runs; one of its own is started, if left out."
)
@click.pass_obj
def replay_run(surroundings: Surroundings, /, id: int, against: str, url: str | None) -> None:
    """Run a command once more in a mock account, and compare.

    The account holds what the run has read of the real one, as far as a mock server can hold it;
    one that already runs (--url) gets an empty account. The real account is not asked.
    """
    from amocrm_gen.cli.replaying import replay
    from amocrm_gen.runs.log import RunLog

    run = RunLog().get(id)
    surroundings.emit({"run": id, "against": against, **replay(run, url)})


@runs.command("on", cls=Command, examples=("amocrm runs on",))
@click.pass_obj
def switch_on(surroundings: Surroundings, /) -> None:
    """Write runs down from now on."""
    _switch(surroundings, on=True)


@runs.command("off", cls=Command, examples=("amocrm runs off",))
@click.pass_obj
def switch_off(surroundings: Surroundings, /) -> None:
    """Write nothing down from now on; what was written stays until `amocrm runs clear`."""
    _switch(surroundings, on=False)


def _switch(surroundings: Surroundings, *, on: bool) -> None:
    from amocrm_gen.runs.log import RunLog

    log = RunLog()
    log.switch(on=on)
    surroundings.emit({"log": "on" if log.is_on() else "off", "file": str(log.path)})


@runs.command("clear", cls=Command, examples=("amocrm runs clear",))
@click.pass_obj
def clear_runs(surroundings: Surroundings, /) -> None:
    """Forget all runs."""
    from amocrm_gen.runs.log import RunLog

    surroundings.emit({"cleared": RunLog().clear()})
