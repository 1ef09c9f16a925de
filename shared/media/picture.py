"""Pictures: read with care, written anew. A picture from outside is never passed on as it came."""

import io
import warnings
from typing import Any

from PIL import Image, ImageFile, ImageOps

from shared.media.errors import MediaError

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP")
MAX_PIXELS = 50_000_000  # checked before anything is decoded: 200 MB as RGBA
LARGEST_SIDE = 1280  # pixels of a poster
QUALITY = 82
BACKGROUND = (255, 255, 255)  # behind what is transparent

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


def read(data: bytes) -> Any:
    """The picture, decoded, upright, in RGB; of an animation the first frame, and no other is ever decoded.

    Raises MediaError for another format, for damage and for more pixels than MAX_PIXELS.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if not 0 < image.width * image.height <= MAX_PIXELS:
                raise MediaError("The picture is too large", log=f"{image.width}x{image.height}")
            if image.format == "JPEG":
                image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))  # decodes a large photo at a fraction of its size
            image.load()
            return _flat(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MediaError("The picture is too large") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError, MemoryError) as error:
        raise MediaError("The picture could not be read", log=str(error)) from error


def jpeg(image: Any, *, side: int = LARGEST_SIDE) -> bytes:
    """The picture as a JPEG of at most `side` pixels a side, without EXIF, colour profile or comment."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def reencoded(data: bytes, *, side: int = LARGEST_SIDE) -> bytes:
    """A picture from outside as a JPEG of ours."""
    return jpeg(read(data), side=side)


def _flat(image: Any) -> Any:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, BACKGROUND)
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    flat = image.convert("RGB")
    flat.info.clear()
    return flat
