"""Readable addresses: made of a title, unique among their kind, kept when the title changes.

SLUG#<kind>/<slug> / SLUG      whose it is
"""

import re
import secrets

from shared import search
from shared.ids import CROCKFORD
from shared.table import ABSENT, Delete, Key, Put
from shared.tables import COMMUNITY

LONGEST = 80  # characters
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
RESERVED = frozenset({"explore", "trends", "recent", "upload", "upload-url", "oembed", "feed.xml"})


class Taken(Exception):
    """Somebody else's is called so."""


def made(text: str, otherwise: str) -> str:
    """The slug that a text wishes for: "L'été, déjà !" is "l-ete-deja"."""
    slug = plain(text)
    return slug if slug and slug not in RESERVED and not UUID.fullmatch(slug) else f"{slug or otherwise}-{suffix()}"


def plain(text: str) -> str:
    """Letters and digits of a text, folded, in ASCII; "" where it has none."""
    return re.sub(r"[^a-z0-9]+", "-", search.folded(text)).strip("-")[:LONGEST].strip("-")


def suffix() -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(5)).lower()


def key(kind: str, slug: str) -> Key:
    return f"SLUG#{kind}/{slug}", "SLUG"


def claim(kind: str, slug: str, thing: str) -> Put:
    """The write that takes a slug; Taken is its refusal."""
    pk, sk = key(kind, slug)
    return Put({"pk": pk, "sk": sk, "thing": thing}, ABSENT, refusal=Taken())


def release(kind: str, slug: str) -> Delete:
    return Delete(key(kind, slug))


def owner(kind: str, slug: str) -> str | None:
    """The id of what is called so."""
    row = COMMUNITY.get(*key(kind, slug)) if 0 < len(slug) <= 200 else None
    return str(row["thing"]) if row else None
