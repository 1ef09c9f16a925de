"""The front door of the one port: a signed request is an AWS call, any other is a viewer of the distribution.

MiniStack plays the distribution's behaviours, policies and functions from the template. The rules it lacks are here:

1. A viewer function may choose an origin group (`cf.createRequestOriginGroup`): `with_origin_groups` gives the function
   a `cf` that writes the choice into a header, and `fetch` follows it, falling over on the statuses it names.
2. An origin named `….execute-api….amazonaws.com` is one of MiniStack's own APIs, called in this process.
3. The REST API that hands upload parts to S3 is not emulated: the HTTP API's function takes them instead.
4. The request body ends at the size the gateway accepts.
5. MiniStack answers OPTIONS itself, with 403 where the API has no CORS settings of its own; API Gateway would ask the
   function. So it is given what the functions' frame answers.
6. The platform has one name: a page asked for as localhost is sent to 127.0.0.1.
"""

import json
import re
import urllib.parse
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import ministack.app as ministack
from ministack.core.iam_evaluator import pin_request_origin
from ministack.core.responses import set_request_client_ip
from ministack.services import apigateway, cloudfront

from scripts.local.store import Store
from shared.web.respond import preflight

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

GROUP = "x-local-origin-group"
LARGEST_BODY = 10 * 2**20 + 2**16  # the HTTP API's 10 MB, and a form's envelope around a file of that size
READS = ("Get", "BatchGet", "Query", "Scan", "Describe", "List", "TransactGet", "Receive")
NOT_FROM_VIEWERS = ("x-viewer-address", "x-origin-secret", "cloudfront-", "x-local-")


class Edge:
    """The ASGI application of the port."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.distribution: dict[str, Any] = {}  # set once the stack is there
        self.http_api = ""
        self._parsed: dict[str, dict[str, Any]] = {}
        self._parse = cloudfront.parse_distribution_dataplane_config
        self._fetch = cloudfront._fetch_from_origin
        cloudfront.parse_distribution_dataplane_config = self.parsed
        cloudfront._fetch_from_origin = self.fetch
        answered = preflight("OPTIONS", patches=True)
        apigateway._cors_preflight_response = lambda *_: (answered.status_code, dict(answered.headers), b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await ministack.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1011})
        elif is_signed(scope):
            if writes(scope):
                self.store.touch(service(scope))
            scope["headers"] = [*scope["headers"], (b"x-forwarded-proto", b"https")]  # as in `view`
            await ministack.app(scope, receive, sandboxed(send) if is_presigned(scope) else send)
        elif not self.distribution:
            await answer(send, 503, {"retry-after": "1"}, b'{"error":"Starting"}')
        else:
            await self.view(scope, receive, send)

    async def view(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One viewer request through the distribution."""
        headers = viewer_headers(scope)
        if place := proper_place(scope, headers):
            return await answer(send, 307, {"location": place}, b"")
        body = await read(receive)
        if body is None:
            return await answer(
                send, 413, {"connection": "close"}, b'{"error":"Payload too large","message":"At most 10 MiB"}'
            )
        query = scope["query_string"].decode("latin-1")
        address = (scope.get("client") or ("127.0.0.1",))[0]
        set_request_client_ip(address)
        pin_request_origin(address, True)  # buckets refuse plain http; the loopback is as good as https
        status, found, content = await cloudfront.handle_viewer_request(
            self.distribution,
            scope["method"],
            scope["path"],
            scope["raw_path"].decode("latin-1"),
            query,
            headers,
            body,
            urllib.parse.parse_qs(query, keep_blank_values=True),
            address,
        )
        await ministack._send_response(send, status, found, content, head=scope["method"] == "HEAD")

    def parsed(self, distribution: dict[str, Any]) -> dict[str, Any]:
        """The distribution's behaviours, read from its XML once per version and not once per request."""
        version = distribution["ETag"]
        if version not in self._parsed:
            self._parsed = {version: self._parse(distribution)}
        return self._parsed[version]

    async def fetch(
        self,
        origin: dict[str, Any],
        method: str,
        uri: str,
        query: str,
        headers: dict[str, str],
        body: bytes,
        *rest: Any,
    ) -> tuple[int, str, dict[str, Any], bytes]:
        """What the chosen origin answers; with an origin group, the first of its origins that does not fail."""
        chosen = json.loads(headers.pop(GROUP, "null"))
        origins = self.parsed(self.distribution)["origins"]
        members = [origins[name] for name in chosen["origins"]] if chosen else [origin]
        for member in members[:-1]:
            found = await self.fetch_one(member, method, uri, query, headers, body, *rest)
            if found[0] not in chosen["statuses"]:
                return found
        return await self.fetch_one(members[-1], method, uri, query, headers, body, *rest)

    async def fetch_one(
        self,
        origin: dict[str, Any],
        method: str,
        uri: str,
        query: str,
        headers: dict[str, str],
        body: bytes,
        *rest: Any,
    ) -> tuple[int, str, dict[str, Any], bytes]:
        if ".execute-api." not in origin["domain_name"]:
            found: tuple[int, str, dict[str, Any], bytes] = await self._fetch(
                origin, method, uri, query, headers, body, *rest
            )
            return found
        _, address, forwarded, *_ = rest
        sent = cloudfront._origin_request_headers(origin, headers, address, forwarded)
        sent = {name.lower(): value for name, value in sent.items()} | {"x-forwarded-proto": "http"}
        prefix = f"/_aws/execute-api/{self.http_api}/$default"
        status, answered, content = await ministack._handle_execute_api_request(
            "localhost",
            prefix + urllib.parse.unquote(uri),
            method,
            sent,
            body,
            urllib.parse.parse_qs(query, keep_blank_values=True),
            raw_path=prefix + uri,
            raw_query_string=query,
        )
        content = content.encode() if isinstance(content, str) else content
        return status, "", {name.lower(): value for name, value in answered.items()}, content


