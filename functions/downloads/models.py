"""What is sent about downloads, and what is answered (redstream: Modèles de données)."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.downloads.download import MOST_ENTRIES, Format, Kind, State
from shared.errors import Invalid
from shared.paging import Cursor

LONGEST_URL = 4096  # characters; a signed address of a video is 1,500
Url = Annotated[str, Meta(min_length=1, max_length=LONGEST_URL, extra_json_schema={"format": "uri"})]
FormatId = Annotated[
    str, Meta(min_length=1, max_length=300, description="a format of /api/info, a preset or a selector")
]
Moment = Annotated[float, Meta(ge=0, le=360_000, description="seconds from the beginning, at most 100 hours")]
DownloadId = Annotated[str, Meta(min_length=1, max_length=64)]


class MediaLink(Struct):
    url: Url


class DownloadOptions(Struct, kw_only=True):
    """`start`, `end`, `chapter`, `save_to_library` and `notify` are ours: a part of it, into the caller's library, and
    a mail when it is over."""

    format_id: FormatId
    extract_audio: bool = False
    include_thumbnail: bool = True
    include_subtitles: bool = False
    start: Moment | None = None
    end: Moment | None = None
    chapter: Annotated[str, Meta(min_length=1, max_length=300)] | None = None
    save_to_library: bool = False
    notify: bool = False

    def check(self) -> None:
        """What no field can say for itself. Raises Invalid."""
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise Invalid("Invalid end", field="end", constraint="after start")
        if self.chapter is not None and (self.start is not None or self.end is not None):
            raise Invalid("Invalid chapter", field="chapter", constraint="a chapter, or start and end")


class DownloadRequest(DownloadOptions, kw_only=True):
    url: Url


class PlaylistRequest(DownloadOptions, kw_only=True):
    urls: Annotated[list[Url], Meta(min_length=1, max_length=MOST_ENTRIES, description=f"1 to {MOST_ENTRIES} links")]


class ConversionRequest(Struct):
    download_id: DownloadId
    output_format: Format


class DownloadPath(Struct):
    download_id: str


class FilePath(DownloadPath):
    filename: str


class HistoryQuery(Struct):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Cursor | None = None


class DoneEntry(Struct, omit_defaults=True):
    """An entry that is done."""

    url: str
    status: str
    title: str = ""
    files: list[str] = []


class FailedEntry(Struct):
    """An entry that has failed; `error` is cut at 100 characters, as documented."""

    url: str
    error: str
    code: str
    detail: str


class DownloadProgress(Struct):
    """How far it is, in yt-dlp's own words; N/A where nobody knows."""

    percent: str
    speed: str
    eta: str


class Download(Struct, kw_only=True):
    """A download as it is. `status`, `download_id`, and by kind `filename`, or the report of a playlist, are the
    document's; a failed one has `error`, `detail` and `code`. Times are ISO 8601; `expires_at` is when the files go,
    and `expired` that they have."""

    status: State
    download_id: str
    task_id: str
    kind: Kind | UnsetType = UNSET
    url: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    filename: str | UnsetType = UNSET
    files: list[str] | UnsetType = UNSET
    subtitles: list[str] | UnsetType = UNSET
    thumbnails: list[str] | UnsetType = UNSET
    library: list[str] | UnsetType = UNSET
    success_count: int | UnsetType = UNSET
    error_count: int | UnsetType = UNSET
    results: list[DoneEntry] | UnsetType = UNSET
    errors: list[FailedEntry] | UnsetType = UNSET
    progress: DownloadProgress | UnsetType = UNSET
    error: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    format_id: str | UnsetType = UNSET
    output_format: str | UnsetType = UNSET
    created_at: str | UnsetType = UNSET
    ended_at: str | UnsetType | None = UNSET
    expires_at: str | UnsetType | None = UNSET
    expired: bool | UnsetType = UNSET


class DownloadHistory(Struct):
    """`next_cursor` is null at the end."""

    downloads: list[Download]
    next_cursor: str | None


class ForgottenDownload(Struct):
    status: str
    download_id: str
