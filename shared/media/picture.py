"""Pictures: read with care, in a child process, and written anew. A picture from outside is never passed on as it came.

What imports Pillow runs in the child only: no caller waits for that import, and no stranger's bytes are decoded here.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
from msgspec import Struct

from shared.media import child
from shared.media.errors import MediaError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP")
MAX_PIXELS = 50_000_000
COST = 28  # bytes of memory for a pixel, all its copies together: a WebP with transparency takes 26, others 12 to 22
COST_OF_JPEG = 8  # one of many pixels is decoded at a fraction of its size: 3 bytes, and 5 when it is progressive
BASE = 96 << 20  # bytes for Pillow itself and the file
LARGEST_SIDE = 1280  # pixels of a poster
QUALITY = 82
BACKGROUND = (255, 255, 255)  # behind what is transparent
ORIENTATION = 0x0112  # EXIF's tag: how the camera was held
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
ON_ITS_SIDE = ("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90")
DARK, FLAT = 24, 8  # mean and deviation (of 255) below which a picture is taken for black


class Still(Struct, frozen=True):
    """A picture as a JPEG of ours. `width` and `height` are pixels of what it was made from, upright."""

    jpeg: bytes
    width: int
    height: int
    is_black: bool
    thumbhash: str = ""  # base64; only where somebody asked (`placeholder`)


def still(source: bytes | Path) -> Still:
    """A picture from outside, at most LARGEST_SIDE pixels a side, without EXIF, colour profile or comment.

    Of an animation the first frame, and no other is ever decoded. Raises MediaError for another format, for damage and
    for more pixels than there is memory for, and Overrun when it takes too long.
    """
    return msgspec.msgpack.decode(child.call(made, source), type=Still)


def reencoded(data: bytes) -> bytes:
    """A picture from outside as a JPEG of ours. Raises as `still`."""
    return still(data).jpeg


# ---- in the child


def made(stdin: BinaryIO) -> bytes:
    return msgspec.msgpack.encode(as_still(read(stdin)))


def read(source: BinaryIO) -> "tuple[Image, int, int]":
    """The picture, decoded, upright, in RGB, as small as it is wanted; and the width and height it came in."""
    import warnings

    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Any = Image.open(source if source.seekable() else io.BytesIO(source.read()), formats=FORMATS)
            width, height = image.size
            if not 0 < width * height <= most_pixels(image.format):
                raise MediaError("The picture is too large", log=f"{width}x{height}")
            if image.format == "JPEG":
                image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            image.load()
            turn = TURNS.get(image.getexif().get(ORIENTATION, 1), "")
            flat = _flat(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MediaError("The picture is too large") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError) as error:
        raise MediaError("The picture could not be read", log=str(error)) from error
    if turn in ON_ITS_SIDE:
        width, height = height, width
    return (flat.transpose(Image.Transpose[turn]) if turn else flat), width, height


def most_pixels(form: str | None) -> int:
    """How many pixels a picture may have, by its header: as many as there is memory for."""
    cost = COST_OF_JPEG if form == "JPEG" else COST
    return min(MAX_PIXELS, (child.granted() - BASE) // cost)


def as_still(picture: "tuple[Image, int, int]", thumbhash: str = "") -> Still:
    from PIL import ImageStat

    image, width, height = picture
    levels = ImageStat.Stat(image.convert("L"))
    is_black = levels.mean[0] < DARK and levels.stddev[0] < FLAT
    return Still(jpeg(image), width, height, is_black, thumbhash)


def jpeg(image: "Image") -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _flat(image: Any) -> Any:
    """At most LARGEST_SIDE a side, in RGB, on white. Made small first: what is done after that costs little."""
    from PIL import Image

    layered = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    small = image.convert("RGBA" if layered else "RGB")
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    if not layered:
        small.info.clear()
        return small
    flat = Image.new("RGB", small.size, BACKGROUND)
    flat.paste(small, mask=small.getchannel("A"))
    return flat
