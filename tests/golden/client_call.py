"""Turns a sample's request into a call of the generated client, by the compiled document."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from attrs import frozen

from amocrm_gen.runtime.call import Call
from amocrm_gen.runtime.convert import structure

from .compare import Json
from .sample import Sample

__all__ = ["Route", "ask_for", "call_of", "items_of", "route_of"]

_PACKAGE: Final = "amocrm_gen.v4"


@frozen
class Route:
    """The operation that serves a path, and what stands in the path for its variables."""

    traits: Mapping[str, Any]  # Any: the traits are JSON of many shapes
    variables: Mapping[str, str]

    def model(self, of: str) -> type:
        """Find the class of the items that are answered (`item`) or sent (`takes`)."""
        module, name = cast("str", self.traits[of]).split(".")
        return cast("type", getattr(import_module(f"{_PACKAGE}.models.{module}"), name))


@cache
def _paths() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:  # Any: as above
    text = (files(_PACKAGE) / "openapi.json").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, dict[str, Any]]]", json.loads(text)["paths"])


def route_of(golden: Sample) -> Route | None:
    """Find the operation of a sample; a path goes before one that varies in more places."""
    for template in sorted(_paths(), key=lambda path: path.count("{")):
        operation = _paths()[template].get(golden.method.lower())
        match = None if operation is None else _pattern(template, operation).fullmatch(golden.path)
        if match is not None and operation is not None:
            traits = cast("dict[str, Any]", operation["x-amo"])
            return Route(traits, {**traits.get("over", {}), **match.groupdict()})
    return None


def _pattern(template: str, operation: Mapping[str, Any]) -> re.Pattern[str]:  # Any: as above
    """Tell paths of the operation; its numbers are digits, its texts anything but a slash."""
    forms = {
        each["name"]: r"\d+" if each["schema"].get("type") == "integer" else "[^/]+"
        for each in operation.get("parameters", [])
        if each["in"] == "path"
    }
    return re.compile(re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{forms[m[1]]})", template))


def _request(golden: Sample) -> tuple[Route, dict[str, Any]]:  # Any: arguments of many types
    route = route_of(golden)
    assert route is not None, f"{golden.id}: no operation for {golden.method} {golden.path}"
    arguments: dict[str, Any] = {
        name: int(value) if value.isdecimal() else value for name, value in route.variables.items()
    }
    if isinstance(golden.body, list):
        takes = route.model("takes")
        arguments["items"] = [structure(item, takes) for item in golden.body]
    elif isinstance(golden.body, dict):
        own = {"id": arguments.pop("id")} if route.traits["kind"] == "update_one" else {}
        item = {**own, **golden.body}
        has_model = "takes" in route.traits
        arguments["item"] = structure(item, route.model("takes")) if has_model else item
    return route, {**arguments, **_arguments(golden.query)}


def call_of(golden: Sample) -> Call[Any]:  # Any: what is answered differs by operation
    """Make the call that a user of the generated functions would make for the sample."""
    route, arguments = _request(golden)
    module = import_module(f"{_PACKAGE}.calls.{route.traits['resource']}")
    function = cast("Callable[..., Call[Any]]", getattr(module, route.traits["operation"]))
    return function(**arguments)


def ask_for(golden: Sample, client: object) -> Any:  # Any: as above
    """Ask by the method that a user of a client would call for the sample."""
    route, arguments = _request(golden)
    resource = getattr(client, cast("str", route.traits["resource"]))
    if "limit" in arguments and "paginated" in route.traits:
        arguments["page_size"] = arguments.pop("limit")
    return getattr(resource, cast("str", route.traits["operation"]))(**arguments)


def items_of(answer: Json, traits: Mapping[str, Any]) -> list[Json]:  # Any: as above
    """Take an answer's items out of its envelope."""
    match traits["envelope"]:
        case "item":
            return [answer]
        case "array":
            return cast("list[Json]", answer)
        case _:
            embedded = cast("dict[str, dict[str, list[Json]]]", answer)["_embedded"]
            return embedded[traits["key"]]


def _arguments(query: str) -> dict[str, object]:
    arguments: dict[str, object] = {}
    for name, value in parse_qsl(query, strict_parsing=bool(query)):
        match name:
            case "with":
                arguments["with_"] = value.split(",")
            case "page" | "limit":
                arguments[name] = int(value)
            case _ if name.startswith("filter["):
                filter_ = cast("dict[str, object]", arguments.setdefault("filter", {}))
                filter_[name.removeprefix("filter[").removesuffix("]")] = value
            case _:
                arguments[name] = value
    return arguments
