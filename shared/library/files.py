"""A file: its bytes are stored once, whoever has it. Who has it is `links`; what happens to it is `library`.

Access patterns, all in the Library table:
    a file by id               FILE#<id>      / META
    the file with these bytes  HASH#<sha256>  / FILE      (verified hashes only)
META counts the file's owners. The transaction that takes the count to zero closes the file: nobody finds it any more,
and nobody can be given it. What is left of it is then collected, META last; until then its id is not free.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shared import clock
from shared.errors import Conflict, NotFound
from shared.library.about import About
from shared.library.categories import Category
from shared.table import ABSENT, Check, ConditionFailed, Contended, Delete, Item, Key, Put, Update, Write
from shared.tables import LIBRARY

HashState = Literal["unknown", "claimed", "verified", "mismatch"]
StreamState = Literal["pending", "ready", "failed", "none"]

OPEN = "#owners > :nobody"
NOBODY = {"nobody": 0}
NOT_FOUND = "File not found"


class File(About, frozen=True, kw_only=True):
    """Sizes in bytes and pixels, durations in seconds; `thumbhash` is base64.

    `stream_ready` says that its master playlist is there, be the stream still `pending`. `offered` says that the row of
    its hash names it. `external_from` is the `thumbnail_url` of which there is a copy.
    """

    file_id: str
    category: Category
    filename: str
    size: int
    mime_type: str
    created_at: str
    owners: int
    uploaded_by: str = ""  # the account whose turn it is when the file is made watchable
    file_created_at: int | None = None
    sha256: str = ""
    sha256_actual: str | None = None
    hash_state: HashState = "unknown"
    offered: bool = False
    stream_state: StreamState = "pending"
    stream_ready: bool = False
    stream_error: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    thumbhash: str | None = None
    poster: str | None = None
    sprite: str | None = None
    thumbnail_version: int = 0
    external_from: str | None = None

    @property
    def is_episode(self) -> bool:
        return self.season is not None or self.episode is not None or self.source_api == "tmdb_tv"

    def to_item(self) -> Item:
        pk, sk = key(self.file_id)
        said = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return {"pk": pk, "sk": sk, **said}


class NewFile(Struct, frozen=True):
    """A file whose bytes have just arrived. `sha256` is the client's claim. `described` are fields of About."""

    file_id: str
    category: Category
    filename: str
    size: int
    mime_type: str
    account_id: str
    sha256: str = ""
    file_created_at: int | None = None
    described: Mapping[str, Any] = {}

    def file(self) -> File:
        """With its first owner."""
        return File(
            file_id=self.file_id,
            category=self.category,
            filename=self.filename,
            size=self.size,
            mime_type=self.mime_type,
            created_at=clock.iso(),
            owners=1,
            uploaded_by=self.account_id,
            file_created_at=self.file_created_at,
            sha256=self.sha256.lower(),
            hash_state="claimed" if self.sha256 else "unknown",
            **self.described,
        )


def key(file_id: str) -> Key:
    return f"FILE#{file_id}", "META"


def hash_key(sha256: str) -> Key:
    return f"HASH#{sha256}", "FILE"


def of_item(item: Item) -> File:
    return msgspec.convert(item, File)


def stream_jobs(file_id: str) -> tuple[str, str]:
    """The jobs that make a file watchable: until it can be played, and what goes with it."""
    return f"transcode-{file_id}", f"extras-{file_id}"


# ---- reading


def any_state(file_id: str) -> File | None:
    """The file, be it closed: `owners` is 0 then."""
    item = LIBRARY.get(*key(file_id))
    return of_item(item) if item else None


def find(file_id: str) -> File | None:
    """The file, unless nobody has it (any more)."""
    file = any_state(file_id)
    return file if file and file.owners > 0 else None


def get(file_id: str, category: str | None = None) -> File:
    """As `find`; raises NotFound (`File not found`), also for a file of another category."""
    file = find(file_id)
    if file is None or (category is not None and file.category != category):
        raise NotFound(NOT_FOUND)
    return file


