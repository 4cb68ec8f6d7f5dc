"""Actions of a user's own, written in YAML: steps that use operations and composed actions."""

__all__: list[str] = []
