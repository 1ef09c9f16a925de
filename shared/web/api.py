"""From a route table to an ASGI application.

For each request, in this order: find the route, find the caller, count the request, parse, call the handler, encode,
validate against `If-None-Match`, log one line. Handlers are plain functions: a Lambda serves one event at a time and
boto3 blocks anyway, so they run on the loop rather than in Starlette's thread pool (measured: 38 µs a call, not 502).
"""

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from shared import log
from shared.accounts import caller as callers
from shared.cache import Cache, etag_of, none_match
from shared.errors import Forbidden, MethodNotAllowed, NotFound, ServiceError, Unauthorized, Unavailable
from shared.settings import settings
from shared.web import limits, parse
from shared.web.call import Call, Reply
from shared.web.dialects import Dialect, library, of_path
from shared.web.routes import ADMIN, OPEN_WRITE, PUBLIC, REQUIRED, Form, Route

METHODS = "GET, POST, PUT, DELETE, OPTIONS"
EXPOSED = "ETag, Content-Range, Accept-Ranges, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
ALLOWED = (
    "Authorization, Content-Type, Range, If-None-Match, If-Range, X-API-Key, X-Upload-Id, X-Part-Number, X-File-Id, "
    "X-Category, X-Filename, X-Filename-Encoded"
)
BUSY = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
    }
)
EVERY_ANSWER = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": METHODS,
    "access-control-expose-headers": EXPOSED,
    "x-content-type-options": "nosniff",
}


class Api(Router):
    """An ASGI application that knows its route table and the shape of its errors."""

    def __init__(self, table: Sequence[Route], dialect: Dialect | None) -> None:
        self.table, self.dialect = tuple(table), dialect
        paths: dict[str, dict[str, Route]] = {}
        for route in table:
            paths.setdefault(route.path, {})[route.method] = route
        super().__init__(
            [StarletteRoute(path, Endpoint(methods, dialect)) for path, methods in paths.items()],
            redirect_slashes=False,
            default=Endpoint({}, dialect),
        )


def api(*table: Route, dialect: Dialect | None = None) -> Api:
    """The application of one function. Without `dialect`, each path's own family decides the shape of errors."""
    return Api(table, dialect)


