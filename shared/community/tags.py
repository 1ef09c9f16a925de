"""Tags: words that contents are filed under. A tag is its name; how often and when it was used last is counted.

Access patterns, all in the Community table:
    a tag; all by name        TAGS / <name>
    … most used first         lsi1 = <uses>#<name>
    … used last first         lsi2 = <last used>#<name>
    a tag by its id           TAG#<id> / TAG
    by words of the name      TERM#tag#<prefix> / <created>#<name>
A tag that nothing has any more stays, out of the lists. Its id is made of its name (RFC 9562 §5.5), so that what shows
a content needs not look its tags up.
"""

import unicodedata
import uuid
from collections.abc import Iterable
from functools import cache
from typing import Literal

from msgspec import Struct

from shared import clock, search
from shared.community import slugs, texts
from shared.errors import Invalid
from shared.table import ABSENT, Index, Item, Page, Put, Write, seal_cursor
from shared.tables import COMMUNITY, LSI1, LSI2

PK = "TAGS"
NAMESPACE = uuid.UUID("6f1c1f0e-5a4d-4a53-9a63-2b5b0f2f4a11")
Sort = Literal["popular", "recent"]
ORDERS: dict[Sort, Index] = {"popular": LSI1, "recent": LSI2}
SEARCHED = 300  # tags that one search looks at, the newest
MOST = 10  # of a content
LONGEST = 50  # characters


class Tag(Struct, frozen=True, kw_only=True):
    name: str
    uses: int
    created_at: str
    last_used: str

    @property
    def id(self) -> str:
        return id_of(self.name)

    def to_item(self) -> Item:
        listed = {"lsi1": f"{self.uses:010d}#{self.name}", "lsi2": f"{self.last_used}#{self.name}"} if self.uses else {}
        own = {"uses": self.uses, "created_at": self.created_at, "last_used": self.last_used}
        return {"pk": PK, "sk": self.name, **own, **listed}


def of_item(row: Item) -> Tag:
    return Tag(
        name=row["sk"], uses=int(row["uses"]), created_at=row["created_at"], last_used=str(row.get("last_used", ""))
    )


@cache
def id_of(name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, name))


def slug_of(name: str) -> str:
    """For an address. Not unique, as "été" and "ete" are two tags."""
    return slugs.plain(name) or id_of(name)


def normal(name: str) -> str:
    """The form a tag is known by: trimmed, NFC, lower case, accents kept, single spaces, no leading `#`."""
    text = unicodedata.normalize("NFC", name).strip().lstrip("#").lower()
    return " ".join(text.split())


def all_normal(names: Iterable[str]) -> list[str]:
    """The different tags that somebody wrote, in order. Raises Invalid."""
    found = list(dict.fromkeys(one for name in names if (one := normal(name))))
    if len(found) > MOST:
        raise Invalid("Invalid tags", field="tags", constraint=f"at most {MOST}")
    for name in found:
        if len(name) > LONGEST or not texts.shows(name):
            raise Invalid("Invalid tags", field="tags", constraint=f"each 1 to {LONGEST} printable characters")
    return found


def find(tag_id: str) -> Tag | None:
    pointer = COMMUNITY.get(f"TAG#{tag_id}", "TAG")
    row = COMMUNITY.get(PK, pointer["name"]) if pointer else None
    return of_item(row) if row else None


def page_of(sort: Sort, limit: int, cursor: str | None) -> Page:
    """Tags that something has, the most used or the latest used first."""
    return COMMUNITY.query(PK, index=ORDERS[sort], limit=limit, newest_first=True, cursor=cursor)


def cursor_of(row: Item, sort: Sort) -> str:
    return seal_cursor(row, ORDERS[sort])


def search_rows(query: str, sort: Sort) -> list[Item]:
    """Tags with words that begin as those of `query` do, accents aside, in the order asked for."""
    wanted = search.words(query)
    if not wanted:
        return []
    postings = search.find(COMMUNITY, "tag", query, SEARCHED, None).items
    names = {row["thing"] for row in postings if search.matches(row, wanted)}
    rows = [row for row in COMMUNITY.get_many((PK, name) for name in names).values() if row["uses"]]
    return sorted(rows, key=lambda row: str(row[ORDERS[sort].sk]), reverse=True)


def changes(gone: set[str], come: set[str]) -> list[Write]:
    """The writes that count a content's tags, for its transaction. They fail where somebody else counted meanwhile."""
    rows = COMMUNITY.get_many((PK, name) for name in gone | come) if gone | come else {}
    actions: list[Write] = []
    for name in sorted(gone | come):
        row = rows.get((PK, name))
        before = of_item(row) if row else Tag(name=name, uses=0, created_at=clock.iso(), last_used="")
        uses = max(0, before.uses + (name in come) - (name in gone))
        last = clock.iso() if name in come else before.last_used
        after = Tag(name=name, uses=uses, created_at=before.created_at, last_used=last)
        if row is None:
            COMMUNITY.put_many(search.postings("tag", name, before.created_at, name, {}))
            actions.append(Put(after.to_item(), ABSENT))
            actions.append(Put({"pk": f"TAG#{after.id}", "sk": "TAG", "name": name}))
        else:
            actions.append(Put(after.to_item(), "#uses = :seen", {"seen": before.uses}))
    return actions
