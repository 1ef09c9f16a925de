"""Downloads: what a link holds, fetching it, converting it, and handing out the files (redstream).

A request waits for its download as long as the gateway lets it; afterwards `GET /api/download/{id}` and the WebSocket
tell how far it is.
"""

from typing import Any, cast

import msgspec

from functions.downloads import asking, shown
from functions.downloads.models import (
    ConversionRequest,
    Download,
    DownloadHistory,
    DownloadPath,
    DownloadRequest,
    FilePath,
    ForgottenDownload,
    HistoryQuery,
    MediaLink,
    PlaylistRequest,
)
from shared import jobs
from shared.downloads import download as entity
from shared.downloads import downloads, ending, history, info, looking
from shared.downloads.download import ARCHIVE, Entry, Wanted, Whole
from shared.entry.http import http
from shared.errors import Conflict, NotFound
from shared.settings import settings
from shared.sources import addresses
from shared.sources.found import Found
from shared.web import REQUIRED, Access, Call, Reply, api, delete, dialects, get, post
from shared.web.limits import Limit
from shared.web.objects import serve
from shared.web.routes import Header

CONTROL = "private, no-store"  # a file is there for an hour, and may be one account's
ANYBODY = Access(
    needed=lambda: not settings.open_downloads,
    told="Needs credentials unless the platform is open to everybody (`OPEN_DOWNLOADS`).",
)
LOOKS = Limit("info", 10)  # redstream: Rate Limiting
LOST = "Fichier introuvable"


def look(call: Call[MediaLink, None, None]) -> Reply[Found]:
    """What a link holds: formats, presets, the entries of a playlist. Remembered for ten minutes."""
    addresses.allowed(call.body.url)
    body = info.known(call.body.url)
    if body is None:
        body = looking.ask(call.body.url)
    return Reply(cast(Found, msgspec.Raw(body)))  # encoded once, when it was found


def fetch(call: Call[DownloadRequest, None, None]) -> Reply[Download]:
    """Download a video or a sound. 200 when it is done within 25 seconds, else 202 and its id."""
    chosen = asking.wanted(call.body)
    return asking.begin(call, "download", chosen, asking.entries_of([call.body.url]))


def fetch_many(call: Call[PlaylistRequest, None, None]) -> Reply[Download]:
    """Download up to 500 links, each on its own: one that fails is in the report, and the others go on."""
    chosen = asking.wanted(call.body)
    return asking.begin(call, "playlist", chosen, asking.entries_of(list(dict.fromkeys(call.body.urls))))


def convert(call: Call[ConversionRequest, None, None]) -> Reply[Download]:
    """Convert the media files of a download. The result is a download of its own."""
    found = seen(call, call.body.download_id)
    sources = [one for one in found.pieces if one.role == "media" and found.download.has_files]
    if not found.download.is_over:
        raise unfinished()
    if not sources:
        raise NotFound(LOST, explanation="Les fichiers de ce téléchargement ont expiré.")
    entries = [Entry(number=number, url=one.name, key=one.key) for number, one in enumerate(sources, 1)]
    return asking.begin(call, "convert", Wanted(output_format=call.body.output_format), entries, found.download.id)


def past(call: Call[None, HistoryQuery, None]) -> DownloadHistory:
    """What the caller has downloaded within 90 days, newest first; files are there for an hour only."""
    page = history.page_of(call.account, call.query.limit, call.query.cursor)
    return DownloadHistory([shown.line(one) for one in page.downloads], page.cursor)


def status(call: Call[None, None, DownloadPath]) -> Download:
    """How far a download is, and what it has brought."""
    return shown.everything(seen(call, call.path.download_id))


def cancel(call: Call[None, None, DownloadPath]) -> Download:
    """Cancel a download; one that is over stays as it is."""
    download = downloads.seen(entity.find(call.path.download_id), mine(call))
    if not download.is_over:
        download = downloads.cancel(download)
        ending.over(download)
    return shown.line(download)


def forget(call: Call[None, None, DownloadPath]) -> ForgottenDownload:
    """Take a download from the history, with its files; one that is not over is cancelled first."""
    download = downloads.seen(entity.find(call.path.download_id), mine(call))
    if not download.is_over:
        ending.over(downloads.cancel(download))
    downloads.forget(download)
    return ForgottenDownload("deleted", download.id)


