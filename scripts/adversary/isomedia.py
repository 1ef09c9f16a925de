"""Hostile MP4s: boxes written by hand, and good ones with a number changed (ISO/IEC 14496-12)."""

import struct
from collections.abc import Callable

from scripts.adversary import honest
from scripts.adversary.hostile import Hostile, film
from shared.media.boxes import descend

FRONT = [*honest.H264, "-movflags", "+faststart"]
FRAGMENTED = [*honest.H264, "-movflags", "+frag_keyframe+empty_moov"]
FTYP = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom")


def box(name: bytes, body: bytes = b"", claimed: int | None = None) -> bytes:
    return struct.pack(">I4s", 8 + len(body) if claimed is None else claimed, name) + body


def good() -> bytes:
    return honest.clip("good.mp4", *FRONT)


def changed(path: str, at: int, value: bytes) -> Callable[[], bytes]:
    """A good film in which the bytes `at` the body of every box at `path` are others."""

    def make() -> bytes:
        data = bytearray(good())
        for found in descend(data, path):
            data[found.body + at : found.body + at + len(value)] = value
        return bytes(data)

    return make


def nested(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = box(b"moov", body)
    return FTYP + body


def filled(name: bytes, count: int) -> bytes:
    """A header of empty boxes."""
    return FTYP + box(b"moov", box(name) * count) + box(b"mdat", bytes(1000))


def tracks(count: int) -> bytes:
    data = good()
    moov = next(descend(data, "moov"))
    trak = next(descend(data, "moov/trak"))
    body = data[moov.body : moov.end] + data[trak.start : trak.end] * count
    return data[: moov.start] + box(b"moov", body) + data[moov.end :]


def films() -> list[Hostile]:
    table = "moov/trak/mdia/minf/stbl"
    most = b"\xff" * 4
    made: list[tuple[str, bytes | Callable[[], bytes]]] = [
        ("2^32 samples", changed(f"{table}/stsz", 8, most)),
        ("2^32 times", changed(f"{table}/stts", 4, most)),
        ("one run of 2^32 samples", changed(f"{table}/stts", 8, most)),
        ("samples that last for ever", changed(f"{table}/stts", 12, b"\x7f" + b"\xff" * 3)),
        ("samples that last no time", changed(f"{table}/stts", 12, bytes(4))),
        ("chunks of 2^32 samples", changed(f"{table}/stsc", 12, most)),
        ("chunks that lie outside", changed(f"{table}/stco", 8, most)),
        ("2^32 chunks", changed(f"{table}/stco", 4, most)),
        ("a time scale of nought", changed("moov/trak/mdia/mdhd", 12, bytes(4))),
        ("a time scale of 2^32", changed("moov/trak/mdia/mdhd", 12, most)),
        ("a duration of 2^32", changed("moov/mvhd", 16, most)),
        ("no duration", changed("moov/mvhd", 16, bytes(4))),
        ("a picture of 65,535 a side", changed(f"{table}/stsd", 8 + 8 + 24, most)),
        ("a picture of nought", changed(f"{table}/stsd", 8 + 8 + 24, bytes(4))),
        ("a turn by nonsense", changed("moov/trak/tkhd", 40, b"\x7f\xff\xff\xff" * 9)),
        ("an edit of for ever", changed("moov/trak/edts/elst", 8, most)),
        ("an edit before the beginning", changed("moov/trak/edts/elst", 12, b"\x80" + bytes(3))),
        ("headers in headers", nested(10_000)),
        ("a million empty boxes", lambda: filled(b"free", 1_000_000)),
        ("a million empty tracks", lambda: filled(b"trak", 1_000_000)),
        ("2,000 tracks", lambda: tracks(2000)),
        ("a header without an end", lambda: FTYP + box(b"moov", good()[500:900], claimed=0)),
        ("a header of 4 GB", lambda: FTYP + box(b"moov", good()[500:900], claimed=2**32 - 1)),
        ("boxes of no size", FTYP + bytes(8) * 1000),
        ("boxes too small for themselves", FTYP + box(b"moov", b"", claimed=4) * 1000),
        ("fragments without an end", lambda: honest.clip("parts.mp4", *FRAGMENTED)[:-700]),
        ("fragments a thousand times", lambda: fragments(1000)),
        ("a good film, cut short", lambda: good()[: len(good()) * 2 // 3]),
        ("a good film with rubbish behind it", lambda: good() + bytes(range(256)) * 400),
        ("a pixel of one by 65,535", lambda: honest.clip("sar.mp4", "-vf", "setsar=1/65000", *FRONT)),
        ("a film of four pixels", lambda: honest.clip("dot.mp4", *GREY, *FRONT[-2:], size="2x2")),
        ("a film 16 high and 8,000 wide", lambda: honest.clip("wide.mp4", *FRONT, size="8000x16", rate=5, seconds=1)),
        ("a film 8,000 high and 16 wide", lambda: honest.clip("tower.mp4", *GREY, size="16x8000", rate=5, seconds=1)),
        ("a million pictures a second", lambda: honest.clip("fast.mp4", "-vf", "settb=1/1000000,setpts=N", *VFR)),
        ("pictures in odd colours", lambda: honest.clip("odd.mov", "-pix_fmt", "rgb48be", "-c:v", "png", "-an")),
        ("every picture a keyframe", lambda: honest.clip("intra.mp4", *FRONT, "-g", "1", rate=50)),
    ]
    return [film(name, "film.mp4", body) for name, body in made]


GREY = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", "-an"]
VFR = ["-fps_mode", "passthrough", "-enc_time_base", "1:1000000", "-video_track_timescale", "1000000", *honest.H264]


def fragments(times: int) -> bytes:
    data = honest.clip("parts.mp4", *FRAGMENTED)
    start = data.index(b"moof") - 4
    return data[:start] + data[start : start + 20_000] * min(times, 1_000_000 // 20_000)
