"""From what a handler returned, or raised, to an answer: encoded, validated, with the route's cache rule."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shared.accounts import caller as callers
from shared.cache import Cache, etag_of, none_match
from shared.errors import ServiceError
from shared.settings import settings
from shared.web import pages
from shared.web.call import Reply
from shared.web.dialects import Dialect
from shared.web.routes import Route

METHODS = "GET, POST, PUT, DELETE, OPTIONS"
EXPOSED = (  # this list and the next are the edge's, too: `ApiHeaders` in the template
    "ETag, Accept-Ranges, Content-Range, Content-Length, Content-Disposition, Location, Retry-After, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Idempotency-Replayed"
)
ALLOWED = (  # each by its name: `*` does not mean Authorization (Fetch §3.3.3)
    "Authorization, Content-Type, Range, If-None-Match, If-Range, Idempotency-Key, Prefer, X-API-Key, X-Upload-Id, "
    "X-Part-Number, X-File-Id, X-Category, X-Filename, X-Filename-Encoded"
)
EVERY_ANSWER = {
    "access-control-allow-methods": METHODS,
    "access-control-expose-headers": EXPOSED,
    "x-content-type-options": "nosniff",
}


def every_answer(request: Request) -> dict[str, str]:
    """The headers of every answer. Whose pages may read it is CORS_ORIGINS' to say (redstream: Restriction CORS)."""
    allowed = settings.cors_origins
    if allowed.strip() == "*":
        return {"access-control-allow-origin": "*", **EVERY_ANSWER}
    origin = request.headers.get("origin", "")
    if origin and origin in {one.strip().rstrip("/") for one in allowed.split(",")}:
        return {"access-control-allow-origin": origin, "vary": "Origin", **EVERY_ANSWER}
    return {"vary": "Origin", **EVERY_ANSWER}


def respond(route: Route, request: Request, result: object, headers: Mapping[str, str]) -> Response:
    """The answer to what a handler returned. `headers` are those of the limits."""
    reply: Reply[Any] = result if isinstance(result, Reply) else Reply(result, route.status)
    body = reply.value if isinstance(reply.value, bytes) else msgspec.json.encode(reply.value)
    everything = {**every_answer(request), **({"content-type": route.produces} if body else {}), **headers}
    rule = route.cache
    if reply.status < 400:
        everything |= _cached(rule, request, everything.get("vary", ""))
    everything |= reply.headers
    if rule and rule.edge and reply.status == 200 and request.method in ("GET", "HEAD"):
        everything.setdefault("etag", etag_of(body))
        if none_match(request.headers.get("if-none-match", ""), everything["etag"]):
            everything.pop("content-type", None)
            return Response(status_code=304, headers=everything)
    response = Response(_sent(request, body), reply.status, everything)
    if request.method == "HEAD":
        response.headers["content-length"] = everything.get("content-length", str(len(body)))
    for cookie in reply.cookies:
        response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
    return response


def refuse(error: ServiceError, request: Request, dialect: Dialect, route: Route | None) -> Response:
    """The answer to what was raised: in the dialect of the path, or as a page where the route answers people."""
    status, body = dialect(error, route and route.returns)
    headers = {**every_answer(request), "cache-control": "no-store", **error.headers}
    if route is not None and route.produces.startswith("text/html"):
        return Response(_sent(request, pages.error_page(error)), status, headers | pages.HEADERS)
    content = msgspec.json.encode(body, enc_hook=str)
    return Response(_sent(request, content), status, {**headers, "content-type": "application/json"})


def preflight(request: Request, allow: str, patches: bool) -> Response:
    """The answer to OPTIONS: what a page of another origin may send (Fetch: CORS-preflight)."""
    headers = {
        **every_answer(request),
        "access-control-allow-methods": METHODS + (", PATCH" if patches else ""),
        "access-control-allow-headers": ALLOWED,
        "access-control-max-age": "86400",
        "allow": allow,
    }
    return Response(status_code=204, headers=headers)


def _cached(rule: Cache | None, request: Request, vary: str) -> dict[str, str]:
    """What caches are told of a good answer, which varies by `vary` in any case."""
    if rule is None:
        return {"cache-control": "no-store"}
    fresh = rule.fresh_for_callers and callers.sent_credentials(request)
    control = {"cache-control": rule.fresh if fresh else rule.control}
    varied = ", ".join(filter(None, (rule.vary, vary)))
    return control | ({"vary": varied} if varied else {})


def _sent(request: Request, body: bytes) -> bytes:
    return b"" if request.method == "HEAD" else body
