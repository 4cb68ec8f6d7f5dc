"""Finds actions by what somebody asks for, offline, in English, Russian and Spanish."""

from amocrm_gen.actions.ranking.index import Index, Ranked, rank

__all__ = ["Index", "Ranked", "rank"]
