"""What is asked of `fetch`, what it tells on its way and what it leaves."""

from pathlib import Path
from typing import Literal

from msgspec import Struct, field


class Order(Struct, frozen=True):
    url: str
    format_id: str  # a preset's name, a selector or a format's id
    extract_audio: bool = False  # as MP3
    include_thumbnail: bool = True
    include_subtitles: bool = False
    start: float | None = None  # seconds
    end: float | None = None
    chapter: str | None = None  # its title, or its number from 1


class Progress(Struct, frozen=True):
    stage: Literal["downloading", "processing"]
    percent: float | None  # 0 to 100 of this stage; None for a stream that does not say how long it is
    speed: float | None = None  # bytes a second
    eta: float | None = None  # seconds


class Chapter(Struct, frozen=True):
    title: str
    start: float  # seconds
    end: float | None


class About(Struct, frozen=True):
    """What the source says of it, cut to a sensible length."""

    id: str = ""
    title: str = ""
    uploader: str | None = None
    duration: float | None = None  # seconds
    webpage_url: str = ""
    extractor: str = ""
    upload_date: str | None = None  # YYYYMMDD
    description: str | None = None
    chapters: list[Chapter] = field(default_factory=list)


class Got(Struct, frozen=True):
    media: list[Path]
    thumbnails: list[Path]
    subtitles: list[Path]
    about: About
