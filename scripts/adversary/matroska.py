"""Hostile Matroska: EBML written by hand (RFC 8794, RFC 9559)."""

import struct
import zlib
from collections.abc import Sequence

from scripts.adversary import honest
from scripts.adversary.hostile import Hostile, film
from scripts.adversary.pictures import plain_png

MKV = "video/x-matroska"
TEXT, PICTURE, SOUND = 17, 1, 2


def size(number: int, width: int = 8) -> bytes:
    return (1 << (7 * width) | number).to_bytes(width, "big")


def element(identity: str, body: bytes, claimed: int | None = None) -> bytes:
    return bytes.fromhex(identity) + size(len(body) if claimed is None else claimed) + body


def number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


HEAD = element("1A45DFA3", element("4282", b"matroska") + element("4287", number(4)) + element("4285", number(2)))


def info(seconds: float = 2, scale: int = 1_000_000) -> bytes:
    return element("1549A966", element("2AD7B1", number(scale)) + element("4489", struct.pack(">d", seconds * 1000)))


def track(index: int, kind: int, codec: str, more: bytes = b"") -> bytes:
    body = element("D7", number(index)) + element("73C5", number(index)) + element("83", number(kind))
    return element("AE", body + element("86", codec.encode()) + more)


def shown(width: int, height: int) -> bytes:
    return element("E0", element("B0", number(width)) + element("BA", number(height)))


def png_track(index: int, width: int, height: int) -> bytes:
    private = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MPNG", 0, 0, 0, 0, 0)
    return track(index, PICTURE, "V_MS/VFW/FOURCC", element("63A2", private) + shown(width, height))


def block(index: int, milliseconds: int, body: bytes, duration: int = 0) -> bytes:
    head = size(index, 1) + struct.pack(">h", milliseconds)
    if not duration:
        return element("A3", head + b"\x80" + body)
    return element("A0", element("A1", head + b"\x00" + body) + element("9B", number(duration)))


def cluster(*blocks: bytes, at: int = 0) -> bytes:
    return element("1F43B675", element("E7", number(at)) + b"".join(blocks))


def whole(tracks: Sequence[bytes], *clusters: bytes, about: bytes = b"") -> bytes:
    return HEAD + element("18538067", (about or info()) + element("1654AE6B", b"".join(tracks)) + b"".join(clusters))


def pngs(width: int, height: int, said: tuple[int, int] = (640, 360), *, deep: bool = True) -> bytes:
    """Two tracks of PNGs, whatever size their header says."""
    body = plain_png(width, height, deep=deep)
    blocks = [block(index, time, body) for time in (0, 1000) for index in (1, 2)]
    return whole([png_track(1, *said), png_track(2, *said)], cluster(*blocks))


def cues(text: bytes, count: int = 1, *, squeezed: bool = False) -> bytes:
    """A small film with a subtitle track."""
    packing = element("6D80", element("6240", element("5034", element("4254", number(0))))) if squeezed else b""
    body = zlib.compress(text, 9) if squeezed else text
    blocks = [block(1, time, plain_png(64, 36)) for time in (0, 1000)]
    said = [block(2, min(30_000, index), body, duration=1) for index in range(count)]
    return whole([png_track(1, 64, 36), track(2, TEXT, "S_TEXT/UTF8", packing)], cluster(*blocks, *said))


def pcm(rate: float, seconds: int, channels: int = 1) -> bytes:
    sound = element("B5", struct.pack(">d", rate)) + element("9F", number(channels)) + element("6264", number(16))
    samples = block(1, 0, bytes(2 * channels * max(1, int(min(rate, 8000)))))
    return whole([track(1, SOUND, "A_PCM/INT/LIT", element("E1", sound))], cluster(samples), about=info(seconds))


def apart(seconds: int) -> bytes:
    """Two pictures so many seconds apart, said to be one of a hundred a second."""
    frame = plain_png(320, 180)
    default = element("23E383", number(10_000_000))
    first, second = cluster(block(1, 0, frame)), cluster(block(1, 0, frame), at=seconds * 1000)
    private = png_track(1, 320, 180)
    longer = element("AE", private[9:] + default)
    return whole([longer], first, second, about=info(seconds))


def mesh(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = element("AE", body)
    return HEAD + element("18538067", info() + element("1654AE6B", body))


def films() -> list[Hostile]:
    good = honest.clip("good.mkv")
    font = element("1941A469", element("61A7", element("466E", b"a.ttf") + element("4660", b"font/ttf")))
    many = [track(index, TEXT, "S_TEXT/UTF8") for index in range(1, 120)]
    made = [
        ("two tracks of PNG, 16,000 a side", lambda: pngs(16_000, 16_000)),
        ("PNG of 30,000 a side that says 640", lambda: pngs(30_000, 30_000, deep=False)),
        ("PNG as large as is allowed, of 64 bits", lambda: pngs(8000, 4000, (8000, 4000))),
        ("a picture that changes its size", lambda: resized()),
        ("a cue of 9 MB in a few KB", lambda: cues(b"a " * 4_500_000, squeezed=True)),
        ("a cue of 9 MB of tags", lambda: cues(b"<i><b>" * 1_500_000, squeezed=True)),
        ("a cue of line breaks", lambda: cues(b"\n" * 3_000_000, squeezed=True)),
        ("50,000 cues at once", lambda: cues(b"x", 50_000)),
        (
            "119 tracks of text",
            lambda: whole([png_track(120, 64, 36), *many], cluster(block(120, 0, plain_png(64, 36)))),
        ),
        ("5,000 tracks", lambda: whole([track(index, SOUND, "A_AAC") for index in range(1, 5001)])),
        ("tracks in tracks, 2,000 deep", lambda: mesh(2000)),
        ("a duration of a million years", lambda: good.replace(b"\x44\x89\x88", b"\x44\x89\x88" + b"\x7e", 1)),
        (
            "a negative duration",
            lambda: whole([png_track(1, 64, 36)], cluster(block(1, 0, plain_png(64, 36))), about=info(-5)),
        ),
        ("no duration and no end", lambda: HEAD + bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7 + good[200:]),
        ("two pictures 23 hours apart", lambda: apart(23 * 3600)),
        ("two pictures a year apart", lambda: apart(365 * 86400)),
        (
            "a time scale of nought",
            lambda: whole([png_track(1, 64, 36)], cluster(block(1, 0, plain_png(64, 36))), about=info(2, 0)),
        ),
        ("PCM at 1 Hz", lambda: pcm(1, 3600)),
        ("PCM at a GHz", lambda: pcm(1e9, 2)),
        ("PCM with 255 channels", lambda: pcm(48_000, 2, 255)),
        ("voids of a terabyte", lambda: HEAD + element("18538067", element("EC", b"", claimed=1 << 40) + good[60:])),
        ("ten thousand voids", lambda: HEAD + element("18538067", element("EC", b"") * 10_000 + info())),
        ("cut in the middle", lambda: good[: len(good) // 2]),
        ("a font that is none", lambda: HEAD + element("18538067", info() + font + good[60:])),
        ("a header and nothing else", lambda: HEAD),
    ]
    return [film(name, "film.mkv", body, MKV) for name, body in made]


def resized() -> bytes:
    frames = [plain_png(64, 36), plain_png(4000, 4000), plain_png(16, 4000)]
    return whole([png_track(1, 64, 36)], cluster(*(block(1, 500 * at, one) for at, one in enumerate(frames))))
