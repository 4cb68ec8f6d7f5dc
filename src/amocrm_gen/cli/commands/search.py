"""`amocrm search`: all that has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from amocrm_gen.cli.command import Command

if TYPE_CHECKING:
    from amocrm_gen.cli.surroundings import Surroundings

__all__ = ["search"]

_KINDS: Final = ("action", "endpoint", "field", "connector", "error", "doc")


@click.command(
    "search",
    cls=Command,
    examples=(
        "amocrm search 'loss reason'",
        "amocrm search leads.price --type field",
        "amocrm search kommo --type connector --json",
        "amocrm search throttle --type doc",
        "amocrm search 'PATCH /api/v4/leads' --type endpoint",
    ),
)
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option(
    "--type",
    "--elementType",
    "kinds",
    type=click.Choice(_KINDS, case_sensitive=False),
    multiple=True,
    help="Only these; may be given several times.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", default=20, show_default=True)
@click.pass_obj
def search(
    surroundings: Surroundings, words: tuple[str, ...], kinds: tuple[str, ...], limit: int
) -> None:
    """Search actions, endpoints, fields, connectors, errors and docs; offline.

    In English, Russian or Spanish, or by the name itself: leads.price, PATCH /api/v4/leads.
    """
    from amocrm_gen.actions.ranking.named import KINDS, FoundKind  # noqa: PLC0415 - loads the lexicon
    from amocrm_gen.actions.ranking.search import search as find  # noqa: PLC0415 - as above

    wanted: list[FoundKind] = [kind for kind in KINDS if not kinds or kind in kinds]
    found = find(" ".join(words), surroundings.catalog, kinds=wanted, limit=limit)
    surroundings.emit_items(
        {
            "type": each.kind,
            "id": each.id,
            "title": each.title,
            "place": each.place,
            "score": round(each.score, 3),
        }
        for each in found
    )
