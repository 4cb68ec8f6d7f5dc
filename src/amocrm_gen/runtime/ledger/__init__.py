"""Remembers which creates were begun and which are done, so that none is made twice."""

__all__: list[str] = []
