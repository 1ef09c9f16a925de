"""From what yt-dlp found (`info`, a dict of anything) to our own types: everything bounded, nothing believed."""

import math
from collections.abc import Callable, Iterable
from typing import Any

from shared.sources import formats
from shared.sources.found import Entry, Format, Found, Preset
from shared.sources.order import About, Chapter

Info = dict[str, Any]
TITLE, TEXT, LINK = 300, 5000, 4096  # characters
MOST_FORMATS, MOST_CHAPTERS = 300, 500
LONGEST = 10**9  # seconds


def text(value: Any, most: int = TITLE) -> str:
    return value[:most].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def number(value: Any, most: float = 2.0**53) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and 0 <= value <= most else None


def whole(value: Any) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def link(value: Any) -> str | None:
    good = isinstance(value, str) and value.startswith(("http://", "https://")) and len(value) <= LINK
    return value if good else None


def about(info: Info) -> About:
    return About(
        id=text(info.get("id")),
        title=title(info),
        uploader=text(info.get("uploader") or info.get("channel") or info.get("artist")) or None,
        duration=number(info.get("duration"), LONGEST),
        webpage_url=link(info.get("webpage_url")) or "",
        extractor=text(info.get("extractor"), 100),
        upload_date=text(info.get("upload_date"), 8) or None,
        description=text(info.get("description"), TEXT) or None,
        chapters=chapters(info),
    )


def title(info: Info) -> str:
    """The only film of a page is not "(1)" to a person."""
    told = text(info.get("title")) or text(info.get("id"))
    return told.removesuffix(" (1)") if info.get("extractor") == "html5" else told


def chapters(info: Info) -> list[Chapter]:
    found = []
    for position, one in enumerate((info.get("chapters") or ())[:MOST_CHAPTERS], 1):
        start = number(one.get("start_time"), LONGEST)
        if start is not None:
            end = number(one.get("end_time"), LONGEST)
            found.append(Chapter(text(one.get("title")) or f"Chapitre {position}", start, end))
    return found


def size(one: Info, duration: float | None) -> int | None:
    """Bytes of a format: as told, else by its bit rate."""
    known = whole(one.get("filesize")) or whole(one.get("filesize_approx"))
    rate = number(one.get("tbr"), 10**7)
    return known or (int(rate * 125 * duration) if rate and duration else None)


def film(info: Info, choose: Callable[[list[Info], str], list[Info]]) -> Found:
    """One film or sound. `choose(formats, selector)` is what yt-dlp would take."""
    own = about(info)
    every = [one for one in info.get("formats") or () if not is_picture(one)]
    return Found(
        id=own.id,
        title=own.title,
        uploader=own.uploader,
        duration=own.duration,
        view_count=whole(info.get("view_count")),
        thumbnail=link(info.get("thumbnail")),
        description=own.description,
        formats=[*formats.GENERIC, *(shape(one, own.duration) for one in every[-MOST_FORMATS:])],
        chapters=own.chapters,
        presets=presets(every, own.duration, choose),
    )


def is_picture(one: Info) -> bool:
    """A storyboard: neither film nor sound."""
    return one.get("vcodec") == "none" and one.get("acodec") == "none"


def shape(one: Info, duration: float | None) -> Format:
    height = whole(one.get("height"))
    seen = text(one.get("resolution"), 40) or (f"{height}p" if height else "")
    return Format(
        format_id=text(one.get("format_id"), 100),
        ext=text(one.get("ext"), 16),
        resolution=seen or ("audio only" if one.get("vcodec") == "none" else "unknown"),
        note=text(one.get("format_note"), 100),
        filesize=size(one, duration),
        fps=number(one.get("fps"), 1000),
        vcodec=text(one.get("vcodec"), 40) or None,
        acodec=text(one.get("acodec"), 40) or None,
    )


def presets(every: list[Info], duration: float | None, choose: Callable[[list[Info], str], list[Info]]) -> list[Preset]:
    found = []
    for name, format_id in formats.PRESETS.items():
        chosen = choose(every, formats.selector(name))
        sizes = [size(one, duration) for one in chosen]
        known = [one for one in sizes if one is not None]
        total = sum(known) if chosen and len(known) == len(sizes) else None
        if formats.is_audio(name):
            total = int(duration * formats.MP3_RATE * 125) if duration else None
        if chosen:
            found.append(Preset(name, format_id, "mp3" if formats.is_audio(name) else "mp4", total))
    return found


def playlist(info: Info, entries: Iterable[Entry], count: int) -> Found:
    listed = list(entries)
    name = text(info.get("title")) or text(info.get("id"))
    return Found(
        id=text(info.get("id")),
        title=name,
        uploader=text(info.get("uploader") or info.get("channel")) or None,
        thumbnail=link(info.get("thumbnail")) or next((one.thumbnail for one in listed if one.thumbnail), None),
        description=text(info.get("description"), TEXT) or None,
        formats=list(formats.GENERIC),
        is_playlist=True,
        playlist_title=name,
        playlist_count=count,
        entries=listed,
    )


def entry(info: Info, url: str | None) -> Entry | None:
    """One of a playlist; None for what has no address."""
    pictures = [one.get("url") for one in info.get("thumbnails") or () if isinstance(one, dict)]
    if not (url := link(url)):
        return None
    return Entry(
        id=text(info.get("id"), 200) or url.rpartition("/")[2][:200],
        title=text(info.get("title"), 200) or text(info.get("id"), 200) or url.rpartition("/")[2][:200],
        url=url,
        duration=number(info.get("duration"), LONGEST),
        thumbnail=link(info.get("thumbnail")) or (link(pictures[-1]) if pictures else None),
    )
