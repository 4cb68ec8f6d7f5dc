"""Writes a spec as an OpenAPI 3.1 document with `x-amo` traits; all else is made from that."""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import TYPE_CHECKING, Any

from . import schemas

if TYPE_CHECKING:
    from .ir import Operation, Param, Spec, Type

__all__ = ["Document", "compile_document", "dump"]

Document = dict[str, Any]  # Any: OpenAPI is JSON

_REASONS = {
    400: "The request is refused; the body names the wrong fields.",
    401: "The access token is missing, wrong or expired.",
    402: "The account is not paid for.",
    403: "The token has no right to do this, or the account is blocked.",
    404: "There is no such thing.",
    405: "The path does not know this method.",
    422: "The request is understood and cannot be carried out.",
    429: "Too many requests; the body may be HTML.",
}


def compile_document(spec: Spec) -> Document:
    """Return the OpenAPI document of a spec; the same spec gives the same bytes."""
    used = _reachable(spec)
    document: Document = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": spec.service.title,
            "version": spec.service.version,
            "description": spec.service.doc.strip(),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {
                "url": spec.service.hosts["account"]["url"],
                "variables": {
                    "subdomain": {"default": "example"},
                    "zone": {"default": spec.service.zones[0], "enum": list(spec.service.zones)},
                },
            }
        ],
        "security": [{"bearer": []}],
        "tags": [
            {"name": name, "description": doc.strip()}
            for name, doc in spec.resource_docs.items()
            if any(operation.resource == name for operation in spec.operations)
        ],
        "x-amo-service": {
            "hosts": spec.service.hosts,
            "zones": list(spec.service.zones),
            "oauth": spec.service.oauth,
            "limits": spec.service.limits,
        },
        "x-amo-sources": {name: list(files) for name, files in spec.sources.items()},
        "paths": _paths(spec),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "schemas": {
                name: schemas.component(spec, name)
                for name in sorted({*spec.structs, *spec.unions, *spec.enums})
                if name in used
            },
        },
    }
    document["x-amo-spec-hash"] = hashlib.sha256(dump(document)).hexdigest()[:16]
    return document


