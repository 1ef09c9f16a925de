"""The bytes of an upload: an S3 multipart upload.

Limits (Amazon S3 User Guide, "Amazon S3 multipart upload limits"): 10,000 parts; 5 MiB a part but the last; 5 TiB
whole.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote

from shared import aws, storage
from shared.errors import Conflict, Invalid, NotFound
from shared.library import keys
from shared.library.caching import MEDIA
from shared.library.files import NewFile
from shared.library.uploads import NOT_FOUND, Upload
from shared.settings import settings

MIB = 1 << 20
SMALLEST_PART, LARGEST_FILE, MOST_PARTS = 5 * MIB, 5 << 40, 10_000
URL_SECONDS = 3600  # a presigned part URL; new ones are signed on request

# What a browser may show in our origin without running anything. All else is a download.
INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "application/pdf"})
PLAYED = re.compile(r"(video|audio)/(?!.*\bxml$)[^;]+")  # what ends in xml is a document, whatever it claims to be of
PLAIN_TEXT = "text/plain"


class Part(NamedTuple):
    number: int
    etag: str
    size: int


def part_size(size: int) -> int:
    """Bytes a part, for a file of `size`: at least 8 MiB, whole MiB, and never more than 10,000 parts."""
    needed = -(-size // MOST_PARTS)
    return max(8 * MIB, -(-needed // MIB) * MIB)


# ---- the object to be


def begin(new: NewFile) -> str:
    """Open a multipart upload; its id."""
    where = {"Bucket": settings.media_bucket, "Key": keys.original(new.category, new.file_id)}
    return str(aws.client("s3").create_multipart_upload(**where, **headers_of(new))["UploadId"])


def store(new: NewFile, body: bytes) -> None:
    """Store a small file in one go."""
    key = keys.original(new.category, new.file_id)
    aws.client("s3").put_object(Bucket=settings.media_bucket, Key=key, Body=body, **headers_of(new))


def copy(new: NewFile, key: str) -> None:
    """Store what is at `key`, without its bytes coming by: S3 copies up to 5 GiB in one call."""
    bucket = settings.media_bucket
    aws.client("s3").copy_object(
        Bucket=bucket,
        Key=keys.original(new.category, new.file_id),
        CopySource={"Bucket": bucket, "Key": key},
        MetadataDirective="REPLACE",
        **headers_of(new),
    )


def headers_of(new: NewFile) -> dict[str, str]:
    """What S3 will send with the bytes: a media type that is safe in our origin, a name, a cache rule."""
    kind, inline = shown_as(new.mime_type)
    return {
        "ContentType": kind,
        "ContentDisposition": disposition(new.filename, inline=inline),
        "CacheControl": MEDIA.control,
    }


def shown_as(mime_type: str) -> tuple[str, bool]:
    """The media type to send, and whether a browser opens it rather than saves it."""
    kind = mime_type.partition(";")[0].strip().lower()
    if kind == PLAIN_TEXT:
        return (mime_type if "charset" in mime_type.lower() else f"{PLAIN_TEXT}; charset=utf-8"), True
    safe = kind in INLINE or PLAYED.fullmatch(kind)
    return (mime_type, True) if safe else ("application/octet-stream", False)


def disposition(filename: str, inline: bool) -> str:
    """`Content-Disposition` with an ASCII name for old clients and the real one beside it (RFC 6266, RFC 8187).

    Without a name a browser takes the last word of the address.
    """
    manner = "inline" if inline else "attachment"
    if not filename:
        return manner
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%/' else "_" for c in filename)[-150:]
    return f"{manner}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename[-200:], safe='')}"


# ---- its parts


def part_urls(upload: Upload, numbers: Iterable[int]) -> list[tuple[int, str]]:
    """Presigned `PUT` URLs, good for URL_SECONDS. Signing is arithmetic: S3 is not asked."""
    sign = aws.client("s3").generate_presigned_url
    where = _where(upload)
    return [(n, sign("upload_part", {**where, "PartNumber": n}, ExpiresIn=URL_SECONDS)) for n in numbers]


def parts(upload: Upload) -> list[Part]:
    """The parts S3 has, in order: 1,000 a call. Raises NotFound when S3 has no such upload (any more)."""
    s3 = aws.client("s3")
    try:
        pages = list(s3.get_paginator("list_parts").paginate(**_where(upload)))
    except s3.exceptions.ClientError as error:
        raise _lost(error) from None
    found = [entry for page in pages for entry in page.get("Parts", ())]
    return [Part(entry["PartNumber"], entry["ETag"], entry["Size"]) for entry in found]


def put_part(upload: Upload, number: int, body: bytes) -> str:
    """Store one part; its ETag."""
    s3 = aws.client("s3")
    try:
        return str(s3.upload_part(**_where(upload), PartNumber=number, Body=body)["ETag"])
    except s3.exceptions.ClientError as error:
        raise _lost(error) from None


def _lost(error: Any) -> Exception:
    """S3 has no such upload any more (completed, aborted, or swept): 404; anything else is what it is."""
    return NotFound(NOT_FOUND) if error.response["Error"]["Code"] == "NoSuchUpload" else error


# ---- the end of it


def assemble(upload: Upload, claimed: set[int]) -> None:
    """Make the object of its parts, once all are there; a repeat, or a race with one, finds it made and is content.

    S3's own list counts; `claimed` are the numbers the client knows of. Raises Invalid naming the parts that are
    missing, or when a part but the last is under 5 MiB; NotFound when neither parts nor object are there.
    """
    try:
        have = parts(upload)
    except NotFound:  # another completion was first, or one that died after S3 had said yes
        return _made(upload)
    arrived, numbers = sum(one.size for one in have), {one.number for one in have}
    missing = sorted((claimed | set(range(1, max(numbers, default=1) + 1))) - numbers)
    if missing or arrived != upload.size:
        raise Invalid(
            "Missing parts" if missing or arrived < upload.size else "Size mismatch",
            field="parts",
            constraint=f"{arrived} of {upload.size} bytes are here; missing parts: {missing[:20]}",
        )
    _complete(upload, have)


def _complete(upload: Upload, have: list[Part]) -> None:
    s3 = aws.client("s3")
    listed = [{"PartNumber": part.number, "ETag": part.etag} for part in have]
    try:
        s3.complete_multipart_upload(**_where(upload), MultipartUpload={"Parts": listed})
    except s3.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "EntityTooSmall":
            raise Invalid("Part too small", field="parts", constraint="5 MiB or more, but for the last") from None
        if code in ("InvalidPart", "InvalidPartOrder"):
            again = "a part was uploaded during completion; complete again"
            raise Conflict("Parts changed", explanation=again) from None
        if code != "NoSuchUpload":
            raise
        _made(upload)


def _made(upload: Upload) -> None:
    """Raises NotFound unless there is a finished object of this size."""
    found = storage.head(keys.original(upload.category, upload.file_id))
    if found is None or found["ContentLength"] != upload.size:
        raise NotFound(NOT_FOUND)


def discard(category: str, file_id: str, upload_id: str) -> bool:
    """Let the parts go; False when there are none: the object has been made of them, or they went before."""
    s3 = aws.client("s3")
    where = {"Bucket": settings.media_bucket, "Key": keys.original(category, file_id)}
    try:
        s3.abort_multipart_upload(**where, UploadId=upload_id)
    except s3.exceptions.NoSuchUpload:
        return False
    return True


def _where(upload: Upload) -> dict[str, str]:
    key = keys.original(upload.category, upload.file_id)
    return {"Bucket": settings.media_bucket, "Key": key, "UploadId": upload.upload_id}
