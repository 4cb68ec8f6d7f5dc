"""The actions that the ranking is tried with: all that there are."""

from functools import cache

from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.ranking import Index

__all__ = ["index", "ranked"]


@cache
def index() -> Index:
    """Return the whole catalog, prepared."""
    return Index(Catalog.of())


def ranked(text: str, limit: int | None = 10) -> list[str]:
    """Return the ids of the actions for a request, the best first."""
    return [found.action.id for found in index().rank(text, limit)]