def dump(document: Document) -> bytes:
    """Return the document as it is written to a file."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _reachable(spec: Spec) -> set[str]:
    queue: list[str] = []
    for operation in spec.operations:
        for kind in (operation.takes, operation.returns):
            queue.extend(kind.refs() if kind is not None else ())
        queue.extend(name for _, name in operation.errors)
        queue.extend(ref for item in operation.filter for ref in item.type.refs())
        queue.extend(ref for param in operation.params for ref in param.type.refs())
        queue.extend(ref for param in operation.beside for ref in param.type.refs())
    seen: set[str] = set()
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in spec.structs:
            for item in spec.structs[name].fields:
                queue.extend(item.type.refs())
        elif name in spec.unions:
            union = spec.unions[name]
            queue.extend([component for _, component in union.variants])
            queue.append(union.fallback)
    return seen


def _paths(spec: Spec) -> Document:
    paths: Document = {}
    for operation in spec.operations:
        names = [name for name, _ in operation.over]
        for values in itertools.product(*(values for _, values in operation.over)):
            bound = dict(zip(names, values, strict=True))
            path = operation.path
            for name, value in bound.items():
                path = path.replace(f"{{{name}}}", value)
            paths.setdefault(path, {})[operation.method.lower()] = _operation(
                spec, operation, bound
            )
    return dict(sorted(paths.items()))


def _operation(spec: Spec, operation: Operation, bound: dict[str, str]) -> Document:
    result: Document = {
        "operationId": ".".join([operation.id, *bound.values()]),
        "tags": [operation.resource],
        "summary": operation.summary,
    }
    if operation.doc:
        result["description"] = operation.doc
    parameters = [*_path_parameters(operation, bound), *_query_parameters(spec, operation)]
    if parameters:
        result["parameters"] = parameters
    if operation.takes is not None:
        media: Document = {"schema": schemas.of_type(operation.takes)}
        if operation.example_request is not None and operation.method != "GET":
            media["example"] = operation.example_request
        result["requestBody"] = {
            "required": not operation.optional_body,
            "content": {"application/json": media},
        }
    result["responses"] = _responses(operation)
    result["x-amo"] = _traits(operation, bound)
    return result


def _path_parameters(operation: Operation, bound: dict[str, str]) -> list[Document]:
    return [
        {"name": param.name, "in": "path", "required": True, "schema": schemas.of_type(param.type)}
        for param in operation.path_params
        if param.name not in bound
    ]


def _query_parameters(spec: Spec, operation: Operation) -> list[Document]:
    result: list[Document] = []
    if operation.with_:
        items = {"type": "string", "enum": list(operation.with_)}
        result.append(
            {
                "name": "with",
                "in": "query",
                "description": "What to add to the answer.",
                "style": "form",
                "explode": False,
                "schema": {"type": "array", "items": items},
            }
        )
    if operation.page_max:
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": operation.page_max,
            "default": operation.page_default,
        }
        result.append(
            {
                "name": "page",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "default": 1},
            }
        )
        result.append({"name": "limit", "in": "query", "schema": limit})
    result.extend(_plain_parameter(param) for param in operation.params)
    if operation.order:
        direction = {"type": "string", "enum": ["asc", "desc"]}
        result.append(
            _deep(
                "order", {"type": "object", "properties": dict.fromkeys(operation.order, direction)}
            )
        )
    if operation.filter:
        properties = {item.name: schemas.of_filter(spec, item) for item in operation.filter}
        schema: Document = {"type": "object", "properties": properties}
        required = [item.name for item in operation.filter if item.required]
        if required:
            schema["required"] = required
        result.append(_deep("filter", schema))
    return result


def _plain_parameter(param: Param) -> Document:
    result: Document = {"name": param.name, "in": "query", "schema": schemas.of_type(param.type)}
    if param.doc:
        result["description"] = param.doc
    if param.required:
        result["required"] = True
    return result


def _deep(name: str, schema: Document) -> Document:
    return {"name": name, "in": "query", "style": "deepObject", "explode": True, "schema": schema}


def _responses(operation: Operation) -> Document:
    responses: Document = {}
    if operation.returns is None:
        responses[str(operation.status)] = {"description": "Done; there is no body."}
    else:
        media: Document = {"schema": schemas.envelope(operation)}
        if operation.example_answer is not None:
            media["example"] = operation.example_answer
        responses[str(operation.status)] = {
            "description": operation.summary,
            "content": {"application/hal+json": media},
        }
    for status in operation.empty:
        responses[str(status)] = {"description": "There is nothing; there is no body."}
    for status, component in operation.errors:
        responses[str(status)] = {
            "description": _REASONS.get(status, "An error."),
            "content": {"application/problem+json": {"schema": schemas.reference(component)}},
        }
    return responses


def _traits(operation: Operation, bound: dict[str, str]) -> Document:
    traits: Document = {
        "resource": operation.resource,
        "operation": operation.name,
        "path": operation.path,
        "kind": operation.kind,
        "table": operation.table,
        "over": bound or None,
        "envelope": operation.envelope,
        "key": operation.key or None,
        "item": _component(operation.returns),
        "takes": _component(operation.takes),
        "status": operation.status,
        "readonly": operation.readonly,
        "idempotent": operation.idempotent,
        "retry": operation.retry,
        "write": not operation.readonly,
        "destructive": operation.destructive,
        "admin": operation.admin,
        "paginated": (
            {"max": operation.page_max, "default": operation.page_default}
            if operation.page_max
            else None
        ),
        "batch": (
            {"max": operation.batch_max, "match": operation.batch_match}
            if operation.batch_max
            else None
        ),
        "beside": [param.name for param in operation.beside] or None,
        "lock": operation.lock or None,
        "empty": list(operation.empty) or None,
        "host": operation.host,
        "scope": operation.scope,
        "with": list(operation.with_) or None,
        "order": list(operation.order) or None,
        "default_order": operation.default_order or None,
        "evidence": list(operation.evidence) or None,
        "keywords": {lang: list(words) for lang, words in operation.keywords} or None,
        "example_request": operation.example_request if operation.method == "GET" else None,
    }
    return {key: value for key, value in traits.items() if value is not None}


def _component(kind: Type | None) -> str | None:
    if kind is None:
        return None
    if kind.kind == "list":
        return _component(kind.items[0])
    return kind.name if kind.kind == "ref" else None
