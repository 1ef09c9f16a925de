"""File ids. Clients choose them, often out of a file's name, and they are part of keys and addresses as they were sent.

An id is compared byte for byte: "é" written as one character and as two are two ids, because the client that chose one
of them is the one that will ask for it.
"""

import re
import unicodedata
from typing import Annotated

from msgspec import Meta

from shared.errors import Invalid

WANTED = "letters, digits, spaces and _-.(), at most 200 bytes, no two dots in a row, no space at either end"
MOST_BYTES = 200
# What stands at an id's place in the addresses of this API; `tests/functions/test_ids.py` reads the route tables.
RESERVED = frozenset(
    {"check", "complete", "info", "init", "link", "metadata", "part", "part-urls", "parts", "status", "thumbnail"}
    | {"thumbnail.jpg", "thumbnail.png", "thumbnail.webp", "top10", "user"}
)
# Unicode's general categories: letters, the marks that belong to them, digits and numbers, spaces.
KINDS = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs"])
PLAIN = re.compile(r"[A-Za-z0-9_.() -]+")

FileId = Annotated[str, Meta(min_length=1, max_length=MOST_BYTES, description=WANTED)]


def is_file_id(text: str) -> bool:
    """Letters (with their marks) and digits of any script, spaces and `_-.()`, as WANTED says; never only a dot."""
    if not text or text != text.strip() or text == "." or ".." in text:
        return False
    if PLAIN.fullmatch(text):
        return len(text) <= MOST_BYTES
    allowed = all(one in "_-.()" or unicodedata.category(one) in KINDS for one in text)
    return allowed and len(text.encode()) <= MOST_BYTES


def new(file_id: str) -> str:
    """An id that a new file may have. Raises Invalid in words."""
    if not is_file_id(file_id):
        raise Invalid(field="fileId", constraint=WANTED)
    if file_id in RESERVED:
        raise Invalid(field="fileId", constraint=f"another one: {file_id} is part of this API's addresses")
    return file_id
