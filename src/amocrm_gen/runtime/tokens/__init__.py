"""Tokens and where they are kept."""

__all__: list[str] = []
