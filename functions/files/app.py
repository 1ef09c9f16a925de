"""Files that are here: what they are, their bytes, their pictures, what people say about them, and letting them go."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from functions.files import thumbnails
from shared import storage
from shared.cache import LIVE
from shared.entry.http import http
from shared.errors import Forbidden
from shared.library import files, keys, library, links, pictures, shown
from shared.library.about import Description
from shared.library.access import OPEN_WRITE
from shared.library.caching import FILE_INFO, MEDIA, THUMBNAIL
from shared.library.categories import Category
from shared.library.ids import FileId
from shared.library.shown import Shown
from shared.web import REQUIRED, Call, Reply, api, delete, dialects, get, post
from shared.web.objects import serve

GIB = 1 << 30
UserId = Annotated[str, Meta(min_length=1, max_length=256)]


class FilePath(Struct):
    category: Category
    file_id: str


class NamedFilePath(FilePath):
    filename: str


class AnyFilePath(Struct):
    file_id: str


class FileAnswer(Struct):
    file: Shown


class UserQuery(Struct, rename="camel"):
    user_id: UserId


class Deleted(Struct):
    success: bool
    deleted: bool


class Done(Struct):
    success: bool


class NewThumbnail(Struct, rename="camel"):
    image_url: Annotated[str, Meta(min_length=1, max_length=2048, extra_json_schema={"format": "uri"})]
    file_id: FileId
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
    return FileAnswer(shown.details(files.get(call.path.file_id, call.path.category)))


def content(call: Call[None, None, FilePath]) -> Reply[bytes]:
    """A file's bytes: whole, in part (Range), or by redirect when it is large. A trailing name is for people."""
    file = files.get(call.path.file_id, call.path.category)
    return serve(call, keys.original(file.category, file.file_id), MEDIA.control)


def thumbnail(call: Call[None, None, FilePath]) -> Reply[bytes]:
    """A picture of a file: its own, one under another extension, the external one, or one made for it."""
    picture = thumbnails.of_file(files.get(call.path.file_id, call.path.category))
    control = THUMBNAIL.control if picture.lasting else "public, max-age=30"
    return Reply(picture.body, headers={"content-type": picture.content_type, "cache-control": control})


def remove(call: Call[None, UserQuery, FilePath]) -> Deleted:
    """Take a file from the caller's library. When nobody has it any more, its bytes go at once."""
    library.let_go(call.acting_as(call.query.user_id), call.path.file_id, call.path.category)
    return Deleted(True, True)


def describe(call: Call[Description, None, AnyFilePath]) -> Done:
    """Change what is said about a file; null clears a field."""
    file = owned(call, files.get(call.path.file_id))
    library.describe(file, call.body.changes())
    return Done(True)


def fetch_thumbnail(call: Call[NewThumbnail, None, None]) -> Thumbnail:
    """Fetch a picture from the web, store it re-encoded, and make it the file's thumbnail."""
    file = owned(call, files.get(call.body.file_id, call.body.category))
    path = library.picture(file, pictures.fetched(call.body.image_url, "imageUrl"))
    return Thumbnail(path, storage.url_of(f"{keys.original(file.category, file.file_id)}/thumbnail"))


def stats(call: Call[None, UserQuery, None]) -> Usage:
    """How much the caller has. Counted as files come and go, never summed."""
    count, size = links.usage(call.acting_as(call.query.user_id))
    return Usage(count, size, size / GIB, float(-(-size // GIB)))


def owned(call: Call[Any, None, Any], file: files.File) -> files.File:
    """A caller who says who they are must have the file."""
    if call.caller is not None and not links.has(call.caller.account_id, file.file_id):
        raise Forbidden(explanation="the file is not in your library")
    return file


MISSING_USER = {"userId": "Missing userId"}
ANY_TYPE = "video/*, audio/*, image/*, application/pdf, text/plain, application/octet-stream"
PICTURE = "/api/files/{category}/{file_id}/thumbnail"
BYTES = (206, 304, 307, 416)
ONE: dict[str, Any] = {"path": FilePath, "missing": "File not found"}

app = api(
    get("/api/files/{category}/{file_id}/info", info, **ONE, returns=FileAnswer, cache=FILE_INFO),
    *(
        get(
            PICTURE + extension,
            thumbnail,
            **ONE,
            cache=THUMBNAIL,
            limits=(),
            produces="image/jpeg, image/png, image/webp",
        )
        for extension in ("", ".jpg", ".png", ".webp")
    ),
    post(
        "/api/files/{file_id}/metadata", describe, path=AnyFilePath, body=Description, returns=Done, caller=OPEN_WRITE
    ),
    get("/api/files/{category}/{file_id}", content, **ONE, cache=MEDIA, limits=(), also=BYTES, produces=ANY_TYPE),
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
    post("/api/media/thumbnail", fetch_thumbnail, body=NewThumbnail, returns=Thumbnail, caller=OPEN_WRITE, also=(404,)),
    get("/api/stats", stats, query=UserQuery, returns=Usage, caller=REQUIRED, cache=LIVE, messages=MISSING_USER),
    dialect=dialects.library,
)
handler = http(app)
