"""The two OpenAPI documents that the package brings, read once and only when they are needed."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

__all__ = ["APIS", "Api", "Contract", "Described", "Schema", "contract_of"]

Api: TypeAlias = Literal["v4", "v2"]
APIS: Final[tuple[Api, ...]] = ("v4", "v2")

Schema: TypeAlias = dict[str, Any]  # Any: JSON Schema is JSON of any shape

_REF: Final = "#/components/schemas/"
_METHODS: Final = ("get", "post", "put", "patch", "delete")


@frozen(eq=False)
class Described:
    """An operation at one path, as the document describes it."""

    api: Api
    method: str
    path: str
    raw: Schema

    @property
    def id(self) -> str:
        """Return its name among all actions: `leads.find`, `v2.leads.find`."""
        name: str = self.raw["operationId"]
        return name if self.api == "v4" else f"{self.api}.{name}"

    @property
    def traits(self) -> Schema:
        """Return what the document says beyond OpenAPI, `x-amo`."""
        found: Schema = self.raw["x-amo"]
        return found

    @property
    def parameters(self) -> list[Schema]:
        """Return what goes into the path, the query and the headers."""
        found: list[Schema] = self.raw.get("parameters", [])
        return found

    @property
    def body(self) -> Schema | None:
        """Return the body's media object, whatever its type; there is at most one."""
        contents: Mapping[str, Schema] = self.raw.get("requestBody", {}).get("content", {})
        return next(iter(contents.values()), None)

    @property
    def needs_body(self) -> bool:
        """Tell whether a body must be sent."""
        return bool(self.raw.get("requestBody", {}).get("required"))

    @property
    def answer(self) -> Schema | None:
        """Return the media object of a good answer; None where there is no body."""
        status = str(self.traits["status"])
        contents: Mapping[str, Schema] = self.raw["responses"].get(status, {}).get("content", {})
        return next(iter(contents.values()), None)


@frozen(eq=False)
class Contract:
    """One document."""

    api: Api
    document: Schema

    @property
    def components(self) -> Mapping[str, Schema]:
        """Return the schemas that others refer to, by name."""
        found: Mapping[str, Schema] = self.document["components"]["schemas"]
        return found

    def operations(self) -> Iterator[Described]:
        """Go through all operations."""
        for path, methods in self.document["paths"].items():
            for method in _METHODS:
                if method in methods:
                    yield Described(self.api, method.upper(), path, methods[method])

    def name_in(self, schema: Schema) -> str | None:
        """Return the component that a schema refers to, if it does."""
        ref: str | None = schema.get("$ref")
        return None if ref is None else ref.removeprefix(_REF)

    def resolved(self, schema: Schema) -> Schema:
        """Follow references until there is a schema."""
        while (name := self.name_in(schema)) is not None:
            schema = self.components[name]
        return schema


@cache
def contract_of(api: Api) -> Contract:
    """Return the document of an API."""
    from importlib.resources import files  # noqa: PLC0415 - whoever needs no action does not wait

    from orjson import loads  # noqa: PLC0415 - as above

    text = files("amocrm_gen").joinpath(api, "openapi.json").read_bytes()
    return Contract(api, loads(text))
