"""Whether an answer is one that the OpenAPI document describes: status, headers, media type, and the shape of its JSON.

Every answer of every test that goes through the gateway is compared with it.
"""

import functools
import re
from typing import Any
from urllib.parse import unquote

import httpx
import jsonschema_rs
import msgspec

from scripts.openapi import openapi

Validator = jsonschema_rs.Draft202012Validator


@functools.cache
def document() -> dict[str, Any]:
    return openapi()


@functools.cache
def paths() -> list[tuple[re.Pattern[str], str]]:
    """(pattern, path), what spells out more of the path first."""
    found = sorted(document()["paths"], key=lambda path: [part.startswith("{") for part in path.split("/")])
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in found]


def compare(method: str, path: str, answer: httpx.Response) -> None:
    """Raises AssertionError where the document does not have this answer. `path` is that of the event.

    Paths that the document does not have are nobody's, and OPTIONS is the same everywhere.
    """
    path = unquote(path)  # as the adapter does
    known = next((known for pattern, known in paths() if pattern.fullmatch(path)), None)
    if known is not None and method != "OPTIONS":
        wrong = difference(known, method, answer)
        assert not wrong, f"{method} {path}: {answer.status_code} {wrong}, says {answer.text[:300]!r}"


def difference(path: str, method: str, answer: httpx.Response) -> str:
    methods = document()["paths"][path]
    served = methods.get("get" if method == "HEAD" else method.lower())
    if served is None and answer.status_code != 405:
        return "is not 405"
    operation = served or next(iter(methods.values()))
    told = described(operation["operationId"], answer.status_code)
    if told is None:
        return "is not among its responses"
    headers = document()["components"]["headers"]
    missing = [name for name in told.get("headers", ()) if headers[name]["required"] and name not in answer.headers]
    if missing:
        return f"lacks {missing}"
    if "set-cookie" in answer.headers and "Set-Cookie" not in told.get("headers", ()):
        return "sets a cookie"
    return unlike(told.get("content", {}), method, operation["operationId"], answer)


def unlike(content: dict[str, Any], method: str, operation: str, answer: httpx.Response) -> str:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not content:
        return "has a body" if answer.content else ""
    told = next((told for told in content if fits(kind, told.partition(";")[0])), None)
    if told is None:
        return f"is {kind or 'of no media type'}, not {list(content)}"
    if kind != "application/json" or method == "HEAD":
        return ""
    try:
        validator(operation, answer.status_code).validate(msgspec.json.decode(answer.content))
    except jsonschema_rs.ValidationError as error:
        return f"is not of its schema: {error.message}"
    return ""


def fits(kind: str, told: str) -> bool:
    return kind == told or (told.endswith("/*") and kind.startswith(told[:-1]))


@functools.cache
def operations() -> dict[str, dict[str, Any]]:
    return {one["operationId"]: one for methods in document()["paths"].values() for one in methods.values()}


@functools.cache
def described(operation: str, status: int) -> dict[str, Any] | None:
    """The response object, its reference followed."""
    responses = operations()[operation]["responses"]
    found = responses.get(str(status)) or (responses.get("5XX") if status >= 500 else None)
    if found and "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rpartition("/")[2]]
    return found


@functools.cache
def validator(operation: str, status: int) -> Validator:
    told = described(operation, status)
    assert told is not None
    schema = told["content"]["application/json"]["schema"]
    return Validator({**schema, "components": document()["components"]})
