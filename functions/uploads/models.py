"""What uploads take and answer."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from functions.uploads.names import MEDIA_TYPE, tidy
from shared.library import moments
from shared.library.about import Basic
from shared.library.categories import Category
from shared.library.ids import FileId
from shared.library.moments import Moment
from shared.library.multipart import LARGEST_FILE, MOST_PARTS
from shared.library.shown import Shown
from shared.web import FormFile

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}$(?!\n)", description="a SHA-256 of 64 hexadecimal digits")]
MediaType = Annotated[
    str, Meta(pattern=rf"^$(?!\n)|{MEDIA_TYPE}", max_length=200, description="a media type such as video/mp4")
]
Name = Annotated[str, Meta(min_length=1, max_length=1024)]
UserId = Annotated[str, Meta(min_length=1, max_length=256)]
UploadId = Annotated[str, Meta(min_length=1, max_length=1024)]
PartNumber = Annotated[int, Meta(ge=1, le=MOST_PARTS)]


class Hash(Struct):
    """A SHA-256; of any other text the answer is that nothing has it."""

    hash: Annotated[str, Meta(min_length=1, max_length=128)]


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
    """Of the stream: `ready` when it can be played, `segments` made so far, `percent` of what makes its `state` ready;
    `stage` is what is being made, also of what goes with a stream that is ready, and `waiting` before its turn."""

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