def many(file_ids: Iterable[str]) -> dict[str, File]:
    """Those that somebody has, by id; a BatchGet per 100."""
    found = [of_item(item) for item in LIBRARY.get_many([key(file_id) for file_id in file_ids]).values()]
    return {file.file_id: file for file in found if file.owners > 0}


def id_of_hash(sha256: str) -> str | None:
    """The file with exactly these bytes, if a worker has verified one."""
    row = LIBRARY.get(*hash_key(sha256.lower()))
    return str(row["file_id"]) if row else None


# ---- changing


def creation(file: File) -> Put:
    return Put(file.to_item(), ABSENT, refusal=taken())


def taken() -> Conflict:
    return Conflict("File id already in use", explanation="choose another fileId")


def is_open(file_id: str) -> Check:
    """Part of a transaction that needs the file to be somebody's."""
    return Check(key(file_id), OPEN, NOBODY, NotFound(NOT_FOUND))


def another_owner(file_id: str) -> Update:
    return Update(key(file_id), add={"owners": 1}, condition=OPEN, values=NOBODY, refusal=NotFound(NOT_FOUND))


def one_owner_less(file: File) -> list[Write]:
    """What was seen is checked, not only lowered: who takes the count to zero closes the file, and frees its hash."""
    seen = {"owners": file.owners, "offered": file.offered}
    lowered = Update(
        key(file.file_id),
        set={"owners": file.owners - 1},
        condition="#owners = :owners AND #offered = :offered",
        values=seen,
    )
    return [lowered, Delete(hash_key(file.sha256))] if file.owners == 1 and file.offered else [lowered]


def update(file_id: str, changes: Mapping[str, Any]) -> File:
    """Set attributes (None removes one). Raises NotFound for a file nobody has."""
    kept = {name: value for name, value in changes.items() if value is not None}
    gone = [name for name, value in changes.items() if value is None]
    change = Update(
        key(file_id),
        set=kept or {"touched": clock.iso()},
        remove=gone,
        condition=OPEN,
        values=NOBODY,
        refusal=NotFound(NOT_FOUND),
    )
    return of_item(LIBRARY.write(change))


def given_up(file: File, changes: Mapping[str, Any]) -> bool:
    """Put down what became of a stream that is still pending; False when it is not any more, or the file has gone."""
    pending = {**NOBODY, "pending": "pending"}
    try:
        LIBRARY.write(
            Update(key(file.file_id), changes, condition=f"{OPEN} AND #stream_state = :pending", values=pending)
        )
    except ConditionFailed:
        return False
    return True


def verified(file: File, sha256: str) -> None:
    """A worker has read these bytes: enter the file in deduplication, unless another file has the hash already.

    Raises NotFound when the file has gone, be there another under its id by now.
    """
    pk, sk = hash_key(sha256)
    known = {"sha256": sha256, "hash_state": "verified"}
    try:
        LIBRARY.transact(
            Put({"pk": pk, "sk": sk, "file_id": file.file_id}, ABSENT), _same(file, {**known, "offered": True})
        )
    except (ConditionFailed, Contended):
        if id_of_hash(sha256) != file.file_id:  # the first verified file keeps the hash; ours stays a file of its own
            LIBRARY.write(_same(file, known))


def mismatched(file: File, actual: str) -> None:
    """The client's hash was not the bytes' hash: recorded, and never used for deduplication. Raises as `verified`."""
    LIBRARY.write(_same(file, {"hash_state": "mismatch", "sha256_actual": actual}))


def _same(file: File, changes: Mapping[str, Any]) -> Update:
    """A change of this very file: its id may have been given to other bytes while a worker was reading these."""
    condition, values = f"{OPEN} AND #created_at = :born", {**NOBODY, "born": file.created_at}
    return Update(key(file.file_id), changes, condition=condition, values=values, refusal=NotFound(NOT_FOUND))


def forget(file_id: str) -> None:
    """The last step of collecting a closed file: its id is free again."""
    LIBRARY.write(Delete(key(file_id), "attribute_not_exists(pk) OR #owners = :nobody", NOBODY))
