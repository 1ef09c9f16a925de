"""The picture of a file, by the documented order of fallbacks, and always re-encoded by us: a picture that a stranger
supplied is never echoed.

    1. the stored one (`thumbnail_r2_path`)    2. the same under .jpg, .png, .webp
    3. the external one (`thumbnail_url`), fetched once and kept    4. one drawn for the file
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared import clock, net, storage
from shared.cache import THUMBNAIL
from shared.errors import Invalid, TooLarge
from shared.library import files

LARGEST = 15 << 20  # bytes of a picture fetched from the web
EXTENSIONS = (".jpg", ".png", ".webp", ".jpeg")
TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
TILE = (640, 360)  # pixels
INKS = {
    "videos": "#c0392b",
    "musics": "#8e44ad",
    "images": "#2980b9",
    "documents": "#16a085",
    "archives": "#b9770e",
    "executables": "#566573",
    "others": "#717d7e",
}


@dataclass(frozen=True, slots=True)
class Picture:
    body: bytes
    content_type: str
    lasting: bool  # False for the drawn one: a better one may come


def of_file(row: Mapping[str, Any]) -> Picture:
    for key in candidates(row):
        body = storage.read(key)
        if body is not None:
            return Picture(body, TYPES[key.rpartition(".")[2]], True)
    external = row.get("thumbnail_url") or ""
    if external.startswith(("http://", "https://")):
        try:
            return Picture(storage.read(adopt(row, external)) or b"", "image/jpeg", True)
        except (Invalid, TooLarge):
            pass  # somebody else's server: not our reader's problem
    return Picture(drawn(row), "image/jpeg", False)


def candidates(row: Mapping[str, Any]) -> list[str]:
    """The keys a stored picture may have, best first."""
    stored = str(row.get("thumbnail_r2_path") or "")
    stem = (stored or storage.thumbnail_key(row["category"], row["file_id"])).rpartition(".")[0]
    keys = [stored] if stored.rpartition(".")[2] in TYPES else []
    if stored or row["category"] in ("videos", "musics", "images"):
        keys += [stem + extension for extension in EXTENSIONS]
    return list(dict.fromkeys(keys))


def adopt(row: Mapping[str, Any], url: str) -> str:
    """Fetch a picture, store it re-encoded as this file's own, and return its key. Raises Invalid or TooLarge."""
    from shared.media.errors import MediaError
    from shared.media.picture import reencoded

    fetched = net.fetch(url, field="imageUrl", most=LARGEST, accept=("image/", "application/octet-stream"))
    try:
        body = reencoded(fetched.body)
    except MediaError as error:
        raise Invalid("Invalid imageUrl", field="imageUrl", constraint=str(error)) from None
    key = storage.thumbnail_key(row["category"], row["file_id"])
    storage.put(key, body, "image/jpeg", THUMBNAIL.control)
    files.update(row["file_id"], {"thumbnail_r2_path": key, "thumbnail_version": clock.now_ms()})
    return key


def drawn(row: Mapping[str, Any]) -> bytes:
    """A tile with the file's name, for files that have no picture (yet)."""
    from PIL import Image, ImageDraw, ImageFont

    tile = Image.new("RGB", TILE, INKS.get(row["category"], INKS["others"]))
    draw = ImageDraw.Draw(tile)
    name = str(row.get("title") or row["filename"])
    kind = row["filename"].rpartition(".")[2].upper()[:5] if "." in row["filename"] else row["category"][:-1].upper()
    draw.text((320, 150), kind, fill="white", anchor="mm", font=ImageFont.load_default(90))
    short = name if len(name) <= 40 else name[:39] + "…"
    draw.text((320, 290), short, fill="#ffffffcc", anchor="mm", font=ImageFont.load_default(24))
    out = io.BytesIO()
    tile.save(out, "JPEG", quality=85)
    return out.getvalue()
