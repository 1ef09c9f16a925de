"""The route table: one line says everything about an endpoint, and everything else is derived from it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from shared.cache import Cache
from shared.web.limits import GENERAL, Limit

MIB = 1 << 20


class Access(Enum):
    """Who may call."""

    PUBLIC = "public"  # credentials are not looked at: the edge may answer
    OPTIONAL = "optional"  # credentials are checked when sent
    OPEN_WRITE = "open write"  # as OPTIONAL while OPEN_WRITES is on, else as REQUIRED
    REQUIRED = "required"
    ADMIN = "admin"


PUBLIC, OPTIONAL, OPEN_WRITE, REQUIRED, ADMIN = Access


@dataclass(frozen=True, slots=True)
class Route:
    """`body` is a msgspec model (JSON), `bytes` (raw) or `Form` (multipart); `returns` is a model, for OpenAPI.

    `messages` are a document's own words for a missing or invalid field, by field name. `produces` is the media type of
    an answer that is not JSON.
    """

    method: str
    path: str
    handler: Callable[[Any], Any]
    body: Any = None
    query: Any = None
    returns: Any = None
    status: int = 200
    caller: Access = PUBLIC
    limit: Limit | None = GENERAL
    cache: Cache | None = None
    max_body: int = MIB
    messages: Mapping[str, str] = field(default_factory=dict)
    produces: str = "application/json"

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.handler) or self.handler.__name__.replace("_", " ")).split("\n\n")[0]


class Form:
    """Marks a `multipart/form-data` body: the handler gets Starlette's `FormData`."""


def get(path: str, handler: Callable[[Any], Any], **more: Any) -> Route:
    return Route("GET", path, handler, **more)


def post(path: str, handler: Callable[[Any], Any], **more: Any) -> Route:
    return Route("POST", path, handler, **more)


def put(path: str, handler: Callable[[Any], Any], **more: Any) -> Route:
    return Route("PUT", path, handler, **more)


def patch(path: str, handler: Callable[[Any], Any], **more: Any) -> Route:
    return Route("PATCH", path, handler, **more)


def delete(path: str, handler: Callable[[Any], Any], **more: Any) -> Route:
    return Route("DELETE", path, handler, **more)
