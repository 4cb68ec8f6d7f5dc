"""The machines: all rules that meet on one account."""

from __future__ import annotations

from typing import Final

from .rules.cards import CardRules
from .rules.catalogs import CatalogRules
from .rules.chats import ChatRules
from .rules.customers import CustomerRules
from .rules.directories import DirectoryRules
from .rules.drills import DrillRules
from .rules.feed import FeedRules
from .rules.files import FileRules
from .rules.links import LinkRules
from .rules.pipelines import PipelineRules
from .rules.reviews import ReviewRules
from .rules.services import ServiceRules
from .rules.surroundings import SurroundingRules

__all__ = ["MACHINES", "CrmMachine", "ServiceMachine"]


class CrmMachine(
    CardRules,
    LinkRules,
    FeedRules,
    DirectoryRules,
    PipelineRules,
    CatalogRules,
    CustomerRules,
    DrillRules,
):
    """The whole of the CRM."""


class ServiceMachine(ReviewRules, ServiceRules, FileRules, ChatRules, SurroundingRules):
    """What stands around it."""


MACHINES: Final = (CrmMachine, ServiceMachine)
