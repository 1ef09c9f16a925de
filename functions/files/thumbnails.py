"""The picture of a file, by the documented order of fallbacks, and always re-encoded by us: a picture that a stranger
supplied is never echoed.

    1. the stored one (`thumbnail_r2_path`)              2. the same under .jpg, .png, .webp
    3. the external one (`thumbnail_url`), kept once fetched
    4. the poster that the transcode worker made          5. one drawn for the file
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
    made = external(row) or (storage.read(str(row["poster"])) if row.get("poster") else None)
    return Picture(made, "image/jpeg", True) if made else Picture(drawn(row), "image/jpeg", False)


def candidates(row: Mapping[str, Any]) -> list[str]:
    """The keys a stored picture may have, best first."""
    stored = str(row.get("thumbnail_r2_path") or "")
    stem = (stored or storage.thumbnail_key(row["category"], row["file_id"])).rpartition(".")[0]
    keys = [stored] if stored.rpartition(".")[2] in TYPES else []
    if stored or row["category"] in ("videos", "musics", "images"):
        keys += [stem + extension for extension in EXTENSIONS]
    return list(dict.fromkeys(keys))


def external(row: Mapping[str, Any]) -> bytes | None:
    """The picture behind `thumbnail_url`, fetched when it is first asked for; None when there is none to be had."""
    url = str(row.get("thumbnail_url") or "")
    if not url.startswith(("http://", "https://")):
        return None
    key = storage.external_key(row["category"], row["file_id"])
    kept = storage.read(key) if row.get("external_from") == url else None
    if kept is None:
        try:
            kept = fetched(url, "thumbnail_url")
        except (Invalid, TooLarge):
            return None  # somebody else's server: not our reader's problem
        storage.put(key, kept, "image/jpeg", THUMBNAIL.control)
        files.update(row["file_id"], {"external_from": url})
    return kept


def adopt(row: Mapping[str, Any], url: str) -> str:
    """Fetch a picture, store it re-encoded as this file's own, and return its key. Raises Invalid or TooLarge."""
    key = storage.thumbnail_key(row["category"], row["file_id"])
    storage.put(key, fetched(url, "imageUrl"), "image/jpeg", THUMBNAIL.control)
    files.update(row["file_id"], {"thumbnail_r2_path": key, "thumbnail_version": clock.now_ms()})
    return key


def fetched(url: str, field: str) -> bytes:
    """A picture of the web as a JPEG of ours. `field` is what the user called its address."""
    from shared.media.errors import MediaError
    from shared.media.picture import reencoded

    found = net.fetch(url, field=field, most=LARGEST, accept=("image/", "application/octet-stream"))
    try:
        return reencoded(found.body)
    except MediaError as error:
        raise Invalid(f"Invalid {field}", field=field, constraint=str(error)) from None


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
