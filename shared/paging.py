"""Pages of long lists: by `limit` and `offset`, as documented, or by a cursor that costs what its page holds.

    page = paging.page(call.query, rows, cursor_of, keep, name)     a page's rows, the total, and where the next starts

A list is read in its own order through `rows(limit, cursor)`. Without a cursor the first COUNTED + 1 rows are read, in
one query, which gives the total (exact up to COUNTED) and any page among them; an offset beyond costs what it skips, so
it ends at DEEPEST. A cursor has the total of its first page in it, so that going on counts nothing again, and a mark of
the list's `name`, which says all that the list depends on: in another list it means nothing, and is refused.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from shared.errors import Invalid
from shared.table import Item
from shared.table import Page as Rows

COUNTED = 1000  # rows up to which a total is exact; beyond, it says so many
DEEPEST = 10_000  # the largest offset
LOOKED = 5000  # rows of a list that one request looks at, whatever its filters leave of them
T = TypeVar("T")
Read = Callable[[int, str | None], Rows]  # (limit, cursor) → rows in order, and the cursor after the last of them
Keep = Callable[[Item], bool]

Limit = Annotated[int, Meta(ge=1, le=100)]
Offset = Annotated[int, Meta(ge=0, le=DEEPEST)]
Cursor = Annotated[str, Meta(max_length=2048)]


class PageQuery(Struct):
    """`cursor` is the page before's `nextCursor`; with it, `offset` is not looked at."""

    limit: Limit = 10
    offset: Offset = 0
    cursor: Cursor | None = None


class Paged(Struct, Generic[T], rename="camel"):
    """`total` is exact up to 1,000 and stops there; `nextCursor` is null at the end."""

    data: list[T]
    total: int
    limit: int
    offset: int
    next_cursor: str | None


class Place(Struct, array_like=True):
    """What a cursor says: where to go on, how many there are, and how many came before."""

    after: str
    total: Annotated[int, Meta(ge=0, le=COUNTED)]
    passed: Annotated[int, Meta(ge=0, le=1 << 40)]
    of: str  # the mark of its list


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, and what a client is told about them."""

    rows: list[Item]
    total: int
    limit: int
    offset: int
    next_cursor: str | None

    def shown(self, data: list[T]) -> Paged[T]:
        return Paged(data, self.total, self.limit, self.offset, self.next_cursor)


def everything(row: Item) -> bool:
    return True


def page(
    query: PageQuery, read: Read, cursor_of: Callable[[Item], str], keep: Keep = everything, name: str = ""
) -> Page:
    """The page that is asked for, of the rows of a list that `keep` keeps. `cursor_of` seals a row of it.

    Raises Invalid for a cursor that is none, or none of this list.
    """
    if query.cursor is not None:
        place = _opened(query.cursor, name)
        kept, rest = _collect(read, keep, query.limit + 1, place.after)
        return _cut(kept[: query.limit + 1], query.limit, rest, place, cursor_of)
    kept, rest = _collect(read, keep, max(COUNTED, query.offset + query.limit) + 1, None)
    start = Place("", min(len(kept), COUNTED), query.offset, _mark(name))
    return _cut(kept[query.offset :], query.limit, rest, start, cursor_of)


def of_rows(query: PageQuery, rows: list[Item], name: str = "") -> Page:
    """The same of a list that is at hand whole."""
    start = query.offset
    if query.cursor is not None:
        after = _opened(query.cursor, name).after
        start = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    rest = rows[start : start + query.limit]
    total, end = min(len(rows), COUNTED), start + len(rest)
    more = _sealed(Place(str(end), total, end, _mark(name))) if rest and end < len(rows) else None
    return Page(rest, total, query.limit, start, more)


def is_of(query: PageQuery, name: str) -> bool:
    """Whether its cursor is one of the list of this name. Raises Invalid for what is no cursor."""
    return query.cursor is not None and _place(query.cursor).of == _mark(name)


def _collect(read: Read, keep: Keep, wanted: int, cursor: str | None) -> tuple[list[Item], str | None]:
    """Rows that are kept, until there are enough or LOOKED were looked at; and where it went no further then."""
    kept: list[Item] = []
    looked, most = 0, max(LOOKED, wanted)
    step = wanted if keep is everything else 2 * wanted
    while True:
        found = read(min(step, COUNTED + 1), cursor)
        looked += len(found.items)
        kept += [row for row in found.items if keep(row)]
        cursor = found.cursor
        if cursor is None or len(kept) >= wanted or looked >= most:
            return kept, cursor
        step = COUNTED + 1


def _cut(kept: list[Item], limit: int, rest: str | None, start: Place, cursor_of: Callable[[Item], str]) -> Page:
    rows = kept[:limit]
    after = cursor_of(rows[-1]) if len(kept) > limit else rest
    end = Place(after, start.total, start.passed + len(rows), start.of) if after else None
    return Page(rows, start.total, limit, start.passed, _sealed(end) if end else None)


def _mark(name: str) -> str:
    return base64.b64encode(hashlib.blake2s(name.encode(errors="replace"), digest_size=6).digest()).decode()


def _sealed(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _opened(cursor: str, name: str) -> Place:
    place = _place(cursor)
    if place.of != _mark(name):
        raise _no_cursor()
    return place


def _place(cursor: str) -> Place:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=Place)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise _no_cursor() from None


def _no_cursor() -> Invalid:
    return Invalid("Invalid cursor", field="cursor", constraint="a nextCursor of an earlier page")
