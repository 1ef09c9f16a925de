"""An S3 object as an HTTP answer: whole, in ranges, conditional, or by redirect when it is more than a Lambda may say.

RFC 9110 §13 and §14. In the cloud the edge reads from S3 itself; this is the way behind it, and the one that explains
itself when there is no such object.
"""

import re
from dataclasses import dataclass
from typing import Any

from shared import aws, storage
from shared.cache import none_match
from shared.errors import NotFound, RangeNotSatisfiable
from shared.settings import settings
from shared.web.call import Call, Reply

LARGEST = 4 << 20  # bytes; base64 makes 6 MB of 4.5 MB, and 6 MB is Lambda's limit
URL_SECONDS = 3600
# A file is a stranger's: it may be looked at in our origin, and may do nothing there.
SANDBOX = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'"
SINGLE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def span_of(header: str, size: int) -> Span | None:
    """The one range a `Range` header asks for; None when it is to be ignored (another unit, several, malformed).

    Raises RangeNotSatisfiable when nothing of the object lies in it.
    """
    match = SINGLE.fullmatch(header.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:  # the last n bytes
        wanted = min(int(last[:20]), size)
        if wanted == 0:
            raise RangeNotSatisfiable(size)
        return Span(size - wanted, size - 1)
    start, end = int(first[:20]), int(last[:20]) if last else size - 1
    if last and end < start:
        return None
    if start >= size:
        raise RangeNotSatisfiable(size)
    return Span(start, min(end, size - 1))


def serve(
    call: Call[Any, Any, Any], key: str, cache_control: str, content_type: str = "", missing: str = "File not found"
) -> Reply[bytes]:
    """The object at `key`, with the cache rule it was stored with (a growing playlist has its own), else the given one.

    `content_type` is the object's own unless given. Raises NotFound, RangeNotSatisfiable.
    """
    found = storage.head(key)
    if found is None:
        raise NotFound(missing)
    size, etag = int(found["ContentLength"]), str(found["ETag"])
    headers = {
        "content-type": content_type or str(found["ContentType"]),
        "accept-ranges": "bytes",
        "etag": etag,
        "last-modified": found["LastModified"].strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "cache-control": str(found.get("CacheControl") or cache_control),
        "content-security-policy": SANDBOX,
    }
    if disposition := found.get("ContentDisposition"):
        headers["content-disposition"] = str(disposition)
    if none_match(call.header("if-none-match"), etag):
        return Reply(b"", 304, headers)
    span = span_of(call.header("range"), size) if _range_applies(call, etag) else None
    if call.request.method == "HEAD":
        return Reply(b"", 200, headers | {"content-length": str(size)})
    if span is None and size > LARGEST:
        where = {"Bucket": settings.media_bucket, "Key": key}
        location = aws.client("s3").generate_presigned_url("get_object", where, ExpiresIn=URL_SECONDS)
        return Reply(b"", 307, {"location": location, "cache-control": "no-store", "accept-ranges": "bytes"})
    if span is None:
        return Reply(_read(key, etag, None) if size else b"", 200, headers)
    span = Span(span.first, min(span.last, span.first + LARGEST - 1))
    headers["content-range"] = f"bytes {span.first}-{span.last}/{size}"
    return Reply(_read(key, etag, span), 206, headers)


def _range_applies(call: Call[Any, Any, Any], etag: str) -> bool:
    """Without If-Range, or when it names this very entity by a strong tag; a date is never strong enough for us."""
    condition = call.header("if-range")
    return bool(call.header("range")) and (not condition or condition == etag)


def _read(key: str, etag: str, span: Span | None) -> bytes:
    more = {"Range": f"bytes={span.first}-{span.last}"} if span else {}
    answer = aws.client("s3").get_object(Bucket=settings.media_bucket, Key=key, IfMatch=etag, **more)
    return bytes(answer["Body"].read())
