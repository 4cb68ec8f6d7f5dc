"""Webhooks: what they say, byte for byte, and when they are sent again."""

__all__: list[str] = []
