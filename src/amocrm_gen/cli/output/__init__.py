"""Formats of the output."""
