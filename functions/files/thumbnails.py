"""The picture of a file, by the documented order of fallbacks. All are our own: a picture that a stranger supplied was
written anew when it came, and nothing is fetched on reading.

    1. the stored one (`thumbnail_r2_path`)              2. the same under .jpg, .png, .webp
    3. the copy of the external one (`thumbnail_url`)
    4. the poster that the transcode worker made          5. one drawn for the file
"""

import io
from dataclasses import dataclass

from shared import storage
from shared.library import keys
from shared.library.categories import Category
from shared.library.files import File

EXTENSIONS = (".jpg", ".png", ".webp", ".jpeg")
TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
TILE = (640, 360)  # pixels
INKS: dict[Category, str] = {
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


def of_file(file: File) -> Picture:
    for key in candidates(file):
        body = storage.read(key)
        if body is not None:
            return Picture(body, TYPES[key.rpartition(".")[2]], True)
    return Picture(drawn(file), "image/jpeg", False)


def candidates(file: File) -> list[str]:
    """The keys a picture may have, best first."""
    stored = file.thumbnail_r2_path or ""
    stem, dot, extension = (stored or keys.thumbnail(file.category, file.file_id)).rpartition(".")
    if f".{extension}" not in EXTENSIONS:
        stem = f"{stem}{dot}{extension}"
    found = [stored] if stored.endswith(EXTENSIONS) else []
    if stored or file.category in ("videos", "musics", "images"):
        found += [stem + extension for extension in EXTENSIONS]
    if file.thumbnail_url and file.external_from == file.thumbnail_url:
        found.append(keys.external(file.file_id))
    if file.poster:
        found.append(file.poster)
    return list(dict.fromkeys(found))


def drawn(file: File) -> bytes:
    """A tile with the file's name, for files that have no picture (yet)."""
    from PIL import Image, ImageDraw, ImageFont

    tile = Image.new("RGB", TILE, INKS[file.category])
    draw = ImageDraw.Draw(tile)
    name = file.title or file.filename
    _, dot, extension = file.filename.rpartition(".")
    kind = extension.upper()[:5] if dot else file.category[:-1].upper()
    draw.text((320, 150), kind, fill="white", anchor="mm", font=ImageFont.load_default(90))
    short = name if len(name) <= 40 else name[:39] + "…"
    draw.text((320, 290), short, fill="#ffffffcc", anchor="mm", font=ImageFont.load_default(24))
    out = io.BytesIO()
    tile.save(out, "JPEG", quality=85)
    return out.getvalue()
