"""YAML with a memory of lines: mappings and lists that know where each key and item was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from .faults import Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .faults import Faults

__all__ = ["MarkedDict", "MarkedList", "parse", "place_of"]


# libyaml's parser is ten times as fast as the one in Python, where it is to be had.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MarkedDict(dict[str, Any]):  # Any: the content is unchecked until the JSON Schema has seen it
    """A mapping that knows its own place and that of each key."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}

    def place_of_key(self, key: str) -> Place:
        """Return where `key` was written; the mapping's own place when it was not."""
        return self.places.get(key, self.place)


class MarkedList(list[Any]):  # Any: as above
    """A list that knows its own place and that of each item."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []


class _Builder:
    """Turns composed nodes into marked values, noting duplicate keys and keys that are not text."""

    def __init__(self, file: str, faults: Faults) -> None:
        self._file = file
        self._faults = faults
        self._scalars = yaml.SafeLoader("")

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._file, node.start_mark.line + 1)

    def build(self, node: yaml.Node) -> Any:  # Any: a YAML value
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            result = MarkedList(self._place(node))
            for item in node.value:
                result.append(self.build(item))
                result.places.append(self._place(item))
            return result
        # Dates would become objects that JSON Schema does not know.
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        return self._scalars.construct_object(node)

    def _mapping(self, node: yaml.MappingNode) -> MarkedDict:
        result = MarkedDict(self._place(node))
        for key_node, value_node in node.value:
            place = self._place(key_node)
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key_node.tag == "tag:yaml.org,2002:bool":
                self._faults.add(place, f"the key {key!r} is a boolean in YAML", "put it in quotes")
                continue
            if key is None:
                self._faults.add(place, "a key is not text", "write a plain name before the colon")
                continue
            if key in result:
                first = result.places[key]
                self._faults.add(
                    place,
                    f"the key {key!r} is given twice",
                    f"keep one of the two; the first is on line {first.line}",
                )
                continue
            result[key] = self.build(value_node)
            result.places[key] = place
        return result


def parse(path: Path, shown: str, faults: Faults) -> MarkedDict | None:
    """Read one YAML file; None when it is no mapping or cannot be parsed (the fault is noted)."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else 1
        problem = (error.problem or "it cannot be read").strip()
        faults.add(Place(shown, line), f"not valid YAML: {problem}", "mend the syntax of this line")
        return None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        faults.add(Place(shown, 1), f"the file cannot be read: {error}", "save it as UTF-8 text")
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.add(Place(shown, 1), "the file is not a mapping", "start it with `resource: name`")
        return None
    built = _Builder(shown, faults).build(node)
    assert isinstance(built, MarkedDict)
    return built


def place_of(root: MarkedDict, path: Iterable[str | int]) -> Place:
    """Return the place of the value at `path` under `root`, as near as it is known."""
    current: Any = root
    place = root.place
    for step in path:
        if isinstance(current, MarkedDict) and isinstance(step, str):
            place = current.place_of_key(step)
            current = current.get(step)
        elif isinstance(current, MarkedList) and isinstance(step, int) and step < len(current):
            place = current.places[step]
            current = current[step]
        else:
            break
    return place