class Endpoint:
    """All methods of one path."""

    def __init__(self, methods: dict[str, Route], dialect: Dialect | None) -> None:
        self.methods, self.dialect = methods, dialect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request = Request(scope, receive)
        line: dict[str, Any] = {"request_id": request_id(scope), "method": request.method, "route": "-"}
        try:
            response = await self.answer(request, line)
        except ServiceError as error:
            response = self.refuse(error, request)
        except Exception as error:
            # The stack goes to the log; the client learns only whether trying again makes sense.
            log.failure("unhandled", error, request_id=line["request_id"], route=line["route"])
            response = self.refuse(Unavailable() if is_outage(error) else ServiceError(), request)
        line |= {"status": response.status_code, "milliseconds": round((time.perf_counter() - started) * 1000, 2)}
        log.request(**line)
        await response(scope, receive, send)

    async def answer(self, request: Request, line: dict[str, Any]) -> Response:
        if not self.methods:
            raise NotFound()
        if request.method == "OPTIONS":
            return self.preflight()
        route = self.methods.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            raise MethodNotAllowed(headers={"allow": self.allow()})
        line["route"] = route.path
        if not parse.clean(request.path_params):
            raise NotFound()
        try:
            caller = who(route, request)
        except ServiceError as error:  # a stranger with bad credentials counts, or guessing them would be free
            error.headers = counted(route, limits.address(request)) | error.headers
            raise
        line["caller"] = caller.account_id if caller else None
        headers = counted(route, caller.account_id if caller else limits.address(request))
        try:
            call: Call[Any, Any] = Call(
                request,
                request.path_params,
                await parse.body_of(route, request),
                parse.query_of(route, request.query_params),
                caller,
            )
            try:
                result = route.handler(call)
            finally:
                if route.body is Form:
                    await call.body.close()
        except ServiceError as error:
            error.headers = headers | error.headers
            raise
        return respond(route, request, result, headers)

    def allow(self) -> str:
        offered = {*self.methods, "OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set())
        return ", ".join(sorted(offered))

    def preflight(self) -> Response:
        methods = METHODS + (", PATCH" if "PATCH" in self.methods else "")
        return Response(
            status_code=204,
            headers={
                **EVERY_ANSWER,
                "access-control-allow-methods": methods,
                "access-control-allow-headers": ALLOWED,
                "access-control-max-age": "86400",
                "allow": self.allow(),
            },
        )

    def refuse(self, error: ServiceError, request: Request) -> Response:
        dialect = self.dialect or of_path(request.url.path)
        status, body = dialect(error)
        route = self.methods.get(request.method)
        if dialect is library and "success" in getattr(route and route.returns, "__struct_fields__", ()):
            body = {"success": False, **body}
        headers = {**EVERY_ANSWER, "cache-control": "no-store", **error.headers, "content-type": "application/json"}
        return Response(_body(request, msgspec.json.encode(body, enc_hook=str)), status, headers)


def who(route: Route, request: Request) -> callers.Caller | None:
    """The caller, if the route looks at credentials; 401 or 403 when they do not do."""
    if route.caller is PUBLIC:
        return None
    caller = callers.resolve(request)
    needed = route.caller in (REQUIRED, ADMIN) or (route.caller is OPEN_WRITE and not settings.open_writes)
    if needed and caller is None:
        raise Unauthorized(headers={"www-authenticate": "Bearer"})
    if route.caller is ADMIN and caller is not None and caller.role != "admin":
        raise Forbidden()
    return caller


def counted(route: Route, who: str) -> dict[str, str]:
    """Count the request; the `X-RateLimit-*` headers. Raises TooManyRequests."""
    return limits.count(route.limit, who) if route.limit and settings.rate_limits else {}


def respond(route: Route, request: Request, result: object, headers: dict[str, str]) -> Response:
    """Encode what the handler returned, with the route's cache rule and validators."""
    reply = result if isinstance(result, Reply) else Reply(result, route.status)
    headers = {**EVERY_ANSWER, "content-type": route.produces, **headers}
    body = reply.value if isinstance(reply.value, bytes) else msgspec.json.encode(reply.value)
    rule = route.cache
    if reply.status < 400:
        headers["cache-control"] = rule.control if rule else "no-store"
        headers |= _varies(rule)
    headers |= reply.headers
    if rule and rule.edge and reply.status == 200 and request.method in ("GET", "HEAD"):
        headers.setdefault("etag", etag_of(body))
        if none_match(request.headers.get("if-none-match", ""), headers["etag"]):
            del headers["content-type"]
            return Response(status_code=304, headers=headers)
    response = Response(_body(request, body), reply.status, headers)
    if request.method == "HEAD":
        response.headers["content-length"] = headers.get("content-length", str(len(body)))
    for cookie in reply.cookies:
        response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
    return response


def _varies(rule: Cache | None) -> dict[str, str]:
    return {"vary": "Authorization, X-API-Key, Cookie"} if rule and rule.per_caller else {}


def _body(request: Request, body: bytes) -> bytes:
    return b"" if request.method == "HEAD" else body


def request_id(scope: Scope) -> str:
    """The gateway's id of this request, else the Lambda runtime's."""
    event, context = scope.get("aws.event") or {}, scope.get("aws.context")
    return str(event.get("requestContext", {}).get("requestId") or getattr(context, "aws_request_id", "-"))


def is_outage(error: Exception) -> bool:
    """Whether AWS was out of reach or throttling, rather than us being wrong."""
    from botocore import exceptions as aws

    unreachable = (aws.HTTPClientError, aws.EndpointConnectionError, aws.ConnectionError)
    if isinstance(error, aws.ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        return "Throttl" in code or code in BUSY
    return isinstance(error, unreachable)
