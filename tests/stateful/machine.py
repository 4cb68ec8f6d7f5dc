"""The machines: all rules that meet on one account."""

from __future__ import annotations

from typing import Final

from .rules.cards import CardRules
from .rules.catalogs import CatalogRules
from .rules.customers import CustomerRules
from .rules.directories import DirectoryRules
from .rules.feed import FeedRules
from .rules.links import LinkRules
from .rules.pipelines import PipelineRules
from .rules.reviews import ReviewRules
from .rules.services import ServiceRules
from .rules.unsorted import UnsortedRules

__all__ = ["MACHINES", "CrmMachine", "ServiceMachine"]


class CrmMachine(
    CardRules,
    LinkRules,
    FeedRules,
    DirectoryRules,
    PipelineRules,
    CatalogRules,
    UnsortedRules,
    CustomerRules,
):
    """The whole of the CRM."""


class ServiceMachine(ReviewRules, ServiceRules):
    """What stands around it."""


MACHINES: Final = (CrmMachine, ServiceMachine)
