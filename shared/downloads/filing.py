"""A file of a download into its owner's library, as if it had been uploaded."""

import mimetypes
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.downloads.download import Download
from shared.library import arriving
from shared.library.categories import category_of
from shared.library.files import NewFile

TYPES = {
    ".mkv": "video/x-matroska",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".webm": "video/webm",
}
LINE, PROSE = 500, 10_000  # characters, as shared/library/about.py has it


def file(download: Download, name: str, key: str, size: int, sha256: str, about: Mapping[str, Any]) -> str:
    """File the object at `key`; its id in the library. Again, it is the same file."""
    kind = type_of(name)
    new = NewFile(
        str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
        category_of(kind),
        name,
        size,
        kind,
        download.owner,
        sha256,
        None,
        described(about, Path(name).stem),
    )
    return arriving.adopt(new, key)


def type_of(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"


def described(about: Mapping[str, Any], otherwise: str) -> dict[str, Any]:
    """What the source says of it, in the library's words."""
    artist = about.get("artist") or about.get("uploader")
    found = {
        "title": str(about.get("title") or otherwise)[:LINE],
        "description": str(about["description"])[:PROSE] if about.get("description") else None,
        "artists": [str(artist)[:LINE]] if artist else None,
        "albums": [str(about["album"])[:LINE]] if about.get("album") else None,
        "year": year_of(about),
    }
    return {name: value for name, value in found.items() if value is not None}


def year_of(about: Mapping[str, Any]) -> int | None:
    date = str(about.get("release_year") or about.get("upload_date") or "")[:4]
    return int(date) if date.isascii() and date.isdigit() and len(date) == 4 else None
