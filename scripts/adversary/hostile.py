"""Hostile films and pictures: one thing to be uploaded each, built in milliseconds.

films      containers that lie, loop, or ask for more than there is; playlists in disguise
pictures   bombs, liars and what is no picture
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct


class Hostile(Struct, frozen=True):
    name: str  # says what is hostile about it
    filename: str
    category: str  # of the library: videos, musics, images
    mime: str
    write: Callable[[Path], None]


def films() -> list[Hostile]:
    from scripts.adversary import disguised, isomedia, matroska, sounds

    return [*matroska.films(), *isomedia.films(), *sounds.films(), *disguised.films()]


def pictures() -> list[Hostile]:
    from scripts.adversary.pictures import pictures as made

    return made()


def film(name: str, filename: str, body: bytes | Callable[[], bytes], mime: str = "video/mp4") -> Hostile:
    category = "musics" if mime.startswith("audio/") else "videos"
    return Hostile(name, filename, category, mime, writing(body))


def picture(name: str, filename: str, body: bytes | Callable[[], bytes]) -> Hostile:
    return Hostile(name, filename, "images", f"image/{filename.rpartition('.')[2]}", writing(body))


def writing(body: bytes | Callable[[], bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(body if isinstance(body, bytes) else body())

    return write
