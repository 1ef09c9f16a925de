"""Lists of contents: the narrowest one that a question names is read, and the rest of the question filters its rows.

    words of the title → their postings        favourites → the account's own rows
    else an author's, a tag's, a category's list, or all of them

Postings are in order of time and favourites carry nothing to filter by: where the question wants more of either, up to
GATHERED contents are looked at themselves.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

from shared import paging, search
from shared.community import content as entity
from shared.community import contents, favorites
from shared.community.content import Content
from shared.paging import Page, PageQuery
from shared.table import Item, seal_cursor
from shared.table import Page as Rows
from shared.tables import COMMUNITY, LSI1

Sort = Literal["trend", "recent"]
Sensitive = Literal["exclude", "include", "only"]
GATHERED = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is to hold. Ids are there or None; `nothing` when a name in the question is nobody's."""

    sort: Sort = "recent"
    query: str = ""
    tag: str = ""
    category: str = ""
    author: str = ""
    fan: str = ""  # the account whose favourites they must be
    sensitive: Sensitive = "exclude"
    nothing: bool = False

    def fits(self, row: Item) -> bool:
        """Whether a row, of whatever list, is wanted."""
        if self.sensitive != "include" and row["sensitive"] != (self.sensitive == "only"):
            return False
        return (
            (not self.tag or self.tag in row["tags"])
            and (not self.category or self.category == row["category"])
            and (not self.author or self.author == row["author"])
        )


@dataclass(frozen=True, slots=True)
class Found:
    contents: list[Content]
    page: Page


def find(wanted: Wanted, query: PageQuery) -> Found:
    """A page of the contents that are wanted. Raises Invalid for a cursor of another list."""
    words = search.words(wanted.query)
    if wanted.nothing or (wanted.query.strip() and not words):
        page = paging.of_rows(query, [])
    elif wanted.fan:
        page = paging.of_rows(query, _of_fan(wanted, words))
    elif words:
        page = _searched(wanted, words, query)
    else:
        page = _listed(wanted, query)
    known = contents.many(row["thing"] for row in page.rows)
    return Found([known[row["thing"]] for row in page.rows if row["thing"] in known], page)


def favourites_of(account_id: str, query: PageQuery) -> Found:
    """An account's favourites, the latest first."""
    page = paging.page(query, partial(favorites.page_of, account_id), favorites.cursor_of)
    known = contents.many(row["thing"] for row in page.rows)
    return Found([known[row["thing"]] for row in page.rows if row["thing"] in known], page)


def _listed(wanted: Wanted, query: PageQuery) -> Page:
    scope = (
        (wanted.tag and f"tag/{wanted.tag}")
        or (wanted.author and f"author/{wanted.author}")
        or (wanted.category and f"category/{wanted.category}")
        or "all"
    )
    pk = entity.list_key(scope)

    def read(limit: int, cursor: str | None) -> Rows:
        if wanted.sort == "trend":
            return COMMUNITY.query(pk, index=LSI1, limit=limit, newest_first=True, cursor=cursor)
        return COMMUNITY.query(pk, limit=limit, newest_first=True, cursor=cursor)

    def cursor_of(row: Item) -> str:
        return seal_cursor(row, LSI1) if wanted.sort == "trend" else seal_cursor(row)

    return paging.page(query, read, cursor_of, wanted.fits)


def _searched(wanted: Wanted, words: list[str], query: PageQuery) -> Page:
    def read(limit: int, cursor: str | None) -> Rows:
        return search.find(COMMUNITY, entity.SCOPE, wanted.query, limit, cursor)

    def keep(row: Item) -> bool:
        return search.matches(row, words) and wanted.fits(row)

    if wanted.sort == "recent":
        return paging.page(query, read, seal_cursor, keep)
    whole = paging.page(PageQuery(limit=GATHERED), read, seal_cursor, keep)
    return paging.of_rows(query, _by_trend(contents.many(row["thing"] for row in whole.rows)))


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
