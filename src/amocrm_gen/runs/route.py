"""Which operation of the contract a request asks for."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, cast
from urllib.parse import unquote

from attrs import field, frozen
from orjson import loads

from amocrm_gen.runtime.call import Host
from amocrm_gen.runtime.kinds import is_object

__all__ = ["Document", "Route", "find_route"]

_OLD: Final = ("/api/v2/", "/private/api/")
"""Where the paths of API v2 begin."""


@frozen
class Document:
    """A compiled contract, as far as answers are made from it."""

    schemas: Mapping[str, object] = field(repr=False)
    routes: "tuple[Route, ...]" = field(repr=False)

    def resolve(self, schema: object) -> dict[str, object]:
        """Follow the references of a schema; what is none is taken for one that allows all."""
        found = schema
        while is_object(found) and isinstance(reference := found.get("$ref"), str):
            found = self.schemas.get(reference.rpartition("/")[2])
        return found if is_object(found) else {}


@frozen(kw_only=True)
class Route:
    """One operation: what it is asked by, and what its good answer looks like."""

    id: str
    method: str
    segments: tuple[str, ...]
    """The parts of its path; `{id}` stands for any."""
    host: Host
    """Which of amoCRM's hosts serves it."""
    table: str
    """What it is about: `leads`."""
    status: int
    key: str | None
    """Where its items stand in the answer."""
    over: Mapping[str, str]
    """Parts of the path that tell operations of one kind apart: {"entity_type": "leads"}."""
    schema: object = field(repr=False)
    """None if the answer has no body."""
    example: object = field(repr=False)

    @property
    def reads_one(self) -> bool:
        """Whether it reads one entity, so that an empty answer says that there is none."""
        return self.method == "GET" and self.key is None and self.segments[-1].startswith("{")

    def variables_in(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """Return what stands in the places of the names in the path; None if it is another path."""
        if len(segments) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for wanted, part in zip(self.segments, segments, strict=True):
            if wanted.startswith("{"):
                found[wanted[1:-1]] = unquote(part)
            elif wanted != part:
                return None
        return found


def find_route(method: str, path: str) -> tuple[Document, Route | None, dict[str, str]]:
    """Return the contract that a path belongs to, its operation, and the variables of the path."""
    document = _document("v2" if path.startswith(_OLD) else "v4")
    segments = tuple(path.strip("/").split("/"))
    fitting = [
        (len(variables), route, variables)
        for route in document.routes
        if route.method == method and (variables := route.variables_in(segments)) is not None
    ]
    if not fitting:
        return document, None, {}
    # A word in the path is meant before a variable: /leads/complex is no lead.
    _, route, variables = min(fitting, key=lambda found: found[0])
    return document, route, variables


@cache
def _document(version: str) -> Document:
    text = files(f"amocrm_gen.{version}").joinpath("openapi.json").read_bytes()
    described = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", loads(text))
    return Document(described["components"]["schemas"], tuple(_routes(described["paths"])))


def _routes(paths: Mapping[str, Mapping[str, object]]) -> Iterator[Route]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            if is_object(operation) and is_object(traits := operation.get("x-amo")):
                schema, example = _answer(operation.get("responses"))
                key, over = traits.get("key"), traits.get("over")
                yield Route(
                    id=str(operation["operationId"]),
                    method=method.upper(),
                    segments=tuple(path.strip("/").split("/")),
                    host=cast("Host", traits["host"]),
                    table=str(traits["table"]),
                    status=cast("int", traits["status"]),
                    key=key if isinstance(key, str) else None,
                    over=cast("dict[str, str]", over) if is_object(over) else {},
                    schema=schema,
                    example=example,
                )


def _answer(responses: object) -> tuple[object, object]:
    """Return schema and example of the good answer."""
    good = next(iter(responses.values()), None) if is_object(responses) else None
    content = good.get("content") if is_object(good) else None
    body = next(iter(content.values()), None) if is_object(content) else None
    return (body.get("schema"), body.get("example")) if is_object(body) else (None, None)
