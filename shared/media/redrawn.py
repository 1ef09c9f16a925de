"""A picture of somebody's, drawn anew: as WebP with its transparency, a JPEG thumbnail, a placeholder, a fingerprint.

It is decoded in a child process within bounds: what imports Pillow runs there only.
"""

import hashlib
import io
import math
import warnings
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from shared.media import child
from shared.media.errors import MediaError

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MAX_PIXELS = 50_000_000  # by the header, before anything is decoded; fewer where there is less memory
COST, BASE = 28, 96 << 20  # bytes of memory: for a pixel, all its copies together; for Pillow and the file
LARGEST_SIDE = 2560  # pixels of the WebP
THUMBNAIL = 480  # pixels a side, at most
QUALITY = 85
GRID, KEPT = 32, 8  # pixels of the grey picture a fingerprint is made of, and cosines a side that it keeps
FLAT = 3.0  # deviation (of 255) below which cosines say nothing
WHITE = (255, 255, 255)


class Redrawn(Struct, frozen=True):
    """`width` and `height` are pixels of the WebP, upright. `fingerprint` has 64 bits, as 16 hexadecimal digits."""

    webp: bytes
    thumbnail: bytes  # JPEG
    width: int
    height: int
    placeholder: str  # ThumbHash, base64
    fingerprint: str


def redrawn(data: bytes) -> Redrawn:
    """Raises MediaError for another format, for damage and for more pixels than MAX_PIXELS. Of an animation the first
    frame.
    """
    return msgspec.msgpack.decode(child.call(made, data), type=Redrawn)


def made(stdin: BinaryIO) -> bytes:
    from shared.media.placeholder import thumbhash

    image = _read(stdin)
    small = _on_white(image)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    webp = _written(image, "WEBP", quality=QUALITY, method=4)
    thumbnail = _written(small, "JPEG", quality=QUALITY, optimize=True)
    return msgspec.msgpack.encode(
        Redrawn(webp, thumbnail, image.width, image.height, thumbhash(small), fingerprint(small))
    )


def _read(source: BinaryIO) -> Any:
    """The picture, decoded, upright, in RGB or RGBA, without metadata, at most LARGEST_SIDE a side."""
    from PIL import Image, ImageFile, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    most = min(MAX_PIXELS, (child.granted() - BASE) // COST)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Any = Image.open(io.BytesIO(source.read()), formats=FORMATS)
            if not 0 < image.width * image.height <= most:
                raise MediaError("The picture is too large", log=f"{image.width}x{image.height}")
            if image.format == "JPEG":
                image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            image.load()
            layered = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
            upright = ImageOps.exif_transpose(image).convert("RGBA" if layered else "RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MediaError("The picture is too large") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError) as error:
        raise MediaError("The picture could not be read", log=str(error)) from error
    upright.info.clear()
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return upright


def _on_white(image: Any) -> Any:
    from PIL import Image

    if image.mode != "RGBA":
        return image.copy()
    flat = Image.new("RGB", image.size, WHITE)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _written(image: Any, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


# ---- fingerprints


def fingerprint(image: Any) -> str:
    """64 bits that survive scaling, re-encoding and a small watermark: which of the lowest cosines of the grey picture
    are above their median (the DCT hash of pHash.org). A picture of one colour has none: its colour stands for it.
    """
    from PIL import ImageStat

    grey = image.convert("L").resize((GRID, GRID))
    if ImageStat.Stat(grey).stddev[0] < FLAT:
        mean = bytes(int(level) >> 3 for level in ImageStat.Stat(image).mean)
        return hashlib.blake2s(mean, digest_size=8).hexdigest()
    levels = list(grey.tobytes())
    rows = [levels[start : start + GRID] for start in range(0, GRID * GRID, GRID)]
    lowest = [_cosines(column) for column in zip(*map(_cosines, rows), strict=True)]
    kept = [value for line in lowest for value in line]
    median = sorted(kept[1:])[len(kept) // 2]  # the first is the picture's brightness
    return f"{sum((value > median) << place for place, value in enumerate(kept)):016x}"


def _cosines(values: Any) -> list[float]:
    """The first KEPT coefficients of a discrete cosine transform (type II)."""
    return [sum(value * wave for value, wave in zip(values, waves, strict=True)) for waves in WAVES]


WAVES = [[math.cos(math.pi * k * (2 * n + 1) / (2 * GRID)) for n in range(GRID)] for k in range(KEPT)]
