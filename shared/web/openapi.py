"""The OpenAPI 3.1 document of route tables. Nothing is described twice: models, access, limits are the routes'."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shared.web.dialects import Dialect, downloads, library, of_path, platform, production
from shared.web.routes import ADMIN, OPEN_WRITE, OPTIONAL, PUBLIC, REQUIRED, Form, Route

REF = "#/components/schemas/{name}"
PARAMETER = re.compile(r"\{(\w+)\}")
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


def document(tables: Mapping[str, Sequence[Route]], *, title: str, version: str, description: str) -> dict[str, Any]:
    """The document of several functions' tables, by tag (the function's folder)."""
    routes = [route for table in tables.values() for route in table]
    models = Models([model for route in routes for model in models_of(route)])
    paths: dict[str, dict[str, Any]] = {}
    names: set[str] = set()
    for tag, table in tables.items():
        for route in table:
            name = f"{tag}_{route.handler.__name__}_{route.method.lower()}"
            if name in names:  # a handler of several paths
                name += "_" + "_".join(re.findall(r"\w+", route.path))
            names.add(name)
            paths.setdefault(route.path, {})[route.method.lower()] = {
                "operationId": name,
                **operation(tag, route, models),
            }
    asked = {models.name(route.query) for route in routes if route.query}  # written out as parameters
    schemas = {name: schema for name, schema in sorted(models.components.items()) if name not in asked}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "tags": [{"name": tag} for tag in tables],
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
        schemas, self.components = msgspec.json.schema_components(models, ref_template=REF)
        self.schemas = {id(model): schema for model, schema in zip(models, schemas, strict=True)}

    def schema(self, model: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self.schemas[id(model)]
        return schema

    def name(self, model: Any) -> str:
        return str(self.schema(model)["$ref"]).rpartition("/")[2]

    def resolved(self, model: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self.components[self.name(model)]
        return schema


def models_of(route: Route) -> list[Any]:
    body = [route.body] if route.body not in (None, bytes, Form) else []
    return [*body, *([route.query] if route.query else []), *([route.returns] if route.returns else [])]


def operation(tag: str, route: Route, models: Models) -> dict[str, Any]:
    text = inspect.getdoc(route.handler) or ""
    error = {"$ref": REF.format(name=ERRORS[of_path(route.path)])}
    entry: dict[str, Any] = {
        "tags": [tag],
        "summary": route.summary.partition(". ")[0].rstrip("."),
        "description": text + notes(route),
        "parameters": parameters(route, models),
        "responses": {
            str(route.status): success(route, models),
            "4XX": {"description": "Refused", "content": {"application/json": {"schema": error}}},
        },
    }
    if route.body is not None:
        entry["requestBody"] = {
            "required": True,
            "content": {body_type(route): {"schema": schema_of_body(route, models)}},
        }
    if route.caller is not PUBLIC:
        optional: list[dict[str, list[str]]] = [{}] if route.caller in (OPTIONAL, OPEN_WRITE) else []
        entry["security"] = SECURITY + optional
    return entry


def notes(route: Route) -> str:
    """What a client author wants to know beyond the models."""
    said = []
    if route.caller is OPEN_WRITE:
        said.append("Needs an owner's credentials unless the server runs with `OPEN_WRITES=true`.")
    if route.caller in (REQUIRED, ADMIN):
        said.append(f"Needs credentials{' of an administrator' if route.caller is ADMIN else ''}.")
    if route.limit:
        said.append(f"At most {route.limit.requests} requests in {route.limit.seconds} s.")
    if route.cache and route.method == "GET":
        said.append(f"`Cache-Control: {route.cache.control}`.")
    return "\n\n" + " ".join(said) if said else ""


def success(route: Route, models: Models) -> dict[str, Any]:
    if route.status in (204, 302):
        return {"description": "Redirect" if route.status == 302 else "Done"}
    types = [kind.strip() for kind in route.produces.split(",")]
    schema = models.schema(route.returns) if route.returns else {}
    return {"description": "Success", "content": {kind: {"schema": schema} for kind in types}}


def parameters(route: Route, models: Models) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in PARAMETER.findall(route.path)
    ]
    if route.query:
        model = models.resolved(route.query)
        needed = model.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in needed, "schema": schema}
            for name, schema in model["properties"].items()
        ]
    return found


def body_type(route: Route) -> str:
    if route.body is Form:
        return "multipart/form-data"
    return "application/octet-stream" if route.body is bytes else "application/json"


def schema_of_body(route: Route, models: Models) -> dict[str, Any]:
    if route.body is Form:
        return {"type": "object", "additionalProperties": True}
    return {"type": "string", "format": "binary"} if route.body is bytes else models.schema(route.body)
