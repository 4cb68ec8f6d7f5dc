"""The steps, in the order in which they run."""

from typing import Final

from .access import ACCESS, RENEWAL
from .entities import ENTITIES
from .lists import LISTS
from .refusals import REFUSALS
from .relations import RELATIONS
from .step import Step
from .surroundings import SURROUNDINGS

__all__ = ["STEPS"]

STEPS: Final[tuple[Step, ...]] = (
    *ACCESS,
    *ENTITIES,
    *LISTS,
    *SURROUNDINGS,
    *RELATIONS,
    *REFUSALS,
    *RENEWAL,
)
