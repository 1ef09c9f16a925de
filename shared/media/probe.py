"""What is in a film or a sound: lengths in seconds, pixels of the picture as a viewer sees it, codecs, bit rates.

One run of ffmpeg, in its own process like all that reads what strangers send, tells the streams and decodes the first
picture; another child reads where an MP4's samples lie, from its header (`index`).
"""

from itertools import islice
from pathlib import Path

from msgspec import Struct

from shared.media import ffmpeg, index, report
from shared.media.boxes import LARGEST_HEADER, Box, top_level
from shared.media.codecs import FIXED
from shared.media.errors import MediaError
from shared.media.index import Index
from shared.media.report import Input, Picture, Stream
from shared.media.sniff import HEAD, Kind, sniff

TEXT_SUBTITLES = {"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"}
HDR_TRANSFERS = {"smpte2084", "arib-std-b67"}  # PQ and HLG, ITU-T H.273 table 3
AAC = {"LC": 2, "HE-AAC": 5, "HE-AACv2": 29, "Main": 1, "SSR": 3, "LTP": 4, "xHE-AAC": 42}  # ISO/IEC 14496-3 table 1.17
FIRST_FRAME = 60  # seconds to look through for a first frame, before calling a film unreadable
LONGEST_SIDE = 16384  # pixels; what x264 can encode
WIDEST_PIXEL = 8.0  # as many times as wide as high, or as high as wide: beyond it the file is not believed
SAMPLE_RATES = range(8_000, 192_001)  # Hz
LONGEST = 24 * 3600 + 60  # seconds
TIME = 30.0  # seconds to look into a file
MOST_BOXES = 100_000  # of an MP4, at its top; a fragmented one has two for every fragment
READ_THROUGH = 120.0  # seconds to find how long a file is that does not say
ATTACHED = "attached pic"


class Video(Struct, frozen=True):
    index: int
    codec: str
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
    codecs: str  # RFC 6381, "" when it has no place in our streams
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
    that beginning. Raises MediaError for what is neither film nor sound, for what is damaged and for what is cut short,
    and Overrun when looking takes too long.
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
        boxes = list(islice(top_level(file, size), MOST_BOXES)) if kind.demuxer == "mov" else []
    names = [box.name for box in boxes]
    if boxes and boxes[-1].end > size and names[-1] in (b"mdat", b"moov", b"moof"):  # else rubbish after the film
        raise MediaError("The file is cut short", log=f"{boxes[-1]} in {size} bytes")
    moov_in_front = b"moov" in names and (b"mdat" not in names or names.index(b"moov") < names.index(b"mdat"))
    moov = next((box for box in boxes if box.name == b"moov" and box.end - box.start <= LARGEST_HEADER), None)
    return _described(path, kind, size, here == size, _look(path, kind), moov, moov_in_front)


def _look(path: Path, kind: Kind) -> Input:
    """What ffmpeg finds in the file, as far as the first picture that it can decode."""
    told: list[str] = []
    options = ["-noautorotate", "-t", str(FIRST_FRAME)]
    shown = ["-map", "0:V:0?", "-vf", "showinfo=checksum=0", "-frames:v", "1", "-fps_mode", "passthrough"]
    try:
        arguments = [*ffmpeg.reading(path, kind.demuxer, *options), *shown, "-f", "null", "-"]
        ffmpeg.run(arguments, seconds=TIME, report=told)
    except MediaError as error:  # also said of a sound, whose picture cannot be shown
        found = report.read(told)
        if not found.streams:
            raise MediaError(log=error.log) from error
        return found
    return report.read(told)


