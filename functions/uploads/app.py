"""Uploading: in parts that can be resumed, in one go, or not at all when the bytes are here already."""

from typing import Any

import msgspec

from functions.uploads.models import (
    Cancelled,
    Completed,
    Completion,
    Exists,
    FileList,
    FilePath,
    Hash,
    Linked,
    ListQuery,
    MoreUrls,
    NewLink,
    NewUpload,
    OneShot,
    OneShotFile,
    OneShotForm,
    Parts,
    PartStored,
    PartUrl,
    PartUrls,
    Status,
    StoredPart,
    Upload,
    UploadPath,
    UserPath,
)
from functions.uploads.names import UNKNOWN_TYPE, filename_of, media_type, spellings, tidy
from shared import clock, jobs, storage
from shared.cache import NO_STORE
from shared.entry.http import http
from shared.errors import Invalid, NotFound
from shared.library import about, arriving, files, keys, library, links, moments, multipart, shown, uploads
from shared.library.access import OPEN_WRITE
from shared.library.arriving import SMALL
from shared.library.caching import USER_FILES
from shared.library.files import File, NewFile
from shared.library.shown import Shown
from shared.web import FORM, OPTIONAL, REQUIRED, Call, Header, api, delete, dialects, get, post

MIB = 1 << 20
PAGE_BYTES = 4 << 20  # of a list: a Lambda answers 6 MB at most, and descriptions may be long
PART = 10 * MIB  # the gateway's own limit on a body
PART_HEADERS = ("X-Upload-Id", "X-Part-Number", "X-File-Id", "X-Category")
ASKS = (
    Header("X-Upload-Id", "As `init` answered it.", required=True),
    Header("X-Part-Number", "From 1 on.", True, {"type": "integer", "minimum": 1, "maximum": multipart.MOST_PARTS}),
    Header("X-File-Id", "The upload's; UTF-8, Latin-1 or percent-encoded.", required=True),
    Header("X-Category", "The upload's.", required=True),
    Header("X-Filename", "A name for the file, when neither `init` nor `complete` gives one."),
    Header("X-Filename-Encoded", "`base64`, when X-Filename is UTF-8 in base64."),
)


def check(call: Call[Hash, None, None]) -> Exists:
    """Whether a file with these bytes is here. Only a hash that a worker has verified counts."""
    file_id = files.id_of_hash(call.body.hash)
    return Exists(file_id is not None, file_id)


