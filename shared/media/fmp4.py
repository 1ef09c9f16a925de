"""Cutting ffmpeg's one fragmented MP4 stream into an HLS init segment and media segments.

ffmpeg writes one `moof`+`mdat` pair per segment (`-min_frag_duration`), so a segment is what stands between two pairs:
nothing has to be polled for, a reader that pauses pauses ffmpeg, and memory holds one `moof`, never a segment.

Edit lists. ffmpeg says "starts at 12 s" with an empty edit before the real one. Browsers' media sources honour one edit
only, so a late track would play early: the empty edit is taken out and its length added to every `tfdt` instead.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from shared.media.boxes import children, descend, read_exactly, read_header
from shared.media.errors import MediaError

EMPTY = 2**32 - 1  # the media time of an edit that shows nothing, as an unsigned number
COPY = 1024 * 1024  # bytes moved at a time
TAIL = 1.0  # seconds that sound may outlast the picture before a segment is said to be longer than its picture
BASE_OFFSET, DESCRIPTION, DURATION = 0x01, 0x02, 0x08  # fields of a `tfhd` that may be there
DATA_OFFSET, FIRST_FLAGS = 0x01, 0x04  # the same of a `trun`, then those of each of its samples
SAMPLE_DURATION, SAMPLE_SIZE, SAMPLE_FLAGS, SAMPLE_OFFSET = 0x100, 0x200, 0x400, 0x800


class Track(Struct, frozen=True):
    number: int
    is_video: bool
    timescale: int  # ticks per second
    delay: int  # ticks between a composition time and the time it is shown at
    shift: int  # ticks to add to every fragment's decode time
    sample_duration: int  # ticks, unless a fragment says otherwise


class Piece(Struct, frozen=True):
    """One file of a rendition, complete on disk. The init segment has no `seconds`."""

    name: str
    path: Path
    seconds: float
    size: int  # bytes

    @property
    def is_init(self) -> bool:
        return not self.seconds


def cut(stream: BinaryIO, folder: Path, name: str, *, first: int = 0, start: float = 0.0) -> Iterator[Piece]:
    """The pieces of rendition `name`, each when it is complete: `720p_init.mp4`, `720p_00000.m4s`, …

    `first` is the number of the first segment and `start` its place on the time line, when a rendition is continued.
    """
    tracks: dict[int, Track] = {}
    header, number, end = bytearray(), first, start
    target = folder / f"{name}_{number:05d}.m4s"
    moof = bytearray()
    while box := read_header(stream):
        kind, size, opening = box
        if kind == b"mdat":
            if not tracks:
                raise MediaError(log="media before its header")
            target.write_bytes(moof + opening)
            _append(stream, target, size)
            with _making_sense():
                until = max(end + 1e-3, _end(moof, tracks))
            yield Piece(target.name, target, until - end, target.stat().st_size)
            number, end = number + 1, until
            target = folder / f"{name}_{number:05d}.m4s"
            continue
        data = bytearray(opening + read_exactly(stream, size))
        if kind == b"moof":
            moof = data
            with _making_sense():
                _shift(moof, tracks)
        elif not tracks:
            header += data
            if kind == b"moov":
                with _making_sense():
                    tracks = _tracks(header)
                init = folder / f"{name}_init.mp4"
                init.write_bytes(header)
                yield Piece(init.name, init, 0.0, len(header))


@contextmanager
def _making_sense() -> Iterator[None]:
    """Of films that lie about themselves ffmpeg writes fragments whose tracks its header does not know."""
    try:
        yield
    except (KeyError, IndexError, OverflowError, StopIteration, struct.error) as error:
        raise MediaError(log=f"fragments that make no sense: {error!r}") from error


def _append(stream: BinaryIO, target: Path, size: int) -> None:
    with target.open("ab") as file:
        while size:
            data = stream.read(min(size, COPY))
            if not data:
                raise MediaError("The file is cut short", log=f"{size} bytes of a segment missing")
            file.write(data)
            size -= len(data)


def _tracks(header: bytearray) -> dict[int, Track]:
    """The tracks by number; changes `header` so that no edit list has an empty edit."""
    movie = next(descend(header, "moov/mvhd"))
    movie_scale = _timescale(header, movie.body)
    defaults = {
        _number(header, box.body + 4): _number(header, box.body + 12) for box in descend(header, "moov/mvex/trex")
    }
    found = {}
    for trak in descend(header, "moov/trak"):
        number = _number(header, next(descend(header, "tkhd", trak.body, trak.end)).body + 12)
        scale = _timescale(header, next(descend(header, "mdia/mdhd", trak.body, trak.end)).body)
        handler = next(descend(header, "mdia/hdlr", trak.body, trak.end)).body
        delay, empty = _lift_empty_edit(header, trak.body, trak.end)
        found[number] = Track(
            number=number,
            is_video=header[handler + 8 : handler + 12] == b"vide",
            timescale=scale,
            delay=delay,
            shift=round(empty * scale / movie_scale),
            sample_duration=defaults.get(number, 0),
        )
    return found


def _lift_empty_edit(header: bytearray, start: int, end: int) -> tuple[int, int]:
    """Take the empty edit out of a track's edit list, in place.

    Answers the media time the real edit starts at and the length of the empty one in the movie's ticks, 0 for neither.
    """
    box = next(descend(header, "edts/elst", start, end), None)
    if box is None or header[box.body]:  # version 1 has 64-bit times: ffmpeg writes it past 2³² ticks only
        return 0, 0
    first, second, count = box.body + 8, box.body + 20, _number(header, box.body + 4)
    if count != 2 or _number(header, first + 4) != EMPTY:
        return (_number(header, first + 4) if count == 1 else 0), 0
    length = _number(header, first)
    header[box.start : box.start + 4] = (box.end - box.start - 12).to_bytes(4, "big")
    header[box.body + 4 : box.body + 8] = (1).to_bytes(4, "big")
    header[first : box.end] = header[second : box.end] + (12).to_bytes(4, "big") + b"free" + bytes(4)
    return _number(header, first + 4), length


def _shift(moof: bytearray, tracks: dict[int, Track]) -> None:
    for traf in descend(moof, "moof/traf"):
        track = tracks[_number(moof, next(descend(moof, "tfhd", traf.body, traf.end)).body + 4)]
        for box in descend(moof, "tfdt", traf.body, traf.end):
            width = 8 if moof[box.body] else 4
            place = slice(box.body + 4, box.body + 4 + width)
            moof[place] = (int.from_bytes(moof[place], "big") + track.shift).to_bytes(width, "big")


def _end(moof: bytearray, tracks: dict[int, Track]) -> float:
    """Where the fragment ends on the time line: at the end of its picture, unless its sound goes on well after it."""
    ends: dict[bool, float] = {}
    for traf in descend(moof, "moof/traf"):
        parts = {box.name: box for box in children(moof, traf.body, traf.end)}
        track = tracks[_number(moof, parts[b"tfhd"].body + 4)]
        decoded = int.from_bytes(moof[parts[b"tfdt"].body + 4 : parts[b"tfdt"].end], "big")
        duration = _default_duration(moof, parts[b"tfhd"].body) or track.sample_duration
        shown = 0
        for box in descend(moof, "trun", traf.body, traf.end):
            for ticks, offset in _samples(moof, box.body, duration):
                shown = max(shown, decoded + offset + ticks)
                decoded += ticks
        ends[track.is_video] = max(ends.get(track.is_video, 0.0), (shown - track.delay) / track.timescale)
    picture, sound = ends.get(True), ends.get(False)
    if picture is None or sound is None:
        return max(ends.values(), default=0.0)
    return sound if sound > picture + TAIL else picture


def _default_duration(moof: bytearray, body: int) -> int:
    """The duration a track fragment's header gives to its samples (`tfhd`, §8.8.7), 0 if it gives none."""
    flags = moof[body + 3]
    before = (8 if flags & BASE_OFFSET else 0) + (4 if flags & DESCRIPTION else 0)
    return _number(moof, body + 8 + before) if flags & DURATION else 0


def _samples(moof: bytearray, body: int, duration: int) -> Iterator[tuple[int, int]]:
    """(duration, composition offset) of each sample of a run (`trun`, §8.8.8), in ticks."""
    flags, count = int.from_bytes(moof[body + 1 : body + 4], "big"), _number(moof, body + 4)
    at = body + 8 + (4 if flags & DATA_OFFSET else 0) + (4 if flags & FIRST_FLAGS else 0)
    fields = [field for field in (SAMPLE_DURATION, SAMPLE_SIZE, SAMPLE_FLAGS, SAMPLE_OFFSET) if flags & field]
    row = struct.Struct(">" + "".join("i" if field == SAMPLE_OFFSET else "I" for field in fields))
    for values in row.iter_unpack(moof[at : at + count * row.size]) if fields else [()] * count:
        sample = dict(zip(fields, values, strict=True))
        yield sample.get(SAMPLE_DURATION, duration), sample.get(SAMPLE_OFFSET, 0)


def _timescale(data: bytearray, body: int) -> int:
    return _number(data, body + (20 if data[body] else 12)) or 1


def _number(data: bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
