"""Actions that put several operations together for one purpose: win-lead, show-contact-card.

Each is a typed function with attrs classes for its input and output; JSON Schemas are made from
these. What is told of an action is declared apart, so that a list of actions loads neither the
functions nor the models.
"""

from amocrm_gen.actions.composed.actions import composed_actions
from amocrm_gen.actions.composed.composed import Composed

__all__ = ["Composed", "composed_actions"]