def retry(call: Call[None, None, DownloadPath]) -> Reply[Download]:
    """Ask for the same again, as a new download: of a playlist, what failed of it, or all when nothing did."""
    found = seen(call, call.path.download_id)
    download = found.download
    if not download.is_over:
        return asking.answer(asking.waited(download))
    again = [one for one in found.entries if one.state == "failed"] or found.entries
    if download.kind == "convert":
        entries = [Entry(number=number, url=one.url, key=one.key) for number, one in enumerate(again, 1)]
        return asking.begin(call, "convert", download.wanted, entries, download.source)
    return asking.begin(call, download.kind, download.wanted, asking.entries_of([one.url for one in again]))


def content(call: Call[None, None, FilePath]) -> Reply[bytes]:
    """A file, to be saved under its own name: whole, in part (Range), or by redirect when it is large."""
    download, piece = entity.piece(call.path.download_id, call.path.filename)
    download = downloads.seen(download, mine(call))
    if piece is None or not download.has_files:
        raise NotFound(LOST, explanation="Ce fichier n'existe pas ou a expiré.")
    return serve(call, piece.key, CONTROL, missing=LOST)


def archive(call: Call[None, None, DownloadPath]) -> Reply[bytes]:
    """All files of a download in one zip, made when somebody asks: 202 while it is being made."""
    found = seen(call, call.path.download_id)
    download = found.download
    if not download.is_over:
        raise unfinished()
    if not (download.has_files and found.pieces):
        raise NotFound(LOST, explanation="Les fichiers de ce téléchargement ont expiré.")
    if not any(one.name == ARCHIVE for one in found.pieces) and not made(download.id):
        waiting = Download(status="processing", download_id=download.id, task_id=download.id)
        return Reply(msgspec.json.encode(waiting), 202, {"content-type": "application/json"})
    _, piece = entity.piece(download.id, ARCHIVE)
    if piece is None:
        raise NotFound(LOST)
    return serve(call, piece.key, CONTROL, "application/zip", missing=LOST)


def made(download_id: str) -> bool:
    """Whether the archive is there in time. Raises what kept it from being made."""
    body = {"archive": download_id}
    job_id = f"archive-{download_id}"
    jobs.queue(settings.convert_queue_url, "archive", body, job_id=job_id)

    def look() -> jobs.Job | None:
        job = jobs.remind(job_id)
        return job if job.is_over else None

    job = asking.until(look)
    if job is not None and job.state != "done":
        jobs.forget(job_id)  # whoever asks again has it tried again
        raise Conflict("Archive impossible", explanation="L'archive n'a pas pu être créée ; réessayez.")
    return job is not None


def mine(call: Call[Any, Any, Any]) -> str:
    return call.caller.account_id if call.caller else ""


def seen(call: Call[Any, Any, Any], download_id: str) -> Whole:
    return downloads.seen_whole(download_id, mine(call))


def unfinished() -> Conflict:
    return Conflict("Téléchargement en cours", explanation="Ce téléchargement n'est pas terminé.")


GONE = "Téléchargement introuvable"
ONE: dict[str, Any] = {"path": DownloadPath, "missing": GONE, "caller": ANYBODY}
PREFER = Header("Prefer", "`respond-async` for an answer at once, `wait=5` for one within five seconds (RFC 7240)")
ASKED: dict[str, Any] = {
    "returns": Download,
    "caller": ANYBODY,
    "also": (202, 400, 403, 404, 413),
    "asks": (PREFER,),
}

app = api(
    post(
        "/api/info",
        look,
        body=MediaLink,
        returns=Found,
        caller=ANYBODY,
        limits=(LOOKS,),
        also=(403, 404),
    ),
    post("/api/download", fetch, body=DownloadRequest, **ASKED),
    post("/api/download/playlist", fetch_many, body=PlaylistRequest, **ASKED),
    post("/api/convert", convert, body=ConversionRequest, **{**ASKED, "also": (202, 400, 403, 404, 409, 413)}),
    get("/api/download", past, query=HistoryQuery, returns=DownloadHistory, caller=REQUIRED),
    get("/api/download/{download_id}", status, **ONE, returns=Download),
    delete("/api/download/{download_id}", cancel, **ONE, returns=Download),
    delete("/api/download/{download_id}/history", forget, **ONE, returns=ForgottenDownload),
    post("/api/download/{download_id}/retry", retry, path=DownloadPath, missing=GONE, **ASKED),
    get(
        "/api/download/{download_id}/archive.zip",
        archive,
        **ONE,
        limits=(),
        produces="application/zip, application/json",
        also=(202, 206, 304, 307, 409, 416),
    ),
    get(
        "/api/download/{download_id}/{filename}",
        content,
        path=FilePath,
        missing=LOST,
        caller=ANYBODY,
        limits=(),
        also=(206, 304, 307, 416),
        produces="application/octet-stream",
    ),
    dialect=dialects.downloads,
)
handler = http(app)
