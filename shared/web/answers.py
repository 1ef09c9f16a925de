"""What a route answers, as OpenAPI tells it: its own statuses, and those that the frame gives in its place.

Nothing is listed twice: which errors are possible follows from what the route takes, asks for and limits; their shape
is its dialect's. `tests/described.py` compares every answer of every test with this.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from shared import errors
from shared.errors import ServiceError
from shared.web.access import SAFE
from shared.web.dialects import Dialect, downloads, library, platform, production
from shared.web.routes import Route

FAMILIES: dict[Dialect, str] = {
    library: "Library",
    platform: "Platform",
    production: "Production",
    downloads: "Download",
}
TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
DETAILS = {"type": "object"}
RETRY = {"type": "integer", "description": "Seconds to wait; with 429."}
ERRORS: dict[str, Any] = {
    "LibraryError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "success": {"const": False, "description": "Where the answer of success has it."},
            "error": TEXT,
            "message": TEXT,
            "details": DETAILS,
            "retryAfter": RETRY,
        },
    },
    "PlatformError": {
        "type": "object",
        "required": ["error", "code"],
        "properties": {"error": TEXT, "code": TEXT, "details": DETAILS, "retryAfter": RETRY},
    },
    "ProductionError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "properties": {"code": TEXT, "message": TEXT, "details": DETAILS},
            }
        },
    },
    "DownloadError": {
        "type": "object",
        "required": ["error", "code", "detail"],
        "properties": {
            "error": TEXT,
            "code": TEXT,
            "detail": {
                "type": "object",
                "required": ["error", "detail", "code"],
                "properties": {"error": TEXT, "detail": TEXT, "code": TEXT},
            },
            "retryAfter": RETRY,
        },
    },
}
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Accept-Ranges": ("`bytes`: parts of it may be asked for.", TEXT),
    "Allow": ("The methods of this path.", TEXT),
    "Content-Range": ("Which part this is, and of how much (RFC 9110 §14.4).", TEXT),
    "ETag": ("Its version, for `If-None-Match`.", TEXT),
    "Idempotency-Replayed": ("`true`: the answer of an earlier request with this `Idempotency-Key`.", TEXT),
    "Location": ("Where to go.", {"type": "string", "format": "uri-reference"}),
    "Retry-After": ("Seconds to wait.", INTEGER),
    "Set-Cookie": ("A session's cookie, or that of signing in with Google.", TEXT),
    "WWW-Authenticate": ("`Bearer`: no credentials were sent.", TEXT),
    "X-RateLimit-Limit": ("Requests in the window. Absent where nothing is counted.", INTEGER),
    "X-RateLimit-Remaining": ("How many of them are left.", INTEGER),
    "X-RateLimit-Reset": ("When the window ends, in Unix seconds.", INTEGER),
}
BODILESS = (204, 302, 303, 304, 307)
LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
BESIDE: dict[str, tuple[str, ...]] = {  # what an answer of this status always has
    "206": ("Accept-Ranges", "Content-Range"),
    "302": ("Location",),
    "303": ("Location",),
    "307": ("Location",),
    "401": ("WWW-Authenticate",),
    "405": ("Allow",),
    "416": ("Content-Range",),
    "429": ("Retry-After",),
}
OPTIONAL = {"WWW-Authenticate", "Idempotency-Replayed", "Set-Cookie", *LIMITS}
WORDS = {
    "200": "Success",
    "201": "Made",
    "202": "Not done yet: ask again where it says",
    "204": "Done",
    "206": "Part of it (Range)",
    "302": "Redirect",
    "304": "Not modified (If-None-Match)",
    "303": "Where the whole of it is",
    "307": "Where the whole of it is",
    "400": "Something sent is not what it should be: `details.field`, where it is one field",
    "401": "No credentials, or none that are good",
    "403": "Not for this caller; or a cookie's write from another origin",
    "404": "There is no such thing",
    "405": "To a method that this path does not have",
    "409": "Not as things stand",
    "413": "Too large",
    "415": "Not a media type that this route takes",
    "416": "No such part",
    "422": "A field of the body is not what it should be",
    "429": "Too often",
    "500": "Something that this server needs is not configured",
    "503": "The same, with what is down",
    "5XX": "A fault of ours, or a part of us out of reach; after 503 trying again makes sense",
}
PAGE = {"text/html": {"schema": TEXT}}


def headers() -> dict[str, Any]:
    """`components.headers`."""
    return {
        name: {"description": text, "required": name not in OPTIONAL, "schema": schema}
        for name, (text, schema) in HEADERS.items()
    }


def responses(route: Route, dialect: Dialect, schema: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """The `responses` of an operation. `schema` gives that of a model."""
    found: dict[str, Any] = {}
    for status in good_statuses(route):
        body = {} if status in BODILESS else success(route, schema)
        found[str(status)] = {"description": WORDS[str(status)], **headed(good_headers(route, status)), **body}
    page = route.produces.startswith("text/html")
    for code in [*map(str, sorted(bad_statuses(route, dialect))), "5XX"]:
        if page and code != "405":  # a method that the path does not have is not this route
            found[code] = {"description": WORDS[code], **headed(LIMITS), "content": PAGE}
        else:
            found[code] = {"$ref": f"#/components/responses/{FAMILIES[dialect]}{code}"}
    return found


def refusal(name: str) -> dict[str, Any]:
    """The component that an operation's `{family}{status}` means."""
    family, code = name[:-3], name[-3:]
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{family}Error"}}}
    if code == "416":
        content["application/xml"] = {"schema": TEXT}  # the store's own words, where the edge asks it first
    return {"description": WORDS[code], **headed((*BESIDE.get(code, ()), *LIMITS)), "content": content}


