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

_BODY_MEDIA = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "bytes": "application/octet-stream",
}
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
        "servers": [_server(spec, "account")],
        "security": [{"bearer": []}],
        "tags": [
            _tag(spec, name, doc)
            for name, doc in spec.resource_docs.items()
            if any(operation.resource == name for operation in spec.operations)
        ],
        "x-amo-service": {
            "hosts": spec.service.hosts,
            "zones": list(spec.service.zones),
            "oauth": spec.service.oauth,
            "limits": spec.service.limits,
        },
        "x-amo-api": spec.api,
        **({"x-amo-beside": list(spec.beside)} if spec.beside else {}),
        "x-amo-sources": {name: list(files) for name, files in spec.sources.items()},
        "paths": _paths(spec),
        "components": {
            "securitySchemes": _security_schemes(spec),
            "schemas": {
                name: schemas.component(spec, name)
                for name in sorted({*spec.structs, *spec.unions, *spec.enums})
                if name in used
            },
        },
    }
    document["x-amo-spec-hash"] = hashlib.sha256(dump(document)).hexdigest()[:16]
    return document


def _server(spec: Spec, host: str) -> Document:
    url = spec.service.hosts[host]["url"]
    zone = {"default": spec.service.zones[0], "enum": list(spec.service.zones)}
    known: Document = {
        "subdomain": {"default": "example"},
        "zone": zone,
        "drive_url": {"default": f"https://drive.{spec.service.zones[0]}"},
        "api_domain": {"default": f"api-b.{spec.service.zones[0]}"},
    }
    variables = {name: value for name, value in known.items() if f"{{{name}}}" in url}
    return {"url": url, "variables": variables} if variables else {"url": url}


def _security_schemes(spec: Spec) -> Document:
    schemes: Document = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    if any(operation.auth == "signed" for operation in spec.operations):
        schemes["signed"] = {
            "type": "apiKey",
            "in": "header",
            "name": "X-Signature",
            "description": "HMAC-SHA1 of the request by the secret of a chat channel.",
        }
    return schemes


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


def _tag(spec: Spec, name: str, doc: str) -> Document:
    tag: Document = {"name": name, "description": doc.strip()}
    mixin = spec.mixins.get(name)
    if mixin is not None:
        tag["x-amo-mixin"] = {"module": mixin.module, "class": mixin.name, "model": mixin.model}
    return tag


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
    parameters += map(_header_parameter, (each for each in operation.params if each.header))
    if parameters:
        result["parameters"] = parameters
    if operation.host != "account":
        result["servers"] = [_server(spec, operation.host)]
    if operation.auth != "bearer":
        result["security"] = [] if operation.auth == "none" else [{operation.auth: []}]
    if operation.takes is not None:
        media: Document = {"schema": schemas.of_type(operation.takes)}
        if operation.example_request is not None and operation.method != "GET":
            media["example"] = operation.example_request
        result["requestBody"] = {
            "required": not operation.optional_body,
            "content": {_BODY_MEDIA[operation.body]: media},
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
        place, size = operation.page_names
        first = 0 if operation.page_by == "offset" else 1
        number = {"type": "integer", "minimum": first, "default": first}
        result.append({"name": place, "in": "query", "schema": number})
        result.append({"name": size, "in": "query", "schema": limit})
    result.extend(_plain_parameter(param) for param in operation.params if not param.header)
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


def _header_parameter(param: Param) -> Document:
    return {
        **_plain_parameter(param),
        "name": param.header,
        "in": "header",
        "x-amo-name": param.name,
    }


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
            "content": {_answer_media(operation): media},
        }
    for status in operation.empty:
        responses[str(status)] = {"description": "There is nothing; there is no body."}
    for status, component in operation.errors:
        responses[str(status)] = {
            "description": _REASONS.get(status, "An error."),
            "content": {"application/problem+json": {"schema": schemas.reference(component)}},
        }
    return responses


def _answer_media(operation: Operation) -> str:
    if operation.envelope == "bytes":
        return "application/octet-stream"
    is_hal = operation.host == "account" and operation.path.startswith("/api/")
    return "application/hal+json" if is_hal else "application/json"


def _pages(operation: Operation) -> Document | None:
    if not operation.page_max:
        return None
    pages: Document = {"max": operation.page_max, "default": operation.page_default}
    if operation.page_names != ("page", "limit"):
        pages |= {"by": operation.page_by, "names": list(operation.page_names)}
    return pages


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
        "paginated": _pages(operation),
        "batch": (
            {"max": operation.batch_max, "match": operation.batch_match}
            if operation.batch_max
            else None
        ),
        "beside": [param.name for param in operation.beside] or None,
        "lock": operation.lock or None,
        "empty": list(operation.empty) or None,
        "host": operation.host,
        "auth": operation.auth if operation.auth != "bearer" else None,
        "body": operation.body if operation.body != "json" else None,
        "headers": dict(operation.headers) or None,
        "spread": operation.spread or None,
        "unexposed": operation.is_unexposed or None,
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
