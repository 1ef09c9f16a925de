"""Lists of contents: a short one of those that a question names is read, and the rest of the question filters its rows.

    words of the title → postings of one of them        favourites → the account's own rows
    else an author's, a tag's, a category's, the sensitive ones', a type's list, or all of them

A list is short when its first COUNTED rows are all of it: then the total is exact whatever filters it. Postings are in
order of time and favourites carry nothing to filter by: where the question wants more of either, up to GATHERED
contents are looked at themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from shared import paging, search
from shared.community import content as entity
from shared.community import contents, favorites
from shared.community.content import Content, Type
from shared.paging import COUNTED, Keep, Page, PageQuery, Read
from shared.table import Index, Item, seal_cursor
from shared.table import Page as Rows
from shared.table.indexes import PRIMARY
from shared.tables import COMMUNITY, LSI1

Sort = Literal["trend", "recent"]
Sensitive = Literal["exclude", "include", "only"]
GATHERED = 1000
TRIED = 2  # words of a question whose postings are looked at


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is to hold. Ids are there or ""; `nothing` when a name in the question is nobody's."""

    sort: Sort = "recent"
    query: str = ""
    tag: str = ""
    category: str = ""
    author: str = ""
    fan: str = ""  # the account whose favourites they must be
    sensitive: Sensitive = "exclude"
    type: Type | None = None
    nothing: bool = False

    @property
    def scopes(self) -> list[str]:
        """The lists that hold all of it, the shortest first as a rule."""
        named = [f"{kind}/{one}" for kind in ("author", "tag", "category", "type") if (one := getattr(self, kind))]
        only = ["sensitive"] if self.sensitive == "only" else []
        return [*only, *named] or ["all"]

    def fits(self, row: Item) -> bool:
        """Whether a row, of whatever list, is wanted."""
        if self.sensitive != "include" and row["sensitive"] != (self.sensitive == "only"):
            return False
        return (
            (not self.tag or self.tag in row["tags"])
            and (not self.category or self.category == row["category"])
            and (not self.author or self.author == row["author"])
            and (not self.type or self.type == row["type"])
        )


@dataclass(frozen=True, slots=True)
class Found:
    contents: list[Content]
    page: Page


def find(wanted: Wanted, query: PageQuery) -> Found:
    """A page of the contents that are wanted. Raises Invalid for a cursor of another list."""
    words = search.words(wanted.query)
    if wanted.nothing or (wanted.query.strip() and not words):
        page = paging.of_rows(query, [], repr(wanted))
    elif wanted.fan:
        page = paging.of_rows(query, _of_fan(wanted, words), repr(wanted))
    elif words:
        page = _searched(wanted, words, query)
    else:
        page = _listed(wanted, query)
    known = contents.many(row["thing"] for row in page.rows)
    return Found([known[row["thing"]] for row in page.rows if row["thing"] in known], page)


def favourites_of(account_id: str, query: PageQuery) -> Found:
    """An account's favourites, the latest first."""
    read = partial(favorites.page_of, account_id)
    page = paging.page(query, read, favorites.cursor_of, name=f"favourites of {account_id}")
    known = contents.many(row["thing"] for row in page.rows)
    return Found([known[row["thing"]] for row in page.rows if row["thing"] in known], page)


def _listed(wanted: Wanted, query: PageQuery) -> Page:
    order = LSI1 if wanted.sort == "trend" else PRIMARY
    reads = {f"{wanted} in {scope}": partial(_rows_of, scope, order) for scope in wanted.scopes}
    name, read = _short(query, reads, wanted.fits)
    return paging.page(query, read, partial(seal_cursor, index=order), wanted.fits, name)


def _searched(wanted: Wanted, words: list[str], query: PageQuery) -> Page:
    def keep(row: Item) -> bool:
        return search.matches(row, words) and wanted.fits(row)

    drivers = sorted(words, key=len, reverse=True)[:TRIED]
    reads = {f"{wanted} by {word}": partial(search.find, COMMUNITY, entity.SCOPE, word) for word in drivers}
    if wanted.sort == "recent":
        name, read = _short(query, reads, keep)
        return paging.page(query, read, seal_cursor, keep, name)
    _, read = _short(PageQuery(), reads, keep)
    whole = paging.page(PageQuery(limit=GATHERED), read, seal_cursor, keep)
    return paging.of_rows(query, _by_trend(contents.many(row["thing"] for row in whole.rows)), repr(wanted))


def _rows_of(scope: str, order: Index, limit: int, cursor: str | None) -> Rows:
    return COMMUNITY.query(entity.list_key(scope), index=order, limit=limit, newest_first=True, cursor=cursor)


def _short(query: PageQuery, reads: Mapping[str, Read], keep: Keep) -> tuple[str, Read]:
    """By its name, the list to read of several that hold all that is wanted: a cursor's own, else the first whose
    beginning says how many there are, else the first. Raises Invalid for what is no cursor."""
    first = next(iter(reads))
    if query.cursor is not None:
        name = next((one for one in reads if paging.is_of(query, one)), first)
        return name, reads[name]
    begun: dict[str, Rows] = {}
    for name, read in reads.items() if len(reads) > 1 else ():
        begun[name] = read(COUNTED + 1, None)
        if begun[name].cursor is None or sum(map(keep, begun[name].items)) > COUNTED:
            return name, partial(_going_on, begun[name], read)
    return first, partial(_going_on, begun[first], reads[first]) if begun else reads[first]


def _going_on(beginning: Rows, read: Read, limit: int, cursor: str | None) -> Rows:
    """As `read`, of which the beginning has been read."""
    whole = beginning.cursor is None or limit == len(beginning.items)
    return beginning if cursor is None and whole else read(limit, cursor)


def _of_fan(wanted: Wanted, words: list[str]) -> list[Item]:
    rows = favorites.page_of(wanted.fan, GATHERED, None).items
    known = contents.many(row["thing"] for row in rows)
    kept = {one.id: one for one in known.values() if _fits(wanted, words, one)}
    return _by_trend(kept) if wanted.sort == "trend" else [row for row in rows if row["thing"] in kept]


def _fits(wanted: Wanted, words: list[str], content: Content) -> bool:
    said = {"words": " ".join(search.words(content.title))}
    return wanted.fits(content.facts) and search.matches(said, words)


def _by_trend(found: dict[str, Content]) -> list[Item]:
    ordered = sorted(found.values(), key=lambda one: (one.trend, one.id), reverse=True)
    return [{"thing": one.id} for one in ordered]
