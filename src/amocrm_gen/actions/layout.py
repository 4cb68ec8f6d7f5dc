"""Where each property of an operation's flat input goes: path, query, header or body."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from amocrm_gen.actions.contract import Contract, Described, Schema

__all__ = ["BodyForm", "Layout", "layout_of"]

BodyForm: TypeAlias = Literal["none", "items", "parts", "whole", "file"]
"""How the body stands in the input: not at all, as the list `items`, property by property, in one
piece as `body`, or as the path of a local `file`."""

_PAGES: Final[frozenset[str]] = frozenset(
    {"page", "page_total", "count_page", "linked_page", "member_page"}
)
_LISTS: Final[frozenset[str]] = _PAGES | {
    "list_total",
    "written",
    "created_total",
    "embedded",
    "count",
    "member",
    "array",
}


@frozen(eq=False)
class Layout:
    """The flat input of an operation."""

    described: Described
    contract: Contract
    path: Mapping[str, Schema]
    """Variables of the path."""
    query: Mapping[str, Schema]
    """Keys of the query, without those that choose a page."""
    headers: Mapping[str, tuple[str, Schema]]
    """Headers and their schemas, by the names that callers write."""
    form: BodyForm
    body: Schema
    """The schema of the body, or of what lies in it behind `wrap`; empty without a body."""
    wrap: tuple[str, ...]
    """Keys inside which what callers give is sent."""
    required: frozenset[str]

    @property
    def is_paged(self) -> bool:
        """Tell whether the answers come page by page."""
        return "paginated" in self.described.traits

    @property
    def is_listed(self) -> bool:
        """Tell whether the answer is a list of items."""
        return self.described.traits["envelope"] in _LISTS

    @property
    def is_fetched(self) -> bool:
        """Tell whether the answer is a file."""
        return bool(self.described.traits["envelope"] == "bytes")

    @property
    def is_batch(self) -> bool:
        """Tell whether a long list can be written in several requests."""
        of_models = self.form == "items" and "$ref" in self.body.get("items", {})
        return "batch" in self.described.traits and of_models and self.is_listed

    @property
    def page_names(self) -> tuple[str, str]:
        """Return the keys of the query that choose a page."""
        place, size = self.described.traits["paginated"].get("names", ("page", "limit"))
        return place, size

    def flat(self) -> Schema:
        """Return the schema of the whole input, with the document's own references and keywords."""
        properties: Schema = {**self.path}
        match self.form:
            case "items":
                given = {**self.body, "minItems": 1}
                given.setdefault("description", "What to write; one object alone may be given.")
                properties["items"] = given
            case "parts":
                # A variable of the path that stands in the body, too, is described there.
                properties |= self.contract.resolved(self.body)["properties"]
            case "whole":
                properties["body"] = {"description": "The body of the request.", **self.body}
            case "file":
                properties |= _FILE
            case "none":
                pass
        properties |= self.query
        properties |= {name: schema for name, (_, schema) in self.headers.items()}
        if self.is_paged:
            properties |= _paging(self.described.traits["paginated"])
        if self.is_fetched:
            properties["to"] = _TO
        schema: Schema = {"type": "object", "properties": properties}
        if self.required:
            schema["required"] = [name for name in properties if name in self.required]
        return schema


_FILE: Final[Schema] = {
    "file": {"type": "string", "description": "Path of a local file to send."},
    "content_type": {
        "type": "string",
        "description": "MIME type of the file.",
        "default": "application/octet-stream",
    },
}
_TO: Final[Schema] = {
    "type": "string",
    "description": "Local path to write the file to; it appears there when all of it has come.",
}


def _paging(pages: Mapping[str, Any]) -> Schema:  # Any: the trait
    most = pages["max"]
    return {
        "limit": {
            "type": "integer",
            "minimum": 1,
            "description": "How many items in all; as many pages are read as that takes. "
            "Left out, one page is read.",
        },
        "page": {
            "type": "integer",
            "minimum": 1,
            "default": 1,
            "description": "Page to start with.",
        },
        "page_size": {
            "type": "integer",
            "minimum": 1,
            "maximum": most,
            "default": pages["default"],
            "description": "Items on a page.",
        },
        "all": {"type": "boolean", "default": False, "description": "Read all pages."},
    }


def layout_of(described: Described, contract: Contract) -> Layout:
    """Find out where the parts of an operation's input go."""
    traits = described.traits
    paged = set(_page_names(traits))
    path, query, headers = dict[str, Schema](), dict[str, Schema](), dict[str, tuple[str, Schema]]()
    required = set[str]()
    for parameter in described.parameters:
        name: str = parameter["name"]
        schema = _described(parameter)
        if parameter["in"] == "path":
            path[name] = schema
        elif parameter["in"] == "header":
            name = parameter["x-amo-name"]
            headers[name] = parameter["name"], schema
        elif name not in paged:
            query[name] = _ordering(schema, traits) if name == "order" else schema
        if parameter.get("required"):
            required.add(name)
        if name == "filter" and "required" in schema:
            required.add(name)
    form, body, wrap = _body(described, contract, taken={*query, *headers})
    if form == "parts":
        required.update(contract.resolved(body).get("required", ()) if described.needs_body else ())
    elif form != "none" and described.needs_body:
        required.add({"items": "items", "whole": "body", "file": "file"}[form])
    if traits["envelope"] == "bytes":
        required.add("to")
    return Layout(described, contract, path, query, headers, form, body, wrap, frozenset(required))


def _page_names(traits: Schema) -> tuple[str, ...]:
    if "paginated" not in traits:
        return ()
    return tuple(traits["paginated"].get("names", ("page", "limit")))


def _described(parameter: Schema) -> Schema:
    schema: Schema = parameter.get("schema", {})
    if "description" in parameter:
        return {**schema, "description": parameter["description"]}
    return schema


def _ordering(schema: Schema, traits: Schema) -> Schema:
    values = [sign + name for name in schema["properties"] for sign in ("", "-")]
    usual = traits.get("default_order")
    doc = "Field to sort by, with - in front for descending." + f" Else {usual}." * bool(usual)
    return {
        "anyOf": [{"type": "string", "enum": values}, {**schema, "minProperties": 1}],
        "description": doc,
    }


def _body(
    described: Described, contract: Contract, taken: set[str]
) -> tuple[BodyForm, Schema, tuple[str, ...]]:
    media = described.body
    if media is None:
        return "none", {}, ()
    schema: Schema = media["schema"]
    if described.traits.get("body") == "bytes":
        return "file", schema, ()
    if schema.get("type") == "array":
        return "items", schema, ()
    spread = described.traits.get("spread")
    wrap = tuple(spread.split(".")) if isinstance(spread, str) else ()
    for key in wrap:
        schema = contract.resolved(schema)["properties"][key]
    properties = contract.resolved(schema).get("properties", {})
    is_flat = bool(properties) and not taken.intersection(properties)
    return "parts" if is_flat else "whole", schema, wrap
