"""ThumbHash: the blurred likeness of a picture in about 25 bytes, for until it is there (evanw.github.io/thumbhash)."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from shared.media import child, picture
from shared.media.picture import Still

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 48  # pixels; the hash keeps seven cosines a side, and 100 pixels cost ten times as long (32 ms)


def still(source: bytes | Path) -> Still:
    """As `picture.still`, with its ThumbHash."""
    return msgspec.msgpack.decode(child.call(made, source), type=Still)


# ---- in the child


def made(stdin: BinaryIO) -> bytes:
    found = picture.read(stdin)
    return msgspec.msgpack.encode(picture.as_still(found, thumbhash(found[0])))


def thumbhash(image: "Image") -> str:
    """The ThumbHash of a decoded picture, in base64."""
    from PIL import Image
    from thumbhash import rgba_to_thumb_hash

    small = image.convert("RGBA")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return base64.b64encode(bytes(rgba_to_thumb_hash(small.width, small.height, list(small.tobytes())))).decode()
