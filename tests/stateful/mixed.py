"""The machine in which both versions of the API write one account."""

from __future__ import annotations

from .rules.cards import CardRules
from .rules.links import LinkRules
from .rules.old_catalogs import OldCatalogRules
from .rules.old_customers import OldCustomerRules

__all__ = ["MixedMachine"]


class MixedMachine(OldCatalogRules, OldCustomerRules, CardRules, LinkRules):
    """Version 2 among the rules of version 4."""