def init(call: Call[NewUpload, None, None]) -> Upload:
    """Start an upload in parts, or learn that the bytes are here (then `link`)."""
    new = call.body
    account_id = call.acting_as(new.user_id)
    if new.size == 0:
        raise Invalid("Empty file", field="size", constraint="1 byte or more")
    name, kind = tidy(new.filename) if new.filename else "", new.mime_type or UNKNOWN_TYPE
    begun = arriving.begin(NewFile(new.file_id, new.category, name, new.size, kind, account_id, new.hash or ""))
    if isinstance(begun, File):
        return Upload(None, begun.file_id, begun.category, 0, exists=True)
    count = -(-begun.size // begun.part_size)
    urls = signed(begun, list(range(1, min(count, 100) + 1)))
    return Upload(begun.upload_id, begun.file_id, begun.category, multipart.URL_SECONDS, begun.part_size, urls)


def part(call: Call[bytes, None, None]) -> PartStored:
    """Store one part (headers X-Upload-Id, X-Part-Number, X-File-Id, X-Category; the body is the bytes).

    X-Filename (or X-Filename-Encoded: base64 with it) names the file when neither init nor complete does.
    """
    upload_id, number, file_id, category = (required_header(call, name) for name in PART_HEADERS)
    part = part_number(number)
    if not call.body:
        raise Invalid("Empty part", field="body", constraint="1 byte or more")
    upload = mine(call, upload_id)
    meant = upload.file_id in spellings(file_id) and upload.category == category
    if not meant or upload.state != "open":
        raise NotFound(uploads.NOT_FOUND)
    if not upload.filename and (filename := filename_of(call.request.headers)):
        uploads.name(upload, filename)
    return PartStored(True, part, multipart.put_part(upload, part, call.body))


def more_urls(call: Call[MoreUrls, None, None]) -> PartUrls:
    """Sign part URLs again, or for the parts after the first hundred."""
    upload = mine(call, call.body.upload_id)
    return PartUrls(signed(upload, sorted(set(call.body.part_numbers))), multipart.URL_SECONDS)


def stored_parts(call: Call[None, None, UploadPath]) -> Parts:
    """What has arrived: send the rest to resume."""
    upload = mine(call, call.path.upload_id)
    found = multipart.parts(upload) if upload.state == "open" else []
    stored = [StoredPart(one.number, one.etag, one.size) for one in found]
    return Parts(upload.part_size, clock.iso(upload.ends), stored)


def complete(call: Call[Completion, None, None]) -> Completed:
    """Put the parts together. S3's own list of parts counts, not the client's; a repeat gives the same answer."""
    upload = mine(call, call.body.upload_id)
    arriving.complete(upload, {one.part_number for one in call.body.parts}, call.body.said())
    return Completed(True, upload.file_id, upload.category, keys.file_url(upload.category, upload.file_id))


def cancel(call: Call[None, None, UploadPath]) -> Cancelled:
    """Give up an upload: its parts go at once and its file id is free. A repeat gives the same answer."""
    upload = uploads.any_state(call.path.upload_id)
    if upload is None:
        raise NotFound(uploads.NOT_FOUND)
    call.acting_as(upload.account_id)
    arriving.cancel(upload)
    return Cancelled(True)


def link(call: Call[NewLink, None, None]) -> Linked:
    """Give an account a file that is here already. For one that is not (yet): 200, `success: false`; clients retry."""
    account_id, file_id = call.acting_as(call.body.user_id), call.body.file_id
    try:
        return Linked(True, library.take(account_id, file_id))
    except NotFound as error:
        return Linked(False, error=error.message, file_id=file_id)


def one_shot(call: Call[OneShotForm, None, None]) -> OneShot:
    """Upload a file under 10 MiB as a form: `file`, `userId`, `basicMetadata` (JSON), `file_created_at`."""
    form, sent = call.body, call.body.file
    account_id = call.acting_as(form.user_id)
    described = about.basic_of(form.basic_metadata).changes()
    created = moments.seconds_of(form.file_created_at)
    if not sent.body:
        raise Invalid("Empty file", field="file", constraint="1 byte or more")
    name, kind = tidy(sent.filename or "file"), media_type(sent.content_type)
    file, exists = arriving.receive(account_id, name, kind, sent.body, created, described)
    url = keys.file_url(file.category, file.file_id)
    return OneShot(True, OneShotFile(file.file_id, name, file.size, file.mime_type, url, exists))


def status(call: Call[None, None, FilePath]) -> Status:
    """How far the stream of a file is."""
    file = files.get(call.path.file_id)
    made = storage.names(keys.stream_prefix(file.file_id))
    first, extras = map(jobs.find, files.stream_jobs(file.file_id))
    job = extras if file.stream_ready and (first is None or first.is_over) else first
    return Status(
        ready=file.stream_ready,
        playlist="master.m3u8" in made,
        init=any("init" in name for name in made),
        segments=sum(name.endswith(".m4s") for name in made),
        files=made,
        state=file.stream_state,
        percent=100.0 if file.stream_state == "ready" else float(job.percent if job else 0),
        stage=job.stage if job and not job.is_over else "",
        error=file.stream_error,
        url=keys.stream_url(file.file_id) if file.stream_ready else None,
    )


def listing(call: Call[None, ListQuery, UserPath]) -> FileList:
    """An account's files, newest first: `limit` a page (1,000), or 4 MiB; `cursor` is the page before's nextCursor."""
    query = call.query
    page = links.page_of(call.path.user_id, query.category, query.limit, query.cursor)
    entries: list[Shown] = []
    room = PAGE_BYTES
    for index, listed in enumerate(page.entries):
        entry = shown.entry(listed)
        room -= len(msgspec.json.encode(entry))
        if room < 0 and entries:
            return FileList(entries, links.cursor_after(page.entries[index - 1].link, query.category))
        entries.append(entry)
    return FileList(entries, page.cursor)


# ---- what the handlers share


def mine(call: Call[Any, None, Any], upload_id: str) -> uploads.Upload:
    """The upload: its id is the key to it, but a caller who says who they are must be its owner."""
    upload = uploads.find(upload_id)
    call.acting_as(upload.account_id)
    return upload


def signed(upload: uploads.Upload, numbers: list[int]) -> list[PartUrl]:
    return [PartUrl(number, url) for number, url in multipart.part_urls(upload, numbers)]


def required_header(call: Call[bytes, None, None], name: str) -> str:
    value = call.header(name)
    if not value:
        raise Invalid(f"Missing {name}", field=name, constraint="required")
    return value


def part_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= number <= multipart.MOST_PARTS:
        raise Invalid("Invalid X-Part-Number", field="X-Part-Number", constraint=f"1 to {multipart.MOST_PARTS}")
    return number


app = api(
    post(
        "/api/upload",
        one_shot,
        body=OneShotForm,
        accepts=FORM,
        returns=OneShot,
        caller=OPEN_WRITE,
        max_body=SMALL + MIB,
    ),
    post("/api/upload/check", check, body=Hash, returns=Exists),
    post("/api/upload/init", init, body=NewUpload, returns=Upload, also=(409,), caller=REQUIRED),
    post(
        "/api/upload/part",
        part,
        body=bytes,
        returns=PartStored,
        also=(404, 409),
        asks=ASKS,
        caller=OPTIONAL,
        limits=(),
        max_body=PART,
    ),
    post("/api/upload/part-urls", more_urls, body=MoreUrls, returns=PartUrls, also=(404,), caller=OPTIONAL),
    post("/api/upload/complete", complete, body=Completion, returns=Completed, also=(404, 409), caller=OPTIONAL),
    post("/api/upload/link", link, body=NewLink, returns=Linked, caller=OPEN_WRITE),
    get("/api/upload/status/{file_id}", status, path=FilePath, returns=Status, cache=NO_STORE),
    get("/api/upload/user/{user_id}", listing, path=UserPath, query=ListQuery, returns=FileList, cache=USER_FILES),
    get("/api/upload/{upload_id}/parts", stored_parts, path=UploadPath, returns=Parts, caller=OPTIONAL, cache=NO_STORE),
    delete("/api/upload/{upload_id}", cancel, path=UploadPath, returns=Cancelled, also=(409,), caller=OPTIONAL),
    dialect=dialects.library,
)
handler = http(app)
