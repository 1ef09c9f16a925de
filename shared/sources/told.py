"""What the parent and the child with yt-dlp in it say to each other."""

from typing import Any

from msgspec import Struct

from shared.sources.order import About, Order


class Job(Struct, frozen=True):
    """What the parent sends."""

    what: str  # "look" or "fetch"
    order: Order
    folder: str = ""
    largest: int = 0  # bytes
    seconds: float = 0  # until we are ended
    proxy: str = ""
    runtime: str = ""
    cookies: str = ""
    exceptions: str = ""  # OUTBOUND_ALLOW
    silence: float = 25.0  # seconds without a byte


class File(Struct, frozen=True):
    """Something that has arrived. `role` is "media", "subtitles" or "thumbnail"."""

    name: str
    role: str
    language: str = ""
    is_audio: bool = False


class Arrived(Struct, frozen=True):
    about: About
    files: list[File]
    audio_codec: str = ""


class Told(Struct, frozen=True, omit_defaults=True):
    """A line of what the child says."""

    progress: tuple[float | None, float | None, float | None] | None = None  # percent, bytes a second, seconds
    arrived: Arrived | None = None
    found: Any = None
    error: str = ""
    kind: str = ""
