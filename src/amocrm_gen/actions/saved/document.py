"""A YAML file with the lines on which its parts stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.runtime.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yaml import Node

__all__ = ["ActionFileError", "Document", "Steps", "read_document"]

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a part: ("steps", 0, "action")."""


class ActionFileError(InputError):
    """A file of an action is not good; the faults name its lines."""

    advice = "correct the lines named above"


@frozen
class Document:
    """What a file holds."""

    name: str
    value: Any  # Any: YAML
    lines: Mapping[Steps, int]

    def fault(self, steps: Iterable[str | int], message: str, hint: str | None = None) -> Fault:
        """Return a fault with the line on which its place stands, or the nearest before it."""
        place = tuple(steps)
        while place and place not in self.lines:
            place = place[:-1]
        return Fault(f"{self.name}:{self.lines.get(place, 1)}", message, hint)


def read_document(text: str, name: str) -> Document:
    """Read YAML; raises `ActionFileError`."""
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("reading actions of your own", "cli") from None
    try:
        node: Any = yaml.compose(text, Loader=yaml.SafeLoader)  # Any: yaml is typed loosely
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        said = getattr(error, "problem", None) or "it cannot be read"
        fault = Fault(f"{name}:{line}", f"this is no YAML: {said}")
        raise ActionFileError(f"{name} is no action", faults=[fault]) from None
    lines: dict[Steps, int] = {}
    faults: list[Fault] = []
    value = None if node is None else _built(node, (), lines, faults, name)
    if faults:
        raise ActionFileError(f"{name} is no action", faults=faults)
    return Document(name, value, lines)


def _built(
    node: Node, steps: Steps, lines: dict[Steps, int], faults: list[Fault], name: str
) -> Any:  # Any: YAML
    import yaml  # noqa: PLC0415 - it is there by now

    line = node.start_mark.line + 1
    lines.setdefault(steps, line)
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}  # Any: as above
        for key_node, inner in node.value:
            key = str(key_node.value)
            at = key_node.start_mark.line + 1
            if key in made:
                faults.append(Fault(f"{name}:{at}", f"{key} stands here twice"))
            lines[*steps, key] = at
            made[key] = _built(inner, (*steps, key), lines, faults, name)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [
            _built(inner, (*steps, index), lines, faults, name)
            for index, inner in enumerate(node.value)
        ]
    if node.tag == "tag:yaml.org,2002:timestamp":
        # JSON has no dates; as a text it is taken wherever one is.
        return node.value
    scalars: Any = yaml.SafeLoader("")  # Any: as above
    return scalars.construct_object(node)
