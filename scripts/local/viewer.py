"""A viewer's request as the distribution takes it, and the answers that come from the door itself."""

import asyncio
import contextlib
from typing import Any

import msgspec
from starlette.routing import compile_path

from functions.system.unknown import dialect_of
from scripts.local.signed import Receive, Scope, Send
from shared.errors import TooLarge

LARGEST_BODY = 10 * 2**20 + 2**16  # the HTTP API's 10 MB, and a form's envelope around a file of that size
PATIENCE = 5.0  # seconds for which a refused body is still taken off the line
NOT_FROM_VIEWERS = ("x-viewer-", "x-origin-secret", "cloudfront-", "x-local-")


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


async def body_of(headers: dict[str, str], receive: Receive) -> bytes | None:
    """The request's body, or None when it is larger than the gateway takes: unread if it says so itself."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and (len(declared) > 15 or int(declared) > LARGEST_BODY):
        return None
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


async def refuse_body(scope: Scope, receive: Receive, send: Send) -> None:
    """413 in the dialect of the path, at once. Then a moment for a client that listens only when it has said all."""
    returns = await asyncio.to_thread(returned, scope["method"], scope["path"])
    status, said = dialect_of(scope["path"])(TooLarge(explanation="at most 10 MiB"), returns)
    body = msgspec.json.encode(said)
    headers = {"connection": "close", "cache-control": "no-store", "access-control-allow-origin": "*"}
    await begin(send, status, headers, body)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while (await receive()).get("more_body"):
                pass
    await send({"type": "http.response.body", "body": b""})


def returned(method: str, path: str) -> Any:
    """The model that the route of this path returns: errors of some have its `success`."""
    from scripts.openapi import apis  # every function's code: only when somebody sends too much

    routes = (route for app in apis().values() for route in app.table if route.method == method)
    return next((route.returns for route in routes if compile_path(route.path)[0].fullmatch(path)), None)


async def answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    await begin(send, status, headers, body)
    await send({"type": "http.response.body", "body": b""})


async def begin(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    lines += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": True})