def _described(
    path: Path, kind: Kind, size: int, is_whole: bool, found: Input, moov: Box | None, moov_in_front: bool
) -> Probe:
    pictures = [one for one in found.streams if one.kind == "Video"]
    films = [one for one in pictures if ATTACHED not in one.flags]
    covers = [one for one in pictures if ATTACHED in one.flags]
    heard = [one for one in found.streams if one.kind == "Audio" and one.channels and one.sample_rate in SAMPLE_RATES]
    numbers = [one[0].number if one else 0 for one in (films, heard)]
    where = index.look(path, moov, *numbers) if moov and films else Index()
    video = _video(found, films[0], where.keyframes) if films else None
    if video is None and not heard:
        silent = any(one.kind == "Audio" and one.sample_rate for one in found.streams)
        odd = "The sound's sample rate is not between 8 and 192 kHz"
        raise MediaError(odd if silent else "The file has neither picture nor sound")
    duration = found.duration or (_read_through(path, kind) if is_whole else 0.0)
    if duration > LONGEST:
        raise MediaError("The film is longer than a day", log=f"{duration} s")
    return Probe(
        kind=kind,
        size=size,
        duration=duration,
        bit_rate=int(size * 8 / duration) if duration else 0,
        video=video,
        audio=tuple(_audio(one) for one in heard),
        subtitles=tuple(_subtitle(one) for one in found.streams if one.kind == "Subtitle"),
        cover=covers[0].index if covers else None,
        moov_in_front=moov_in_front,
        spread=where.spread if moov_in_front else 0.0,
    )


def _video(found: Input, stream: Stream, keyframes: tuple[float, ...]) -> Video:
    if stream.width * stream.height > ffmpeg.MAX_PIXELS or max(stream.width, stream.height) > LONGEST_SIDE:
        raise MediaError("The picture is too large", log=f"{stream.width}x{stream.height}")
    if found.picture is None:
        raise MediaError("No picture of the film can be decoded")
    picture = found.picture
    ratio = picture.ratio if 1 / WIDEST_PIXEL <= picture.ratio <= WIDEST_PIXEL else 1.0
    width, height = max(1, round(picture.width * ratio)), picture.height
    if max(width, height) > LONGEST_SIDE:
        width, height = picture.width, picture.height
    turned = round(-picture.rotation) % 360
    if turned in (90, 270):
        width, height = height, width
    return Video(
        index=stream.index,
        codec=stream.codec,
        width=width,
        height=height,
        start=max(0.0, (stream.start or 0.0) - found.start),
        rotation=turned,
        frame_rate=_frame_rate(stream, picture),
        bit_rate=stream.bit_rate,
        pixel_format=picture.pixel_format,
        square_pixels=picture.ratio == 1,
        interlaced=picture.interlaced,
        hdr=picture.transfer in HDR_TRANSFERS,
        keyframes=keyframes,
    )


def _frame_rate(stream: Stream, picture: Picture) -> float:
    """The average, exact where ffmpeg's exact guess is the same: 29.97 is 30000/1001."""
    guess, average = picture.frame_rate, stream.frame_rate
    return guess if not average or abs(guess - average) < 0.01 else average


def _audio(stream: Stream) -> Audio:
    return Audio(
        index=stream.index,
        codec=stream.codec,
        codecs=f"mp4a.40.{AAC.get(stream.profile, 2)}" if stream.codec == "aac" else FIXED.get(stream.codec, ""),
        channels=stream.channels,
        sample_rate=stream.sample_rate,
        bit_rate=stream.bit_rate,
        language=stream.language,
    )


def _subtitle(stream: Stream) -> Subtitle:
    return Subtitle(
        index=stream.index,
        codec=stream.codec,
        language=stream.language,
        title=stream.title,
        is_text=stream.codec in TEXT_SUBTITLES,
        forced="forced" in stream.flags,
    )


def _read_through(path: Path, kind: Kind) -> float:
    """The length of a file that does not say it (a browser's recording, a raw stream)."""
    ends = [0.0]
    arguments = [*ffmpeg.reading(path, kind.demuxer), "-map", "0:V?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"]
    ffmpeg.run(arguments, seconds=READ_THROUGH, progress=ends.append)
    return max(ends)