def good_statuses(route: Route) -> list[int]:
    """503 is among them where a route says what is down in the shape of its success."""
    kept = {304} if route.cache and route.cache.edge and route.method == "GET" else set()
    return sorted({route.status, *kept, *(one for one in route.also if one < 400 or one == 503)})


def success(route: Route, schema: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    kinds = [kind.strip() for kind in route.produces.split(",")]
    text = {"schema": TEXT} if route.produces.startswith("text/") else {}
    bare = {kind: {"schema": DETAILS} if kind == "application/json" else text for kind in kinds}
    return {"content": {kind: {"schema": schema(route.returns)} for kind in kinds} if route.returns else bare}


def good_headers(route: Route, status: int) -> list[str]:
    names = list(BESIDE.get(str(status), ()))
    names += ["ETag"] if route.cache and route.cache.edge and status != 307 else []
    names += ["Accept-Ranges"] if 206 in route.also and status in (200, 307) else []
    names += ["Set-Cookie"] if route.cookies else []
    names += ["Idempotency-Replayed"] if route.once else []
    return names + list(LIMITS if route.limits else ())


def headed(names: Iterable[str]) -> dict[str, Any]:
    found = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return {"headers": found} if found else {}


def bad_statuses(route: Route, dialect: Dialect) -> set[int]:
    """Those of the errors that the frame may raise for a route, as its dialect has them, and of its handler's own."""
    own = {status for status in route.also if status >= 400 and status != 503}
    return own | {dialect(error, None)[0] for error in possible(route)}


def possible(route: Route) -> Iterator[ServiceError]:
    yield errors.MethodNotAllowed()
    if route.parameters:
        yield errors.NotFound()
    if route.query or route.asks or route.once or (route.parameters and not route.missing):
        yield errors.Invalid()
    if route.body is not None:
        yield errors.Invalid()
        yield errors.TooLarge()
    if route.body not in (None, bytes):
        yield errors.Malformed()
        yield errors.UnsupportedType()
    if route.caller.looks or route.caller.check:
        yield errors.Unauthorized()
        yield errors.Forbidden()
    if route.method not in SAFE:
        yield errors.Forbidden()
    if route.once:
        yield errors.Conflict()
    if route.limits:
        yield errors.TooManyRequests(1)
