"""The route table: one line says everything about an endpoint, and everything else is derived from it."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.cache import Cache
from shared.web.access import PUBLIC, Access
from shared.web.dialects import Dialect
from shared.web.limits import GENERAL, Limit

MIB = 1 << 20
NAMES = re.compile(r"\{(\w+)\}")
JSON: tuple[str, ...] = ("application/json",)
FORM: tuple[str, ...] = ("multipart/form-data", "application/x-www-form-urlencoded")


class FormFile:
    """A file of a form: what its sender says of it, and its bytes."""

    __slots__ = ("body", "content_type", "filename")

    def __init__(self, filename: str, content_type: str, body: bytes) -> None:
        self.filename, self.content_type, self.body = filename, content_type, body


@dataclass(frozen=True, slots=True)
class Header:
    """A request header that a handler reads by itself, for the API's description."""

    name: str
    about: str
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Route:
    """`parameters`, `query` and `body` are msgspec models; `body` may be `bytes` (raw), and comes as one of `accepts`.

    A form is a flat model: its fields are text, lists of text, or `FormFile`. `returns` is the model of the answer,
    None for bytes, whose media type is `produces` (several, or ranges, where the handler names one each time).
    `messages` are a document's own words for a missing or invalid field, by field name; `missing` is the 404 of a path
    whose parameters cannot name anything (else they are refused by name). `also` are the statuses that its handler
    answers or raises beside `status`; those of the frame (wrong input, no credentials, too much, too often) follow from
    the rest. `asks` are the headers that the handler reads, `cookies` says that it sets or clears one. `once`: a repeat
    with the same `Idempotency-Key` is answered as the first was.
    """

    method: str
    path: str
    handler: Callable[[Any], Any]
    parameters: Any = None
    query: Any = None
    body: Any = None
    accepts: tuple[str, ...] = JSON
    max_body: int = 4 * MIB
    returns: Any = None
    status: int = 200
    also: tuple[int, ...] = ()
    asks: tuple[Header, ...] = ()
    cookies: bool = False
    produces: str = "application/json"
    caller: Access = PUBLIC
    limits: tuple[Limit, ...] = (GENERAL,)
    cache: Cache | None = None
    messages: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    once: bool = False
    dialect: Dialect | None = None

    def __post_init__(self) -> None:
        declared = set(getattr(self.parameters, "__struct_fields__", ()))
        if declared != set(NAMES.findall(self.path)):
            raise TypeError(f"{self.method} {self.path} does not declare its path parameters: path={declared or None}")

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.handler) or self.handler.__name__.replace("_", " ")).split("\n\n")[0]


def get(at: str, handler: Callable[[Any], Any], /, *, path: Any = None, **more: Any) -> Route:
    return Route("GET", at, handler, path, **more)


def post(at: str, handler: Callable[[Any], Any], /, *, path: Any = None, **more: Any) -> Route:
    return Route("POST", at, handler, path, **more)


def put(at: str, handler: Callable[[Any], Any], /, *, path: Any = None, **more: Any) -> Route:
    return Route("PUT", at, handler, path, **more)


def patch(at: str, handler: Callable[[Any], Any], /, *, path: Any = None, **more: Any) -> Route:
    return Route("PATCH", at, handler, path, **more)


def delete(at: str, handler: Callable[[Any], Any], /, *, path: Any = None, **more: Any) -> Route:
    return Route("DELETE", at, handler, path, **more)
