"""Selectors that work everywhere, and presets by name (redstream: Formats génériques).

A source that tells no height has formats that no `[height<=1080]` matches: `lenient` makes it `[height<=?1080]`.
"""

import re

from shared.sources.found import Format

BEST = "bestvideo+bestaudio/best"
AUDIO = "bestaudio/best"
HEIGHTS = (1080, 720, 480, 360)
LONGEST = 300  # characters of a selector
SPELLED = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
LIMIT = re.compile(r"\[(height|width|fps|tbr|filesize)(<=|<|>=|>|=)(?=\d)")
MP3_RATE = 192  # kbit/s: what `extract_audio` makes


def capped(height: int) -> str:
    """The documented selector for at most `height` lines."""
    return f"bestvideo[height<={height}]+bestaudio/best[height<={height}]"


PRESETS = {"best": BEST, "1080p": capped(1080), "720p": capped(720), "audio": AUDIO}
GENERIC = (
    Format(BEST, "mp4", "Meilleure qualité", "vidéo + audio"),
    *(Format(capped(height), "mp4", f"{height}p", "vidéo + audio") for height in HEIGHTS),
    Format(AUDIO, "m4a", "Audio", "audio seul", vcodec="none"),
)
FALLBACK = "worstvideo+bestaudio/worst"  # for a limit that nothing is below: the nearest to it


def selector(format_id: str) -> str:
    """What yt-dlp is asked for. A limit of a known selector that nothing meets ends at the smallest there is."""
    wanted = PRESETS.get(format_id, format_id)
    known = wanted in PRESETS.values() or wanted in {one.format_id for one in GENERIC}
    return lenient(wanted) + (f"/{FALLBACK}" if known and "[" in wanted else "")


def lenient(wanted: str) -> str:
    return LIMIT.sub(r"[\1\2?", wanted)


def is_spelled(format_id: str) -> bool:
    """Whether this may be a format's id or a selector at all."""
    return len(format_id) <= LONGEST and SPELLED.fullmatch(format_id) is not None


def is_audio(format_id: str) -> bool:
    """The preset `audio` is an MP3 with tags and cover, whatever else the order says."""
    return format_id == "audio"
