"""A fault: one place of one module, changed while the module is imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from attrs import frozen

__all__ = ["Plant"]


@frozen
class Plant:
    """One change, and the test that must fail with it."""

    name: str
    module: str
    old: str
    """A text that the module's source holds exactly once."""
    new: str
    caught_by: str
    """The id of a test of the quick suite."""

    def source(self) -> str:
        """Read the module as it is."""
        spec = find_spec(self.module)
        assert spec is not None
        assert spec.origin is not None
        return Path(spec.origin).read_text(encoding="utf-8")

    def spoil(self, source: str) -> str:
        """Change the place; one that is not there, or twice, is an error."""
        found = source.count(self.old)
        if found != 1:
            raise ValueError(
                f"{self.name}: {self.module} holds {self.old!r} {found} times, not once"
            )
        return source.replace(self.old, self.new)
