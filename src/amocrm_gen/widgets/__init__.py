"""Tokens by which the server of a widget knows who asks it: a user's browser, or a bot."""

from amocrm_gen.widgets.tokens import (
    BotVisit,
    WidgetTokenError,
    WidgetVisit,
    read_bot_token,
    read_widget_token,
)

__all__ = [
    "BotVisit",
    "WidgetTokenError",
    "WidgetVisit",
    "read_bot_token",
    "read_widget_token",
]
