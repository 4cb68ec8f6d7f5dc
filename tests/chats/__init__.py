"""Hooks to chat channels."""
