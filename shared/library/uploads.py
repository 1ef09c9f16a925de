"""Uploads under way: an S3 multipart upload, and our record of whose it is and what it will be.

Access patterns, all in the Library table:
    an upload by id              UPLOAD#<upload id>  / UPLOAD
    who is uploading this id     FILE#<id>           / RESERVED     (the latest upload of its owner; nobody else's)
    what has run out             see `due`
The upload id is S3's own: unguessable, and the one thing `part` and `complete` ask for, as documented.

Limits (Amazon S3 User Guide, "Amazon S3 multipart upload limits"): 10,000 parts; 5 MiB a part but the last; 5 TiB
whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from shared import aws, clock, storage
from shared.cache import MEDIA
from shared.errors import Conflict, Invalid, NotFound
from shared.library import due, files
from shared.library.files import NewFile
from shared.settings import settings
from shared.table import Check, ConditionFailed, Item, Put, Update, Write
from shared.tables import LIBRARY

MIB = 1 << 20
SMALLEST_PART, LARGEST_FILE, MOST_PARTS = 5 * MIB, 5 << 40, 10_000
URL_SECONDS = 3600  # a presigned part URL; new ones are signed on request
UPLOAD_SECONDS = 24 * 3600  # an upload nobody completed

# What a browser may show in our origin without running anything. All else is a download.
INLINE = ("video/", "audio/", "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "application/pdf")


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    etag: str
    size: int


def part_size(size: int) -> int:
    """Bytes a part, for a file of `size`: at least 8 MiB, whole MiB, and never more than 10,000 parts."""
    needed = -(-size // MOST_PARTS)
    return max(8 * MIB, -(-needed // MIB) * MIB)


def start(new: NewFile) -> Item:
    """Open a multipart upload and reserve the file's id for it; the upload's row.

    Raises Conflict when another account is uploading a file of this id, or there is one, be it one that nobody has any
    more: until it is collected somebody may link it again, and its bytes must be what they were.
    """
    s3 = aws.client("s3")
    where = {"Bucket": settings.media_bucket, "Key": storage.original_key(new.category, new.id)}
    upload_id = s3.create_multipart_upload(**where, **headers_of(new))["UploadId"]
    ends = clock.now() + UPLOAD_SECONDS
    row = {
        "upload_id": upload_id,
        "file_id": new.id,
        "category": new.category,
        "account_id": new.account_id,
        "size": new.size,
        "mime_type": new.mime_type,
        "filename": new.filename,
        "sha256": new.sha256,
        "part_size": part_size(new.size),
        "ends": int(ends),
        "state": "open",
        "expires": int(ends) + 86400,
    }
    reserved = {"pk": f"FILE#{new.id}", "sk": "RESERVED", "account_id": new.account_id, "upload_id": upload_id}
    try:
        LIBRARY.transact(
            Put({"pk": f"UPLOAD#{upload_id}", "sk": "UPLOAD", **row}),
            Put(
                reserved | {"ends": int(ends), "expires": int(ends) + 86400},
                "attribute_not_exists(pk) OR #account_id = :me OR #ends < :now",
                {"me": new.account_id, "now": int(clock.now())},
            ),
            due.at(ends, "upload", upload_id),
            Check(files.key(new.id), "attribute_not_exists(pk)"),
        )
    except ConditionFailed:
        s3.abort_multipart_upload(**where, UploadId=upload_id)
        raise Conflict("File id already in use", explanation="choose another fileId") from None
    return row


def headers_of(new: NewFile) -> dict[str, str]:
    """What S3 will send with the bytes: a media type that is safe in our origin, a name, a cache rule."""
    safe = new.mime_type.startswith(INLINE)
    return {
        "ContentType": new.mime_type if safe else "application/octet-stream",
        "ContentDisposition": disposition(new.filename, inline=safe),
        "CacheControl": MEDIA.control,
    }


def disposition(filename: str, inline: bool) -> str:
    """`Content-Disposition` with an ASCII name for old clients and the real one beside it (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%/' else "_" for c in filename)[-150:]
    exact = quote(filename[-200:], safe="")
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def find(upload_id: str) -> Item:
    """The upload's row; raises NotFound (`Upload not found`) also when it has run out."""
    row = LIBRARY.get(f"UPLOAD#{upload_id}", "UPLOAD")
    if row is None or row["state"] == "aborted" or (row["state"] == "open" and row["ends"] <= clock.now()):
        raise NotFound("Upload not found")
    return row


def part_urls(row: Mapping[str, Any], numbers: Iterable[int]) -> list[tuple[int, str]]:
    """Presigned `PUT` URLs, good for URL_SECONDS. Signing is arithmetic: S3 is not asked."""
    s3 = aws.client("s3")
    return [
        (number, s3.generate_presigned_url("upload_part", {**_where(row), "PartNumber": number}, ExpiresIn=URL_SECONDS))
        for number in numbers
    ]


def parts(row: Mapping[str, Any]) -> list[Part]:
    """The parts S3 has, in order: 1,000 a call."""
    s3 = aws.client("s3")
    try:
        pages = list(s3.get_paginator("list_parts").paginate(**_where(row)))
    except s3.exceptions.ClientError as error:
        raise _lost(error) from None
    found = [entry for page in pages for entry in page.get("Parts", ())]
    return [Part(entry["PartNumber"], entry["ETag"], entry["Size"]) for entry in found]


def put_part(row: Mapping[str, Any], number: int, body: bytes) -> str:
    """Store one part; its ETag."""
    s3 = aws.client("s3")
    try:
        return str(s3.upload_part(**_where(row), PartNumber=number, Body=body)["ETag"])
    except s3.exceptions.ClientError as error:
        raise _lost(error) from None


def _lost(error: Any) -> Exception:
    """S3 has no such upload any more (completed, aborted, or swept): 404; anything else is what it is."""
    return NotFound("Upload not found") if error.response["Error"]["Code"] == "NoSuchUpload" else error


def assemble(row: Mapping[str, Any], have: list[Part]) -> None:
    """Make the object of its parts. A repeat, or a race with one, finds it made and is content.

    Raises Invalid when a part but the last is under 5 MiB.
    """
    s3 = aws.client("s3")
    listed = [{"PartNumber": part.number, "ETag": part.etag} for part in have]
    try:
        s3.complete_multipart_upload(**_where(row), MultipartUpload={"Parts": listed})
    except s3.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "EntityTooSmall":
            raise Invalid("Part too small", field="parts", constraint="5 MiB or more, but for the last") from None
        if code in ("InvalidPart", "InvalidPartOrder"):  # a part was sent again while we looked
            raise Conflict(
                "Parts changed", explanation="a part was uploaded during completion; complete again"
            ) from None
        if code != "NoSuchUpload":
            raise
        assembled(row)


def assembled(row: Mapping[str, Any]) -> dict[str, Any]:
    """The finished object's head. Raises NotFound when there is none of this size."""
    found = storage.head(storage.original_key(row["category"], row["file_id"]))
    if found is None or found["ContentLength"] != row["size"]:
        raise NotFound("Upload not found")
    return found


def hold(row: Mapping[str, Any]) -> None:
    """Raises Conflict when a later upload has taken the file's id over: its object must not be written over."""
    reserved = LIBRARY.get(f"FILE#{row['file_id']}", "RESERVED")
    if reserved is None or reserved["upload_id"] != row["upload_id"]:
        raise Conflict("Upload superseded", explanation="a later upload has this fileId")


def store(new: NewFile, body: bytes) -> None:
    """Store a small file in one go."""
    key = storage.original_key(new.category, new.id)
    aws.client("s3").put_object(Bucket=settings.media_bucket, Key=key, Body=body, **headers_of(new))


def finish(row: Mapping[str, Any], new: NewFile) -> None:
    """Record the file and close the upload in one transaction; content when that has happened already.

    Raises Conflict when a later upload of the same owner took the file's id over.
    """
    key = (f"UPLOAD#{row['upload_id']}", "UPLOAD")
    closing: list[Write] = [
        Update(key, set={"state": "done"}, condition="#state = :open", values={"open": "open"}),
        Update(
            (f"FILE#{new.id}", "RESERVED"),
            set={"ends": 0},
            condition="#upload_id = :mine",
            values={"mine": row["upload_id"]},
        ),
    ]
    try:
        files.create(new, *closing)
    except (ConditionFailed, Conflict):
        standing = LIBRARY.get(*key)
        if standing is None or standing["state"] != "done":
            raise Conflict("Upload superseded", explanation="a later upload has this fileId") from None


def abort(row: Mapping[str, Any]) -> None:
    """Give up an upload nobody completed: its parts go, its id is free."""
    key = (f"UPLOAD#{row['upload_id']}", "UPLOAD")
    LIBRARY.write(Update(key, set={"state": "aborted"}, condition="#state = :open", values={"open": "open"}))
    s3 = aws.client("s3")
    try:
        s3.abort_multipart_upload(**_where(row))
    except s3.exceptions.NoSuchUpload:
        return


def _where(row: Mapping[str, Any]) -> dict[str, str]:
    key = storage.original_key(row["category"], row["file_id"])
    return {"Bucket": settings.media_bucket, "Key": key, "UploadId": row["upload_id"]}
