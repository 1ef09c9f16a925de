"""A download as its answers show it."""

from functions.downloads.models import DoneEntry, Download, DownloadProgress, FailedEntry
from shared import clock
from shared.downloads import download as entity
from shared.downloads.download import Whole
from shared.downloads.downloads import AT_MOST_TOLD
from shared.downloads.progress import said


def line(download: entity.Download) -> Download:
    """Without its files and entries, as a list shows it."""
    shown = Download(
        status=download.state,
        download_id=download.id,
        task_id=download.id,
        kind=download.kind,
        url=download.url,
        title=download.title,
        success_count=download.succeeded,
        error_count=download.failed,
        progress=DownloadProgress(**(download.told or said(download.percent, None, None))),
        created_at=clock.iso(download.created),
        ended_at=clock.iso(download.ended) if download.ended else None,
        expires_at=clock.iso(download.until) if download.until else None,
        expired=download.is_over and download.until <= clock.now(),
    )
    if download.wanted.output_format:
        shown.output_format = download.wanted.output_format
    else:
        shown.format_id = download.wanted.format_id
    if download.state == "failed":
        shown.error, shown.detail, shown.code = download.error, download.detail, download.code
    if download.is_over and download.state == "completed":
        shown.progress = DownloadProgress(percent="100.0%", speed="N/A", eta="00:00")
    return shown


def everything(found: Whole) -> Download:
    """All that is known of it."""
    shown = line(found.download)
    shown.files, shown.subtitles, shown.thumbnails = (
        found.named("media"), found.named("subtitle"), found.named("thumbnail")
    )  # fmt: skip
    shown.library = [one.library for one in found.pieces if one.library]
    shown.filename = next(iter(shown.files), "")
    shown.title = shown.title or next((one.title for one in found.entries if one.title), "")
    shown.results = [
        DoneEntry(one.url, "success", one.title, files_of(found, one.number))
        for one in found.entries
        if one.state == "done"
    ]
    shown.errors = [
        FailedEntry(one.url, one.error[:AT_MOST_TOLD], one.code, one.detail)
        for one in found.entries
        if one.state == "failed"
    ]
    return shown


def files_of(found: Whole, entry: int) -> list[str]:
    pieces = found.pieces if found.download.has_files else []
    return [one.name for one in pieces if one.entry == entry and one.role == "media"]


def over(found: Whole) -> Download:
    """The answer to who waited until it was over: the documented fields, and the side files."""
    shown = everything(found)
    kept = Download(
        status=shown.status,
        download_id=shown.download_id,
        task_id=shown.task_id,
        title=shown.title,
        files=shown.files,
        subtitles=shown.subtitles,
        thumbnails=shown.thumbnails,
    )
    if found.download.wanted.save_to_library:
        kept.library = shown.library
    if found.download.kind == "playlist":
        kept.success_count, kept.error_count = shown.success_count, shown.error_count
        kept.results, kept.errors = shown.results, shown.errors
    else:
        kept.filename = shown.filename
    return kept


def underway(download: entity.Download) -> Download:
    """The answer to who has waited long enough: it is at `GET /api/download/{id}` from now on."""
    status: entity.State = "converting" if download.kind == "convert" else "downloading"
    return Download(status=status, download_id=download.id, task_id=download.id)
