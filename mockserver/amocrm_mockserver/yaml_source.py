"""A YAML file as values that know where they stand, so that faults can name file and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from yaml import SafeLoader
    from yaml.nodes import Node

__all__ = ["Place", "Source", "SourceError", "read_source"]

_KINDS: dict[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "nothing",
}


class SourceError(ValueError):
    """The faults of a file, one to a line."""


@define
class Source:
    """A file's name, its value, the lines of its keys, and the faults found so far."""

    name: str
    value: object = field(default=None, repr=False)
    lines: dict[str, int] = field(factory=dict[str, int], repr=False)
    faults: list[str] = field(factory=list[str], repr=False)

    def root(self) -> Place:
        """The whole file."""
        return Place(self, "", {} if self.value is None else self.value)

    def at(self, path: str) -> str:
        """How a fault names a place: `seed.yaml:7: accounts[0].zone`."""
        line = self.lines.get(path)
        position = self.name if line is None else f"{self.name}:{line}"
        return f"{position}: {path}" if path else position

    def check(self) -> None:
        """Raise SourceError if there are faults."""
        if self.faults:
            raise SourceError("\n".join(self.faults))


@frozen
class Place:
    """A value in a file and the path to it; asking for what is not there is noted as a fault."""

    source: Source = field(repr=False)
    path: str
    value: object

    def __contains__(self, key: str) -> bool:
        return key in (_as_mapping(self.value) or {})

    def fault(self, text: str) -> None:
        """Note that something is wrong here."""
        self.source.faults.append(f"{self.source.at(self.path)} {text}")

    def at(self, key: str | int) -> Place:
        """What stands under a key or at an index; None if nothing does."""
        path = f"{self.path}[{key}]" if isinstance(key, int) else f"{self.path}.{key}".lstrip(".")
        if isinstance(key, int):
            return Place(self.source, path, (_as_list(self.value) or [])[key])
        return Place(self.source, path, (_as_mapping(self.value) or {}).get(key))

    def check_keys(self, known: AbstractSet[str]) -> None:
        """Note keys that mean nothing here."""
        for key in self.mapping():
            if key not in known:
                self.at(key).fault(f"is not known; known are {', '.join(sorted(known))}")

    def mapping(self, *, without: AbstractSet[str] = frozenset()) -> dict[str, object]:
        """The mapping that must stand here."""
        values = _as_mapping(self.value)
        if values is None:
            self.fault(f"must be a mapping, and is {_kind(self.value)}")
            return {}
        return {str(key): value for key, value in values.items() if key not in without}

    def items(self, key: str) -> Iterator[Place]:
        """The items of the list under a key; nothing if there is no such key."""
        place = self.at(key)
        if place.value is None:
            return
        values = _as_list(place.value)
        if values is None:
            place.fault(f"must be a list, and is {_kind(place.value)}")
            return
        for index in range(len(values)):
            yield place.at(index)

    def text(self, key: str) -> str:
        """The text that must stand under a key."""
        if key in self:
            return self.at(key).string()
        if isinstance(self.value, dict):
            self.fault(f"lacks {key}")
        return ""

    def string(self) -> str:
        """The text that must stand here."""
        if isinstance(self.value, str) and self.value:
            return self.value
        hint = "; put quotes around it" if isinstance(self.value, (int, float)) else ""
        kind = "empty" if self.value == "" else _kind(self.value)
        self.fault(f"must be a text, and is {kind}{hint}")
        return ""


def read_source(text: str, name: str) -> Source:
    """Parse YAML; raises SourceError if it is none."""
    import yaml  # noqa: PLC0415 -- slow to import, and not always used

    source = Source(name)
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            _note_lines(node, "", source)
            source.value = _construct(loader, node)
    except yaml.YAMLError as error:
        message = f"{name}: is not YAML: {error}"
        raise SourceError(message) from error
    finally:
        loader.dispose()
    return source


def _construct(loader: SafeLoader, node: Node) -> object:
    value: object = loader.construct_document(node)  # pyright: ignore[reportUnknownMemberType]  -- PyYAML's stub
    return value


def _note_lines(node: Node, path: str, source: Source) -> None:
    import yaml  # noqa: PLC0415 -- slow to import, and not always used

    source.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}".lstrip(".")
            known = below in source.lines
            source.lines[below] = key.start_mark.line + 1
            if known:
                source.faults.append(f"{source.at(below)} stands here twice")
            _note_lines(value, below, source)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, f"{path}[{index}]", source)


def _as_mapping(value: object) -> dict[object, object] | None:
    return cast("dict[object, object]", value) if isinstance(value, dict) else None


def _as_list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _kind(value: object) -> str:
    return _KINDS.get(type(value), f"a {type(value).__name__}")
