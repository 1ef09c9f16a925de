"""Bytes from a stranger to a typed value, or an error that names the field."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from shared.errors import Invalid, Malformed, TooLarge, UnsupportedType
from shared.web.routes import Form, Route

MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
PLACE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
BOUNDARY = re.compile(r"boundary=(\"[^\"\x00-\x1f\x7f]{1,70}\"|[^\s\";,\x00-\x1f\x7f]{1,70})", re.IGNORECASE)
DIGITS = re.compile(r"[0-9]{1,20}")  # int() refuses thousands of them
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


async def body_of(route: Route, request: Any) -> Any:
    """The request's body as the route declares it. Raises Malformed, Invalid, TooLarge or UnsupportedType."""
    if route.body is None:
        return None
    if DIGITS.fullmatch(declared := request.headers.get("content-length", "")) and int(declared) > route.max_body:
        raise TooLarge(explanation=f"at most {route.max_body} bytes")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if route.body is Form:
        return await _form(route, request, kind)
    raw = await request.body()
    if len(raw) > route.max_body:
        raise TooLarge(explanation=f"at most {route.max_body} bytes")
    if route.body is bytes:
        return raw
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedType(explanation="send application/json")
    return decode(raw, route.body, route.messages)


async def _form(route: Route, request: Any, kind: str) -> Any:
    from starlette.datastructures import Headers
    from starlette.formparsers import MultiPartException, MultiPartParser

    if kind != "multipart/form-data":
        raise UnsupportedType(explanation="send multipart/form-data")
    boundary = BOUNDARY.search(request.headers["content-type"])
    if boundary is None:
        raise Malformed("Malformed form", explanation="no boundary")
    if len(await request.body()) > route.max_body:
        raise TooLarge(explanation=f"at most {route.max_body} bytes")
    try:
        # The gateway has already bounded the body, so a part may stay in memory: /tmp is slower and not cleaned.
        # Only the boundary is handed on: a charset would be any codec Python knows, and some make no text.
        headers = Headers({"content-type": f"multipart/form-data; boundary={boundary[1]}"})
        parser = MultiPartParser(headers, request.stream(), max_fields=50, max_part_size=route.max_body)
        parser.spool_max_size = route.max_body
        return await parser.parse()
    except (MultiPartException, KeyError, UnicodeError, ValueError) as error:
        raise Malformed("Malformed form", explanation=getattr(error, "message", None)) from None


def decode(raw: bytes, model: Any, messages: Mapping[str, str]) -> Any:
    """JSON of `model`. An empty body counts as `{}`, so that the first missing field is named."""
    try:
        return msgspec.json.decode(raw or b"{}", type=model)
    except msgspec.ValidationError as error:
        raise invalid(str(error), messages) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("Malformed JSON", explanation=str(error)) from None


def query_of(route: Route, params: Mapping[str, str]) -> Any:
    """The query string as the route's model; numbers and booleans are read from their text."""
    if route.query is None:
        return None
    try:
        return msgspec.convert(dict(params), route.query, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(str(error), route.messages) from None


def invalid(text: str, messages: Mapping[str, str]) -> Invalid:
    """msgspec's message as ours: the field as the client named it, and what it must be."""
    place = PLACE.search(text)
    path = place["path"] if place else ""
    constraint = PLACE.sub("", text)
    if missing := MISSING.search(text):
        name = f"{path}.{missing['name']}" if path else missing["name"]
        return Invalid(messages.get(name, f"Missing {name}"), field=name, constraint="required")
    name = path or "body"
    return Invalid(messages.get(name.partition("[")[0], f"Invalid {name}"), field=name, constraint=constraint)


def clean(path: Mapping[str, str]) -> bool:
    """Whether the path's parameters are text a person could have meant: no control characters, no lone surrogates."""
    return not any(CONTROL.search(value) for value in path.values())
