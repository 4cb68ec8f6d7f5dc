"""Keeps the rate of requests below what amoCRM allows."""

__all__: list[str] = []
