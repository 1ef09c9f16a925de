"""The seven categories a file may be in, and how a file without one is sorted."""

from typing import Literal, get_args

Category = Literal["videos", "musics", "images", "documents", "archives", "executables", "others"]
CATEGORIES: tuple[str, ...] = get_args(Category)

ARCHIVES = ("zip", "x-tar", "gzip", "x-7z-compressed", "x-rar-compressed", "vnd.rar", "x-bzip2", "x-xz")
EXECUTABLES = ("x-msdownload", "x-executable", "x-elf", "x-sh", "vnd.microsoft.portable-executable", "x-msi")
DOCUMENTS = ("pdf", "msword", "rtf", "json", "xml", "epub+zip")


def category_of(mime_type: str) -> Category:
    """The category of a media type, for uploads that name none."""
    kind, _, subtype = mime_type.partition("/")
    if kind == "video":
        return "videos"
    if kind == "audio":
        return "musics"
    if kind == "image":
        return "images"
    if subtype in ARCHIVES:
        return "archives"
    if subtype in EXECUTABLES:
        return "executables"
    if kind == "text" or subtype in DOCUMENTS or "officedocument" in subtype or "opendocument" in subtype:
        return "documents"
    return "others"
