"""Hostile pictures: bombs, liars, and what is no picture."""

import io
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from scripts.adversary.hostile import Hostile, picture

MIB = 1 << 20
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *more: bytes, body: bytes = b"", depth: int = 8, colour: int = 2) -> bytes:
    """A PNG that says it has this size; its pixels are `body`, compressed, whatever that is."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return SIGNATURE + head + b"".join(more) + chunk(b"IDAT", body or zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def noughts(count: int) -> bytes:
    """A zlib stream of so many zero bytes, a thousandth of their size: one piece, over and over (RFC 1950, 1951)."""
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, wbits=-15)
    end = rest.compress(bytes(count % MIB)) + rest.flush()
    return b"\x78\xda" + piece * (count // MIB) + end + struct.pack(">HH", count % 65521, 1)


def plain_png(width: int, height: int, *, deep: bool = False) -> bytes:
    """A true one, all black: 24 bits a pixel, or 64."""
    body = noughts((1 + width * (8 if deep else 3)) * height)
    return png(width, height, body=body, depth=16 if deep else 8, colour=6 if deep else 2)


def encoded(form: str, size: tuple[int, int] = (64, 64), mode: str = "RGB", **options: Any) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, size).save(out, form, **options)
    return out.getvalue()


def frames(count: int, form: str) -> bytes:
    from PIL import Image

    made = [Image.new("P", (32, 32), at % 2 * 255) for at in range(2)]
    out = io.BytesIO()
    made[0].save(out, form, save_all=True, append_images=[made[at % 2] for at in range(1, count)], duration=20)
    return out.getvalue()


def gif(width: int, height: int) -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
        + bytes(6)
        + b","
        + struct.pack("<HHHHB", 0, 0, width, height, 0)
        + b"\x02\x02\x4c\x01\x00;"
    )


def webp(width: int, height: int) -> bytes:
    return encoded("WEBP", (width, height), "RGBA", lossless=True, method=0)


def jpeg(width: int, height: int) -> bytes:
    """A small JPEG that says it is huge."""
    data = bytearray(encoded("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def bmp(width: int, height: int) -> bytes:
    data = bytearray(encoded("BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def pictures() -> list[Hostile]:
    text = noughts(100 << 20)
    made: list[tuple[str, str, bytes | Callable[[], bytes]]] = [
        ("a PNG of 2^31 a side", "a.png", png(2**31 - 1, 2**31 - 1)),
        ("a PNG of no size", "a.png", png(0, 0)),
        ("a PNG of 60,000 a side", "a.png", png(60_000, 60_000)),
        ("a true PNG of 7,000 a side, of 64 bits", "a.png", lambda: plain_png(7000, 7000, deep=True)),
        ("a true PNG of 12,000 a side", "a.png", lambda: plain_png(12_000, 12_000)),
        ("a PNG with 100 MB of text", "a.png", png(8, 8, chunk(b"zTXt", b"a\0\0" + text))),
        ("a PNG with a colour profile of 100 MB", "a.png", png(8, 8, chunk(b"iCCP", b"a\0\0" + text))),
        ("a PNG with 50,000 texts", "a.png", png(8, 8, chunk(b"tEXt", b"a\0b") * 50_000)),
        ("a PNG of more pixels than it says", "a.png", png(8, 8, body=text)),
        ("a PNG with a palette too short", "a.png", png(8, 8, chunk(b"PLTE", b"abc"), colour=3)),
        ("a PNG of 10,000 moving frames", "a.png", png(8, 8, chunk(b"acTL", struct.pack(">II", 10_000, 0)))),
        ("a true APNG", "a.png", lambda: frames(50, "PNG")),
        ("a GIF of 65,535 a side", "a.gif", gif(65_535, 65_535)),
        ("a GIF of 5,000 frames", "a.gif", lambda: frames(5000, "GIF")),
        ("a GIF that ends at once", "a.gif", b"GIF89a"),
        ("a WebP of 16,383 by 3,051", "a.webp", lambda: webp(16_383, 3051)),
        ("a WebP of 16,383 a side, a few KB", "a.webp", lambda: webp(16_383, 2000)),
        ("a WebP of 500 frames", "a.webp", lambda: frames(500, "WEBP")),
        ("a JPEG of 65,500 a side", "a.jpg", lambda: jpeg(65_500, 65_500)),
        ("a JPEG of 7,000 a side that is not there", "a.jpg", lambda: jpeg(7000, 7000)),
        (
            "a JPEG with a thousand comments",
            "a.jpg",
            lambda: encoded("JPEG")[:2] + b"\xff\xfe\x00\x04ab" * 1000 + encoded("JPEG")[2:],
        ),
        (
            "a JPEG whose EXIF points at itself",
            "a.jpg",
            lambda: exif(b"\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00"),
        ),
        (
            "a JPEG turned by nonsense",
            "a.jpg",
            lambda: exif(b"\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\xff\xff\x00\x00"),
        ),
        ("a BMP of 2^31 a side", "a.bmp", lambda: bmp(2**31 - 1, 2**31 - 1)),
        ("a BMP of negative size", "a.bmp", lambda: bmp(-64, -64)),
        ("an AVIF, cut", "a.avif", lambda: encoded("AVIF")[:200]),
        ("a TIFF of 2^32 directories", "a.tiff", b"II*\x00\x08\x00\x00\x00\xff\xff" + bytes(200)),
        ("a TIFF that points at itself", "a.tiff", b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00"),
        ("a drawing", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"),
        ("a billion laughs", "a.svg", laughs()),
        ("a picture with a page behind it", "a.png", plain_png(8, 8) + b"<script>alert(1)</script>"),
        ("PostScript", "a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n(/etc/passwd) run\n"),
        ("an icon of icons", "a.ico", b"\x00\x00\x01\x00\xff\xff" + bytes(4000)),
    ]
    return [picture(*one) for one in made]


def exif(entries: bytes) -> bytes:
    data = b"Exif\0\0II*\x00\x08\x00\x00\x00" + entries
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(data) + 2) + data + encoded("JPEG")[2:]


def laughs() -> bytes:
    names = "abcdefghij"
    lines = "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in pairwise(names))
    return f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">{lines}]><svg>&j;</svg>'.encode()
