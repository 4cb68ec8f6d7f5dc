"""Every writing operation of the contract as a typed call with the contract's own example."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from importlib.resources import files
from inspect import signature
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from amocrm_gen.runs.draft import Draft
from amocrm_gen.runs.route import find_route
from amocrm_gen.runtime.convert import structure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amocrm_gen import AmoCRM

__all__ = ["Write", "old_writes", "writes"]

_METHODS: Final = ("post", "patch", "put", "delete")
_UUID: Final = "aff5603a-28b1-4c17-8e98-16e473b323b3"
_CODES: Final = frozenset({"oauth", "auth"})
"""Resources whose calls get tokens; they are no methods of the client."""


@frozen
class Write:
    """A writing operation."""

    id: str
    traits: Mapping[str, Any]
    parameters: list[Any]
    body: Any

    def call(self, amo: AmoCRM) -> Any:  # Any: of every operation's own type
        """Call the typed method and return what it returns."""
        method = getattr(getattr(amo, self.traits["resource"]), self.traits["operation"])
        taken = signature(method).parameters
        arguments: dict[str, Any] = dict(self.traits.get("over", {}))
        for each in self.parameters:
            if each["in"] == "path" or each.get("required"):
                arguments[each["name"]] = _value(each["name"], each["schema"])
        arguments |= self._body(arguments, taken)
        if "token" in taken:
            arguments["token"] = "a-chat-token"
        return method(**{name: value for name, value in arguments.items() if name in taken})

    def _body(self, arguments: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
        if "data" in taken:
            return {"data": b"content"}
        body, spread = self.body, self.traits.get("spread")
        if spread:
            for part in spread.split(".") if isinstance(spread, str) else ():
                body = body[part]
            return dict(body or {})
        if isinstance(body, list):
            return {"items": [self._item(item) for item in body]}
        if not isinstance(body, dict):
            return {}
        own = {"id": arguments.pop("id")} if "id" in arguments and "id" not in taken else {}
        return {"item": self._item({**own, **body})}

    def _item(self, item: Any) -> Any:
        if "takes" not in self.traits:
            return item
        module, name = self.traits["takes"].split(".")
        return structure(item, getattr(import_module(f"amocrm_gen.v4.models.{module}"), name))


def _value(name: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "integer":
        return 7
    return _UUID if "uu" in name or "amojo" in name else "abc"


@cache
def _contract(version: str) -> Any:
    return json.loads((files(f"amocrm_gen.{version}") / "openapi.json").read_text("utf-8"))


def _operations(version: str) -> Iterator[tuple[str, str, Any]]:
    for path, methods in _contract(version)["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS and not _CODES & set(operation["tags"]):
                yield path, method, operation


def writes() -> Iterator[Write]:
    """Go through all of API v4 but those that get tokens."""
    for _, _, operation in _operations("v4"):
        contents = operation.get("requestBody", {}).get("content", {}).values()
        yield Write(
            operation["operationId"],
            operation["x-amo"],
            operation.get("parameters", []),
            next((content.get("example") for content in contents), None),
        )


def old_writes() -> Iterator[tuple[str, str, str, Any]]:
    """Go through all of API v2: id, method, path and a body with one item of each kind."""
    for path, method, operation in _operations("v2"):
        document, _, _ = find_route(method.upper(), path)
        draft = Draft(document=document, now=1, fresh=lambda: 7, move=lambda address: address)
        content = next(iter(operation["requestBody"]["content"].values()))
        schema = document.resolve(content["schema"])
        properties: Any = schema.get("properties", {})
        lists = {
            name: [draft.value(inner["items"])]
            for name, inner in properties.items()
            if inner.get("type") == "array"
        }
        yield operation["operationId"], method.upper(), path, draft.value(schema, lists or {})
