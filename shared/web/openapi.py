"""The OpenAPI 3.1 document of route tables. Nothing is described twice: models, access, limits are the routes'."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shared.web.api import Api
from shared.web.dialects import Dialect, downloads, library, platform, production
from shared.web.routes import Route

REF = "#/components/schemas/{name}"
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}, {"apiKey": []}]
ERRORS: dict[Dialect, str] = {
    library: "LibraryError",
    platform: "PlatformError",
    production: "ProductionError",
    downloads: "DownloadError",
}
TEXT = {"type": "string"}
SCHEMAS: dict[str, Any] = {
    "LibraryError": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": TEXT, "message": TEXT, "details": {"type": "object"}},
    },
    "PlatformError": {
        "type": "object",
        "required": ["error", "code"],
        "properties": {"error": TEXT, "code": TEXT, "details": {"type": "object"}},
    },
    "ProductionError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "properties": {"code": TEXT, "message": TEXT, "details": {"type": "object"}},
            }
        },
    },
    "DownloadError": {
        "type": "object",
        "required": ["error", "code", "detail"],
        "properties": {"error": TEXT, "code": TEXT, "detail": {"type": "object"}},
    },
}


def document(apis: Mapping[str, Api], *, title: str, version: str, description: str) -> dict[str, Any]:
    """The document of several functions' route tables, by tag (the function's folder)."""
    routes = [route for app in apis.values() for route in app.table]
    models = Models([model for route in routes for model in models_of(route)])
    paths: dict[str, dict[str, Any]] = {}
    names: set[str] = set()
    for tag, app in apis.items():
        for route in app.table:
            name = f"{tag}_{route.handler.__name__}_{route.method.lower()}"
            if name in names:  # a handler of several paths
                name += "_" + "_".join(re.findall(r"\w+", route.path))
            names.add(name)
            paths.setdefault(route.path, {})[route.method.lower()] = {
                "operationId": name,
                **operation(tag, route, route.dialect or app.dialect, models),
            }
    taken = [model for route in routes for model in (route.query, route.parameters) if model]
    asked = {models.name(model) for model in taken}  # written out as parameters
    schemas = {name: schema for name, schema in sorted(models.components.items()) if name not in asked}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "tags": [{"name": tag} for tag in apis],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": SCHEMAS | schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "next-auth.session-token"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


class Models:
    """The schemas of all models, named once: two functions may each have a `Done`."""

    def __init__(self, models: Sequence[Any]) -> None:
        schemas, self.components = msgspec.json.schema_components(models, ref_template=REF, schema_hook=binary)
        self.schemas = {id(model): schema for model, schema in zip(models, schemas, strict=True)}

    def schema(self, model: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self.schemas[id(model)]
        return schema

    def name(self, model: Any) -> str:
        return str(self.schema(model)["$ref"]).rpartition("/")[2]

    def resolved(self, model: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self.components[self.name(model)]
        return schema


def binary(kind: type) -> dict[str, str]:
    """A file of a form."""
    return {"type": "string", "format": "binary"}


def models_of(route: Route) -> list[Any]:
    body = [route.body] if route.body not in (None, bytes) else []
    return [*body, *(model for model in (route.parameters, route.query, route.returns) if model)]


def operation(tag: str, route: Route, dialect: Dialect, models: Models) -> dict[str, Any]:
    text = inspect.getdoc(route.handler) or ""
    entry: dict[str, Any] = {
        "tags": [tag],
        "summary": route.summary.partition(". ")[0].rstrip("."),
        "description": text + notes(route),
        "parameters": parameters(route, models),
        "responses": responses(route, dialect, models),
    }
    if route.body is bytes:
        raw = {"schema": {"type": "string", "format": "binary"}}
        entry["requestBody"] = {"required": True, "content": {"application/octet-stream": raw}}
    elif route.body is not None:
        content = {kind: {"schema": models.schema(route.body)} for kind in route.accepts}
        entry["requestBody"] = {"required": True, "content": content}
    if route.caller.looks:
        entry["security"] = SECURITY + ([] if route.caller.needed is True else [{}])
    return entry


def notes(route: Route) -> str:
    """What a client author wants to know beyond the models."""
    said = [route.caller.told] if route.caller.told else []
    if route.caller.needed is True and not route.caller.told:
        said.append("Needs credentials" + ("." if route.caller.keys else " of a session: an API key does not do."))
    said += [f"At most {limit.requests} requests in {limit.seconds} s." for limit in route.limits]
    if route.cache and route.method == "GET":
        said.append(f"`Cache-Control: {route.cache.control}`.")
    if route.once:
        said.append("Send an `Idempotency-Key` to have a repeat answered as the first request was.")
    return "\n\n" + " ".join(said) if said else ""


ALSO = {
    206: "Part of it (Range)",
    304: "Not modified (If-None-Match)",
    307: "Where the whole of it is",
    416: "No such part",
    503: "The same, with what is down",
}


def responses(route: Route, dialect: Dialect, models: Models) -> dict[str, Any]:
    error = {"$ref": REF.format(name=ERRORS[dialect])}
    kept = {304} if route.cache and route.cache.edge and route.method == "GET" else set()
    found = {str(route.status): success(route, models)}
    for status in sorted({*route.also, *kept}):
        same = success(route, models) if status in (206, 503) else {}
        found[str(status)] = same | {"description": ALSO[status]}
    kind = "text/html" if route.produces.startswith("text/html") else "application/json"
    refused = {"schema": {"type": "string"} if kind == "text/html" else error}
    return found | {"4XX": {"description": "Refused", "content": {kind: refused}}}


def success(route: Route, models: Models) -> dict[str, Any]:
    if route.status in (204, 302):
        return {"description": "Redirect" if route.status == 302 else "Done"}
    types = [kind.strip() for kind in route.produces.split(",")]
    schema = models.schema(route.returns) if route.returns else {}
    return {"description": "Success", "content": {kind: {"schema": schema} for kind in types}}


def parameters(route: Route, models: Models) -> list[dict[str, Any]]:
    found = []
    for place, asked in (("path", route.parameters), ("query", route.query)):
        model = models.resolved(asked) if asked else {}
        needed = model.get("required", [])
        found += [
            {"name": name, "in": place, "required": place == "path" or name in needed, "schema": schema}
            for name, schema in model.get("properties", {}).items()
        ]
    return found
