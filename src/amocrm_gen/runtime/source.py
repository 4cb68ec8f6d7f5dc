"""Writes the text of a function line by line, and makes the function."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field

__all__ = ["Source"]

_BUILTINS: Final = ("bool", "dict", "float", "int", "len", "list", "str", "type")


@define
class Source:
    """The body of one function.

    Its constants become defaults of parameters, since locals are what Python finds fastest.
    """

    lines: list[str] = field(factory=list[str])
    _constants: dict[str, object] = field(factory=dict[str, object])
    _indent: str = "        "
    _count: int = 0

    def line(self, text: str) -> None:
        """Write a line."""
        self.lines.append(self._indent + text)

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """Write the head of a block; what is written inside is its body."""
        self.line(head)
        outer, self._indent = self._indent, self._indent + "    "
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.line("pass")
        self._indent = outer

    def variable(self) -> str:
        """Return a name that is not used yet."""
        self._count += 1
        return f"v{self._count}"

    def constant(self, value: object) -> str:
        """Return a name for a value."""
        name = f"c{len(self._constants)}"
        self._constants[name] = value
        return name

    def function(
        self, name: str, space: dict[str, Any], *, otherwise: Callable[[Any], object] | None
    ) -> Callable[[Any], Any]:  # Any: whatever the body takes and gives
        """Make the function of `value`; what its body cannot do is left to `otherwise`.

        `space` holds what may change while the function lives, such as other functions.
        """
        constants = {**self._constants, "otherwise": otherwise}
        defaults = [f"{each}={each}" for each in (*_BUILTINS, *constants)]
        text = [f"def {name}(given, {', '.join(defaults)}):", "    value = given", "    try:"]
        text += [*self.lines, "        return value"]
        # Each level of a deep answer would walk what is left below it once more.
        text += ["    except RecursionError:", "        raise"]
        if otherwise is not None:
            text += ["    except Exception:", "        return otherwise(given)"]
        maker = [f"def make({', '.join(constants)}):", *(f"    {line}" for line in text)]
        scope: dict[str, Any] = {}  # Any: holds one function
        exec("\n".join([*maker, f"    return {name}"]), space, scope)  # noqa: S102 - text made here, of our own names
        made: Callable[[Any], Any] = scope["make"](**constants)
        return made
