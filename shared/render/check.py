"""What is wrong with a timeline: every fault of it, by the path of its field."""

import math
import re
from collections.abc import Iterator

from shared.render.timeline import (
    FADES,
    HEARD,
    MOTIONS,
    POSITIONS,
    SEEN,
    TRACKS,
    TRANSITIONS,
    WRITTEN,
    Clip,
    Config,
    Source,
    Timeline,
    Track,
    Wrong,
    ends,
    frame,
    length,
    rate,
    size,
)

MOST_CLIPS = 1000  # an hour of cuts every four seconds; refused before anything is looked at
MOST_TRACKS = 20
MOST_FAULTS = 50  # told at once
LONGEST = 3600.0  # seconds of film
SMALLEST, LARGEST = 16, 3840  # pixels a side
MOST_PIXELS = 3840 * 2160
LONGEST_TEXT = 500  # characters of a title or a caption
LONGEST_TRANSITION = 10.0
LOUDEST = 4.0
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
STYLES = ("default", "bold", "minimal")
SOURCES = {"video": ("image", "video"), "logo": ("image",), "audio": ("audio", "video"), "music": ("audio", "video")}


def check(timeline: Timeline, sources: dict[str, Source]) -> list[Wrong]:
    """The first MOST_FAULTS faults; none when it can be rendered."""
    if len(timeline.tracks) > MOST_TRACKS:
        return [Wrong("tracks", "max_tracks", f"A timeline has at most {MOST_TRACKS} tracks")]
    if sum(len(track.clips) for track in timeline.tracks) > MOST_CLIPS:
        return [Wrong("tracks", "max_clips", f"A timeline has at most {MOST_CLIPS} clips")]
    found = []
    for wrong in _all(timeline, sources):
        found.append(wrong)
        if len(found) == MOST_FAULTS:
            break
    return found


def _all(timeline: Timeline, sources: dict[str, Source]) -> Iterator[Wrong]:
    yield from _config(timeline.config)
    fps = float(rate(timeline.config.fps) or 30)
    timed = True
    for number, track in enumerate(timeline.tracks):
        here = f"tracks[{number}]"
        if track.type not in TRACKS:
            yield Wrong(f"{here}.type", "enum", f"A track is one of {', '.join(TRACKS)}")
            timed = False
            continue
        for at, clip in enumerate(track.clips):
            for name, constraint, message in _clip(clip, track.type, sources, fps):
                timed = timed and name not in ("start_time", "duration", "trim_start", "asset_id")
                yield Wrong(f"{here}.clips[{at}].{name}", constraint, message)
        if track.type == "video":
            yield from _overlaps(track, here, sources, timeline.config)
    if not timed:
        return
    end = ends(timeline, sources)
    if end * fps < 0.5:
        yield Wrong("tracks", "empty", "The timeline has no clip")
    if end > LONGEST:
        yield Wrong("tracks", "max_duration", f"A film lasts at most {LONGEST:.0f} s")
    for number, track in enumerate(timeline.tracks):
        for at, clip in enumerate(track.clips):
            if track.type == "music" and clip.start_time >= end > 0:
                field = f"tracks[{number}].clips[{at}].start_time"
                yield Wrong(field, "beyond_end", f"The film ends at {end:g} s")


def _config(config: Config) -> Iterator[Wrong]:
    pixels = size(config.resolution)
    if pixels is None:
        yield Wrong("config.resolution", "format", "A resolution is WIDTHxHEIGHT")
    elif any(side % 2 or not SMALLEST <= side <= LARGEST for side in pixels):
        yield Wrong("config.resolution", "range", f"Sides are even and from {SMALLEST} to {LARGEST} pixels")
    elif pixels[0] * pixels[1] > MOST_PIXELS:
        yield Wrong("config.resolution", "max_pixels", "A picture has at most 3840x2160 pixels")
    if rate(config.fps) is None:
        yield Wrong("config.fps", "range", "Frames per second are from 1 to 60")
    if not COLOUR.fullmatch(config.background_color):
        yield Wrong("config.background_color", "format", "A colour is #RRGGBB")


Fault = tuple[str, str, str]


