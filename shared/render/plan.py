"""What is to be done for a timeline, in whole frames: segments, grouped to chunks, and the sounds beside them.

A segment is a run of frames in which nothing begins or ends: on each layer a shot is held, or one becomes another. A
chunk is some segments in a row, 5 to 10 s, that a process renders knowing nothing of the others: the composed frames
are the same as of the film rendered in one piece. Chunks and all they hold are small, frozen and JSON by msgspec.
"""

import bisect
import hashlib
import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import msgspec
from msgspec import Struct

from shared.render.timeline import (
    HEARD,
    LOGO_SCALE,
    WRITTEN,
    Clip,
    Source,
    Timeline,
    Track,
    ends,
    frame,
    length,
    rate,
    size,
)

ENOUGH, LONGEST = 5.0, 10.0  # seconds of a chunk
MOST_SEGMENTS = 24  # of a chunk: each opens its files


class Canvas(Struct, frozen=True):
    width: int
    height: int
    numerator: int  # frames per second
    denominator: int
    background: str  # "#RRGGBB"

    @property
    def rate(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class Shot(Struct, frozen=True, omit_defaults=True):
    """A source as it is seen from its frame `offset` on. `frames` is its whole length, transitions at its end too."""

    asset_id: str
    frames: int
    offset: int = 0
    mezzanine: str = ""  # of a film: the name of its normalised piece
    fit: str = "cover"
    motion: str = "none"
    scale: float = 1.0  # of the canvas
    position: str = ""
    opacity: float = 1.0
    fade_in: int = 0  # frames, of a logo
    fade_out: int = 0

    @property
    def fills(self) -> bool:
        """Whether it is laid over the whole canvas and hides what is below."""
        return self.scale == 1 and self.opacity == 1 and not self.position


class Layer(Struct, frozen=True, omit_defaults=True):
    """A shot held or, with a transition, `shot` becoming `into`; None is nothing."""

    shot: Shot | None
    into: Shot | None = None
    transition: str = ""
    whole: int = 0  # frames of the transition
    gone: int = 0  # of them, those before this segment: another track's border has cut it


class Segment(Struct, frozen=True):
    frames: int
    layers: tuple[Layer, ...]  # bottom to top


class Words(Struct, frozen=True, omit_defaults=True):
    """A title or a caption between two frames of the film."""

    start: int
    end: int
    text: str
    style: str = "default"
    position: str = ""
    scale: float = 0.0
    fade_in: int = 0  # milliseconds
    fade_out: int = 0
    caption: bool = False


class Chunk(Struct, frozen=True):
    number: int
    start: int
    frames: int
    canvas: Canvas
    segments: tuple[Segment, ...]
    words: tuple[Words, ...] = ()


class Sound(Struct, frozen=True, omit_defaults=True):
    """Seconds of a source's sound at a moment of the film."""

    asset_id: str
    start: float
    duration: float
    trim: float = 0.0
    volume: float = 1.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    voice: bool = False  # what music makes way for
    ducks: bool = False
    loops: bool = False


class Mezzanine(Struct, frozen=True):
    """A piece of a film to be normalised: `frames` from `trim` seconds on, fitted to `width` and `height`."""

    name: str
    asset_id: str
    trim: float
    frames: int
    width: int
    height: int
    fit: str
    numerator: int
    denominator: int


class Plan(Struct, frozen=True):
    canvas: Canvas
    frames: int
    chunks: tuple[Chunk, ...]
    sounds: tuple[Sound, ...]
    captions: tuple[Words, ...]
    mezzanines: tuple[Mezzanine, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / float(self.canvas.rate)


class Span(Struct, frozen=True):
    start: int
    end: int
    layer: Layer


def plan(timeline: Timeline, sources: dict[str, Source], *, chunk: float = LONGEST) -> Plan:
    """The plan of a timeline in which `check` found nothing wrong. `chunk` is the seconds of the longest one."""
    width, height = size(timeline.config.resolution) or (0, 0)
    per_second = rate(timeline.config.fps) or Fraction(30)
    canvas = Canvas(
        width, height, per_second.numerator, per_second.denominator, timeline.config.background_color.lower()
    )
    end = ends(timeline, sources)
    frames = max(1, frame(end, per_second))
    pieces: dict[str, Mezzanine] = {}
    tracks = [one for kind in ("video", "logo") for one in timeline.tracks if one.type == kind]
    layers = [_spans(track, canvas, sources, frames, pieces) for track in tracks]
    words = tuple(_words(timeline, per_second, frames))
    segments = _segments(layers, frames)
    return Plan(
        canvas=canvas,
        frames=frames,
        chunks=tuple(_chunks(segments, canvas, words, chunk)),
        sounds=tuple(_sounds(timeline, sources, frames / float(per_second))),
        captions=tuple(one for one in words if one.caption),
        mezzanines=tuple(pieces.values()),
    )


# ---- pictures


def _spans(
    track: Track, canvas: Canvas, sources: dict[str, Source], frames: int, pieces: dict[str, Mezzanine]
) -> list[Span]:
    """What a track shows, from when to when, in order and without a gap's emptiness."""
    placed: list[tuple[int, int, Clip]] = []
    for clip in sorted(track.clips, key=lambda clip: clip.start_time):
        start = frame(clip.start_time, canvas.rate)
        lasts = length(clip, track.type, sources[clip.asset_id])
        end = frame(clip.start_time + lasts, canvas.rate) if lasts else frames
        if start < min(end, frames):
            placed.append((start, min(end, frames), clip))
    if track.type == "logo":
        return [
            Span(start, end, Layer(_shot(clip, end - start, 0, canvas, sources, pieces, logo=True)))
            for start, end, clip in placed
        ]
    spans: list[Span] = []
    before: Shot | None = None
    for at, (start, end, clip) in enumerate(placed):
        follows = at > 0 and placed[at - 1][1] == start
        name, coming = _coming(placed[at - 1][2] if follows else None, clip, placed, at, canvas)
        last = at + 1 == len(placed) or placed[at + 1][0] != end
        leaving = _going(clip, end - start - coming, end - start, canvas) if last else 0
        tail = 0 if last else _coming(clip, placed[at + 1][2], placed, at + 1, canvas)[1]
        shot = _shot(clip, end - start + tail, 0, canvas, sources, pieces)
        if coming:
            spans.append(Span(start, start + coming, Layer(before if follows else None, shot, name, coming)))
        if end - leaving > start + coming:
            spans.append(Span(start + coming, end - leaving, Layer(_later(shot, coming))))
        if leaving:
            leaves = _later(shot, end - start - leaving)
            spans.append(Span(end - leaving, end, Layer(leaves, None, clip.transition_out, leaving)))
        before = _later(shot, end - start)
    return spans


def _coming(
    before: Clip | None, clip: Clip, placed: list[tuple[int, int, Clip]], at: int, canvas: Canvas
) -> tuple[str, int]:
    """The transition with which a clip begins, and its frames: what the one before leaves with, else its own."""
    own = placed[at][1] - placed[at][0]
    if before is not None and before.transition_out != "none":
        name, seconds = before.transition_out, before.transition_duration
    else:
        name, seconds = clip.transition_in, clip.transition_duration
    room = min(own, placed[at - 1][1] - placed[at - 1][0]) if before else own
    frames = min(frame(seconds, canvas.rate), room // 2)
    return (name, frames) if name != "none" and frames else ("", 0)


def _going(clip: Clip, left: int, whole: int, canvas: Canvas) -> int:
    if clip.transition_out == "none":
        return 0
    return max(0, min(frame(clip.transition_duration, canvas.rate), whole // 2, left))


def _shot(
    clip: Clip,
    frames: int,
    offset: int,
    canvas: Canvas,
    sources: dict[str, Source],
    pieces: dict[str, Mezzanine],
    *,
    logo: bool = False,
) -> Shot:
    source = sources[clip.asset_id]
    scale = clip.scale if clip.scale is not None else LOGO_SCALE if logo else 1.0
    small = scale != 1 or logo
    fading = frame(clip.transition_duration, canvas.rate) if logo else 0
    is_film = source.kind == "video"
    return Shot(
        asset_id=clip.asset_id,
        frames=frames,
        offset=offset,
        mezzanine=_piece(clip, frames, scale, canvas, pieces) if is_film else "",
        fit="contain" if logo else clip.fit,
        motion="none" if is_film or logo else clip.motion,
        scale=scale,
        position=(clip.position or ("top_right" if logo else "center")) if small else "",
        opacity=clip.opacity,
        fade_in=min(fading, frames // 2) if clip.transition_in != "none" else 0,
        fade_out=min(fading, frames // 2) if clip.transition_out != "none" else 0,
    )


def box(canvas: Canvas, scale: float) -> tuple[int, int]:
    """The even sides of what a shot is fitted into."""
    return max(2, round(canvas.width * scale / 2) * 2), max(2, round(canvas.height * scale / 2) * 2)


def _piece(clip: Clip, frames: int, scale: float, canvas: Canvas, pieces: dict[str, Mezzanine]) -> str:
    width, height = box(canvas, scale)
    asset, how = clip.asset_id, (clip.fit, canvas.numerator, canvas.denominator)
    wanted = msgspec.json.encode([asset, clip.trim_start, frames, width, height, *how])
    name = f"mezzanine-{hashlib.sha256(wanted).hexdigest()[:16]}"
    pieces[name] = Mezzanine(name, asset, clip.trim_start, frames, width, height, *how)
    return name


def _later(shot: Shot, frames: int) -> Shot:
    return msgspec.structs.replace(shot, offset=shot.offset + frames)


def _segments(layers: list[list[Span]], frames: int) -> list[Segment]:
    borders = {0, frames}
    for spans in layers:
        borders.update(at for span in spans for at in (span.start, span.end))
    edges = sorted(at for at in borders if 0 <= at <= frames)
    starts = [[span.start for span in spans] for spans in layers]
    found = []
    for start, end in pairwise(edges):
        seen: list[Layer] = []
        for spans, begins in zip(layers, starts, strict=True):
            at = bisect.bisect_right(begins, start) - 1
            if at >= 0 and spans[at].end > start:
                seen.append(_from(spans[at], start))
        found.append(Segment(end - start, tuple(seen)))
    return found


def _from(span: Span, start: int) -> Layer:
    """A span's layer from a frame on."""
    layer, gone = span.layer, start - span.start
    if not gone:
        return layer
    if layer.transition:
        return msgspec.structs.replace(layer, gone=gone)
    return Layer(_later(layer.shot, gone)) if layer.shot else layer


def _chunks(segments: list[Segment], canvas: Canvas, words: tuple[Words, ...], longest: float) -> Iterator[Chunk]:
    most = max(1, math.floor(longest * canvas.rate))
    enough = most * ENOUGH / LONGEST
    ready: list[Segment] = []
    number = start = frames = 0

    def made() -> Chunk:
        heard = tuple(one for one in words if one.start < start + frames and one.end > start)
        return Chunk(number, start, frames, canvas, tuple(ready), heard)

    for segment in (piece for whole in segments for piece in _cut(whole, most)):
        if ready and (frames + segment.frames > most or frames >= enough or len(ready) == MOST_SEGMENTS):
            yield made()
            number, start, frames, ready = number + 1, start + frames, 0, []
        ready.append(segment)
        frames += segment.frames
    yield made()


def _cut(segment: Segment, most: int) -> Iterator[Segment]:
    """A long hold in pieces of about the same length."""
    if segment.frames <= most or any(layer.transition for layer in segment.layers):
        yield segment
        return
    count = math.ceil(segment.frames / most)
    edges = [segment.frames * at // count for at in range(count + 1)]
    for start, end in pairwise(edges):
        layers = tuple(Layer(_later(layer.shot, start)) for layer in segment.layers if layer.shot)
        yield Segment(end - start, layers)


# ---- words and sounds


def _words(timeline: Timeline, per_second: Fraction, frames: int) -> Iterator[Words]:
    for track in timeline.tracks:
        for clip in track.clips if track.type in WRITTEN else ():
            start = frame(clip.start_time, per_second)
            end = min(frames, frame(clip.start_time + length(clip, track.type, None), per_second))
            if start < end:
                fade = round(1000 * min(clip.transition_duration, (end - start) / float(per_second) / 2))
                yield Words(
                    *(start, end, clip.text.strip(), clip.style, clip.position, clip.scale or 0.0),
                    fade_in=fade if clip.transition_in != "none" else 0,
                    fade_out=fade if clip.transition_out != "none" else 0,
                    caption=track.type == "captions",
                )


def _sounds(timeline: Timeline, sources: dict[str, Source], end: float) -> Iterator[Sound]:
    for track in timeline.tracks:
        for clip in track.clips:
            source = sources.get(clip.asset_id)
            audible = track.type in HEARD or (track.type == "video" and source and source.kind == "video")
            if not audible or source is None or not clip.volume or not (source.sound or source.kind == "audio"):
                continue
            loops = track.type == "music" and clip.loop is not False
            lasts = min(length(clip, track.type, source) or end, end - clip.start_time)
            if lasts <= 0:
                continue
            yield Sound(
                *(clip.asset_id, clip.start_time, lasts, clip.trim_start, clip.volume),
                *(min(clip.fade_in, lasts), min(clip.fade_out, lasts)),
                voice=track.type == "audio",
                ducks=clip.duck_under_voice,
                loops=loops,
            )
