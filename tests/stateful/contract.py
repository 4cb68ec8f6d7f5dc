"""The operations as the client's compiled document describes them."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Json", "Operation", "operations"]

Json: TypeAlias = Any
"""A JSON value as a test takes it apart."""

_PACKAGE: Final = "amocrm_gen.v4"


@frozen
class Operation:
    """One operation: where it is asked, and how its answer is wrapped."""

    id: str
    method: str
    path: str
    traits: Mapping[str, Json]

    @property
    def resource(self) -> str:
        """The attribute of the client."""
        return cast("str", self.traits["resource"])

    @property
    def name(self) -> str:
        """The method of that attribute."""
        return cast("str", self.traits["operation"])

    @property
    def envelope(self) -> str:
        """What is around the items of an answer."""
        return cast("str", self.traits["envelope"])

    @property
    def takes(self) -> type | None:
        """The client's class for what is sent."""
        if "takes" not in self.traits:
            return None
        module, name = cast("str", self.traits["takes"]).split(".")
        return cast("type", getattr(import_module(f"{_PACKAGE}.models.{module}"), name))


@cache
def operations() -> Mapping[str, Operation]:
    """All operations by their ids."""
    text = (files(_PACKAGE) / "openapi.json").read_text(encoding="utf-8")
    return {
        described["operationId"]: Operation(
            described["operationId"], method.upper(), path, described["x-amo"]
        )
        for path, methods in json.loads(text)["paths"].items()
        for method, described in methods.items()
        if "operationId" in described
    }
