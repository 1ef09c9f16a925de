"""Names of files, from titles that anybody may have written: safe on every system, emoji and accents kept."""

import re
import unicodedata
from collections.abc import Container

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # redstream: Sanitization des noms de fichiers
# Marks that change how what follows is read: "gpj.exe" must not look like "exe.jpg".
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\ud800-\udfff]")
SPACES = re.compile(r"[^\S\x1c-\x1f\x85]+")
RESERVED = re.compile(r"(?i)^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")  # on Windows, whatever follows the dot
EXTENSION = re.compile(r"^[a-z0-9]{1,8}$")
LONGEST = 200  # bytes of a whole name; file systems take 255
ROOM = 8  # bytes for " (9999)"


def file_name(title: str, extension: str, *middle: str, taken: Container[str] = ()) -> str:
    """`Title.mp4`, or `Title.fr.vtt` with a `middle`; another one than those `taken`."""
    ends = ".".join(["", *(safe(part)[:35] for part in middle), extension if EXTENSION.match(extension) else "bin"])
    stem = cut(safe(title), LONGEST - ROOM - len(ends.encode()))
    name, number = stem + ends, 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}){ends}"
    return name


def safe(text: str) -> str:
    """One part of a name: no separators, no controls, no dots or spaces at its ends, never empty."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = FORBIDDEN.sub("_", SPACES.sub(" ", text)).strip(". ")
    return RESERVED.sub(r"_\g<0>", text) or "_"


def cut(text: str, most: int) -> str:
    """At most `most` bytes of UTF-8, ending with a whole sign: an emoji may be several joined characters."""
    if len(text.encode()) <= most:
        return text
    text = text.encode()[:most].decode(errors="ignore")
    while text and (text[-1] in "\u200d\ufe0f" or unicodedata.combining(text[-1])):
        text = text[:-1]
    return text.rstrip(". ") or "_"
