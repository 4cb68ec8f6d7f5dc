"""Finds the operation that a method and a path mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from attrs import Factory, define, frozen

from amocrm_mockserver.problems import (
    ProblemError,
    empty_method_not_allowed,
    forbidden,
    method_not_allowed,
    unknown_route,
)

if TYPE_CHECKING:
    from amocrm_mockserver.contract import Operation

__all__ = ["Route", "Router", "Variables"]

Variables: TypeAlias = Mapping[str, int | str]

_MOST_DIGITS = 18
"""Longer numbers are no ids."""
_TASK = re.compile(r"/api/v4/tasks/[^/]+")
_NOTE_OR_ELEMENT = re.compile(
    r"/api/v4/(\w+/[^/]+/notes/[^/]+|\w+/notes/[^/]+|catalogs/[^/]+/elements/[^/]+)"
)
_UNSORTED = re.compile(r"/api/v4/leads/unsorted/[^/]+")


@frozen
class Route:
    """An operation, and what its path's variables stand for."""

    operation: Operation
    variables: Variables


@define
class _Node:
    literals: dict[str, _Node] = Factory(dict[str, "_Node"])
    variable: _Node | None = None
    operations: dict[str, Operation] = Factory(dict[str, "Operation"])


class Router:
    """A tree of path segments; a literal segment goes before a variable one."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.strip("/").split("/"):
                if segment.startswith("{"):
                    node.variable = node.variable or _Node()
                    node = node.variable
                else:
                    node = node.literals.setdefault(segment, _Node())
            node.operations[operation.method] = operation

    def find(self, method: str, path: str) -> Route | None:
        """The operation of a path; slashes too many, anywhere, do not matter."""
        segments = [segment for segment in path.split("/") if segment]
        return _search(self._root, segments, 0, [], method)

    def methods(self, path: str) -> set[str]:
        """The methods that a path knows."""
        return {method for method in _METHODS if self.find(method, path) is not None}

    def refusal(self, method: str, path: str, url: str, *, zone: str) -> ProblemError:
        """Why there is no operation for this method and path."""
        plain = "/" + "/".join(segment for segment in path.split("/") if segment)
        if not self.methods(path):
            return unknown_route(method, url, zone=zone)
        if method == "DELETE":
            if _TASK.fullmatch(plain):
                return forbidden("Invalid scope")
            if _NOTE_OR_ELEMENT.fullmatch(plain):
                return empty_method_not_allowed()
            if _UNSORTED.fullmatch(plain):
                return unknown_route(method, url, zone=zone)
        return method_not_allowed()


_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def _search(
    node: _Node, segments: list[str], depth: int, taken: list[str], method: str
) -> Route | None:
    if depth == len(segments):
        operation = node.operations.get(method)
        return None if operation is None else _bound(operation, taken)
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal is not None:
        found = _search(literal, segments, depth + 1, taken, method)
        if found is not None:
            return found
    if node.variable is not None:
        return _search(node.variable, segments, depth + 1, [*taken, segment], method)
    return None


def _bound(operation: Operation, taken: list[str]) -> Route | None:
    variables: dict[str, int | str] = {}
    for name, text in zip(operation.variables, taken, strict=True):
        if name not in operation.numeric:
            variables[name] = text
        elif text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
            variables[name] = int(text)
        else:
            return None
    return Route(operation, variables)
