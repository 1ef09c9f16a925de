"""ThumbHash: the blurred likeness of a picture in about 25 bytes, for until it is there (evanw.github.io/thumbhash)."""

import base64
from typing import Any

from PIL import Image
from thumbhash import rgba_to_thumb_hash

SIDE = 48  # pixels; the hash keeps seven cosines a side, and 100 pixels cost ten times as long (32 ms)


def thumbhash(image: Any) -> str:
    """The ThumbHash of a decoded picture, in base64."""
    small = image.convert("RGBA")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return base64.b64encode(bytes(rgba_to_thumb_hash(small.width, small.height, list(small.tobytes())))).decode()
