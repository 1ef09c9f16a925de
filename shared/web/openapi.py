"""The OpenAPI 3.1 document of route tables. Nothing is described twice: models, access, limits are the routes'."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shared.web import answers
from shared.web.api import Api
from shared.web.dialects import Dialect
from shared.web.routes import Header, Route

REF = "#/components/schemas/{name}"
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}, {"apiKey": []}]


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
    refusals = sorted(set(re.findall(r"#/components/responses/(\w+)", str(paths))))
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "tags": [{"name": tag} for tag in apis],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": answers.ERRORS | dict(sorted(models.components.items())),
            "responses": {name: answers.refusal(name) for name in refusals},
            "headers": answers.headers(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "next-auth.session-token"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


class Models:
    """The schemas of bodies and answers, by their models' names: what a client meets under one name must be one thing.

    Raises TypeError where it is not.
    """

    def __init__(self, models: Sequence[Any]) -> None:
        found = msgspec.json.schema_components(models, ref_template=REF, schema_hook=binary)
        text = msgspec.json.encode(found).decode()
        for name in found[1]:  # several models of one name stand there as `functions.files.app.Done`
            text = text.replace(REF.format(name=name) + '"', REF.format(name=short(name)) + '"')
        schemas, components = msgspec.json.decode(text)
        self.schemas = {id(model): schema for model, schema in zip(models, schemas, strict=True)}
        self.components: dict[str, Any] = {}
        for name, schema in components.items():
            if self.components.setdefault(short(name), schema) != schema:
                raise TypeError(f"two different models are called {short(name)}: {name} is one of them")

    def schema(self, model: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self.schemas[id(model)]
        return schema


def short(name: str) -> str:
    """`functions.files.app.Done` is `Done`, a page of them `PagedDone`."""
    return re.sub(r"(?<![A-Za-z.])[a-z][\w.<>]*\.|\W|_", "", name)


def binary(kind: type) -> dict[str, str]:
    """A file of a form."""
    return {"type": "string", "format": "binary"}


def models_of(route: Route) -> list[Any]:
    body = [route.body] if route.body not in (None, bytes) else []
    return [*body, *([route.returns] if route.returns else [])]


def operation(tag: str, route: Route, dialect: Dialect, models: Models) -> dict[str, Any]:
    text = inspect.getdoc(route.handler) or ""
    entry: dict[str, Any] = {
        "tags": [tag],
        "summary": route.summary.partition(". ")[0].rstrip("."),
        "description": text + notes(route),
        "parameters": [*parameters(route), *map(header, headers(route))],
        "responses": answers.responses(route, dialect, models.schema),
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


def parameters(route: Route) -> list[dict[str, Any]]:
    found = []
    for place, asked in (("path", route.parameters), ("query", route.query)):
        model = flat(asked) if asked else {}
        needed = model.get("required", [])
        found += [
            {"name": name, "in": place, "required": place == "path" or name in needed, "schema": schema}
            for name, schema in model.get("properties", {}).items()
        ]
    return found


def flat(model: Any) -> dict[str, Any]:
    """The schema of a model of plain fields."""
    schema: dict[str, Any]
    _, components = msgspec.json.schema_components([model])
    (schema,) = components.values()
    return schema


RANGED = (
    Header("Range", "One range of bytes: `bytes=0-1023`."),
    Header("If-Range", "The ETag that the range is of; of another version the whole is sent."),
)
VERSION = Header("If-None-Match", "An ETag: 304 while it is still that of the answer.")
REPEATED = Header("Idempotency-Key", "1 to 255 printable characters; a repeat is answered as the first request was.")


def headers(route: Route) -> list[Header]:
    found = list(route.asks)
    found += RANGED if 206 in route.also else ()
    found += [VERSION] if route.cache and route.cache.edge and route.method == "GET" else []
    return found + ([REPEATED] if route.once else [])


def header(asked: Header) -> dict[str, Any]:
    return {
        "name": asked.name,
        "in": "header",
        "required": asked.required,
        "description": asked.about,
        "schema": dict(asked.schema),
    }
