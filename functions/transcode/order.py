"""Reading a film before all of it is here: whether that can be done, and in which order its bytes must be read then."""

from pathlib import Path

from msgspec import Struct

from functions.transcode.arrival import BEGINNING, Arrival
from shared.media.boxes import children, top_level
from shared.media.errors import MediaError
from shared.media.faststart import in_front, insertion
from shared.media.probe import Probe, probe
from shared.media.sniff import Kind

LARGEST_TAIL = 16 << 20  # bytes behind the media that we are ready to fetch ahead of it, and to hold
WIDEST_SPREAD = 5.0  # seconds between sound and picture that ffmpeg would have to hold back


class InOrder(Struct, frozen=True):
    film: Probe
    order: list[bytes | range]  # for `piped`


def in_order(arrival: Arrival, kind: Kind, path: Path, folder: Path) -> InOrder | None:
    """How to read a film of this kind from a pipe; None when it has to be here whole first."""
    try:
        found = READERS[kind.demuxer](arrival, kind, path, folder) if kind.demuxer in READERS else None
    except MediaError:
        return None  # judged again, and for good, when it is whole
    return found if found and found.film.duration and found.film.spread < WIDEST_SPREAD else None


def _matroska(arrival: Arrival, kind: Kind, path: Path, _: Path) -> InOrder | None:
    arrival.go_on()
    return InOrder(probe(path, kind, size=arrival.size), [range(arrival.size)])


def _movie(arrival: Arrival, kind: Kind, path: Path, folder: Path) -> InOrder | None:
    with path.open("rb") as file:
        boxes = list(top_level(file, arrival.size))
        names = [box.name for box in boxes]
        if b"moov" in names:
            arrival.go_on()
            arrival.wait(min(arrival.size, boxes[names.index(b"moov")].end + BEGINNING // 2))
            return InOrder(probe(path, kind, size=arrival.size), [range(arrival.size)])
        at = insertion(boxes)
        if at is None or names[-1] != b"mdat" or arrival.size - boxes[-1].end > LARGEST_TAIL:
            return None
        tail = arrival.read(boxes[-1].end, arrival.size)
        arrival.go_on()
        header = next((box for box in children(tail) if box.name == b"moov"), None)
        moved = in_front(tail[header.start : header.end], at) if header else None
        if moved is None:
            return None
        beginning = folder / "beginning"
        file.seek(0)
        with beginning.open("wb") as copy:
            copy.write(file.read(at) + moved)
            copy.write(file.read(BEGINNING))
    found = probe(beginning, kind, size=arrival.size + len(moved))
    beginning.unlink()
    return InOrder(found, [range(at), moved, range(at, arrival.size)])


READERS = {"matroska": _matroska, "mov": _movie}
