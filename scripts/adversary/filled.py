"""Requests out of the OpenAPI document that nothing but their caller is wrong with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Request:
    method: str
    path: str
    operation: dict[str, Any]
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    data: dict[str, str] | None = None
    files: dict[str, tuple[str, bytes]] | None = None

    @property
    def needs_caller(self) -> bool:
        """Whether the document says that nobody else may."""
        asked = self.operation.get("security", [])
        return bool(asked) and {} not in asked

    def sent(self) -> dict[str, Any]:
        """What httpx is given."""
        body = {"json": self.json} if self.json is not None else {"content": self.content} if self.content else {}
        form = {"data": self.data, "files": self.files} if self.files else {}
        return {"params": self.query, **body, **form}

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def requests(document: dict[str, Any], known: dict[str, Any]) -> Iterator[Request]:
    """One request an operation; `known` are values for parameters and fields, by their name without case and `_`."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield request(document, method.upper(), path, operation, known)


def request(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any], known: dict[str, Any]
) -> Request:
    made = Request(method, path, operation)
    for asked in operation["parameters"]:
        value = value_of(document, asked["name"], asked["schema"], known)
        if asked["in"] == "path":
            made.path = made.path.replace("{" + asked["name"] + "}", str(value))
        elif asked["required"]:
            (made.query if asked["in"] == "query" else made.headers)[asked["name"]] = str(value)
    for kind, told in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/octet-stream":
            made.content = b"bytes"
        elif kind == "application/json":
            made.json = value_of(document, "", told["schema"], known)
        elif kind == "multipart/form-data":
            fields = value_of(document, "", told["schema"], known)
            made.files = {"file": ("a.txt", b"bytes of a form")}
            made.data = {name: str(value) for name, value in fields.items() if name != "file"}
    return made


def value_of(document: dict[str, Any], name: str, schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """A good value: the known one, else the plainest of its schema. Objects get what they need, and what is known."""
    schema = followed(document, schema)
    if plain(name) in known:
        return known[plain(name)]
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return value_of(document, "", schema["anyOf"][0], known)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        needed = schema.get("required", [])
        return {
            key: value_of(document, key, one, known)
            for key, one in schema.get("properties", {}).items()
            if key in needed or plain(key) in known
        }
    if kind == "array":
        return [value_of(document, "", schema["items"], known)] if schema.get("minItems") else []
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    return False if kind == "boolean" else "a" * max(8, schema.get("minLength", 1))


def followed(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference."""
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def plain(name: str) -> str:
    return re.sub(r"[_-]|^X-", "", name).lower()


def addresses(
    document: dict[str, Any], schema: dict[str, Any], below: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The fields of a body that take an address of the web, by their way down: `("basicMetadata", "thumbnail_url")`."""
    schema = followed(document, schema)
    if str(schema.get("format", "")).startswith("uri"):
        yield below
    for one in schema.get("anyOf", ()):
        yield from addresses(document, one, below)
    for name, one in schema.get("properties", {}).items():
        yield from addresses(document, one, (*below, name))
    if "items" in schema:
        yield from addresses(document, schema["items"], (*below, "[]"))
