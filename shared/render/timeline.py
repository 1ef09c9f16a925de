"""A timeline as users write it (iafactory: Créer une Timeline), and the files that it is made of. Times are seconds."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

IMAGE_DURATION = 5.0  # seconds that a picture lasts when nobody says
TITLE_DURATION = 5.0
LOGO_SCALE = 0.15  # of the canvas
TRACKS = ("video", "audio", "music", "text", "logo", "captions")
SEEN, HEARD, WRITTEN = ("video", "logo"), ("audio", "music"), ("text", "captions")
FADES = ("none", "fade", "dissolve")
TRANSITIONS = {  # as users call them: as xfade does
    "fade": "fade",
    "dissolve": "fade",  # xfade's own `dissolve` is grains of noise, and nobody's
    "fadeblack": "fadeblack",
    "fadewhite": "fadewhite",
    "wipeleft": "wipeleft",
    "wiperight": "wiperight",
    "wipeup": "wipeup",
    "wipedown": "wipedown",
    "slideleft": "slideleft",
    "slideright": "slideright",
    "slideup": "slideup",
    "slidedown": "slidedown",
    "smoothleft": "smoothleft",
    "smoothright": "smoothright",
    "circleopen": "circleopen",
    "circleclose": "circleclose",
    "radial": "radial",
    "pixelize": "pixelize",
    "zoom": "zoomin",
}
MOTIONS = ("none", "zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down")
POSITIONS = (
    *("top_left", "top", "top_right", "left", "center", "right"),
    *("bottom_left", "bottom", "bottom_right"),
)
NTSC = {24: Fraction(24000, 1001), 30: Fraction(30000, 1001), 60: Fraction(60000, 1001)}
HAIR = 1e-6  # of a frame: sums of decimal seconds fall short of the frame that they mean


class Source(Struct, frozen=True):
    """An asset's file. `duration` in seconds (0: a picture), `digest` names its bytes, `sound`: whether it has any."""

    path: Path
    kind: Literal["image", "video", "audio"]
    width: int = 0
    height: int = 0
    duration: float = 0.0
    digest: str = ""
    sound: bool = False


class Clip(Struct, omit_defaults=True):
    """What is on a track for a while. `position`, `scale`, `opacity`: of a logo, of a picture in a picture."""

    asset_id: str = ""
    start_time: float = 0.0
    duration: float | None = None
    trim_start: float = 0.0  # seconds into the source
    transition_in: str = "none"
    transition_out: str = "none"
    transition_duration: float = 1.0  # at most; half of the shorter clip
    motion: str = "none"  # of a still
    fit: str = "cover"
    volume: float = 1.0
    fade_in: float = 0.0  # of the sound
    fade_out: float = 0.0
    duck_under_voice: bool = False
    loop: bool | None = None  # music does unless told not to
    text: str = ""
    style: str = "default"
    position: str = ""
    scale: float | None = None  # of the canvas
    opacity: float = 1.0


class Track(Struct):
    type: str
    clips: list[Clip]


class Config(Struct):
    resolution: str = "1920x1080"
    fps: float = 30.0
    background_color: str = "#000000"


class Timeline(Struct):
    tracks: list[Track]
    config: Config = field(default_factory=Config)


class Wrong(Struct, frozen=True):
    """`field` is a path such as `tracks[0].clips[3].start_time`, `constraint` a word for programs."""

    field: str
    constraint: str
    message: str


def size(resolution: str) -> tuple[int, int] | None:
    width, x, height = resolution.partition("x")
    whole = x and width.isascii() and width.isdigit() and height.isascii() and height.isdigit() and len(resolution) < 12
    return (int(width), int(height)) if whole else None


def rate(fps: float) -> Fraction | None:
    """Frames a second as what they mean: 29.97 is 30000/1001. None for what is no frame rate."""
    if not (math.isfinite(fps) and 1 <= fps <= 60):
        return None
    for exact in NTSC.values():
        if abs(fps - exact) < 0.006:
            return exact
    return Fraction(fps).limit_denominator(100)


def frame(seconds: float, per_second: Fraction) -> int:
    """The frame nearest to a moment."""
    return math.floor(seconds * float(per_second) + 0.5 + HAIR)


def length(clip: Clip, track: str, source: Source | None) -> float:
    """Seconds that a clip lasts; 0 for music that goes on to the end."""
    if clip.duration is not None:
        return clip.duration
    if track in WRITTEN:
        return TITLE_DURATION
    if source is None or source.kind == "image":
        return IMAGE_DURATION if track == "video" else 0.0
    if track == "music" and clip.loop is not False:
        return 0.0
    return max(0.0, source.duration - clip.trim_start)


def ends(timeline: Timeline, sources: dict[str, Source]) -> float:
    """Seconds that the film lasts: to the end of its last clip. What goes on to the end makes it no longer."""
    said, music = 0.0, 0.0
    for track in timeline.tracks:
        for clip in track.clips:
            source = sources.get(clip.asset_id)
            until = clip.start_time + length(clip, track.type, source)
            if track.type == "music":
                once = (
                    until if clip.duration else clip.start_time + (source.duration - clip.trim_start if source else 0)
                )
                music = max(music, once)
            else:
                said = max(said, until)
    return said or music
