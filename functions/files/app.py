"""Files that are here: what they are, their bytes, their pictures, what people say about them, and letting them go."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from functions.files import thumbnails
from shared import clock, edge, jobs, storage
from shared.cache import FILE_INFO, LIVE, MEDIA, THUMBNAIL
from shared.entry.http import http
from shared.errors import Forbidden
from shared.library import described, files, top
from shared.library.access import OPEN_WRITE
from shared.library.categories import Category
from shared.library.described import Description, Details
from shared.settings import settings
from shared.web import REQUIRED, Call, Reply, api, delete, get, post
from shared.web.dialects import library
from shared.web.objects import serve

GIB = 1 << 30
ANY_TYPE = "application/octet-stream"
UserId = Annotated[str, Meta(min_length=1, max_length=256)]


class FilePath(Struct):
    category: Category
    file_id: str


class NamedFilePath(FilePath):
    filename: str


class AnyFilePath(Struct):
    file_id: str


class FileAnswer(Struct):
    file: Details


class UserQuery(Struct, rename="camel"):
    user_id: UserId


class Deleted(Struct):
    success: bool
    deleted: bool


class Done(Struct):
    success: bool


class NewThumbnail(Struct, rename="camel"):
    image_url: Annotated[str, Meta(min_length=1, max_length=2048)]
    file_id: Annotated[str, Meta(min_length=1, max_length=128)]
    category: Category


class Thumbnail(Struct):
    thumbnail_r2_path: str
    url: str


class Usage(Struct, rename={"total_size_gb": "totalSizeGB", "billable_gb": "billableGB", "file_count": "fileCount",
                            "total_size_bytes": "totalSizeBytes"}):  # fmt: skip
    """`totalSizeGB` in GiB, exact; `billableGB` rounded up to whole ones."""

    file_count: int
    total_size_bytes: int
    total_size_gb: float
    billable_gb: float


def info(call: Call[None, None, FilePath]) -> FileAnswer:
    """Everything known of a file."""
    return FileAnswer(described.details(files.get(call.path.file_id, call.path.category)))


def content(call: Call[None, None, FilePath]) -> Reply[bytes]:
    """A file's bytes: whole, in part (Range), or by redirect when it is large. A trailing name is for people."""
    row = files.get(call.path.file_id, call.path.category)
    return serve(call, storage.original_key(row["category"], row["file_id"]), MEDIA.control)


def thumbnail(call: Call[None, None, FilePath]) -> Reply[bytes]:
    """A picture of a file: its own, one under another extension, the external one, or one made for it."""
    picture = thumbnails.of_file(files.get(call.path.file_id, call.path.category))
    control = THUMBNAIL.control if picture.lasting else "public, max-age=30"
    return Reply(picture.body, headers={"content-type": picture.content_type, "cache-control": control})


def remove(call: Call[None, UserQuery, FilePath]) -> Deleted:
    """Take a file from the caller's library. The bytes go when nobody has them any more."""
    account_id, file_id = call.acting_as(call.query.user_id), call.path.file_id
    category = call.path.category
    left = files.unlink(account_id, file_id, category)
    top.publish(account_id, file_id)
    if left == 0:
        jobs.send(settings.sweep_queue_url, {"kind": "file", "thing": file_id}, delay=files.GRACE)
    described_by = (*edge.of_file(category, file_id), *edge.of_bytes(category, file_id))
    edge.invalidate(edge.of_library(account_id), edge.TOP_10, *described_by)
    return Deleted(True, True)


def describe(call: Call[Description, None, AnyFilePath]) -> Done:
    """Change what is said about a file; null clears a field."""
    file_id = call.path.file_id
    before = files.get(file_id)
    only_owners(call, file_id)
    changes = call.body.changes()
    if "thumbnail_url" in changes or "thumbnail_r2_path" in changes:
        changes["thumbnail_version"] = clock.now_ms()
    files.update(file_id, changes)
    if "source_id" in changes and changes["source_id"] != before.get("source_id"):
        if call.caller is not None:
            top.publish(call.caller.account_id, file_id)
        top.publish_to_others(file_id)
    refresh(before["category"], file_id)
    return Done(True)


def fetch_thumbnail(call: Call[NewThumbnail, None, None]) -> Thumbnail:
    """Fetch a picture from the web, store it re-encoded, and make it the file's thumbnail."""
    row = files.get(call.body.file_id, call.body.category)
    only_owners(call, call.body.file_id)
    path = thumbnails.adopt(row, call.body.image_url)
    refresh(row["category"], row["file_id"])
    return Thumbnail(path, storage.url_of(f"api/files/{row['category']}/{row['file_id']}/thumbnail"))


def stats(call: Call[None, UserQuery, None]) -> Usage:
    """How much the caller has. Counted as files come and go, never summed."""
    count, size = files.usage(call.acting_as(call.query.user_id))
    return Usage(count, size, size / GIB, float(-(-size // GIB)))


def only_owners(call: Call[Any, None, Any], file_id: str) -> None:
    """A caller who says who they are must have the file."""
    if call.caller is not None and not files.has(call.caller.account_id, file_id):
        raise Forbidden(explanation="the file is not in your library")


def refresh(category: str, file_id: str) -> None:
    """Tell the edge that a file reads differently now: its own answers, and its owners' lists."""
    lists = [edge.of_library(owner) for owner in files.some_owners(file_id)]
    edge.invalidate(*edge.of_file(category, file_id), *lists)


MISSING_USER = {"userId": "Missing userId"}

BYTES = (206, 304, 307, 416)
GONE = {"path": FilePath, "missing": "File not found"}

app = api(
    get("/api/files/{category}/{file_id}/info", info, **GONE, returns=FileAnswer, cache=FILE_INFO),
    get(
        "/api/files/{category}/{file_id}/thumbnail",
        thumbnail,
        **GONE,
        cache=THUMBNAIL,
        limits=(),
        produces="image/jpeg",
    ),
    post(
        "/api/files/{file_id}/metadata", describe, path=AnyFilePath, body=Description, returns=Done, caller=OPEN_WRITE
    ),
    get("/api/files/{category}/{file_id}", content, **GONE, cache=MEDIA, limits=(), also=BYTES, produces=ANY_TYPE),
    delete(
        "/api/files/{category}/{file_id}",
        remove,
        path=FilePath,
        missing="File not found or not owned by user",
        query=UserQuery,
        returns=Deleted,
        caller=REQUIRED,
        messages=MISSING_USER,
    ),
    get(
        "/api/files/{category}/{file_id}/{filename}",
        content,
        path=NamedFilePath,
        missing="File not found",
        cache=MEDIA,
        limits=(),
        also=BYTES,
        produces=ANY_TYPE,
    ),
    post("/api/media/thumbnail", fetch_thumbnail, body=NewThumbnail, returns=Thumbnail, caller=OPEN_WRITE),
    get("/api/stats", stats, query=UserQuery, returns=Usage, caller=REQUIRED, cache=LIVE, messages=MISSING_USER),
    dialect=library,
)
handler = http(app)
