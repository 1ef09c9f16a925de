"""Files, and who has them.

A file's bytes are stored once; an account has a file by a link. Access patterns, all in the Library table:
    a file by id                         FILE#<id>        / META
    whose is it                          FILE#<id>        / OWNER#<account>
    does an account have it              OWNER#<account>  / FILE#<id>
    an account's files, newest first     by_order     lsi1 = LINK#<time>#<id>
    … of one category                    by_category  lsi2 = LINK#<category>#<time>#<id>
    how much an account has              OWNER#<account>  / STATS
    the file with these bytes            HASH#<sha256>    / FILE        (verified hashes only)
The owner count of META, the two link rows and STATS change in one transaction. A file without owners is collected later
by the sweep worker; until that worker marks it `collected`, a link brings it back.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.errors import Conflict, NotFound
from shared.library import due
from shared.table import (
    Check,
    ConditionFailed,
    Contended,
    Delete,
    Item,
    Page,
    Put,
    Update,
    Write,
    retry_contended,
    seal_cursor,
)
from shared.tables import BY_CATEGORY, BY_ORDER, LIBRARY

ABSENT = "attribute_not_exists(pk)"
STANDING = "attribute_exists(pk) AND attribute_not_exists(#collected)"
STREAM_DUE = 15 * 60  # seconds after which a stream that is still pending is asked for again
GRACE = 60  # seconds a file without owners waits before it is collected

# What people and the outside databases say about a file; all optional, all settable by `update`.
DESCRIBED = (
    "title", "description", "episode_description", "thumbnail_url", "backdrop_url", "thumbnail_r2_path", "source_api",
    "source_id", "genres", "subgenres", "season", "episode", "artists", "albums", "album_thumbnails", "year",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file whose bytes have just arrived. `sha256` is the client's claim unless `verified`."""

    id: str
    category: str
    filename: str
    size: int
    mime_type: str
    account_id: str
    sha256: str = ""
    verified: bool = False
    file_created_at: str = ""
    described: Mapping[str, Any] | None = None


def key(file_id: str) -> tuple[str, str]:
    return f"FILE#{file_id}", "META"


def link_key(account_id: str, file_id: str) -> tuple[str, str]:
    return f"OWNER#{account_id}", f"FILE#{file_id}"


def owner_key(file_id: str, account_id: str) -> tuple[str, str]:
    return f"FILE#{file_id}", f"OWNER#{account_id}"


def stats_key(account_id: str) -> tuple[str, str]:
    return f"OWNER#{account_id}", "STATS"


def hash_key(sha256: str) -> tuple[str, str]:
    return f"HASH#{sha256}", "FILE"


# ---- reading


def find(file_id: str) -> Item | None:
    """The file's row, unless nobody has it any more."""
    item = LIBRARY.get(*key(file_id))
    return item if item and item["owners"] > 0 else None


def get(file_id: str, category: str | None = None) -> Item:
    """As `find`; raises NotFound (`File not found`), also for a file of another category."""
    item = find(file_id)
    if item is None or (category is not None and item["category"] != category):
        raise NotFound("File not found")
    return item


def has(account_id: str, file_id: str) -> bool:
    return LIBRARY.get(*link_key(account_id, file_id)) is not None


def id_of_hash(sha256: str) -> str | None:
    """The file with exactly these bytes, if a worker has verified one."""
    row = LIBRARY.get(*hash_key(sha256.lower()))
    return str(row["file_id"]) if row else None


def page_of(account_id: str, category: str | None, limit: int, cursor: str | None) -> Page:
    """An account's links with their files (`link` and `file` merged), newest first: 1 query and a BatchGet per 100."""
    index, prefix = (BY_CATEGORY, f"LINK#{category}#") if category else (BY_ORDER, "LINK#")
    page = LIBRARY.query(f"OWNER#{account_id}", prefix, index=index, limit=limit, newest_first=True, cursor=cursor)
    rows = LIBRARY.get_many([key(link["file_id"]) for link in page.items])
    merged = [rows[key(link["file_id"])] | link for link in page.items if key(link["file_id"]) in rows]
    return Page(merged, page.cursor)


def cursor_after(row: Item, category: str | None) -> str:
    """Where the page after this row of `page_of` starts."""
    return seal_cursor(row, BY_CATEGORY if category else BY_ORDER)


def usage(account_id: str) -> tuple[int, int]:
    """How many files an account has, and their bytes."""
    row = LIBRARY.get(*stats_key(account_id)) or {}
    return int(row.get("files", 0)), int(row.get("bytes", 0))


# ---- changing


def create(new: NewFile, *also: Write) -> None:
    """Record a new file with its first owner, and whatever belongs to the same moment (`also`).

    Raises Conflict when the id is taken, ConditionFailed when one of `also` refuses.
    """
    meta = {
        "file_id": new.id,
        "category": new.category,
        "filename": new.filename,
        "size": new.size,
        "mime_type": new.mime_type,
        "created_at": clock.iso(),
        "file_created_at": new.file_created_at or None,
        "owners": 1,
        "sha256": new.sha256.lower(),
        "hash_state": "verified" if new.verified else "claimed" if new.sha256 else "unknown",
        "stream_state": "pending",
        **(new.described or {}),
    }
    pk, sk = key(new.id)
    actions: list[Write] = [
        Put({"pk": pk, "sk": sk, **meta}, ABSENT),
        *_linking(new.account_id, meta, new.filename),
        due.at(clock.now() + STREAM_DUE, "stream", new.id),
        *also,
    ]
    try:
        LIBRARY.transact(*actions)
    except ConditionFailed as error:
        if 0 in error.failed:
            raise Conflict("File id already in use", explanation="choose another fileId") from None
        raise


