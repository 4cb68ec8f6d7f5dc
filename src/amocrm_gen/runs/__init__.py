"""Runs of commands: rehearsed without a change, written down, and repeated on the mock server."""

__all__: list[str] = []
