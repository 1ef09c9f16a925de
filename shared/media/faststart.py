"""Reading a camera's MP4 in order although its header comes last: the header is put in front, on the way.

The same as `ffmpeg -movflags +faststart`, without the film being written a second time: `moov` is moved forward and the
chunk offsets in it grow by its length (ISO/IEC 14496-12 §8.7.5).
"""

import sys
from array import array
from collections.abc import Sequence

from shared.media.boxes import Box, descend

SAMPLE_TABLE = "trak/mdia/minf/stbl"


def insertion(boxes: Sequence[Box]) -> int | None:
    """Where `moov` has to go: before the first media, after `ftyp`. None if these boxes hold no media."""
    return next((box.start for box in boxes if box.name == b"mdat"), None)


def in_front(moov: bytes, at: int) -> bytes | None:
    """`moov`, found behind the media, as it must read when put in at byte `at`; None when it cannot be moved.

    That is so for a header that is compressed, and where an offset would outgrow its 32 bits (near 4 GiB).
    """
    moved, shift = bytearray(moov), len(moov)
    header = next(descend(moved, "moov"), None)
    if header is None or header.end != len(moved) or next(descend(moved, "moov/cmov"), None):
        return None
    for name, form in (("stco", "I"), ("co64", "Q")):
        for box in descend(moved, f"moov/{SAMPLE_TABLE}/{name}"):
            count = int.from_bytes(moved[box.body + 4 : box.body + 8], "big")
            first, last = box.body + 8, box.body + 8 + count * (4 if form == "I" else 8)
            if last > box.end:
                return None
            offsets = array(form, bytes(moved[first:last]))
            if sys.byteorder == "little":
                offsets.byteswap()
            try:
                offsets = array(form, (one + shift if one >= at else one for one in offsets))
            except OverflowError:
                return None
            if sys.byteorder == "little":
                offsets.byteswap()
            moved[first:last] = offsets.tobytes()
    return bytes(moved)
