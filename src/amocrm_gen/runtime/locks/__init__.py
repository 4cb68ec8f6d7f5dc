"""Keeps two writers off one entity."""

__all__: list[str] = []
