"""Bytes from a stranger to a typed value, or an error that names the field."""

import functools
import re
import typing
from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request

from shared.errors import Malformed, NotFound, TooLarge, UnsupportedType
from shared.web.routes import FORM, FormFile, Route
from shared.words import invalid, read_json

BOUNDARY = re.compile(r"boundary=(\"[^\"\x00-\x1f\x7f]{1,70}\"|[^\s\";,\x00-\x1f\x7f]{1,70})", re.IGNORECASE)
DIGITS = re.compile(r"[0-9]{1,20}")  # int() refuses thousands of them
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
MOST_FIELDS = 200  # of a form or a query


async def raw_body(route: Route, request: Request) -> bytes:
    """The request's bytes, if the route takes their kind and their size. Raises UnsupportedType or TooLarge."""
    if route.body is None and route.caller.check is None:
        return b""
    if DIGITS.fullmatch(declared := request.headers.get("content-length", "")) and int(declared) > route.max_body:
        raise too_large(route)
    kind = media_type(request)
    if route.body not in (None, bytes) and not accepted(route, kind):
        raise UnsupportedType(explanation=f"send {' or '.join(route.accepts)}")
    raw = await request.body()
    if len(raw) > route.max_body:
        raise too_large(route)
    return raw


def too_large(route: Route) -> TooLarge:
    return TooLarge(explanation=f"at most {route.max_body} bytes")


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def accepted(route: Route, kind: str) -> bool:
    takes_json = "application/json" in route.accepts
    return kind in route.accepts or (takes_json and (not kind or kind.endswith("+json")))


async def body_of(route: Route, request: Request, raw: bytes) -> Any:
    """The body as the route declares it. Raises Malformed or Invalid."""
    if route.body is None or route.body is bytes:
        return raw if route.body is bytes else None
    kind = media_type(request)
    return _typed(await _fields(request, kind, route), route.body, route) if kind in FORM else decode(raw, route)


def decode(raw: bytes, route: Route) -> Any:
    """JSON of the route's model. An empty body counts as `{}`, so that the first missing field is named."""
    return read_json(raw or b"{}", route.body, route.messages)


async def _fields(request: Request, kind: str, route: Route) -> list[tuple[str, Any]]:
    """The fields of a form, of both kinds that browsers send."""
    from starlette.datastructures import Headers
    from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

    parser: Any
    if kind == "multipart/form-data":
        boundary = BOUNDARY.search(request.headers["content-type"])
        if boundary is None:
            raise Malformed("Malformed form", explanation="no boundary")
        # Only the boundary is handed on: a charset would be any codec Python knows, and some make no text.
        headers = Headers({"content-type": f"multipart/form-data; boundary={boundary[1]}"})
        parser = MultiPartParser(headers, request.stream(), max_fields=MOST_FIELDS, max_part_size=route.max_body)
        # The gateway has already bounded the body, so a part may stay in memory: /tmp is slower and not cleaned.
        parser.spool_max_size = route.max_body
    else:
        parser = FormParser(request.headers, request.stream())
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeError, ValueError) as error:
        raise Malformed("Malformed form", explanation=getattr(error, "message", None)) from None
    fields = [(name, value if isinstance(value, str) else _file(value)) for name, value in form.multi_items()]
    return fields[:MOST_FIELDS]


def _file(sent: UploadFile) -> FormFile:
    with sent.file:
        return FormFile(sent.filename or "", sent.content_type or "", sent.file.read())


def query_of(route: Route, request: Request) -> Any:
    """The query string as the route's model; numbers are read from their text, a list from all keys of its name."""
    if route.query is None:
        return None
    return _typed(request.query_params.multi_items()[:MOST_FIELDS], route.query, route)


def parameters_of(route: Route, request: Request) -> Any:
    """The path's parameters as the route's model."""
    values = request.path_params
    if any(CONTROL.search(value) for value in values.values()):  # no text that a person could have meant
        raise NotFound(route.missing)
    if route.parameters is None:
        return None
    try:
        return msgspec.convert(values, route.parameters, strict=False)
    except msgspec.ValidationError as error:
        if route.missing:
            raise NotFound(route.missing) from None
        raise invalid(error, route.parameters, route.messages) from None


def _typed(fields: Iterable[tuple[str, Any]], model: Any, route: Route) -> Any:
    """Names and texts as a model: the last of several equal names counts, all of them where the model has a list."""
    values: dict[str, Any] = {}
    lists = _lists_of(model)
    for name, value in fields:
        if name in lists:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    try:
        return msgspec.convert(values, model, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error, model, route.messages) from None


@functools.cache
def _lists_of(model: Any) -> frozenset[str]:
    """The fields of a model that are lists, as clients name them."""
    hints = typing.get_type_hints(model)
    pairs = zip(model.__struct_fields__, model.__struct_encode_fields__, strict=True)
    return frozenset(encoded for name, encoded in pairs if _is_list(hints[name]))


def _is_list(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    return origin is list or (origin is not None and any(_is_list(one) for one in typing.get_args(hint)))
