"""What a content is, and the rows that lists find it by.

Access patterns, all in the Community table:
    a content                    CONTENT#<id> / CONTENT
    what an account made         gsi1: ACCOUNT#<id> / content#<time>   (erasure, export)
    a list, newest first         LIST#contents/<scope> / <time>#<id>
    … trending first             lsi1 = <trend>#<id>
    by words of the title        TERM#content#<prefix> / <time>#<id>
    by likeness                  PHASH#<two blocks>#<their bits> / <time>#<id>      (`bands`)
A scope is `all`, `author/<account>`, `category/<id>`, `tag/<name>`, `type/<type>` or `sensitive`. Only a published
content that nobody has deleted has rows in lists. They carry what readers filter by (`facts`), so a list needs no
content it does not show.
"""

from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

from shared import search
from shared.table import Item, Key

Type = Literal["meme", "gif"]
State = Literal["ready", "processing", "failed"]
STATES: tuple[State, ...] = get_args(State)
SCOPE = "content"  # of search
BLOCKS = 10  # into which the 64 bits of a fingerprint are dealt out, 6 or 7 to each
PAIRS = [(one, other) for one in range(BLOCKS) for other in range(one + 1, BLOCKS) if one % 3 == other % 3]


class Rendition(Struct, frozen=True, rename="camel"):
    """`kind` is `main`, `thumbnail`, `still` or `video`; sizes in pixels and bytes. `key` is in the bucket."""

    kind: str
    key: str
    mime_type: str
    width: int
    height: int
    file_size: int


class Content(Struct, frozen=True, kw_only=True):
    """`duration` in seconds, `placeholder` a ThumbHash in base64, `likeness` a fingerprint of 64 bits, hexadecimal."""

    id: str
    slug: str
    author: str  # an account's id
    type: Type
    title: str
    created_at: str
    updated_at: str
    description: str = ""  # alternative text
    category: str = ""  # its id
    tags: list[str] = []
    sensitive: bool = False
    state: State = "processing"
    error: str = ""  # why it failed
    published: bool = False  # False while an external picture is still to be fetched
    source: str = ""  # the address it was fetched from
    storage_key: str = ""
    mime_type: str = ""
    file_size: int = 0
    width: int = 0
    height: int = 0
    duration: float | None = None
    placeholder: str = ""
    thumbnail_key: str = ""
    renditions: list[Rendition] = []
    likeness: str = ""
    duplicate_of: str = ""
    trend: str = ""
    version: int = 1
    deleted_at: str = ""

    @property
    def is_listed(self) -> bool:
        return self.published and not self.deleted_at

    @property
    def order(self) -> str:
        return f"{self.created_at}#{self.id}"

    @property
    def facts(self) -> dict[str, Any]:
        """What lists filter by."""
        return {
            "author": self.author,
            "category": self.category,
            "tags": self.tags,
            "sensitive": self.sensitive,
            "type": self.type,
        }

    def to_item(self) -> Item:
        pk, sk = key(self.id)
        mine = {"gsi1pk": f"ACCOUNT#{self.author}", "gsi1sk": f"content#{self.created_at}"}
        return {"pk": pk, "sk": sk, **msgspec.to_builtins(self), **mine}


def of_item(row: Item) -> Content:
    return msgspec.convert(row, Content)


def key(content_id: str) -> Key:
    return f"CONTENT#{content_id}", "CONTENT"


def list_key(scope: str) -> str:
    return f"LIST#contents/{scope}"


def scopes(content: Content) -> list[str]:
    own = ["all", f"author/{content.author}", f"type/{content.type}", *(f"tag/{name}" for name in content.tags)]
    own += [f"category/{content.category}"] if content.category else []
    return [*own, "sensitive"] if content.sensitive else own


def bands(likeness: str) -> list[str]:
    """The partitions in which a fingerprint is found: one for each of the 12 PAIRS of blocks.

    Two fingerprints that differ in up to 6 bits have one of them in common: at least 4 of the 10 blocks are the same,
    and blocks are paired within three groups, so that two of any four make a pair (Turán: fewer pairs will not do).
    """
    if not likeness:
        return []
    bits = f"{int(likeness, 16):064b}"
    blocks = [bits[start::BLOCKS] for start in range(BLOCKS)]
    return [f"PHASH#{one}+{other}#{blocks[one]}{blocks[other]}" for one, other in PAIRS]


def rows(content: Content | None) -> dict[Key, Item]:
    """The rows by which a content is found, but for the postings of its title."""
    if content is None or not content.is_listed:
        return {}
    listed = {"sk": content.order, "lsi1": f"{content.trend}#{content.id}", "thing": content.id, **content.facts}
    alike = {"sk": content.order, "thing": content.id, "likeness": content.likeness}
    found = [{"pk": list_key(scope), **listed} for scope in scopes(content)]
    found += [{"pk": band, **alike} for band in bands(content.likeness)]
    return {(row["pk"], row["sk"]): row for row in found}


def postings(content: Content | None) -> dict[Key, Item]:
    if content is None or not content.is_listed:
        return {}
    found = search.postings(SCOPE, content.id, content.created_at, content.title, content.facts)
    return {(row["pk"], row["sk"]): row for row in found}