def with_origin_groups(code: str) -> str:
    """A viewer function's code for a runtime without `import cf from 'cloudfront'`: rule 1 above."""
    if "from 'cloudfront'" not in code:
        return code
    body = re.sub(r"^import cf from 'cloudfront';?$", "", code, flags=re.MULTILINE)
    return (
        "let chosen;\n"
        "const cf = { createRequestOriginGroup(group) { chosen = group; } };\n"
        f"{body}\n"
        "const decide = handler;\n"
        "handler = event => {\n"
        "  chosen = undefined;\n"
        "  const request = decide(event);\n"
        f"  if (chosen) request.headers['{GROUP}'] = {{ value: JSON.stringify({{\n"
        "    origins: chosen.originIds.map(o => o.originId), statuses: chosen.failoverCriteria.statusCodes }) };\n"
        "  return request;\n"
        "};\n"
    )


def is_signed(scope: Scope) -> bool:
    """By header, or in the query (the preflight of a presigned PUT carries the same query).

    MiniStack's own pages ask for no signature (one of them forgets everything): nobody gets there by claiming one.
    """
    page = scope.get("path", "/").strip("/")
    if page.startswith("_") or page == "health":
        return False
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    return authorization.startswith(b"AWS4-HMAC-SHA256 ") or is_presigned(scope)


def is_presigned(scope: Scope) -> bool:
    return b"X-Amz-Signature=" in scope["query_string"]


def writes(scope: Scope) -> bool:
    """Whether an AWS call may change what a save would hold."""
    target = next((value.decode() for name, value in scope["headers"] if name == b"x-amz-target"), "")
    if target:
        return not target.rpartition(".")[2].startswith(READS) or "ReceiveMessage" in target
    return scope["method"] not in ("GET", "HEAD", "OPTIONS")


def service(scope: Scope) -> str:
    """Whom a signed call is for, by its credential (KEY/date/region/service/aws4_request); a presigned URL is S3's."""
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    found = re.search(rb"Credential=[^/,]*/[^/,]*/[^/,]*/([^/,]*)/", authorization)
    return found[1].decode() if found else "s3"


def viewer_headers(scope: Scope) -> dict[str, str]:
    """A viewer's headers, without those that only the edge may set, as if they had come by https."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if not name.startswith(NOT_FROM_VIEWERS):
            joint = "; " if name == "cookie" else ", "
            headers[name] = f"{headers[name]}{joint}{value}" if name in headers else value
    return headers | {"x-forwarded-proto": "https"}


def proper_place(scope: Scope, headers: dict[str, str]) -> str:
    """Where a page asked for as localhost is: its part URLs will name 127.0.0.1, which to a browser is elsewhere."""
    host, _, port = headers.get("host", "").partition(":")
    if host != "localhost" or headers.get("sec-fetch-mode") != "navigate":
        return ""
    query = scope["query_string"].decode("latin-1")
    return f"http://127.0.0.1:{port}{scope['raw_path'].decode('latin-1')}{'?' if query else ''}{query}"


async def read(receive: Receive) -> bytes | None:
    """The request's body, or None when it is larger than the gateway takes."""
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


async def answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    lines += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def sandboxed(send: Send) -> Send:
    """In the cloud a presigned URL is another origin; here it is ours, so what it serves must not run as our page."""

    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            extra = [(b"content-security-policy", b"sandbox"), (b"x-content-type-options", b"nosniff")]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return guarded