def _clip(clip: Clip, track: str, sources: dict[str, Source], fps: float) -> Iterator[Fault]:
    yield from _times(clip, fps)
    if track in WRITTEN:
        yield from _written(clip)
    else:
        yield from _sourced(clip, track, sources, fps)
    allowed = ("none", *TRANSITIONS) if track == "video" else FADES
    for name in ("transition_in", "transition_out"):
        if getattr(clip, name) not in allowed and track not in HEARD:
            yield name, "enum", f"A transition is one of {', '.join(allowed)}"
    if track in SEEN:
        if clip.motion not in MOTIONS:
            yield "motion", "enum", f"A motion is one of {', '.join(MOTIONS)}"
        if clip.fit not in ("cover", "contain"):
            yield "fit", "enum", "A picture's fit is cover or contain"
        if clip.scale is not None and not 0.01 <= clip.scale <= 1:
            yield "scale", "range", "A scale is from 0.01 to 1, of the canvas"
        if not 0 <= clip.opacity <= 1:
            yield "opacity", "range", "An opacity is from 0 to 1"
    if track not in HEARD and clip.position and clip.position not in POSITIONS:
        yield "position", "enum", f"A position is one of {', '.join(POSITIONS)}"


def _times(clip: Clip, fps: float) -> Iterator[Fault]:
    for name in ("start_time", "trim_start", "fade_in", "fade_out"):
        if not 0 <= getattr(clip, name) <= LONGEST * 24:
            yield name, "range", f"Seconds are from 0 to {LONGEST * 24:.0f}"
    if not 0 <= clip.transition_duration <= LONGEST_TRANSITION:
        yield "transition_duration", "range", f"A transition lasts from 0 to {LONGEST_TRANSITION:.0f} s"
    if clip.duration is not None and not 0.5 / fps <= clip.duration <= LONGEST:
        yield "duration", "range", f"A clip lasts at least one frame and at most {LONGEST:.0f} s"
    if not 0 <= clip.volume <= LOUDEST:
        yield "volume", "range", f"A volume is from 0 to {LOUDEST:g}"


def _written(clip: Clip) -> Iterator[Fault]:
    if not clip.text.strip():
        yield "text", "required", "A title or a caption has a text"
    if len(clip.text) > LONGEST_TEXT:
        yield "text", "max_length", f"A text has at most {LONGEST_TEXT} characters"
    if clip.style not in STYLES:
        yield "style", "enum", f"A style is one of {', '.join(STYLES)}"


def _sourced(clip: Clip, track: str, sources: dict[str, Source], fps: float) -> Iterator[Fault]:
    source = sources.get(clip.asset_id)
    if not clip.asset_id:
        yield "asset_id", "required", "A clip names an asset"
    elif source is None:
        yield "asset_id", "unknown", f"There is no asset {clip.asset_id[:80]}"
    elif source.kind not in SOURCES[track] or (track in HEARD and source.kind == "video" and not source.sound):
        yield "asset_id", "kind", f"A track of type {track} cannot hold {_named(source)}"
    elif source.kind != "image" and not (track == "music" and clip.loop is not False and not clip.trim_start):
        over = clip.trim_start + (clip.duration or 0.0) - source.duration
        if clip.trim_start >= source.duration:
            yield "trim_start", "beyond_source", f"The source lasts {source.duration:g} s"
        elif over > 1 / fps and not (track == "music" and clip.loop is not False):
            yield "duration", "beyond_source", f"The source lasts {source.duration:g} s"


def _named(source: Source) -> str:
    names = {"image": "a picture", "audio": "a sound", "video": "a film without sound"}
    return names[source.kind]


def _overlaps(track: Track, here: str, sources: dict[str, Source], config: Config) -> Iterator[Wrong]:
    """What is less than a frame is none."""
    per_second = rate(config.fps)
    if per_second is None:
        return
    spans = []
    for at, clip in enumerate(track.clips):
        lasts = length(clip, track.type, sources.get(clip.asset_id))
        if math.isfinite(clip.start_time) and math.isfinite(lasts) and abs(clip.start_time) + lasts < LONGEST * 100:
            spans.append((frame(clip.start_time, per_second), frame(clip.start_time + lasts, per_second), at))
    spans.sort()
    until, holder = -1, 0
    for start, end, at in spans:
        if start < until:
            field = f"{here}.clips[{at}].start_time"
            yield Wrong(field, "overlap", f"It begins before clips[{holder}] ends, at {until / float(per_second):g} s")
        if end > until:
            until, holder = end, at