def link(account_id: str, file_id: str, filename: str = "") -> bool:
    """Give an account a file. Returns whether it had it already; raises NotFound when there is none to give."""

    def attempt() -> bool:
        meta = LIBRARY.get(*key(file_id))
        if meta is None or "collected" in meta:
            raise NotFound("File not found")
        counted = Update(key(file_id), add={"owners": 1}, condition=STANDING)
        try:
            LIBRARY.transact(*_linking(account_id, meta, filename or meta["filename"]), counted)
        except ConditionFailed as error:
            if 0 in error.failed:
                return True
            raise NotFound("File not found") from None
        return False

    return retry_contended(attempt, causes=(Contended,))


def unlink(account_id: str, file_id: str, category: str) -> int:
    """Take a file from an account; returns how many still have it. Raises NotFound when the account did not have it.

    When nobody has it any more, it is due for collection after GRACE seconds.
    """
    refusal = NotFound("File not found or not owned by user")

    def attempt() -> int:
        rows = LIBRARY.get_many([key(file_id), link_key(account_id, file_id)])
        meta, link_row = rows.get(key(file_id)), rows.get(link_key(account_id, file_id))
        if meta is None or link_row is None or meta["category"] != category:
            raise refusal
        left = int(meta["owners"]) - 1
        # The count is checked, not only lowered: whoever takes it to zero also files it for collection.
        actions: list[Write] = [
            Delete(link_key(account_id, file_id), "attribute_exists(pk)"),
            Update(key(file_id), set={"owners": left}, condition="#owners = :seen", values={"seen": meta["owners"]}),
            Delete(owner_key(file_id, account_id)),
            Update(stats_key(account_id), add={"files": -1, "bytes": -meta["size"]}),
            Delete((f"OWNER#{account_id}", f"PROGRESS#{file_id}")),
        ]
        if left == 0:
            actions.append(due.at(clock.now() + GRACE, "file", file_id))
        LIBRARY.transact(*actions)
        return left

    return retry_contended(attempt)


def update(file_id: str, changes: Mapping[str, Any]) -> Item:
    """Set attributes (None removes one); returns the row. Raises NotFound for a file nobody has."""
    kept = {name: value for name, value in changes.items() if value is not None}
    gone = [name for name, value in changes.items() if value is None]
    try:
        return LIBRARY.write(
            Update(
                key(file_id),
                set=kept or {"touched": clock.iso()},
                remove=gone,
                condition=STANDING,
            )
        )
    except ConditionFailed:
        raise NotFound("File not found") from None


def verified(file_id: str, sha256: str) -> None:
    """A worker has read these bytes: enter the file in deduplication, unless another file has the hash already."""
    update(file_id, {"sha256": sha256, "hash_state": "verified"})
    pk, sk = hash_key(sha256)
    standing = Check(key(file_id), STANDING)
    try:
        LIBRARY.transact(Put({"pk": pk, "sk": sk, "file_id": file_id}, ABSENT), standing)
    except (ConditionFailed, Contended):
        return  # the first verified file keeps the hash; ours stays a file of its own


def mismatched(file_id: str, actual: str) -> None:
    """The client's hash was not the bytes' hash: recorded, and never used for deduplication."""
    update(file_id, {"hash_state": "mismatch", "sha256_actual": actual})


def mark_collected(file_id: str) -> Item | None:
    """Close a file for good, if nobody has it; its row, or None when somebody does (or it is gone).

    From here on it cannot be linked. Idempotent, so that a worker that died goes on.
    """
    try:
        meta = LIBRARY.write(
            Update(
                key(file_id),
                set={"collected": True},
                condition="attribute_exists(pk) AND #owners = :none",
                values={"none": 0},
            )
        )
    except ConditionFailed:
        return None
    if meta.get("hash_state") == "verified":
        with suppress(ConditionFailed):  # another file has this hash
            LIBRARY.write(Delete(hash_key(meta["sha256"]), "#file_id = :id", {"id": file_id}))
    return meta


def some_owners(file_id: str, most: int = 25) -> list[str]:
    """Up to `most` of those who have a file: as many as are worth telling at once."""
    page = LIBRARY.query(f"FILE#{file_id}", "OWNER#", limit=most)
    return [row["account_id"] for row in page.items]


def owners_of(file_id: str) -> list[str]:
    """For workers: everybody who has a file."""
    return [row["account_id"] for row in LIBRARY.every(f"FILE#{file_id}", "OWNER#")]


def _linking(account_id: str, meta: Mapping[str, Any], filename: str) -> list[Write]:
    """The rows of a link. The first one refuses a second link."""
    file_id, category, linked = str(meta["file_id"]), meta["category"], clock.iso()
    pk, sk = link_key(account_id, file_id)
    row = {
        "pk": pk,
        "sk": sk,
        "file_id": file_id,
        "filename": filename,
        "created_at": linked,
        "lsi1": f"LINK#{linked}#{file_id}",
        "lsi2": f"LINK#{category}#{linked}#{file_id}",
    }
    reverse_pk, reverse_sk = owner_key(file_id, account_id)
    return [
        Put(row, ABSENT),
        Put({"pk": reverse_pk, "sk": reverse_sk, "account_id": account_id}),
        Update(stats_key(account_id), add={"files": 1, "bytes": meta["size"]}),
    ]
