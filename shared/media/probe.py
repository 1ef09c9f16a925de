"""What is in a film or a sound: lengths in seconds, pixels of the picture as a viewer sees it, codecs, bit rates."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from msgspec import Struct

from shared.media.boxes import top_level
from shared.media.codecs import codec_string
from shared.media.errors import MediaError
from shared.media.sniff import HEAD, Kind, sniff

TEXT_SUBTITLES = {"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"}
HDR_TRANSFERS = {16, 18}  # PQ and HLG, ITU-T H.273 table 3
FIRST_FRAME = 200  # packets to look through for a first frame, before calling a film unreadable
MAX_PIXELS = 8192 * 4352  # 8K; a picture beyond it is refused before it is decoded
ATTACHED = "attached_pic"


class Video(Struct, frozen=True):
    index: int
    codec: str
    codecs: str  # RFC 6381, "" when it has no place in our streams
    width: int  # as seen: turned upright, with square pixels
    height: int
    start: float  # seconds into the film at which the picture begins, 0 nearly always
    rotation: int  # degrees clockwise that a player must turn the coded picture
    frame_rate: float  # average, 0 when unknown
    bit_rate: int  # bits per second, 0 when unknown
    pixel_format: str
    square_pixels: bool
    interlaced: bool
    hdr: bool
    keyframes: tuple[float, ...] = ()  # seconds; only where the container has an index of them (MP4)


class Audio(Struct, frozen=True):
    index: int
    codec: str
    codecs: str
    channels: int
    sample_rate: int
    bit_rate: int
    language: str


class Subtitle(Struct, frozen=True):
    index: int
    codec: str
    language: str  # as the file says, usually ISO 639-2 ("fre"); "" when unknown
    title: str
    is_text: bool
    forced: bool


class Probe(Struct, frozen=True):
    kind: Kind
    size: int  # bytes
    duration: float  # seconds
    bit_rate: int
    video: Video | None
    audio: tuple[Audio, ...]
    subtitles: tuple[Subtitle, ...]
    cover: int | None  # the stream that is a picture of an album
    moov_in_front: bool  # an MP4 that can be read from its start on, without seeking
    spread: float  # seconds that sound and picture lie apart in an MP4: what reading it in order has to hold back


def probe(path: Path, kind: Kind | None = None, *, size: int | None = None) -> Probe:
    """Look into the file at `path`, of the kind its first bytes told.

    With `size` (bytes) larger than the file on disk, only the beginning has arrived yet; an MP4 must have its `moov` in
    that beginning. Raises MediaError for what is neither film nor sound, for what is damaged and for what is cut short.
    """
    with path.open("rb") as file:
        here = file.seek(0, 2)
        file.seek(0)
        kind = kind or sniff(file.read(HEAD))
        if not here:
            raise MediaError("The file is empty")
        if kind is None or not kind.demuxer:
            raise MediaError("The file is not a film or a sound")
        size = size or here
        boxes = list(top_level(file, size)) if kind.demuxer == "mov" else []
    names = [box.name for box in boxes]
    if boxes and boxes[-1].end > size and names[-1] in (b"mdat", b"moov", b"moof"):  # else rubbish after the film
        raise MediaError("The file is cut short", log=f"{boxes[-1]} in {size} bytes")
    moov_in_front = b"moov" in names and (b"mdat" not in names or names.index(b"moov") < names.index(b"mdat"))
    try:
        with av.open(
            str(path),
            format=kind.demuxer,
            options={"protocol_whitelist": "file", "max_streams": "100", "probesize": "5000000"},
            metadata_errors="replace",
            timeout=(20.0, 20.0),
        ) as container:
            return _describe(container, kind, size, moov_in_front, whole=here == size)
    except (FFmpegError, ValueError, OverflowError, UnicodeError, MemoryError) as error:
        raise MediaError(log=type(error).__name__) from error


def _describe(container: Any, kind: Kind, size: int, moov_in_front: bool, *, whole: bool) -> Probe:
    films = [one for one in container.streams.video if ATTACHED not in _disposition(one)]
    covers = [one for one in container.streams.video if ATTACHED in _disposition(one)]
    video = _video(container, films[0]) if films else None
    audio = tuple(_audio(one) for one in container.streams.audio if one.codec_context is not None)
    audio = tuple(one for one in audio if one.channels and one.sample_rate)
    if video is None and not audio:
        raise MediaError("The file has neither picture nor sound")
    duration = _duration(container)
    if not duration and whole:
        duration = _measure(container)
    heard = [one for one in container.streams.audio if audio and one.index == audio[0].index]
    return Probe(
        kind=kind,
        size=size,
        duration=duration,
        bit_rate=int(size * 8 / duration) if duration else 0,
        video=video,
        audio=audio,
        subtitles=tuple(_subtitle(one) for one in container.streams.subtitles),
        cover=covers[0].index if covers else None,
        moov_in_front=moov_in_front,
        spread=_spread(films[0], heard[0]) if films and heard and moov_in_front else 0.0,
    )


def _video(container: Any, stream: Any) -> Video:
    context = stream.codec_context
    if context is None:
        raise MediaError("The film's codec is unknown")
    if not 0 < context.width * context.height <= MAX_PIXELS:
        raise MediaError("The picture is too large", log=f"{context.width}x{context.height}")
    frame = _first_frame(container, stream)
    ratio = stream.sample_aspect_ratio or frame.sample_aspect_ratio or 1
    width, height = round(frame.width * ratio), frame.height
    turned = round(-frame.rotation) % 360
    if turned in (90, 270):
        width, height = height, width
    return Video(
        index=stream.index,
        codec=context.codec.canonical_name,
        codecs=codec_string(context.codec.canonical_name, context.extradata or b""),
        width=width,
        height=height,
        start=_start(container, stream),
        rotation=turned,
        frame_rate=float(stream.average_rate or stream.guessed_rate or 0),
        bit_rate=context.bit_rate or 0,
        pixel_format=frame.format.name,
        square_pixels=ratio == 1,
        interlaced=bool(frame.interlaced_frame),
        hdr=context.color_trc in HDR_TRANSFERS,
        keyframes=_keyframes(stream),
    )


def _first_frame(container: Any, stream: Any) -> Any:
    """The first picture that can be decoded: what a film really is, its rotation included, shows only there."""
    for count, packet in enumerate(container.demux(stream)):
        with suppress(FFmpegError):
            for frame in packet.decode():
                return frame
        if count > FIRST_FRAME:
            break
    raise MediaError("No picture of the film can be decoded")


def _audio(stream: Any) -> Audio:
    context = stream.codec_context
    return Audio(
        index=stream.index,
        codec=context.codec.canonical_name,
        codecs=codec_string(context.codec.canonical_name, context.extradata or b""),
        channels=context.channels,
        sample_rate=context.sample_rate or 0,
        bit_rate=context.bit_rate or 0,
        language=stream.language or "",
    )


def _subtitle(stream: Any) -> Subtitle:
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else ""
    return Subtitle(
        index=stream.index,
        codec=codec,
        language=stream.language or "",
        title=stream.metadata.get("title", ""),
        is_text=codec in TEXT_SUBTITLES,
        forced="forced" in _disposition(stream),
    )


def _disposition(stream: Any) -> set[str]:
    return {flag.name for flag in type(stream.disposition) if flag in stream.disposition}


def _duration(container: Any) -> float:
    if container.duration and container.duration > 0:
        return float(container.duration / av.time_base)
    lengths = [one.duration * one.time_base for one in container.streams if one.duration and one.time_base]
    return float(max(lengths, default=0))


def _start(container: Any, stream: Any) -> float:
    if stream.start_time is None or container.start_time is None:
        return 0.0
    begins = float(stream.start_time * stream.time_base) - float(container.start_time / av.time_base)
    return max(0.0, begins)


def _measure(container: Any) -> float:
    """A file that does not say how long it is (a browser's recording, a raw stream): read it through."""
    container.seek(0)
    start, end = float("inf"), 0.0
    for packet in container.demux():
        if packet.pts is not None and packet.time_base:
            start = min(start, packet.pts * packet.time_base)
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    return float(max(0.0, end - start)) if start < end else 0.0


def _keyframes(stream: Any) -> tuple[float, ...]:
    if stream.container.format.name.startswith("mov") and stream.time_base:
        step = float(stream.time_base)
        return tuple(entry.timestamp * step for entry in stream.index_entries if entry.is_keyframe)
    return ()


def _spread(one: Any, other: Any, samples: int = 1000) -> float:
    """How far apart two streams' times are at the same places of the file, in seconds."""
    first, second = _places(one, samples), _places(other, samples)
    if not first or not second:
        return 0.0
    merged = sorted(
        [(position, 0, time) for position, time in first] + [(position, 1, time) for position, time in second]
    )
    latest = [first[0][1], second[0][1]]
    widest = 0.0
    for _, which, time in merged:
        latest[which] = time
        widest = max(widest, abs(latest[0] - latest[1]))
    return widest


def _places(stream: Any, samples: int) -> list[tuple[int, float]]:
    entries, step = stream.index_entries, float(stream.time_base or 0)
    indexes: Iterable[int] = range(0, len(entries), max(1, len(entries) // samples))
    return [(entries[index].pos, entries[index].timestamp * step) for index in indexes]
