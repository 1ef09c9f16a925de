"""Who has which file. The two rows of a link, the file's owner count and the account's usage change in one transaction.

Access patterns, all in the Library table:
    does an account have a file          OWNER#<account>  / FILE#<id>
    an account's files, newest first     by_order     lsi1 = LINK#<time>#<id>
    … of one category                    by_category  lsi2 = LINK#<category>#<time>#<id>
    who has a file                       FILE#<id>        / OWNER#<account>
    how much an account has              OWNER#<account>  / STATS
"""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from shared import clock
from shared.errors import NotFound
from shared.library import due, files, progress
from shared.library.files import File
from shared.table import (
    ABSENT,
    PRESENT,
    ConditionFailed,
    Contended,
    Delete,
    Item,
    Key,
    Put,
    Update,
    Write,
    retry_contended,
    seal_cursor,
)
from shared.tables import BY_CATEGORY, BY_ORDER, LIBRARY

COLLECTED_WITHIN = 120  # seconds after which the sweep looks whether a closed file has been collected


class Link(Struct, frozen=True):
    """`filename` is the owner's own name for the file."""

    account_id: str
    file_id: str
    category: str
    filename: str
    created_at: str

    def to_item(self) -> Item:
        pk, sk = key(self.account_id, self.file_id)
        order = f"{self.created_at}#{self.file_id}"
        listed = {"lsi1": f"LINK#{order}", "lsi2": f"LINK#{self.category}#{order}"}
        return {"pk": pk, "sk": sk, **msgspec.structs.asdict(self), **listed}


class Listed(NamedTuple):
    file: File
    link: Link


class Library(NamedTuple):
    """A page of an account's files."""

    entries: list[Listed]
    cursor: str | None


def key(account_id: str, file_id: str) -> Key:
    return f"OWNER#{account_id}", f"FILE#{file_id}"


def owner_key(file_id: str, account_id: str) -> Key:
    return f"FILE#{file_id}", f"OWNER#{account_id}"


def stats_key(account_id: str) -> Key:
    return f"OWNER#{account_id}", "STATS"


# ---- reading


def has(account_id: str, file_id: str) -> bool:
    return LIBRARY.get(*key(account_id, file_id)) is not None


def page_of(account_id: str, category: str | None, limit: int, cursor: str | None) -> Library:
    """An account's files, newest first: one query, and a BatchGet per 100."""
    index, prefix = (BY_CATEGORY, f"LINK#{category}#") if category else (BY_ORDER, "LINK#")
    page = LIBRARY.query(f"OWNER#{account_id}", prefix, index=index, limit=limit, newest_first=True, cursor=cursor)
    linked = [msgspec.convert(item, Link) for item in page.items]
    found = files.many(link.file_id for link in linked)
    return Library([Listed(found[link.file_id], link) for link in linked if link.file_id in found], page.cursor)


def cursor_after(link: Link, category: str | None) -> str:
    """Where the page after this entry starts."""
    return seal_cursor(link.to_item(), BY_CATEGORY if category else BY_ORDER)


def usage(account_id: str) -> tuple[int, int]:
    """How many files an account has, and their bytes."""
    row = LIBRARY.get(*stats_key(account_id)) or {}
    return int(row.get("files", 0)), int(row.get("bytes", 0))


def some_owners(file_id: str, most: int = 25) -> list[str]:
    """Up to `most` of those who have a file: as many as are worth telling at once."""
    page = LIBRARY.query(f"FILE#{file_id}", "OWNER#", limit=most)
    return [row["account_id"] for row in page.items]


# ---- changing


def create(file: File, account_id: str, *also: Write) -> None:
    """Record a new file with its first owner, and whatever belongs to the same moment (`also`).

    Raises Conflict when the id is taken, and what `also` refuses.
    """
    LIBRARY.transact(files.creation(file), *_linking(file, account_id, file.filename), *also)


def add(file: File, account_id: str, filename: str = "") -> bool:
    """Give an account a file; whether it had it already. Raises NotFound when nobody has it (any more)."""
    try:
        LIBRARY.transact(*_linking(file, account_id, filename or file.filename), files.another_owner(file.file_id))
    except ConditionFailed:
        return True
    return False


def remove(account_id: str, file_id: str, category: str) -> int:
    """Take a file from an account; how many still have it.

    With the last of them the file is closed in the same transaction: a link that comes before keeps it, one that comes
    after finds nothing. Raises NotFound when the account did not have it.
    """

    def attempt() -> int:
        rows = LIBRARY.get_many([files.key(file_id), key(account_id, file_id)])
        item = rows.get(files.key(file_id))
        if item is None or key(account_id, file_id) not in rows or item["category"] != category:
            raise NotFound("File not found or not owned by user")
        file = files.of_item(item)
        actions = [
            Delete(key(account_id, file_id), PRESENT),
            Delete(owner_key(file_id, account_id)),
            Update(stats_key(account_id), add={"files": -1, "bytes": -file.size}),
            Delete(progress.key(account_id, file_id)),
            *files.one_owner_less(file),
        ]
        if file.owners == 1:
            actions.append(due.at(clock.now() + COLLECTED_WITHIN, "file", file_id))
        LIBRARY.transact(*actions)
        return file.owners - 1

    return retry_contended(attempt, causes=(Contended, ConditionFailed))


def _linking(file: File, account_id: str, filename: str) -> list[Write]:
    """The rows of a link. The first one refuses a second link."""
    link = Link(account_id, file.file_id, file.category, filename, clock.iso())
    pk, sk = owner_key(file.file_id, account_id)
    return [
        Put(link.to_item(), ABSENT),
        Put({"pk": pk, "sk": sk, "account_id": account_id}),
        Update(stats_key(account_id), add={"files": 1, "bytes": file.size}),
    ]
