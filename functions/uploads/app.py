"""Uploading: in parts that can be resumed, in one go, or not at all when the bytes are here already."""

import hashlib
import re
import uuid
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared import clock, edge, ids, jobs, storage
from shared.cache import NO_STORE, USER_FILES
from shared.entry.http import http
from shared.errors import Conflict, Invalid, NotFound, TooLarge
from shared.library import described, files, top, uploads
from shared.library.access import OPEN_WRITE
from shared.library.categories import Category, category_of
from shared.library.described import Basic, Entry
from shared.library.files import NewFile
from shared.settings import settings
from shared.table import Item
from shared.web import FORM, OPTIONAL, REQUIRED, Call, FormFile, api, get, post
from shared.web.dialects import library as library_errors

MIB = 1 << 20
PAGE_BYTES = 4 << 20  # of a list: a Lambda answers 6 MB at most, and descriptions may be long
ONE_SHOT, PART = 10 * MIB, 10 * MIB  # the gateway's own limit on a body
PART_HEADERS = ("X-Upload-Id", "X-Part-Number", "X-File-Id", "X-Category")
UNKNOWN_TYPE = "application/octet-stream"

FileId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$(?!\n)")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}$(?!\n)")]
MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[ -~]*)?$(?!\n)"  # RFC 9110 §8.3.1: it becomes a header
MediaType = Annotated[str, Meta(pattern=rf"^$(?!\n)|{MEDIA_TYPE}", max_length=200)]
Name = Annotated[str, Meta(min_length=1, max_length=1024)]
Id = Annotated[str, Meta(min_length=1, max_length=256)]
UploadId = Annotated[str, Meta(min_length=1, max_length=1024)]
PartNumber = Annotated[int, Meta(ge=1, le=uploads.MOST_PARTS)]
When = Annotated[str, Meta(max_length=64)]


class Hash(Struct):
    hash: Sha256


class Exists(Struct, rename="camel"):
    exists: bool
    file_id: str | None


class NewUpload(Struct, rename="camel"):
    file_id: FileId
    category: Category
    size: Annotated[int, Meta(ge=0, le=uploads.LARGEST_FILE)]
    user_id: Id
    filename: Name
    mime_type: MediaType = ""
    hash: Sha256 | None = None


class PartUrl(Struct, rename="camel"):
    part_number: int
    url: str


class Upload(Struct, rename="camel"):
    """`expiresIn` in seconds is how long `partUrls` are good; `partSize` in bytes."""

    upload_id: str | None
    file_id: str
    category: str
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


class ClaimedPart(Struct, rename="camel"):
    part_number: PartNumber
    etag: str = ""


class Completion(Struct, rename={"upload_id": "uploadId", "basic_metadata": "basicMetadata"}):
    upload_id: UploadId
    parts: Annotated[list[ClaimedPart], Meta(max_length=uploads.MOST_PARTS)] = []
    filename: Name | None = None
    basic_metadata: Basic | None = None
    file_created_at: When | None = None


class Completed(Struct, rename="camel"):
    success: bool
    file_id: str
    category: str
    url: str


class NewLink(Struct, rename="camel"):
    file_id: Id
    user_id: Id


class Linked(Struct, rename="camel"):
    success: bool
    already_linked: bool | UnsetType = UNSET
    error: str | UnsetType = UNSET
    file_id: str | UnsetType = UNSET


class OneShotForm(Struct, rename={"user_id": "userId", "basic_metadata": "basicMetadata"}):
    file: FormFile
    user_id: Id
    basic_metadata: str = ""
    file_created_at: When = ""


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
    files: list[Entry]
    next_cursor: str | None


def check(call: Call[Hash, None, None]) -> Exists:
    """Whether a file with these bytes is here. Only a hash that a worker has verified counts."""
    file_id = files.id_of_hash(call.body.hash)
    return Exists(file_id is not None, file_id)


