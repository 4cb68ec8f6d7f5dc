"""Conformance: other people's clients, unmodified, against the mock server."""

__all__: list[str] = []
