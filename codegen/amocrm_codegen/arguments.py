"""The arguments of functions and methods, and how a `def` shows them."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Argument", "signature"]


@frozen
class Argument:
    """An argument of a function."""

    name: str
    annotation: str
    default: str = ""
    doc: str = ""
    is_keyword_only: bool = True

    @property
    def declaration(self) -> str:
        """Return the argument as it stands in a `def`; without an annotation, in the reference."""
        if not self.annotation:
            return f"{self.name}={self.default}" if self.default else self.name
        default = f" = {self.default}" if self.default else ""
        return f"{self.name}: {self.annotation}{default}"


def signature(arguments: tuple[Argument, ...]) -> str:
    """Return what stands between the parentheses of a `def`."""
    parts: list[str] = []
    for argument in arguments:
        if argument.is_keyword_only and "*" not in parts:
            parts.append("*")
        parts.append(argument.declaration)
    return ", ".join(parts)