def init(call: Call[NewUpload, None, None]) -> Upload:
    """Start an upload in parts, or learn that the bytes are here (then `link`)."""
    new = call.body
    account_id = call.acting_as(new.user_id)
    if not ids.is_file_id(new.file_id):
        raise Invalid(field="fileId", constraint="letters, digits, `_`, `-`, single `.`; at most 128")
    if new.size == 0:
        raise Invalid("Empty file", field="size", constraint="1 byte or more")
    if known := standing(account_id, new):
        return Upload(None, known["file_id"], known["category"], 0, exists=True)
    row = uploads.start(
        NewFile(
            new.file_id,
            new.category,
            tidy(new.filename),
            new.size,
            new.mime_type or UNKNOWN_TYPE,
            account_id,
            (new.hash or "").lower(),
        )
    )
    count = -(-new.size // row["part_size"])
    urls = signed(row, list(range(1, min(count, 100) + 1)))
    return Upload(row["upload_id"], new.file_id, new.category, uploads.URL_SECONDS, row["part_size"], urls)


def standing(account_id: str, new: NewUpload) -> Item | None:
    """The file that makes this upload unnecessary. Raises Conflict when the id is another file's, or not ours."""
    same = files.id_of_hash(new.hash) if new.hash else None
    if same and (found := files.find(same)):
        return found
    found = files.find(new.file_id)
    if found is None:
        return None
    other_bytes = found["size"] != new.size or (new.hash and found["sha256"] not in ("", new.hash.lower()))
    if other_bytes or found["category"] != new.category or not files.has(account_id, new.file_id):
        raise Conflict("File id already in use", explanation="another file has this fileId; choose another one")
    return found


def part(call: Call[bytes, None, None]) -> PartStored:
    """Store one part (headers X-Upload-Id, X-Part-Number, X-File-Id, X-Category; the body is the bytes)."""
    headers = {name: required_header(call, name) for name in PART_HEADERS}
    number = part_number(headers["X-Part-Number"])
    if not call.body:
        raise Invalid("Empty part", field="body", constraint="1 byte or more")
    row = mine(call, headers["X-Upload-Id"])
    if (row["file_id"], row["category"]) != (headers["X-File-Id"], headers["X-Category"]) or row["state"] != "open":
        raise NotFound("Upload not found")
    return PartStored(True, number, uploads.put_part(row, number, call.body))


def more_urls(call: Call[MoreUrls, None, None]) -> PartUrls:
    """Sign part URLs again, or for the parts after the first hundred."""
    row = mine(call, call.body.upload_id)
    return PartUrls(signed(row, sorted(set(call.body.part_numbers))), uploads.URL_SECONDS)


def stored_parts(call: Call[None, None, UploadPath]) -> Parts:
    """What has arrived: send the rest to resume."""
    row = mine(call, call.path.upload_id)
    found = uploads.parts(row) if row["state"] == "open" else []
    shown = [StoredPart(one.number, one.etag, one.size) for one in found]
    return Parts(row["part_size"], clock.iso(row["ends"]), shown)


def complete(call: Call[Completion, None, None]) -> Completed:
    """Put the parts together. S3's own list of parts counts, not the client's; a repeat gives the same answer."""
    row = mine(call, call.body.upload_id)
    if row["state"] == "open":
        uploads.hold(row)
        assemble(row, {one.part_number for one in call.body.parts})
        uploads.finish(row, new_file(row, call.body))
    after_arrival(row["file_id"], row["category"], row["account_id"])
    url = storage.url_of(storage.original_key(row["category"], row["file_id"]))
    return Completed(True, row["file_id"], row["category"], url)


def assemble(row: Item, claimed: set[int]) -> None:
    """Make the object, once all of it is there. Raises Invalid naming the parts that are missing."""
    try:
        have = uploads.parts(row)
    except NotFound:  # another completion was first, or one that died after S3 had said yes
        uploads.assembled(row)
        return
    arrived, numbers = sum(one.size for one in have), {one.number for one in have}
    missing = sorted((claimed | set(range(1, max(numbers, default=1) + 1))) - numbers)
    if missing or arrived != row["size"]:
        raise Invalid(
            "Missing parts" if missing or arrived < row["size"] else "Size mismatch",
            field="parts",
            constraint=f"{arrived} of {row['size']} bytes are here; missing parts: {missing[:20]}",
        )
    uploads.assemble(row, have)


def new_file(row: Item, body: Completion) -> NewFile:
    return NewFile(
        row["file_id"],
        row["category"],
        tidy(body.filename) if body.filename else row["filename"],
        row["size"],
        row["mime_type"],
        row["account_id"],
        row["sha256"],
        file_created_at=body.file_created_at or "",
        described=body.basic_metadata.changes() if body.basic_metadata else {},
    )


def link(call: Call[NewLink, None, None]) -> Linked:
    """Give an account a file that is here already. For one that is not (yet): 200, `success: false`; clients retry."""
    account_id, file_id = call.acting_as(call.body.user_id), call.body.file_id
    try:
        already = files.link(account_id, file_id)
    except NotFound:
        return Linked(False, error="File not found", file_id=file_id)
    top.publish(account_id, file_id)
    edge.invalidate(edge.of_library(account_id), edge.TOP_10)
    return Linked(True, already)


def one_shot(call: Call[OneShotForm, None, None]) -> OneShot:
    """Upload a file under 10 MiB as a form: `file`, `userId`, `basicMetadata` (JSON), `file_created_at`."""
    upload = call.body.file
    account_id = call.acting_as(call.body.user_id)
    basic = described.basic_of(call.body.basic_metadata)
    body = upload.body
    if not body:
        raise Invalid("Empty file", field="file", constraint="1 byte or more")
    if len(body) >= ONE_SHOT:
        raise TooLarge("File too large", explanation="under 10 MiB; use /api/upload/init for more")
    sha256, name = hashlib.sha256(body).hexdigest(), tidy(upload.filename or "file")
    kind = (upload.content_type or "")[:200]
    kind = kind if re.search(MEDIA_TYPE, kind) else UNKNOWN_TYPE
    if (known := files.id_of_hash(sha256)) and (found := files.find(known)):
        files.link(account_id, known, name)
        top.publish(account_id, known)
        edge.invalidate(edge.of_library(account_id))
        return shown(known, name, len(body), found["mime_type"], found["category"], exists=True)
    new = NewFile(
        str(uuid.uuid4()),
        category_of(kind),
        name,
        len(body),
        kind,
        account_id,
        sha256,
        file_created_at=call.body.file_created_at,
        described=basic.changes(),
    )
    uploads.store(new, body)
    files.create(new)
    after_arrival(new.id, new.category, account_id)
    return shown(new.id, name, len(body), kind, new.category, exists=False)


def status(call: Call[None, None, FilePath]) -> Status:
    """How far the stream of a file is."""
    file_id = call.path.file_id
    row = files.get(file_id)
    made = storage.names(storage.stream_prefix(file_id))
    job = jobs.find(f"transcode-{file_id}")
    ready = bool(row.get("stream_ready"))
    return Status(
        ready=ready,
        playlist="master.m3u8" in made,
        init=any("init" in name for name in made),
        segments=sum(name.endswith(".m4s") for name in made),
        files=made,
        state=row["stream_state"],
        percent=100.0 if row["stream_state"] == "ready" else float(job.percent if job else 0),
        stage=job.stage if job else "",
        error=row.get("stream_error"),
        url=storage.url_of(storage.stream_prefix(file_id) + "master.m3u8") if ready else None,
    )


def library(call: Call[None, ListQuery, UserPath]) -> FileList:
    """An account's files, newest first: `limit` a page (1,000), or 4 MiB; `cursor` is the page before's nextCursor."""
    query = call.query
    page = files.page_of(call.path.user_id, query.category, query.limit, query.cursor)
    entries: list[Entry] = []
    room = PAGE_BYTES
    for index, row in enumerate(page.items):
        entry = described.entry(row)
        room -= len(msgspec.json.encode(entry))
        if room < 0 and entries:
            return FileList(entries, files.cursor_after(page.items[index - 1], query.category))
        entries.append(entry)
    return FileList(entries, page.cursor)


# ---- what the handlers share


def mine(call: Call[Any, None, Any], upload_id: str) -> Item:
    """The upload: its id is the key to it, but a caller who says who they are must be its owner."""
    row = uploads.find(upload_id)
    call.acting_as(row["account_id"])
    return row


def signed(row: Item, numbers: list[int]) -> list[PartUrl]:
    return [PartUrl(number, url) for number, url in uploads.part_urls(row, numbers)]


def after_arrival(file_id: str, category: str, account_id: str) -> None:
    """Have the worker look at it, and the edge forget what it knew. Safe to repeat: the job is claimed by file id."""
    jobs.send(settings.transcode_queue_url, {"file_id": file_id})
    edge.invalidate(edge.of_library(account_id), *edge.of_file(category, file_id))


def required_header(call: Call[bytes, None, None], name: str) -> str:
    value = call.header(name)
    if not value:
        raise Invalid(f"Missing {name}", field=name, constraint="required")
    return value


def part_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= number <= uploads.MOST_PARTS:
        raise Invalid("Invalid X-Part-Number", field="X-Part-Number", constraint=f"1 to {uploads.MOST_PARTS}")
    return number


def tidy(filename: str) -> str:
    """A name as it is shown: without a path and without control characters."""
    text = "".join(c for c in filename.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return text.strip() or "file"


def shown(file_id: str, name: str, size: int, kind: str, category: str, exists: bool) -> OneShot:
    url = storage.url_of(storage.original_key(category, file_id))
    return OneShot(True, OneShotFile(file_id, name, size, kind, url, exists))


app = api(
    post(
        "/api/upload",
        one_shot,
        body=OneShotForm,
        accepts=FORM,
        returns=OneShot,
        caller=OPEN_WRITE,
        max_body=ONE_SHOT + MIB,
    ),
    post("/api/upload/check", check, body=Hash, returns=Exists),
    post("/api/upload/init", init, body=NewUpload, returns=Upload, caller=REQUIRED),
    post("/api/upload/part", part, body=bytes, returns=PartStored, caller=OPTIONAL, limits=(), max_body=PART),
    post("/api/upload/part-urls", more_urls, body=MoreUrls, returns=PartUrls, caller=OPTIONAL),
    post("/api/upload/complete", complete, body=Completion, returns=Completed, caller=OPTIONAL),
    post("/api/upload/link", link, body=NewLink, returns=Linked, caller=OPEN_WRITE),
    get("/api/upload/status/{file_id}", status, path=FilePath, returns=Status, cache=NO_STORE),
    get("/api/upload/user/{user_id}", library, path=UserPath, query=ListQuery, returns=FileList, cache=USER_FILES),
    get("/api/upload/{upload_id}/parts", stored_parts, path=UploadPath, returns=Parts, caller=OPTIONAL, cache=NO_STORE),
    dialect=library_errors,
)
handler = http(app)
