"""ISO base media boxes (ISO/IEC 14496-12): enough to look into an MP4 and to cut a fragmented one."""

from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from shared.media.errors import MediaError

LARGEST_HEADER = 64 << 20  # bytes of `moov` or `moof` we are ready to hold; ten hours of film need about 30 MiB


class Box(Struct, frozen=True):
    """A box by where it lies: `start` is its first byte, `body` its first after the header, `end` the one after it."""

    name: bytes
    start: int
    body: int
    end: int


def top_level(file: BinaryIO, size: int) -> Iterator[Box]:
    """The boxes of a file of `size` bytes, without reading their bodies. The last may end beyond `size`: cut short."""
    start = 0
    while start + 8 <= size:
        file.seek(start)
        header = file.read(16)
        if len(header) < 8:
            return  # the rest is not on this disk yet
        box = _box(header, 0, size - start)
        if box is None:
            return
        yield Box(box.name, start, start + box.body, start + box.end)
        start += box.end


def children(data: bytes | bytearray, start: int = 0, end: int | None = None) -> Iterator[Box]:
    end = len(data) if end is None else end
    while start + 8 <= end:
        box = _box(data, start, end)
        if box is None or box.end > end:
            return
        yield box
        start = box.end


def descend(data: bytes | bytearray, path: str, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """All boxes at `path`, such as "moov/trak/tkhd"."""
    first, _, rest = path.partition("/")
    for box in children(data, start, end):
        if box.name == first.encode():
            if rest:
                yield from descend(data, rest, box.body, box.end)
            else:
                yield box


def _box(data: bytes | bytearray, start: int, end: int) -> Box | None:
    size, name, body = int.from_bytes(data[start : start + 4], "big"), bytes(data[start + 4 : start + 8]), start + 8
    if size == 1:  # a 64-bit size follows
        size, body = int.from_bytes(data[start + 8 : start + 16], "big"), start + 16
    if size == 0:  # to the end of the file
        size = end - start
    return Box(name, start, body, start + size) if start + size >= body else None


def read_header(stream: BinaryIO) -> tuple[bytes, int, bytes] | None:
    """The next box of a stream that cannot seek: its name, the size of its body and its header; None at the end."""
    header = read_exactly(stream, 8, optional=True)
    if not header:
        return None
    size = int.from_bytes(header[:4], "big")
    if size == 1:
        header += read_exactly(stream, 8)
        size = int.from_bytes(header[8:], "big")
    if size < len(header):
        raise MediaError(log="a box without a size in a stream")
    return header[4:8], size - len(header), header


def read_exactly(stream: BinaryIO, size: int, *, optional: bool = False) -> bytes:
    if size > LARGEST_HEADER:
        raise MediaError("The file's header is too large", log=f"{size} bytes")
    data = stream.read(size)
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            if optional and not data:
                return b""
            raise MediaError("The file is cut short", log=f"{len(data)} of {size} bytes")
        data += more
    return data
