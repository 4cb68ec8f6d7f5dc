"""Says what composed actions are, without loading what does them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.actions.action import Requests
from amocrm_gen.actions.composed.composed import Composed

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonObject

__all__ = ["composed"]


def composed(  # noqa: PLR0913 - all that is told of an action
    at: str,
    name: str,
    description: str,
    *,
    about: str,
    costs: tuple[int, int | None],
    of: str,
    example: JsonObject,
    en: str,
    ru: str,
    es: str,
    writes: bool = False,
) -> Composed:
    """Declare an action; its id is the name of its function.

    Args:
        at: Module and function: `closing:win_lead`.
        name: A short imperative.
        description: One to three sentences.
        about: The main resource.
        costs: The least and the most requests; None is as many as there are pages or items.
        of: The operations that it is made of, with blanks between.
        example: An input.
        en: Words that people ask for it by, with semicolons between.
        ru: The same in Russian.
        es: The same in Spanish.
        writes: Whether it changes the account.
    """
    said = {"en": en, "ru": ru, "es": es}
    return Composed(
        id=at.partition(":")[2].replace("_", "-"),
        at=at,
        name=name,
        description=description,
        resource=about,
        requests=Requests(*costs),
        parts=tuple(of.split()),
        keywords={
            language: tuple(" ".join(word.split()) for word in words.split(";"))
            for language, words in said.items()
        },
        example=example,
        is_write=writes,
    )
