"""Reading what ffmpeg says of an input: its streams (`av_dump_format`) and its first picture (filter `showinfo`).

The wheel that brings ffmpeg brings no ffprobe, and another 130 MiB would not fit into a function's artifact. The lines
are those of the pinned ffmpeg; `tests/shared/media/test_probe.py` holds them to real files. A file's own text stands in
them too, indented deeper than a stream's line; whatever it forges, its owner is told about nothing but the own file.

    Duration: 00:00:05.31, start: 0.000000, bitrate: 1589 kb/s
    Stream #0:0[0x1](und): Video: h264 (Main) (avc1 / 0x31637661), yuv420p(progressive), 1280x720, 25 fps (default)
    [Parsed_showinfo_0 @ 0x7f] n:   0 pts: … fmt:yuv420p cl:left sar:1/1 s:1280x720 i:P iskey:1 type:I
"""

import re
from collections.abc import Iterable

from msgspec import Struct

END = re.compile(r"Stream mapping:|Output #")
LENGTH = re.compile(r"  Duration: (?:(\d+):(\d\d):(\d\d\.\d+)|N/A)(?:, start: (-?[\d.]+))?")
STREAM = re.compile(r"  Stream #0:(\d+)(?:\[(0x[0-9a-f]+)\])?(?:\((.*?)\))?: (Video|Audio|Subtitle): (\w+)(.*)")
TITLE = re.compile(r"    +title +: (.*)")
PROFILE = re.compile(r" \(([^()/]*)\)")
SIZE, FRAMES, START = re.compile(r", (\d+)x(\d+)"), re.compile(r", ([\d.]+)(k?) fps"), re.compile(r", start (-?[\d.]+)")
BIT_RATE, SOUND = re.compile(r", (\d+) kb/s"), re.compile(r", (\d+) Hz, ([^,]+)")
FLAG = re.compile(r" \(([a-z ]+)\)")
SHOWN_RATE = re.compile(r"\[.*showinfo.*\] config in time_base: \S+, frame_rate: (\d+)/(\d+)")
SHOWN = re.compile(r"\[.*showinfo.*\] n: .* fmt:(\w+) .*?sar:(\d+)/(\d+) s:(\d+)x(\d+) i:(\w)")
SHOWN_MATRIX = re.compile(r"\[.*showinfo.*\]   side data - .*displaymatrix: rotation of (-?[\d.]+) degrees")
SHOWN_COLOURS = re.compile(r"\[.*showinfo.*\] color_range:\S+ .*color_trc:(\S+)")
LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "binaural": 2, "quad": 4, "hexagonal": 6, "octagonal": 8, "cube": 8}


class Stream(Struct, frozen=True):
    index: int
    number: int  # the container's own, 0 where it has none; in an MP4 the track's
    kind: str  # "Video", "Audio" or "Subtitle"
    language: str
    codec: str
    profile: str
    flags: frozenset[str]  # "default", "forced", "attached pic", …
    bit_rate: int  # bits per second, 0 when unknown
    start: float | None  # seconds on the container's own clock, None when it is 0
    width: int
    height: int
    frame_rate: float  # average, to a hundredth; 0 when unknown
    sample_rate: int
    channels: int
    title: str


class Picture(Struct, frozen=True):
    """The first frame that can be decoded: what a film really is shows only there."""

    pixel_format: str
    width: int
    height: int
    ratio: float  # of a pixel's width to its height; 1 when the film does not say
    interlaced: bool
    rotation: float  # degrees counter-clockwise
    transfer: str  # "smpte2084", "arib-std-b67", "bt709", "unknown", …
    frame_rate: float  # exact, as guessed for the whole film; 0 when unknown


class Input(Struct, frozen=True):
    duration: float  # seconds, to a hundredth; 0 when the file does not say
    start: float  # seconds at which the container's clock begins
    streams: tuple[Stream, ...]
    picture: Picture | None


def read(lines: Iterable[str]) -> Input:
    """What a report tells of input 0."""
    duration = start = 0.0
    streams: list[Stream] = []
    shown: list[str] = []
    told = True
    for line in lines:
        told = told and not END.match(line)
        if not told:
            shown.append(line)
        elif found := LENGTH.match(line):
            hours, minutes, seconds, begins = found.groups()
            duration = int(hours) * 3600 + int(minutes) * 60 + float(seconds) if hours else 0.0
            start = float(begins or 0)
        elif found := STREAM.match(line):
            streams.append(_stream(found))
        elif streams and not streams[-1].title and (found := TITLE.match(line)):
            streams[-1] = _titled(streams[-1], found[1])
    return Input(duration, start, tuple(streams), _picture(shown))


def _stream(line: re.Match[str]) -> Stream:
    index, number, language, kind, codec, rest = line.groups()
    profile, size, frames, start = PROFILE.match(rest), SIZE.search(rest), FRAMES.search(rest), START.search(rest)
    rate, sound = BIT_RATE.search(rest), SOUND.search(rest)
    return Stream(
        index=int(index),
        number=int(number or "0", 16),
        kind=kind,
        language="" if language in (None, "und") else language,
        codec=codec,
        profile=profile[1] if profile else "",
        flags=frozenset(FLAG.findall(rest)),
        bit_rate=int(rate[1]) * 1000 if rate else 0,
        start=float(start[1]) if start else None,
        width=int(size[1]) if size else 0,
        height=int(size[2]) if size else 0,
        frame_rate=float(frames[1]) * (1000 if frames[2] else 1) if frames else 0.0,
        sample_rate=int(sound[1]) if sound else 0,
        channels=channels(sound[2]) if sound else 0,
        title="",
    )


def _titled(stream: Stream, title: str) -> Stream:
    from msgspec.structs import replace

    return replace(stream, title=title)


def channels(layout: str) -> int:
    """How many channels a layout has: "stereo" 2, "5.1(side)" 6, "7 channels (FL+…)" 7; 0 for what is none."""
    name = layout.partition("(")[0].strip()
    if name.endswith(" channels"):
        return int(name.split()[0])
    if re.fullmatch(r"\d+(\.\d+)+", name):
        return sum(map(int, name.split(".")))
    return LAYOUTS.get(name, 2 if name and "channels" not in name else 0)


def _picture(lines: list[str]) -> Picture | None:
    frame, rate, rotation, transfer = None, 0.0, 0.0, "unknown"
    for line in lines:
        if found := SHOWN_RATE.match(line):
            rate = int(found[1]) / int(found[2]) if int(found[2]) else 0.0
        elif found := SHOWN.match(line):
            if frame:
                break
            frame = found
        elif found := SHOWN_MATRIX.match(line):
            rotation = float(found[1])
        elif found := SHOWN_COLOURS.match(line):
            transfer = found[1]
    if frame is None:
        return None
    form, across, down, width, height, scan = frame.groups()
    ratio = int(across) / int(down) if int(across) and int(down) else 1.0
    return Picture(form, int(width), int(height), ratio, scan in "TB", rotation, transfer, rate)
