"""The machine in which both versions of the API write one account."""

from __future__ import annotations

from .rules.cards import CardRules
from .rules.customers import CustomerRules
from .rules.legacy import LegacyRules
from .rules.links import LinkRules

__all__ = ["MixedMachine"]


class MixedMachine(LegacyRules, CardRules, LinkRules, CustomerRules):
    """Version 2 among the rules of version 4."""
