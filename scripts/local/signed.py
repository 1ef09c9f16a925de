"""Which requests of the port are AWS calls: those that are signed. And what such a call may change."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BUCKET = re.compile(r"/[a-z0-9.-]+-mediabucket-[a-z0-9]+")
READS = ("Get", "BatchGet", "Query", "Scan", "Describe", "List", "TransactGet", "Receive")
CONNECTION = re.compile(r"_aws/execute-api/\w+/\w+/@connections/[^/]+")


def is_signed(scope: Scope) -> bool:
    """By header, or in the query (the preflight of a presigned PUT carries the same query).

    MiniStack's own pages ask for no signature (one of them forgets everything): nobody gets there by claiming one. A
    function's word to a WebSocket has a path like theirs, and its signature is checked.
    """
    page = scope.get("path", "/").strip("/")
    if (page.startswith("_") and not CONNECTION.fullmatch(page)) or page == "health":
        return False
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    return authorization.startswith(b"AWS4-HMAC-SHA256 ") or is_presigned(scope)


def is_presigned(scope: Scope) -> bool:
    return b"X-Amz-Signature=" in scope["query_string"]


def is_form(scope: Scope) -> bool:
    """A form for our bucket, whose signature is one of its fields: see `forms`."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    to_bucket = BUCKET.fullmatch(scope.get("path", ""))
    return bool(scope["method"] == "POST" and to_bucket and kind.startswith(b"multipart/form-data"))


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


def sandboxed(send: Send) -> Send:
    """In the cloud a presigned URL is another origin; here it is ours, so what it serves must not run as our page."""

    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            extra = [(b"content-security-policy", b"sandbox"), (b"x-content-type-options", b"nosniff")]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return guarded
