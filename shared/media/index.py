"""What an MP4's header (`moov`) says of where its samples lie in time and in the file (ISO/IEC 14496-12 §8.6, §8.7).

Tables are read as arrays, never sample by sample where runs will do: a film of two hours has half a million samples.
A header is a stranger's too: it is read in a child process.
"""

import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from shared.media import child
from shared.media.boxes import Box, children, descend
from shared.media.errors import MediaError

MOST_ENTRIES = 1 << 22  # of one table; ten hours at 60 frames a second are half of that
MOST_KEYFRAMES = 1 << 17  # ten hours have 18,000 of them, two seconds apart; a film of more is cut anywhere
MOST_TRACKS = 100
SAMPLES = 1000  # chunks of a track to look at when comparing two


class Index(Struct, frozen=True):
    keyframes: tuple[float, ...] = ()  # seconds at which the picture's are decoded
    spread: float = 0.0  # seconds that picture and sound lie apart at the same places of the file


class Track(Struct, frozen=True):
    """One track's tables. `run_ends` and `run_times` say which sample each run of equal durations ends before, when."""

    number: int
    timescale: int  # ticks per second
    run_ends: Sequence[int]
    run_times: Sequence[int]  # ticks at which a run begins
    run_deltas: Sequence[int]  # ticks from one of its samples to the next
    sync: Sequence[int] | None  # samples that are keyframes, counted from 0; None when all are
    chunks: Sequence[int]  # bytes into the file
    chunk_starts: Sequence[int]  # the first sample of each run of chunks that hold equally many
    chunk_runs: Sequence[tuple[int, int]]  # (its first chunk from 0, samples a chunk)

    def seconds(self, sample: int) -> float:
        """When a sample is decoded."""
        run = min(bisect_right(self.run_ends, sample), len(self.run_ends) - 1)
        first = self.run_ends[run - 1] if run else 0
        return (self.run_times[run] + (sample - first) * self.run_deltas[run]) / self.timescale

    def keyframes(self) -> tuple[float, ...]:
        """Seconds at which its keyframes are decoded."""
        count = self.run_ends[-1] if self.run_ends else 0
        samples: Iterable[int] = range(count) if self.sync is None else (one for one in self.sync if one < count)
        return tuple(self.seconds(sample) for sample in samples)

    def places(self) -> list[tuple[int, float]]:
        """(bytes into the file, seconds) of some chunks, and of the end of each of them, in the order of time."""
        found = []
        for chunk in range(0, len(self.chunks) if self.run_ends else 0, max(1, len(self.chunks) // SAMPLES)):
            run = bisect_right(self.chunk_runs, (chunk, MOST_ENTRIES)) - 1
            if run < 0:
                continue
            first, each = self.chunk_runs[run]
            sample = self.chunk_starts[run] + (chunk - first) * each
            place = self.chunks[chunk]
            # A chunk is in one piece: nothing of another track lies between its two ends.
            found += [(place, self.seconds(sample)), (place + 1, self.seconds(sample + each - 1))]
        return found


def look(path: Path, moov: Box, video: int, sound: int) -> Index:
    """What the header of the film at `path` says of its two tracks (0 for one it has not), or nothing: also when the
    header makes no sense, for ffmpeg is the one to judge a film."""
    try:
        said = child.call(looked, path, *map(str, (moov.start, moov.end, video, sound)))
    except MediaError:
        return Index()
    (spread_,), keyframes = struct.unpack_from("d", said), array("d", said[8:])
    return Index(tuple(keyframes), spread_)


def looked(stdin: BinaryIO, *arguments: str) -> bytes:
    """In the child."""
    start, end, video, sound = map(int, arguments)
    stdin.seek(start)
    found = tracks(stdin.read(end - start))
    sides = [found[number] for number in (video, sound) if number in found]
    keyframes = found[video].keyframes() if video in found else ()
    kept = array("d", keyframes if len(keyframes) <= MOST_KEYFRAMES else ())
    return struct.pack("d", spread(*sides) if len(sides) == 2 else 0.0) + kept.tobytes()


def tracks(moov: bytes) -> dict[int, Track]:
    """The tracks of a header, whole with its own box, by number. Those whose tables make no sense are left out."""
    found = {}
    for trak in islice(descend(moov, "moov/trak"), MOST_TRACKS):
        track = _track(moov, trak)
        if track is not None:
            found[track.number] = track
    return found


def spread(one: Track, other: Track) -> float:
    """How far apart two tracks' times are at the same places of the file, in seconds."""
    first, second = one.places(), other.places()
    if not first or not second:
        return 0.0
    merged = sorted([(place, 0, time) for place, time in first] + [(place, 1, time) for place, time in second])
    latest = [first[0][1], second[0][1]]
    widest = 0.0
    for _, which, time in merged:
        latest[which] = time
        widest = max(widest, abs(latest[0] - latest[1]))
    return widest


def _track(moov: bytes, trak: Box) -> Track | None:
    head = next(descend(moov, "tkhd", trak.body, trak.end), None)
    media = next(descend(moov, "mdia/mdhd", trak.body, trak.end), None)
    table = next(descend(moov, "mdia/minf/stbl", trak.body, trak.end), None)
    if head is None or media is None or table is None:
        return None
    boxes = {box.name: box for box in children(moov, table.body, table.end)}
    number, timescale = _after_times(moov, head), _after_times(moov, media)
    times, runs = _entries(moov, boxes.get(b"stts"), 2), _entries(moov, boxes.get(b"stsc"), 3)
    chunks = _entries(moov, boxes.get(b"co64"), 1, "Q") or _entries(moov, boxes.get(b"stco"), 1)
    if not timescale or times is None or runs is None or chunks is None:
        return None
    counts, deltas = times[0::2], times[1::2]
    chunk_runs = [(first - 1, each) for first, each in zip(runs[0::3], runs[1::3], strict=True)]
    sizes = [(after[0] - run[0]) * run[1] for run, after in pairwise(chunk_runs)]
    sync = _entries(moov, boxes.get(b"stss"), 1)
    return Track(
        number=number,
        timescale=timescale,
        run_ends=list(accumulate(counts)),
        run_times=list(accumulate((n * delta for n, delta in zip(counts, deltas, strict=True)), initial=0))[:-1],
        run_deltas=deltas,
        sync=[one - 1 for one in sync] if sync is not None else None,
        chunks=chunks,
        chunk_starts=list(accumulate(sizes, initial=0)),
        chunk_runs=chunk_runs,
    )


def _after_times(moov: bytes, box: Box) -> int:
    """The number behind the two times that `tkhd` and `mdhd` begin with: the track's own, or its time scale."""
    at = box.body + (20 if moov[box.body] else 12)  # version 1 has 64-bit times
    return int.from_bytes(moov[at : at + 4], "big")


def _entries(moov: bytes, box: Box | None, width: int, form: str = "I") -> "array[int] | None":
    """A table's numbers, `width` to an entry; None without the table, or when it claims more than it has."""
    if box is None:
        return None
    count = int.from_bytes(moov[box.body + 4 : box.body + 8], "big")
    numbers = array(form)
    end = box.body + 8 + count * width * numbers.itemsize
    if count > MOST_ENTRIES or end > box.end:
        return None
    numbers.frombytes(moov[box.body + 8 : end])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
