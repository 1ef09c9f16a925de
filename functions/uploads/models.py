"""What uploads take and answer."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import unquote

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.errors import Invalid
from shared.library import moments
from shared.library.about import Basic
from shared.library.categories import Category
from shared.library.ids import FileId
from shared.library.moments import Moment
from shared.library.multipart import LARGEST_FILE, MOST_PARTS
from shared.library.shown import Shown
from shared.web import FormFile

UNKNOWN_TYPE = "application/octet-stream"
MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[ -~]*)?$(?!\n)"  # RFC 9110 §8.3.1: it becomes a header

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}$(?!\n)", description="a SHA-256 of 64 hexadecimal digits")]
MediaType = Annotated[
    str, Meta(pattern=rf"^$(?!\n)|{MEDIA_TYPE}", max_length=200, description="a media type such as video/mp4")
]
Name = Annotated[str, Meta(min_length=1, max_length=1024)]
UserId = Annotated[str, Meta(min_length=1, max_length=256)]
UploadId = Annotated[str, Meta(min_length=1, max_length=1024)]
PartNumber = Annotated[int, Meta(ge=1, le=MOST_PARTS)]


class Hash(Struct):
    hash: Sha256


class Exists(Struct, rename="camel"):
    exists: bool
    file_id: str | None


class NewUpload(Struct, rename="camel"):
    file_id: FileId
    category: Category
    size: Annotated[int, Meta(ge=0, le=LARGEST_FILE)]
    user_id: UserId
    filename: Name | None = None
    mime_type: MediaType = ""
    hash: Sha256 | None = None


class PartUrl(Struct, rename="camel"):
    part_number: int
    url: str


class Upload(Struct, rename="camel"):
    """`expiresIn` in seconds is how long `partUrls` are good; `partSize` in bytes."""

    upload_id: str | None
    file_id: str
    category: Category
    expires_in: int
    part_size: int | UnsetType = UNSET
    part_urls: list[PartUrl] | UnsetType = UNSET
    exists: bool | UnsetType = UNSET


class MoreUrls(Struct, rename="camel"):
    upload_id: UploadId
    part_numbers: Annotated[list[PartNumber], Meta(min_length=1, max_length=1000)]


class PartUrls(Struct, rename="camel"):
    part_urls: list[PartUrl]
    expires_in: int


class StoredPart(Struct, rename="camel"):
    part_number: int
    etag: str
    size: int


class Parts(Struct, rename="camel"):
    part_size: int
    expires_at: str
    parts: list[StoredPart]


class PartStored(Struct, rename="camel"):
    success: bool
    part_number: int
    etag: str


class Cancelled(Struct):
    success: bool


class ClaimedPart(Struct, rename="camel"):
    part_number: PartNumber
    etag: str = ""


class Completion(Struct, rename={"upload_id": "uploadId", "basic_metadata": "basicMetadata"}):
    upload_id: UploadId
    parts: Annotated[list[ClaimedPart], Meta(max_length=MOST_PARTS)] = []
    filename: Name | None = None
    basic_metadata: Basic | None = None
    file_created_at: Moment | None = None

    def said(self) -> dict[str, Any]:
        """What was told of the file, as `arriving.complete` takes it. Raises Invalid."""
        return {
            "filename": tidy(self.filename) if self.filename else None,
            "file_created_at": moments.seconds_of(self.file_created_at),
            "described": self.basic_metadata.changes() if self.basic_metadata else {},
        }


class Completed(Struct, rename="camel"):
    success: bool
    file_id: str
    category: Category
    url: str


class NewLink(Struct, rename="camel"):
    file_id: Name
    user_id: UserId


class Linked(Struct, rename="camel"):
    success: bool
    already_linked: bool | UnsetType = UNSET
    error: str | UnsetType = UNSET
    file_id: str | UnsetType = UNSET


class OneShotForm(Struct, rename={"user_id": "userId", "basic_metadata": "basicMetadata"}):
    file: FormFile
    user_id: UserId
    basic_metadata: str = ""
    file_created_at: Annotated[str, Meta(max_length=64)] = ""


class UploadPath(Struct):
    upload_id: str


class FilePath(Struct):
    file_id: str


class UserPath(Struct):
    user_id: str


class OneShotFile(Struct):
    id: str
    name: str
    size: int
    type: str
    url: str
    exists: bool


class OneShot(Struct):
    success: bool
    file: OneShotFile


class Status(Struct):
    """Of the stream: `ready` when it can be played, `segments` made so far, `percent` of all rungs."""

    ready: bool
    playlist: bool
    init: bool
    segments: int
    files: list[str]
    state: str
    percent: float
    stage: str
    error: str | None
    url: str | None


class ListQuery(Struct):
    category: Category | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    cursor: str | None = None


class FileList(Struct, rename="camel"):
    files: list[Shown]
    next_cursor: str | None


# ---- what comes in headers


def tidy(filename: str) -> str:
    """A name as it is shown: without a path and without control characters."""
    text = "".join(c for c in filename.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return text.strip() or "file"


def media_type(kind: str) -> str:
    return kind if len(kind) <= 200 and re.search(MEDIA_TYPE, kind) else UNKNOWN_TYPE


def spellings(header: str) -> set[str]:
    """What a header's text may mean: clients send it as UTF-8, as Latin-1 or percent-encoded, and gateways read it one
    way or the other."""
    found = {header}
    for _ in range(2):
        found |= {text for one in found if (text := _as_utf8(one))}
    return found | {unquote(one) for one in found}


def filename_of(headers: Mapping[str, str]) -> str:
    """The name in `X-Filename`, empty without one. Raises Invalid for base64 that is none."""
    sent = headers.get("x-filename", "")
    if headers.get("x-filename-encoded", "").lower() == "base64":
        try:
            sent = base64.b64decode(sent, validate=True).decode()
        except (binascii.Error, ValueError):
            raise Invalid(field="X-Filename", constraint="UTF-8 in base64") from None
    else:
        for _ in range(2):
            sent = _as_utf8(sent) or sent
        sent = unquote(sent)
    return tidy(sent)[:1024] if sent else ""


def _as_utf8(text: str) -> str:
    """The text whose UTF-8 bytes were read as Latin-1; empty when they were not."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return ""
