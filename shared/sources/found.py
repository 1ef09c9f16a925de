"""What a link holds: the documented answer of `/api/info`, and ours (`chapters`, `presets`, `platform`)."""

from msgspec import Struct, field

from shared.sources.order import Chapter


class Format(Struct, frozen=True):
    format_id: str
    ext: str
    resolution: str
    note: str = ""
    filesize: int | None = None  # bytes, often estimated
    fps: float | None = None
    vcodec: str | None = None  # "none" for sound alone
    acodec: str | None = None


class Preset(Struct, frozen=True):
    name: str  # "best", "1080p", "720p", "audio"; good as a format_id
    format_id: str
    ext: str
    filesize: int | None = None  # bytes, estimated


class Entry(Struct, frozen=True):
    id: str
    title: str
    url: str
    duration: float | None = None
    thumbnail: str | None = None


class Found(Struct, frozen=True):
    id: str
    title: str
    uploader: str | None = None
    duration: float | None = None
    view_count: int | None = None
    thumbnail: str | None = None
    description: str | None = None
    formats: list[Format] = field(default_factory=list)
    is_playlist: bool = False
    playlist_title: str | None = None
    playlist_count: int | None = None
    entries: list[Entry] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    presets: list[Preset] = field(default_factory=list)
    platform: str = "unknown"  # "youtube", "vimeo", … (redstream: detect_platform)
